"""
An ElevenLabs workspace on the loopback: webhooks, settings, secrets, tools and agents, in the API's wire format.

It keeps what it is told, as the API does, and refuses what the SDK's own types do not know.
"""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.parse import SplitResult, parse_qs, urlsplit

import pydantic
from elevenlabs import (
    AgentPlatformSettingsRequestModel,
    ConvAiWebhooks,
    ConversationalConfig,
    ConversationInitiationClientDataWebhook,
    ToolRequestModel,
    WebhookHmacSettings,
)

from tests.support.elevenlabs import API_KEY

Json = dict[str, Any]
_TYPES: dict[str, Any] = {
    "webhooks": ConvAiWebhooks,
    "conversation_initiation_client_data_webhook": ConversationInitiationClientDataWebhook,
    "conversation_config": ConversationalConfig,
    "platform_settings": AgentPlatformSettingsRequestModel,
    "settings": WebhookHmacSettings,
}
_PAGE_SIZE = 2


class Change(NamedTuple):
    """A request that changed something: method, path and body."""

    method: str
    path: str
    body: Json


class RefusedError(Exception):
    """A request that the API refuses: its status, and what it says."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Workspace:
    """
    One workspace.

    Args:
        merges: whether a PATCH of an agent merges what lies deep, or replaces each top part's children; it is not
            documented which. Both must give the same.
    """

    def __init__(self, *, merges: bool = True) -> None:
        self.merges = merges
        self.webhooks: dict[str, Json] = {}
        self.settings: Json = {"conversation_initiation_client_data_webhook": None, "webhooks": None}
        self.secrets: dict[str, Json] = {}
        self.tools: dict[str, Json] = {}
        self.agents: dict[str, Json] = {}
        self.changes: list[Change] = []
        self.refusals: list[tuple[str, str, int]] = []
        self.url = ""
        self._made = 0

    def add_agent(self, agent_id: str, **more: Any) -> Json:
        """Hold an agent as the API describes a plain one, and return it."""
        agent = {
            "agent_id": agent_id,
            "name": f"Agent {agent_id}",
            "conversation_config": {
                "agent": {
                    "first_message": "Hello, this is the clinic.",
                    "language": "en",
                    "dynamic_variables": {"dynamic_variable_placeholders": {}},
                    "prompt": {"prompt": "You help callers.", "tool_ids": ["tool_of_others"], "tools": [{"name": "x"}]},
                },
                "tts": {"voice_id": "voice"},
            },
            "metadata": {"created_at_unix_secs": 1, "updated_at_unix_secs": 1},
            "platform_settings": {
                "overrides": {
                    "conversation_config_override": {
                        "tts": {"voice_id": True},
                        "agent": {"first_message": False, "language": True},
                    },
                    "enable_conversation_initiation_client_data_from_webhook": False,
                    "of_next_month": {"kept": True},
                },
                "data_collection": {"topic": {"type": "string", "description": "What it is about."}},
                "workspace_overrides": {"conversation_initiation_client_data_webhook": None, "webhooks": None},
                "privacy": {"record_voice": True, "zero_retention_mode": False},
            },
        } | more
        self.agents[agent_id] = agent
        return agent

    def state(self) -> Json:
        """Return all that is held, to compare."""
        held = (self.webhooks, self.settings, self.secrets, self.tools, self.agents)
        names = ("webhooks", "settings", "secrets", "tools", "agents")
        return deepcopy(dict(zip(names, held, strict=True)))

    def id(self, kind: str) -> str:
        """Return a new id."""
        self._made += 1
        return f"{kind}_{self._made:04d}"

    @contextmanager
    def serving(self) -> Iterator["Workspace"]:
        """Answer on a free port until the block ends."""
        workspace = self

        class Handler(_Handler):
            held = workspace

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield self
        finally:
            server.shutdown()
            thread.join()
            server.server_close()

    def answer(self, method: str, path: str, query: dict[str, list[str]], body: Json) -> Any:
        """Return the answer to a request."""
        kind, _, id_ = path.removeprefix("/v1/").removeprefix("convai/").partition("/")
        answers: dict[tuple[str, str, bool], Callable[..., Any]] = {
            ("GET", "workspace/webhooks", False): self._webhooks,
            ("POST", "workspace/webhooks", False): self._make_webhook,
            ("PATCH", "workspace/webhooks", True): self._change_webhook,
            ("DELETE", "workspace/webhooks", True): self._delete_webhook,
            ("GET", "settings", False): lambda *_: self.settings,
            ("PATCH", "settings", False): self._change_settings,
            ("GET", "secrets", False): self._list_secrets,
            ("POST", "secrets", False): self._make_secret,
            ("PATCH", "secrets", True): self._change_secret,
            ("DELETE", "secrets", True): self._delete_secret,
            ("GET", "tools", False): self._list_tools,
            ("GET", "tools", True): self._dependent_agents,
            ("POST", "tools", False): self._make_tool,
            ("PATCH", "tools", True): self._change_tool,
            ("DELETE", "tools", True): self._delete_tool,
            ("GET", "agents", False): self._list_agents,
            ("GET", "agents", True): lambda agent_id, *_: _one(self.agents, agent_id),
            ("PATCH", "agents", True): self._change_agent,
        }
        if kind == "workspace":
            kind, _, id_ = path.removeprefix("/v1/").partition("webhooks")
            kind, id_ = "workspace/webhooks", id_.removeprefix("/")
        found = answers.get((method, kind, bool(id_)))
        if found is None:
            raise RefusedError(404, f"there is no {method} {path}")
        if method != "GET":
            self.changes.append(Change(method, path, body))
        return found(id_, query, body)

    def _webhooks(self, _: str, query: dict[str, list[str]], __: Json) -> Json:
        used = (self.settings["webhooks"] or {}).get("post_call_webhook_id")
        return {
            "webhooks": [
                {key: value for key, value in webhook.items() if not key.startswith("_")}
                | {"usage": [{"usage_type": "ConvAI Settings"}] if id_ == used else []}
                for id_, webhook in self.webhooks.items()
            ]
        }

    def _make_webhook(self, _: str, __: object, body: Json) -> Json:
        settings = body["settings"]
        id_, secret = self.id("webhook"), f"wsec_{self.id('secret')}{'0' * 24}"
        self.webhooks[id_] = webhook(id_, settings["webhook_url"], name=settings["name"]) | {"_secret": secret}
        return {"webhook_id": id_, "webhook_secret": secret}

    def _change_webhook(self, id_: str, _: object, body: Json) -> Json:
        held = _one(self.webhooks, id_)
        held |= {"name": body["name"], "is_disabled": body["is_disabled"]}
        held["is_auto_disabled"] = held["is_auto_disabled"] and body["is_disabled"]
        held["_retries"] = body.get("retry_enabled", held["_retries"])
        return {"status": "ok"}

    def _delete_webhook(self, id_: str, *_: object) -> Json:
        _one(self.webhooks, id_)
        if (self.settings["webhooks"] or {}).get("post_call_webhook_id") == id_:
            raise RefusedError(400, "the webhook is in use")
        del self.webhooks[id_]
        return {"status": "ok"}

    def _change_settings(self, _: str, __: object, body: Json) -> Json:
        self.settings |= body
        return self.settings

    def _list_secrets(self, _: str, query: dict[str, list[str]], __: Json) -> Json:
        shown = [
            {"type": "stored", "secret_id": id_, "name": one["name"], "used_by": {"tools": [], "agents": []}}
            for id_, one in self.secrets.items()
        ]
        return _page(shown, "secrets", query)

    def _make_secret(self, _: str, __: object, body: Json) -> Json:
        if any(body["name"] == one["name"] for one in self.secrets.values()):
            raise RefusedError(400, "a secret with this name exists")
        id_ = self.id("secret")
        self.secrets[id_] = {"name": body["name"], "value": body["value"]}
        return {"type": "stored", "secret_id": id_, "name": body["name"]}

    def _change_secret(self, id_: str, _: object, body: Json) -> Json:
        _one(self.secrets, id_)
        self.secrets[id_] = {"name": body["name"], "value": body["value"]}
        return {"type": "stored", "secret_id": id_, "name": body["name"]}

    def _delete_secret(self, id_: str, *_: object) -> Json:
        _one(self.secrets, id_)
        if id_ in json.dumps([self.settings, self.tools, self.agents]):
            raise RefusedError(409, "the secret is in use")
        del self.secrets[id_]
        return {}

    def _list_tools(self, _: str, query: dict[str, list[str]], __: Json) -> Json:
        return _page(list(self.tools.values()), "tools", query)

    def _dependent_agents(self, id_: str, query: dict[str, list[str]], _: Json) -> Json:
        tool_id = id_.removesuffix("/dependent-agents")
        using = [
            {"type": "available", "id": one["agent_id"], "name": one["name"]} for one in self._agents_with(tool_id)
        ]
        return _page(using, "agents", query)

    def _make_tool(self, _: str, __: object, body: Json) -> Json:
        id_ = self.id("tool")
        self.tools[id_] = tool(id_, body["tool_config"])
        return self.tools[id_]

    def _change_tool(self, id_: str, _: object, body: Json) -> Json:
        _one(self.tools, id_)["tool_config"] = body["tool_config"]
        return self.tools[id_]

    def _delete_tool(self, id_: str, *_: object) -> Json:
        _one(self.tools, id_)
        if self._agents_with(id_):
            raise RefusedError(409, "the tool is in use")
        del self.tools[id_]
        return {}

    def _list_agents(self, _: str, query: dict[str, list[str]], __: Json) -> Json:
        shown = [{"agent_id": one["agent_id"], "name": one["name"], "archived": False} for one in self.agents.values()]
        return _page(shown, "agents", query)

    def _change_agent(self, id_: str, _: object, body: Json) -> Json:
        agent = _one(self.agents, id_)
        if "tools" in ((body.get("conversation_config") or {}).get("agent") or {}).get("prompt", {}):
            raise RefusedError(422, "tools and tool_ids exclude each other")
        for key, value in body.items():
            agent[key] = _merged(agent.get(key), value, depth=99 if self.merges else _REPLACED_DEPTH[key])
        return agent

    def _agents_with(self, tool_id: str) -> list[Json]:
        return [a for a in self.agents.values() if tool_id in a["conversation_config"]["agent"]["prompt"]["tool_ids"]]


# Down to where an API that replaces would still merge: the children of the parts that we send.
_REPLACED_DEPTH = {"conversation_config": 3, "platform_settings": 1}


class _Handler(BaseHTTPRequestHandler):
    """Answers for one workspace."""

    held: Workspace
    protocol_version = "HTTP/1.1"

    def _do(self) -> None:
        address = urlsplit(self.path)
        raw = self.rfile.read(int(self.headers.get("content-length") or 0))
        try:
            status, answer = 200, self._answer(address, raw)
        except RefusedError as refused:
            status, answer = refused.status, {"detail": {"status": "error", "message": str(refused)}}
        content = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _answer(self, address: SplitResult, raw: bytes) -> Any:
        if self.headers["xi-api-key"] != API_KEY:
            raise RefusedError(401, "Invalid API key")
        body = json.loads(raw) if raw else {}
        _check(address.path, body)
        for method, path, status in self.held.refusals:
            if (method, path) == (self.command, address.path):
                raise RefusedError(status, "A test says so.")
        return self.held.answer(self.command, address.path, parse_qs(address.query), body)

    def do_GET(self) -> None:
        self._do()

    def do_POST(self) -> None:
        self._do()

    def do_PATCH(self) -> None:
        self._do()

    def do_DELETE(self) -> None:
        self._do()

    def log_message(self, *_: object) -> None:
        """Print nothing."""


def webhook(id_: str, url: str, **more: Any) -> Json:
    """Return a webhook as the API lists it; `_retries` and `_secret` are what it does not tell."""
    return {
        "name": "A webhook",
        "webhook_id": id_,
        "webhook_url": url,
        "is_disabled": False,
        "is_auto_disabled": False,
        "created_at_unix": 1_760_000_000,
        "auth_type": "hmac",
        "most_recent_failure_error_code": None,
        "most_recent_failure_timestamp": None,
        "_retries": False,
        "_secret": "wsec_of_others",
    } | more


def tool(id_: str, config: Json) -> Json:
    """Return a tool as the API lists it."""
    access = {"is_creator": True, "creator_name": "A", "creator_email": "a@example.com", "role": "admin"}
    return {"id": id_, "tool_config": config, "access_info": access, "usage_stats": {"avg_latency_secs": 0.1}}


def _one(held: dict[str, Json], id_: str) -> Json:
    if id_ not in held:
        raise RefusedError(404, f"{id_} not found")
    return held[id_]


def _page(listed: list[Json], field: str, query: dict[str, list[str]]) -> Json:
    begin = int(query.get("cursor", ["0"])[0])
    end = begin + _PAGE_SIZE
    has_more = end < len(listed)
    return {field: listed[begin:end], "has_more": has_more, "next_cursor": str(end) if has_more else None}


def _merged(held: Any, sent: Any, *, depth: int) -> Any:
    if depth == 0 or not (isinstance(held, dict) and isinstance(sent, dict)):
        return sent
    return held | {key: _merged(held.get(key), value, depth=depth - 1) for key, value in sent.items()}


def _check(path: str, body: Json) -> None:
    """Refuse a body that the SDK's types do not know, as the API would."""
    if path.startswith("/v1/convai/tools"):
        parts = {"": (ToolRequestModel, body)} if body else {}
    else:
        parts = {key: (_TYPES[key], value) for key, value in body.items() if key in _TYPES and value is not None}
    for type_, sent in parts.values():
        value = deepcopy(sent)
        collected = value.get("data_collection") or {}
        for name in [name for name, item in collected.items() if item is None]:
            del collected[name]  # null removes an entry
        try:
            unknown = _unknown(type_.model_validate(value))
        except pydantic.ValidationError as error:
            raise RefusedError(422, str(error)) from error
        if unknown - {"of_next_month"}:
            raise RefusedError(422, f"unknown fields: {sorted(unknown)}")


def _unknown(model: Any) -> set[str]:
    """Return the fields of a model that its type does not declare, at any depth."""
    if isinstance(model, list):
        return set().union(*map(_unknown, model))
    if isinstance(model, dict):
        return set().union(*map(_unknown, model.values()))
    if not isinstance(model, pydantic.BaseModel):
        return set()
    return set(model.model_extra or {}).union(*(_unknown(getattr(model, name)) for name in type(model).model_fields))
