"""What every request has: an id, a key, a body, and a line in the log."""

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
from events.wire.reading.loose_json import NO_NUMBER, loosely_decoded
from events.wire.shared_secrets import Secrets

T = TypeVar("T", bound=msgspec.Struct)
logger = get_logger("webhook")
API_KEY = "x-api-key"
# A question is a few hundred bytes. A longer body than this is answered as an empty question.
_QUESTION_BYTES_MAX = 1024 * 1024
# `Retry-After` of a 503. ElevenLabs follows its own schedule, but other senders may use it.
RETRY_AFTER_S = 5
_REQUEST_ID = "request_id"
# The key in the lifespan state under which the application leaves its log of refusals for the server.
REFUSALS = "refusal_log"
# Of refusals of one kind, the first few within a window have a line each.
_LINES_MAX, _WINDOW_S, _KINDS_MAX = 5, 10.0, 50
_PATH_CHARS_MAX = 200
_STOPPING = "ingress is stopping; send it again"
_JSON = re.compile(r"application/(?:[^\s;/+]+\+)?json\s*(?:;.*)?", re.IGNORECASE)
_AGENT_ID = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}")


class NotJsonError(Exception):
    """The Content-Type of a body is not JSON. Nothing of it was kept; a retry needs another Content-Type."""


def request_id() -> str:
    """Return the id of the request that is being answered."""
    return str(structlog.contextvars.get_contextvars().get(_REQUEST_ID, ""))


def annotate(**facts: Any) -> None:
    """Add facts to the log line of this request. Never words of a call, secrets or phone numbers."""
    structlog.contextvars.bind_contextvars(**facts)


class _Window:
    """The refusals of one kind within some seconds."""

    def __init__(self) -> None:
        self.logged = 0
        self.left_out = 0


class RefusalLog:
    """
    Logs requests that are refused for what is wrong with them: some of each kind, and how many it left out.

    Anybody may send such requests, and must not be able to fill the disk with lines about them. Use it in one event
    loop.
    """

    def __init__(self) -> None:
        self._windows: dict[tuple[str, int, str], _Window] = {}

    def note(self, event: str, *, status: int, reason: str, endpoint: str = "", **facts: Any) -> None:
        """
        Log a refusal, or count it where many of its kind came within some seconds.

        Args:
            endpoint: the path of the endpoint that refused it, without anything that the sender chose.
        """
        kind = endpoint, status, reason
        window = self._windows.get(kind)
        if window is None:
            # Reasons may hold numbers that the sender chooses.
            kind = kind if len(self._windows) < _KINDS_MAX else ("", status, "others")
            window = self._windows.setdefault(kind, _Window())
            if not window.logged:
                asyncio.get_running_loop().call_later(_WINDOW_S, self._end, kind)
        if window.logged < _LINES_MAX:
            window.logged += 1
            logger.warning(event, status=status, reason=reason, **facts)
        else:
            window.left_out += 1

    def close(self) -> None:
        """Say what was left out so far."""
        for kind in list(self._windows):
            self._end(kind)

    def _end(self, kind: tuple[str, int, str]) -> None:
        window = self._windows.pop(kind, None)
        if window is not None and window.left_out:
            endpoint, status, reason = kind
            logger.warning("refusals_not_logged", times=window.left_out, path=endpoint, status=status, reason=reason)


def with_request_id(app: ASGIApp) -> ASGIApp:
    """Wrap an application: give each request an id, return it in `X-Request-ID`, and log one line for each webhook."""

    refusals = RefusalLog()

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            if "state" in scope:
                scope["state"][REFUSALS] = refusals
            await app(scope, receive, send)
            refusals.close()
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
            # The server stops and cancels requests that take too long, mostly because a body never ends. That is no
            # fault of ours: answer it here, or the server would log a traceback.
            annotate(reason=_STOPPING)
            if not status:
                status = 503
                await answer_unavailable(send, _STOPPING, request_id_=id_, closes=True)
        finally:
            if scope["path"].startswith("/webhook/"):
                _log_answer(refusals, scope, status, began)

    return answer


def _log_answer(refusals: RefusalLog, scope: Scope, status: int, began: float) -> None:
    path, took_ms = scope["path"][:_PATH_CHARS_MAX], round((time.perf_counter() - began) * 1000, 1)
    reason = str(structlog.contextvars.get_contextvars().get("reason", ""))
    if reason:
        endpoint = str(scope.get("path_template", ""))
        refusals.note("webhook_answered", endpoint=endpoint, path=path, status=status, reason=reason, took_ms=took_ms)
        return
    log = logger.info if status == 200 else logger.warning
    log("webhook_answered", path=path, status=status, took_ms=took_ms)


async def answer_unavailable(send: Send, message: str, *, request_id_: str, closes: bool) -> None:
    """
    Send a 503 from outside of the framework.

    Args:
        closes: whether the connection must be closed after the answer.
    """
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
    """Return an agent's id as the log may show it: `?` for any other text that an LLM may have put in its place."""
    return agent_id if agent_id is None or _AGENT_ID.fullmatch(agent_id) else "?"


def header_of(request: Request[Any, Any, Any], name: str) -> str | None:
    """Return the first header of that name, which is in lower case; the framework would read all headers for it."""
    wanted = name.encode()
    # Blanks around a value are not part of it (RFC 9110, 5.5). The parser leaves those behind it.
    values = (value.strip(b" \t") for name_, value in request.scope["headers"] if name_ == wanted)
    return next((value.decode("latin-1") for value in values), None)


def check_key(request: Request[Any, Any, Any], keys: Secrets, variable: str) -> str:
    """
    Return the name of the key that a request carries, for the audit trail.

    Args:
        variable: the setting that holds the valid keys.

    Raises:
        NotAuthorizedException: the X-Api-Key header is missing or wrong; it says which.
    """
    given = header_of(request, API_KEY)
    secret = keys.which(given)
    if secret is None:
        raise NotAuthorizedException(_wrong(variable) if given else _missing(request, variable))
    return key_name(variable, secret)


def _wrong(variable: str) -> str:
    return f"the X-Api-Key header is wrong: it is none of the secrets in {variable}"


def _missing(request: Request[Any, Any, Any], variable: str) -> str:
    elsewhere = "; the Authorization header is not looked at" if header_of(request, "authorization") else ""
    return f"the X-Api-Key header is missing: send a secret of {variable} in it{elsewhere}"


def check_json(request: Request[Any, Any, Any]) -> None:
    """
    Accept a request if its Content-Type is JSON or missing.

    Raises:
        NotJsonError: the Content-Type names something else.
    """
    given = (header_of(request, "content-type") or "").strip()
    if given and not _JSON.fullmatch(given):
        raise NotJsonError("the body must be JSON: send it with Content-Type: application/json")


async def read_question(request: Request[Any, Any, Any], type_: type[T]) -> tuple[T, dict[str, Any] | None]:
    """
    Return a question, and the fields of its body as they came, None where that is no JSON object of a question's size.

    An LLM may have written it, so mistakes in it are not errors.

    A field of the wrong type is converted if that is possible, and else counts as absent. Half of a surrogate pair, and
    bytes that are no UTF-8, become U+FFFD. A body that is not a JSON
    object, or is too long for a question, counts as an empty question, and the log says so.

    Raises:
        NotJsonError: the Content-Type is not JSON. An LLM does not write headers, so this one is an error.
        StalledBodyError: the body stopped half-way.
    """
    check_json(request)
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > _QUESTION_BYTES_MAX:
                annotate(question="too long")
                return type_(), None
        fields = _decoded(bytes(body))
    except (msgspec.MsgspecError, InternalServerException):
        fields = None
    if not isinstance(fields, dict):
        annotate(question="no JSON object")
        return type_(), None
    return _convert_leniently(fields, type_), fields


def _decoded(body: bytes) -> Any:
    """Return the value of a body, strictly if that can be; raises `msgspec.DecodeError` if it is no JSON at all."""
    try:
        return msgspec.json.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        fields = loosely_decoded(body.decode("utf-8", "replace").encode())
    if isinstance(fields, dict):
        return {name: None if value is NO_NUMBER else value for name, value in fields.items()}
    return fields


def agent_of(raw: Any) -> str | None:
    """Return the id of the agent that asks; None if absent. A value that is not an id is an agent without memories."""
    if raw is None or raw == "":
        return None
    return str(raw) if isinstance(raw, str | int | float) else "?"


def _convert_leniently(fields: dict[str, Any], type_: type[T]) -> T:
    values = {}
    for field in msgspec.structs.fields(type_):
        value = fields.get(field.encode_name)
        try:
            values[field.name] = msgspec.convert(value, field.type, strict=False)
        except msgspec.ValidationError:
            continue
    return type_(**values)
