"""Looks at one agent at ElevenLabs: what it declares, allows, asks, and which tool it has."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
from msgspec import Struct

from ingress.operating.account import Account, AccountError
from ingress.operating.doctor.finding import Findings
from ingress.operating.setup.documents import (
    DATA_COLLECTION,
    OVERRIDES,
    PLACEHOLDERS,
    TOOL_IDS,
    WORKSPACE_OVERRIDES,
    Json,
    value_at,
)
from ingress.operating.setup.wanted import BOUND, SEARCH_DATA, is_asked_of_llm, key_header
from ingress.settings import OUR_VARIABLES, Settings

# Names with these beginnings are ElevenLabs' own, or secrets of the workspace.
_GIVEN = ("system__", "secret__")
_VARIABLE = re.compile(r"\{\{\s*([A-Za-z_]\w*)\s*\}\}")


_SETUP = "Run `ingress setup --url ADDRESS`."


class Effective(Struct, kw_only=True):
    """What of the workspace counts for an agent that sets nothing of its own."""

    webhook_ids: set[str]
    workspace: Json
    is_client_data_here: Callable[[Any], bool]


class AgentLook:
    """
    Looks at agents.

    Args:
        is_named: whether the operator named them; else those that have nothing to do with us are passed over.
    """

    def __init__(
        self,
        account: Account,
        settings: Settings,
        effective: Effective,
        tools: list[Json],
        found: Findings,
        *,
        is_named: bool,
    ) -> None:
        self._account, self._settings, self._effective = account, settings, effective
        self._tools = {str(tool.get("id")): tool.get("tool_config") or {} for tool in tools}
        self._found, self._is_named = found, is_named

    def look(self, agent_id: str) -> None:
        """Note what is to be said of an agent."""
        try:
            agent = self._account.agent(agent_id)
        except AccountError as error:
            self._found.wrong(f"agent {agent_id}", str(error), "Check its id, and what the API key may see.")
            return
        whose = f"agent {agent.get('name') or agent_id}"
        setup = f"Run `ingress setup --url ADDRESS --agent {agent_id}`."
        asks = bool(value_at(agent, (*OVERRIDES, "enable_conversation_initiation_client_data_from_webhook")))
        tools = [self._tools[id_] for id_ in value_at(agent, TOOL_IDS) or [] if id_ in self._tools]
        ours = [config for config in tools if _url(config).rstrip("/").endswith(SEARCH_DATA)]
        if not (asks or ours or self._is_named):
            self._found.skip(whose, "has nothing to do with this service", f"Nothing, or: {setup}")
            return
        self._look_at_webhooks(agent, whose, setup, asks=asks)
        self._look_at_tool(ours, whose, setup)
        self._look_at_variables(agent, agent_id, tools, whose)
        collected = value_at(agent, DATA_COLLECTION)
        if not collected:
            self._found.warn(f"{whose}: data collection", "nothing is collected, so no name is known", setup)
        else:
            self._found.ok(f"{whose}: data collection", f"{len(collected)} items are collected")

    def _look_at_webhooks(self, agent: Json, whose: str, setup: str, *, asks: bool) -> None:
        found, own = self._found, value_at(agent, WORKSPACE_OVERRIDES) or {}
        workspace = self._effective.workspace
        chosen = own.get("webhooks") or workspace.get("webhooks") or {}
        if chosen.get("post_call_webhook_id") not in self._effective.webhook_ids:
            found.wrong(f"{whose}: post-call webhook", "its calls are sent elsewhere, or nowhere", setup)
        else:
            found.ok(f"{whose}: post-call webhook", "points here")
        if own.get("webhooks"):
            look_at_choice(whose, own["webhooks"], found)
        name = "conversation_initiation_client_data_webhook"
        if not asks:
            found.wrong(f"{whose}: client data", "it does not ask who is calling", setup)
        elif not self._effective.is_client_data_here(own.get(name) or workspace.get(name)):
            found.wrong(f"{whose}: client data", "it asks elsewhere who is calling", setup)
        else:
            found.ok(f"{whose}: client data", "it asks here who is calling")
        is_allowed = value_at(agent, (*OVERRIDES, "conversation_config_override", "agent", "first_message"))
        if self._settings.first_message_override and asks and not is_allowed:
            text = "does not allow the override of the first message, which ingress sends: nobody is greeted by name"
            then = f"{setup} Or set FIRST_MESSAGE_OVERRIDE=false."
            found.wrong(f"{whose}: greeting", text, then)
        elif self._settings.first_message_override:
            found.ok(f"{whose}: greeting", "the override of the first message is allowed")

    def _look_at_tool(self, ours: list[Json], whose: str, setup: str) -> None:
        subject = f"{whose}: search tool"
        if not ours:
            self._found.wrong(subject, "it has none that asks here", setup)
        for config in ours:
            schema = config.get("api_schema") or {}
            properties = (schema.get("request_body_schema") or {}).get("properties") or {}
            by_llm = [name for name in BOUND if name in properties and is_asked_of_llm(properties[name])]
            unbound = [
                name
                for name in ("caller_id", "called_number")
                if name not in by_llm and (properties.get(name) or {}).get("dynamic_variable") != BOUND[name]
            ]
            if by_llm:
                text = f"the LLM fills {', '.join(by_llm)}: a caller could talk it into another number"
                self._found.wrong(subject, text, setup)
            elif unbound:
                text = f"{', '.join(unbound)} is not bound to ElevenLabs' own variable: no caller is found"
                self._found.wrong(subject, text, setup)
            elif key_header(schema.get("request_headers")) is None:
                self._found.wrong(subject, "sends no X-Api-Key, so it is refused", setup)
            else:
                self._found.ok(subject, "is bound to the caller on the line, not to the LLM")

    def _look_at_variables(self, agent: Json, agent_id: str, tools: list[Json], whose: str) -> None:
        needed = {*(value_at(agent, PLACEHOLDERS) or {}), *_used(agent)}
        assigned = {str(one.get("dynamic_variable")) for tool in tools for one in tool.get("assignments") or []}
        answered = {*OUR_VARIABLES, *_extra_names(self._settings, agent_id), *assigned}
        missing = sorted(name for name in needed - answered if not name.startswith(_GIVEN))
        subject = f"{whose}: variables"
        if missing:
            text = f"nobody answers {', '.join(missing)}: ElevenLabs fails such a call"
            then = "Give them in EXTRA_DYNAMIC_VARIABLES, or take them out of the agent."
            self._found.wrong(subject, text, then)
        else:
            self._found.ok(subject, f"all {len(needed)} that it needs are answered")


def look_at_choice(whose: str, chosen: Json, found: Findings) -> None:
    """Note whether the chosen events and the format give us what we need."""
    events = chosen.get("events")
    if events is not None and "transcript" not in events:
        text = f"the event transcript is not sent ({', '.join(map(str, events)) or 'none is'})"
        found.wrong(f"events ({whose})", text, _SETUP)
    else:
        found.ok(f"events ({whose})", ", ".join(map(str, events or ["transcript"])))
    if chosen.get("exclude_transcript"):
        found.wrong(f"transcript ({whose})", "exclude_transcript is on: nothing that was said comes in", _SETUP)
    elif (format_ := chosen.get("transcript_format") or "json") != "json":
        found.wrong(f"transcript ({whose})", f"its format is {format_}, and only JSON is read", _SETUP)
    else:
        found.ok(f"transcript ({whose})", "is sent, as JSON")


def _used(agent: Json) -> Iterator[str]:
    """Yield the variables that the agent's first message and prompt use."""
    config = value_at(agent, ("conversation_config", "agent")) or {}
    for text in (config.get("first_message"), value_at(config, ("prompt", "prompt"))):
        yield from _VARIABLE.findall(text if isinstance(text, str) else "")


def _extra_names(settings: Settings, agent_id: str) -> set[str]:
    extra = settings.extra_variables
    names = {name for name, value in extra.items() if not isinstance(value, dict)}
    own = extra.get(agent_id)
    return names | set(own) if isinstance(own, dict) else names


def _url(config: Json) -> str:
    url = value_at(config, ("api_schema", "url"))
    return url if isinstance(url, str) else msgspec.json.encode(url).decode()
