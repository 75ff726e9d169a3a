"""What setting up has to change in each agent."""

from ingress.operating.setup.documents import (
    AGENT,
    DATA_COLLECTION,
    OVERRIDES,
    PLACEHOLDERS,
    TOOL_IDS,
    WORKSPACE_OVERRIDES,
    Edit,
    Json,
    Kind,
    Path,
    value_at,
)
from ingress.operating.setup.record import Record
from ingress.operating.setup.steps import NEW_TOOL, Step, Wish, Workspace, shown
from ingress.operating.setup.wanted import DATA_COLLECTION as COLLECTED
from ingress.operating.setup.wanted import PLACEHOLDERS as VARIABLES
from ingress.operating.setup.workspace_plan import WorkspacePlan, post_call_steps

_OVERRIDE: Path = (*OVERRIDES, "conversation_config_override", "agent", "first_message")
_FROM_WEBHOOK: Path = (*OVERRIDES, "enable_conversation_initiation_client_data_from_webhook")
_OWN_POST_CALL: Path = (*WORKSPACE_OVERRIDES, "webhooks")
_OWN_CLIENT_DATA: Path = (*WORKSPACE_OVERRIDES, "conversation_initiation_client_data_webhook")


def plan(seen: Workspace, wish: Wish, record: Record) -> list[Step]:
    """Return all steps, in the order in which they must be done; empty if everything is set up."""
    workspace = WorkspacePlan(seen, wish, record)
    # First: planning for an agent may have to store a secret, which is a step of the workspace.
    agents = [step for agent_id in wish.agent_ids for step in _agent_steps(seen, wish, workspace, agent_id)]
    return [*workspace.steps, *agents]


def _agent_steps(seen: Workspace, wish: Wish, workspace: WorkspacePlan, agent_id: str) -> list[Step]:
    held = seen.agents[agent_id]
    agent = _AgentPlan(agent_id, held)
    tool_ids = value_at(held, TOOL_IDS)
    if workspace.tool_id not in (tool_ids or []):
        told = ("not there", "the new tool" if workspace.tool_id == NEW_TOOL else workspace.tool_id)
        agent.add("add the search tool", TOOL_IDS, workspace.tool_id, kind=Kind.MEMBER, told=told, before=tool_ids)
    if wish.has_override:
        agent.switch_on("allow the override of the first message", _OVERRIDE)
    agent.switch_on("ask the client data webhook at the start of a call", _FROM_WEBHOOK)
    agent.declare()
    if wish.collects:
        agent.collect()
    document, where = AGENT + agent_id, agent.where
    own_id = value_at(held, (*_OWN_POST_CALL, "post_call_webhook_id"))
    if workspace.post_call_is_taken or own_id is not None:
        agent.steps += post_call_steps(
            document, _OWN_POST_CALL, where, held, wish=wish, webhook_id=workspace.webhook_id
        )
    if workspace.client_data_is_taken or value_at(held, _OWN_CLIENT_DATA):
        agent.steps += workspace.client_data_steps(document, _OWN_CLIENT_DATA, where, held)
    return agent.steps


class _AgentPlan:
    """Collects the steps for one agent."""

    def __init__(self, agent_id: str, held: Json) -> None:
        self.where = f"agent {held.get('name') or agent_id}"
        self.steps: list[Step] = []
        self._document, self._held = AGENT + agent_id, held

    def add(
        self, title: str, path: Path, after: object, *, kind: Kind, told: tuple[str, str], before: object = None
    ) -> None:
        edit = Edit(document=self._document, path=path, kind=kind, before=before, after=after)
        self.steps.append(Step(where=self.where, title=title, before=told[0], after=told[1], action=edit))

    def switch_on(self, title: str, path: Path) -> None:
        if value_at(self._held, path) is not True:
            self.add(title, path, after=True, kind=Kind.VALUE, told=("off", "on"), before=False)

    def declare(self) -> None:
        declared = value_at(self._held, PLACEHOLDERS) or {}
        for name, placeholder in VARIABLES.items():
            if name not in declared:
                told = ("not declared", f"placeholder: {shown(placeholder)}")
                self.add(f"declare {name}", (*PLACEHOLDERS, name), placeholder, kind=Kind.ENTRY, told=told)

    def collect(self) -> None:
        collected = value_at(self._held, DATA_COLLECTION) or {}
        # An item may be filed under an id that says nothing, and have its name inside.
        names = {*collected, *(item.get("name") for item in collected.values() if isinstance(item, dict))}
        for name, item in COLLECTED.items():
            if name not in names:
                told = ("not collected", shown(item["description"]))
                self.add(f"collect {name}", (*DATA_COLLECTION, name), item, kind=Kind.ENTRY, told=told)
