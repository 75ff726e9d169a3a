"""The steps of setting up: what each changes, in words, and what must be done for it."""

from typing import Any

import msgspec
from msgspec import Struct, field

from ingress.operating.setup.documents import Edit, Json
from ingress.operating.setup.settings import POST_CALL_KEY

# Stand for the ids of what an earlier step makes.
NEW_WEBHOOK, NEW_TOOL = "$webhook", "$tool"


def new_secret(name: str) -> str:
    """Return what stands for the id of a secret that an earlier step stores under a name."""
    return f"$secret:{name}"


class MakeKey(Struct, frozen=True):
    """Make a secret of our own, and write it into `.env`."""

    variable: str


class MakeWebhook(Struct, frozen=True):
    """Make the post-call webhook, and write its secret into `.env`."""

    name: str
    url: str


class SwitchOn(Struct, frozen=True):
    """Switch the post-call webhook on, and its retries; `webhook_id` may stand for a new one."""

    webhook_id: str
    name: str


class StoreSecret(Struct, frozen=True):
    """Store the first secret of a variable at ElevenLabs; with a `secret_id`, in place of that secret's value."""

    name: str
    variable: str
    secret_id: str | None = None


class MakeTool(Struct, frozen=True):
    """Make the search tool; the configuration may hold what stands for a new secret."""

    name: str
    config: Json


Action = MakeKey | MakeWebhook | SwitchOn | StoreSecret | MakeTool | Edit


def written_variable(action: Action) -> str | None:
    """Return the variable that an action writes into `.env`; None for one that writes none."""
    if isinstance(action, MakeWebhook):
        return POST_CALL_KEY
    return action.variable if isinstance(action, MakeKey) else None


class Step(Struct, frozen=True, kw_only=True):
    """One change that setup asks for: `where` it is made, what it does, and what stands there before and after."""

    where: str
    title: str
    before: str = ""
    after: str = ""
    note: str = ""
    action: Action

    def document(self) -> str | None:
        """Return the document at ElevenLabs that is edited, None for a step that edits none."""
        return self.action.document if isinstance(self.action, Edit) else None


class Keys(Struct, frozen=True):
    """The usable secrets, by the variable that holds them, the current one first."""

    by_variable: dict[str, tuple[str, ...]]

    def first(self, variable: str) -> str:
        """Return the current secret of a variable; empty if there is none."""
        return next(iter(self.by_variable.get(variable, ())), "")


class Wish(Struct, frozen=True, kw_only=True):
    """What is to be set up: for which address, which events, which agents, with which secrets."""

    url: str
    events: tuple[str, ...]
    agent_ids: tuple[str, ...]
    keys: Keys
    has_override: bool
    collects: bool = True


class Workspace(Struct, kw_only=True):
    """What stands at ElevenLabs now."""

    webhooks: list[Json]
    settings: Json
    secrets: list[Json]
    tools: list[Json]
    agents: dict[str, Json] = field(default_factory=dict)


def shown(value: Any) -> str:
    """Return a value for the eye: short, and in one line."""
    if value is None or value == "":
        return "nothing" if value is None else "empty"
    if isinstance(value, str):
        return value
    text = msgspec.json.encode(value).decode()
    return text if len(text) <= _SHOWN_CHARS_MAX else text[: _SHOWN_CHARS_MAX - 1] + "…"


_SHOWN_CHARS_MAX = 160
