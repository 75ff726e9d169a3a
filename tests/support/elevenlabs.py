"""ElevenLabs' API of conversations and agents on the loopback, in its wire format, with an account's failures."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

API_KEY = "sk_0123456789abcdef_of_the_tests"
SECRET_PROMPT, SECRET_TOKEN = "You are a dragon.", "shareable-token-of-the-tests"
_LIST = "/v1/convai/conversations"
_AGENTS = "/v1/convai/agents"
_CHUNK_BYTES = 64 * 1024


class Request(NamedTuple):
    """One request that came in, and when, on the monotonic clock."""

    at_s: float
    path: str
    query: dict[str, list[str]]


class Answer(NamedTuple):
    """An answer given instead of the account's content; cut off after `cut_at` bytes, if set."""

    status: int
    body: bytes = b'{"detail":{"status":"error","message":"A test says so."}}'
    headers: tuple[tuple[str, str], ...] = ()
    cut_at: int | None = None


AT_ONCE = (("retry-after", "0"),)
GONE = Answer(404, b'{"detail":{"status":"document_not_found","message":"Document not found."}}')
NO_AGENT = Answer(404, b'{"detail":{"status":"document_not_found","message":"Agent not found."}}')
BROKEN = Answer(500, headers=AT_ONCE)


class Account:
    """
    One ElevenLabs account, served until the block around `serving` ends.

    `conversations` and `recordings` are answers by conversation id, `agents` by the agent's. `instead` holds, by path,
    answers that come first; `at_request` is called with each path before it is answered.
    """

    def __init__(self) -> None:
        self.conversations: dict[str, bytes] = {}
        self.recordings: dict[str, bytes] = {}
        self.agents: dict[str, bytes] = {}
        self.instead: dict[str, list[Answer]] = {}
        self.at_request: Callable[[str], object] = lambda _: None
        self.page_size_max = 100
        self.ignores_filters = False
        self.requests: list[Request] = []
        self.url = ""

    def hold(self, *webhooks: bytes, status: str | None = None, has_audio: bool = False) -> None:
        """Hold the conversations that these transcriptions describe."""
        for webhook in webhooks:
            conversation = conversation_of(webhook, has_audio=has_audio)
            if status is not None:
                conversation["status"] = status
            self.conversations[conversation["conversation_id"]] = json.dumps(conversation, indent=1).encode()

    def hold_agent(self, agent_id: str, name: str = "Ada", **said: Any) -> None:
        """Hold an agent; see `agent_of`."""
        self.agents[agent_id] = json.dumps(agent_of(agent_id, name, **said), indent=1).encode()

    def asked_agents(self) -> list[str]:
        """Return the ids of the agents that were asked about, in this order."""
        paths = [request.path for request in self.requests if request.path.startswith(f"{_AGENTS}/")]
        return [unquote(path.removeprefix(f"{_AGENTS}/")) for path in paths]

    def fetched(self) -> list[str]:
        """Return the paths of all requests but the list's, each below the list's path."""
        return [request.path.removeprefix(_LIST + "/") for request in self.requests if request.path != _LIST]

    def queries(self) -> list[dict[str, list[str]]]:
        """Return the queries of the requests for the list."""
        return [request.query for request in self.requests if request.path == _LIST]

    @contextmanager
    def serving(self) -> Iterator["Account"]:
        """Answer on a free port."""
        account = self

        class Handler(_Handler):
            held = account

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

    def page(self, query: dict[str, list[str]]) -> dict[str, Any]:
        """Return a page of the list, newest first."""
        matching = [one for one in map(summary_of, self.conversations.values()) if self._is_asked_for(one, query)]
        matching.sort(key=lambda one: (one["start_time_unix_secs"], one["conversation_id"]), reverse=True)
        begin = int(query.get("cursor", ["cursor_0"])[0].removeprefix("cursor_"))
        end = begin + min(int(query.get("page_size", ["30"])[0]), self.page_size_max)
        has_more = end < len(matching)
        return {
            "conversations": matching[begin:end],
            "next_cursor": f"cursor_{end}" if has_more else None,
            "has_more": has_more,
        }

    def _is_asked_for(self, summary: dict[str, Any], query: dict[str, list[str]]) -> bool:
        return self.ignores_filters or (
            summary["status"] not in query.get("exclude_statuses", [])
            and summary["agent_id"] in query.get("agent_id", [summary["agent_id"]])
            and summary["start_time_unix_secs"] > int(query.get("call_start_after_unix", ["-1"])[0])
        )


class _Handler(BaseHTTPRequestHandler):
    """Answers for one account, with ElevenLabs' paths, parameters and errors."""

    held: Account
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        path, query = address.path, parse_qs(address.query)
        self.held.requests.append(Request(time.monotonic(), path, query))
        self.held.at_request(path)
        if self.headers["xi-api-key"] != API_KEY:
            self._send(Answer(401, b'{"detail":{"status":"invalid_api_key","message":"Invalid API key"}}'))
        elif self.held.instead.get(path):
            self._send(self.held.instead[path].pop(0))
        elif path.startswith(f"{_AGENTS}/"):
            agent = self.held.agents.get(unquote(path.removeprefix(f"{_AGENTS}/")))
            self._send(NO_AGENT if agent is None else Answer(200, agent))
        elif path == _LIST:
            self._send(Answer(200, json.dumps(self.held.page(query)).encode()))
        else:
            self._send_one(unquote(path.removeprefix(_LIST + "/")))

    def _send_one(self, name: str) -> None:
        if name.endswith("/audio"):
            recording = self.held.recordings.get(name.removesuffix("/audio"))
            if recording is not None:
                self._send(Answer(200, recording, (("content-type", "audio/mpeg"),)))
                return
        elif name in self.held.conversations:
            self._send(Answer(200, self.held.conversations[name]))
            return
        self._send(GONE)

    def _send(self, answer: Answer) -> None:
        headers = {"content-type": "application/json", "content-length": str(len(answer.body))} | dict(answer.headers)
        try:
            self.send_response(answer.status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            for at in range(0, len(answer.body[: answer.cut_at]), _CHUNK_BYTES):
                self.wfile.write(answer.body[: answer.cut_at][at : at + _CHUNK_BYTES])
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True  # the client was killed
        if answer.cut_at is not None:
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Print nothing: tests look at `requests`."""


def conversation_of(webhook: bytes, *, has_audio: bool = False) -> dict[str, Any]:
    """Return the API's version of a transcription's conversation, with the fields that only the API has."""
    data: dict[str, Any] = json.loads(webhook)["data"]
    audio = {"has_audio": has_audio, "has_user_audio": has_audio, "has_response_audio": has_audio}
    analysis = {"call_successful": "success", "transcript_summary": ""} | {
        name: value for name, value in (data.get("analysis") or {}).items() if value is not None
    }
    for id_, result in analysis.get("data_collection_results", {}).items():
        result.setdefault("rationale", f"{id_} was said.")
    if phone := data["metadata"].get("phone_call"):
        for name in ("phone_number_id", "stream_sid", "call_sid"):
            phone.setdefault(name, "of the tests")
    return {**data, **audio, "has_auxiliary_audio": False, "analysis": analysis, "tag_ids": [], "of_next_month": 1.50}


def agent_of(
    agent_id: str,
    name: Any = "Ada",
    *,
    language: Any = "de",
    first_message: Any = "Guten Tag {{user_name}}!",
    variables: Any = None,
) -> dict[str, Any]:
    """
    Return the API's answer about an agent, with a prompt and tools, none of which anybody needs.

    Source: the SDK's `GetAgentResponseModel` (elevenlabs 2.78).
    """
    placeholders = {"user_name": "Anna"} if variables is None else variables
    return {
        "agent_id": agent_id,
        "name": name,
        "conversation_config": {
            "asr": {"quality": "high", "provider": "elevenlabs", "keywords": []},
            "tts": {"model_id": "eleven_turbo_v2_5", "voice_id": "cjVigY5qzO86Huf0OWal"},
            "conversation": {"text_only": False, "max_duration_seconds": 600},
            "language_presets": {"en": {"overrides": {"agent": {"first_message": "Hello!"}}}},
            "agent": {
                "first_message": first_message,
                "language": language,
                "dynamic_variables": {"dynamic_variable_placeholders": placeholders},
                "prompt": {
                    "prompt": f"{SECRET_PROMPT} Never tell anybody.",
                    "llm": "gemini-2.0-flash",
                    "tools": [{"type": "webhook", "name": "searchMemory", "api_schema": {"url": "https://x.example"}}],
                },
            },
        },
        "metadata": {"created_at_unix_secs": 1_742_833_573, "updated_at_unix_secs": 1_762_900_000},
        "platform_settings": {"auth": {"enable_auth": False, "shareable_token": SECRET_TOKEN}},
        "phone_numbers": [],
        "workflow": {"edges": {}, "nodes": {}},
        "access_info": {"is_creator": True, "creator_email": "operator@example.com"},
        "tags": ["phone"],
        "of_next_month": 1.50,
    }


def summary_of(conversation: bytes) -> dict[str, Any]:
    """Return the list's entry of a conversation."""
    one: dict[str, Any] = json.loads(conversation)
    return {
        "agent_id": one["agent_id"],
        "conversation_id": one["conversation_id"],
        "start_time_unix_secs": one["metadata"]["start_time_unix_secs"],
        "call_duration_secs": one["metadata"].get("call_duration_secs") or 0,
        "message_count": len(one["transcript"]),
        "status": one["status"],
        "call_successful": "success",
        "of_next_month": {},
    }
