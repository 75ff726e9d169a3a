"""Backpressure: limits the post-call webhooks that are under way, and refuses further ones at once with a 503."""

import asyncio
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Receive, ReceiveMessage, Scope, Send
from litestar.utils import normalize_path

from events.process.logging import get_logger
from ingress.http.patience import StalledBodyError
from ingress.http.requests import answer_unavailable

logger = get_logger("webhook")
PATH = "/webhook/post-call"
# The key in the lifespan state under which the application leaves its limit for the server.
# Source: the ASGI specification, Lifespan Protocol, "Lifespan State".
STATE = "post_call_limit"
_REQUESTS = {ScopeType.HTTP, ScopeType.WEBSOCKET}
_MIB = 1024 * 1024
# The most memory that one body takes, whatever its length: what its draft holds, and the chunks on their way to it.
_HELD_BYTES_MAX = _MIB + 512 * 1024
# The most memory for all bodies together: for those that are whole, and for those that come in.
_WHOLE_BYTES_MAX, _COMING_BYTES_MAX = 128 * _MIB, 128 * _MIB
# Once bodies that come in hold too much, so many give way that this share of their memory is free again.
_FREED_SHARE = 8
# Which of them gives way is decided by how long we waited for it, less the time that its bytes need on a usual line.
_USUAL_BYTES_PER_S = _MIB
_LOG_INTERVAL_S = 1.0
_DIGITS_MAX = 20
_SHEDDING_S = 60.0
FULL = "too many webhooks are under way; nothing of this one was kept, send it again"


class OverloadedError(Exception):
    """A webhook came in whole, but too many others are under way. Nothing of it was kept; a retry is safe."""


class Admission:
    """One webhook: how much of it came in, and how long we waited for its sender."""

    def __init__(self) -> None:
        self.size = 0
        self.is_whole = False
        self.is_given_up = False
        self._waited_s = 0.0
        self._waiting_since_s: float | None = None
        self._deadline: asyncio.Timeout | None = None

    def held_bytes(self) -> int:
        """Return how much memory the body may take by now."""
        return min(self.size, _HELD_BYTES_MAX)

    def lag_s(self, now_s: float) -> float:
        """Return how much longer we have waited for the sender than a usual line needs; negative if it is faster."""
        waiting_s = 0.0 if self._waiting_since_s is None else now_s - self._waiting_since_s
        return self._waited_s + waiting_s - self.size / _USUAL_BYTES_PER_S

    def give_up(self) -> None:
        """End the wait for the rest of the body."""
        self.is_given_up = True
        if self._deadline is not None:
            self._deadline.reschedule(_now())

    async def receive(self, receive: Receive) -> ReceiveMessage:
        """
        Return the next piece of the body.

        Raises:
            StalledBodyError: the body was given up.
        """
        message = f"the body came in too slowly; nothing was kept of {self.size} bytes"
        if self.is_given_up:
            raise StalledBodyError(message)
        self._waiting_since_s = began_s = _now()
        try:
            async with asyncio.timeout(None) as self._deadline:
                return await receive()
        except TimeoutError as error:
            raise StalledBodyError(message) from error
        finally:
            self._waited_s += _now() - began_s
            self._waiting_since_s = self._deadline = None


class WebhookLimit:
    """
    The webhooks that are under way in this process.

    Only a whole body takes a place. While it comes in, its sender may be a stranger who sends as little as possible,
    and must keep nobody out. Bodies that come in share an amount of memory; once they hold more, those give way for
    whose senders we have waited longest.

    Args:
        most: how many webhooks may be under way.
        on_refused: is called for each webhook that is refused.
    """

    def __init__(self, most: int, *, on_refused: Callable[[], None] = lambda: None) -> None:
        self._most = most
        self._on_refused = on_refused
        self._whole_bytes = 0
        self._coming = set[Admission]()
        self._coming_bytes = 0
        self._refused_at: float | None = None
        self._logged_at = float("-inf")
        self.under_way = 0
        self.refused = 0

    @property
    def coming_in(self) -> int:
        """How many bodies are coming in."""
        return len(self._coming)

    def has_room(self, bytes_: int) -> bool:
        """Return whether there is a place for one more webhook, which takes so much memory."""
        return self.under_way < self._most and self._whole_bytes + min(bytes_, _HELD_BYTES_MAX) <= _WHOLE_BYTES_MAX

    def refuse(self) -> None:
        """Count a refused webhook. Log at most one line a second: a line for each would add load to the overload."""
        self.refused += 1
        self._on_refused()
        now = self._refused_at = _now()
        if now - self._logged_at >= _LOG_INTERVAL_S:
            self._logged_at = now
            logger.warning("webhooks_refused", reason=FULL, refused=self.refused, under_way=self.under_way)

    def is_shedding(self) -> bool:
        """Return whether a webhook was refused within the last minute."""
        return self._refused_at is not None and _now() - self._refused_at < _SHEDDING_S

    @contextmanager
    def admitted(self, webhook: Admission) -> Iterator[None]:
        """Let a webhook come in, and count it as under way from when it is whole until the block ends."""
        self._coming.add(webhook)
        try:
            yield
        finally:
            if webhook in self._coming:
                self._leave(webhook)
            elif webhook.is_whole:
                self.under_way -= 1
                self._whole_bytes -= webhook.held_bytes()

    async def receive(self, webhook: Admission, receive: Receive) -> ReceiveMessage:
        """
        Return the next piece of a body. With its last piece the webhook takes its place.

        Raises:
            OverloadedError: there is no place.
            StalledBodyError: it gave way to others.
        """
        if webhook.is_whole:
            return await receive()
        message = await webhook.receive(receive)
        if message["type"] == "http.request":
            self._take(webhook, len(message["body"]), is_whole=not message["more_body"])
        return message

    def _take(self, webhook: Admission, size: int, *, is_whole: bool) -> None:
        held_before = webhook.held_bytes()
        webhook.size += size
        self._coming_bytes += webhook.held_bytes() - held_before
        if not is_whole:
            self._free_memory()
            return
        self._leave(webhook)
        if not self.has_room(webhook.held_bytes()):
            self.refuse()
            raise OverloadedError(FULL)
        webhook.is_whole = True
        self.under_way += 1
        self._whole_bytes += webhook.held_bytes()

    def _free_memory(self) -> None:
        if self._coming_bytes <= _COMING_BYTES_MAX:
            return
        now_s = _now()
        held = self._coming_bytes
        for webhook in sorted(self._coming, key=lambda one: one.lag_s(now_s), reverse=True):
            if held <= _COMING_BYTES_MAX - _COMING_BYTES_MAX // _FREED_SHARE:
                return
            held -= webhook.held_bytes()
            webhook.give_up()

    def _leave(self, webhook: Admission) -> None:
        self._coming.remove(webhook)
        self._coming_bytes -= webhook.held_bytes()


def with_limit(app: ASGIApp, limit: WebhookLimit) -> ASGIApp:
    """
    Wrap an application: refuse post-call webhooks above the limit, before their bodies are read.

    This must be the outermost wrapper: a refusal has to cost almost nothing, or refusals would be an overload of their
    own. `GuardedProtocol` finds the limit in the lifespan state, and answers most refusals before they come here.

    The connection stays open, because ElevenLabs will need it again. The rest of a refused body is read and thrown
    away: a sender whose connection is closed while it still sends would not get the answer.
    """

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in _REQUESTS and "state" in scope:
            scope["state"][STATE] = limit
        is_webhook = scope["type"] == ScopeType.HTTP and scope["method"] == "POST"
        if not is_webhook or normalize_path(scope["path"]) != PATH:
            await app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        if not limit.has_room(claimed_bytes(headers.get(b"content-length", b""))):
            limit.refuse()
            # After `Expect: 100-continue` the body may or may not follow. Only a new connection is unambiguous.
            await answer_unavailable(send, FULL, request_id_=str(uuid.uuid4()), closes=b"expect" in headers)
            return
        webhook = Admission()
        with limit.admitted(webhook):
            await app(scope, lambda: limit.receive(webhook, receive), send)

    return answer


def claimed_bytes(content_length: bytes) -> int:
    """Return the length that a Content-Length header claims. Without a usable one, assume the most that we hold."""
    is_number = content_length.isdigit() and len(content_length) < _DIGITS_MAX
    return int(content_length) if is_number else _HELD_BYTES_MAX


def _now() -> float:
    return asyncio.get_running_loop().time()
