"""What is the same for every request: its id, its key, its body, and the line that the log says of it."""

import asyncio
import re
import time
import uuid
from typing import Any, TypeVar

import msgspec
import structlog
from litestar import Request
from litestar.enums import ScopeType
from litestar.exceptions import InternalServerException, NotAuthorizedException
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from events.process.audit import key_name
from events.process.logging import get_logger
from events.wire.shared_secrets import Secrets

T = TypeVar("T", bound=msgspec.Struct)
logger = get_logger("webhook")
API_KEY = "x-api-key"
# A question is a few hundred bytes; whoever sends more than this is answered as if nothing had been asked.
_QUESTION_BYTES_MAX = 1024 * 1024
# After a 503. ElevenLabs has a rhythm of its own; others may want to know.
RETRY_AFTER_S = 5
_REQUEST_ID = "request_id"
_STOPPING = "ingress is stopping; send it again"
_JSON = re.compile(r"application/(?:[^\s;/+]+\+)?json\s*(?:;.*)?", re.IGNORECASE)
_AGENT_ID = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}")


class NotJsonError(Exception):
    """A body is said to be no JSON; nothing of it was kept. A retry needs another Content-Type."""


def request_id() -> str:
    """Return the id of the request that is being answered."""
    return str(structlog.contextvars.get_contextvars().get(_REQUEST_ID, ""))


def annotate(**facts: Any) -> None:
    """Add facts to the line that the log will say of this request; no words of a call, no secrets, no numbers."""
    structlog.contextvars.bind_contextvars(**facts)


def with_request_id(app: ASGIApp) -> ASGIApp:
    """Wrap an application: give each request an id, answer it in `X-Request-ID`, and log each webhook once."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await app(scope, receive, send)
            return
        id_ = str(uuid.uuid4())
        structlog.contextvars.clear_contextvars()
        annotate(request_id=id_)
        began = time.perf_counter()
        status = 0

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (b"x-request-id", id_.encode())]
            await send(message)

        try:
            await app(scope, receive, send_with_id)
        except asyncio.CancelledError:
            # A stop that ran out of patience, mostly with a body that never ends. Nothing went wrong with us: the
            # server would say so with a traceback.
            annotate(reason=_STOPPING)
            if not status:
                status = 503
                await answer_unavailable(send, _STOPPING, request_id_=id_, closes=True)
        finally:
            if scope["path"].startswith("/webhook/"):
                took_ms = round((time.perf_counter() - began) * 1000, 1)
                say = logger.info if status == 200 else logger.warning
                say("webhook_answered", path=scope["path"], status=status, took_ms=took_ms)

    return answer


async def answer_unavailable(send: Send, message: str, *, request_id_: str, closes: bool) -> None:
    """Answer 503 where nothing else can answer; on wish also close the connection."""
    headers, body = unavailable(message, request_id_)
    if closes:
        headers.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": 503, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})


def unavailable(message: str, request_id_: str) -> tuple[list[tuple[bytes, bytes]], bytes]:
    """Return the headers and the body of a 503."""
    body = msgspec.json.encode({"status": "error", "message": message, "request_id": request_id_})
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", b"%d" % len(body)),
        (b"x-request-id", request_id_.encode()),
        (b"retry-after", b"%d" % RETRY_AFTER_S),
    ]
    return headers, body


def loggable(agent_id: str | None) -> str | None:
    """Return an agent's id for the log; what an LLM may have put there instead stays out of it."""
    return agent_id if agent_id is None or _AGENT_ID.fullmatch(agent_id) else "?"


def check_key(request: Request[Any, Any, Any], keys: Secrets, variable: str) -> str:
    """
    Let a request through that carries one of the keys, and return that key's name for the audit trail.

    Args:
        variable: the setting that holds the keys.

    Raises:
        NotAuthorizedException: the X-Api-Key header is missing or wrong.
    """
    secret = keys.which(request.headers.get(API_KEY))
    if secret is None:
        raise NotAuthorizedException("the X-Api-Key header is missing or wrong")
    return key_name(variable, secret)


def check_json(request: Request[Any, Any, Any]) -> None:
    """
    Let a request through whose body is JSON by its own account, or without one.

    Raises:
        NotJsonError: the Content-Type header names something else.
    """
    given = request.headers.get("content-type", "").strip()
    if given and not _JSON.fullmatch(given):
        raise NotJsonError("the body must be JSON: send it with Content-Type: application/json")


async def read_question(request: Request[Any, Any, Any], type_: type[T]) -> T:
    """
    Return the body of a question, forgiving whatever an LLM may have put into it.

    A field of the wrong type is converted where that is possible, and absent where not. A body that is no JSON object,
    or too long for a question, asks nothing; the log says so.

    Raises:
        NotJsonError: the Content-Type header names something else; no LLM writes headers.
        StalledBodyError: the body stopped half-way.
    """
    check_json(request)
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > _QUESTION_BYTES_MAX:
                annotate(question="too long")
                return type_()
        fields = msgspec.json.decode(bytes(body))
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, InternalServerException):
        fields = None
    if not isinstance(fields, dict):
        annotate(question="no JSON object")
        return type_()
    return _lenient(fields, type_)


def agent_of(raw: Any) -> str | None:
    """Return which agent asks; None where nothing was said. What is no id is an agent that was told nothing."""
    if raw is None or raw == "":
        return None
    return str(raw) if isinstance(raw, str | int | float) else "?"


def _lenient(fields: dict[str, Any], type_: type[T]) -> T:
    values = {}
    for field in msgspec.structs.fields(type_):
        value = fields.get(field.encode_name)
        try:
            values[field.name] = msgspec.convert(value, field.type, strict=False)
        except msgspec.ValidationError:
            continue
    return type_(**values)
