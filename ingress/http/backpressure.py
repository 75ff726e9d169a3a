"""Backpressure: limits the post-call webhooks that are under way, and refuses further ones at once with a 503."""

import asyncio
import uuid
from collections.abc import Iterator
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
# The most memory for all bodies together: for those that count, and for those of slow senders.
_COUNTED_BYTES_MAX, _SLOW_BYTES_MAX = 128 * _MIB, 64 * _MIB
# A sender is slow if we waited longer for it than this, plus the time that its bytes need on a slow line.
_PROMPT_S = 1.0
_SLOW_BYTES_PER_S = 64 * 1024
_LOG_INTERVAL_S = 1.0
_DIGITS_MAX = 20
_SHEDDING_S = 60.0
FULL = "too many webhooks are under way; nothing of this one was kept, send it again"


class Admission:
    """One webhook under way: the memory that it may take, how long we waited for its sender, and whether it counts."""

    def __init__(self, claimed_bytes: int) -> None:
        self.claimed_bytes = min(claimed_bytes, _HELD_BYTES_MAX)
        self.size = 0
        self.waited_s = 0.0
        self.is_slow = False
        self.is_whole = False

    def held_bytes(self) -> int:
        """Return how much memory the body may take by now."""
        return min(self.size, _HELD_BYTES_MAX)


class WebhookLimit:
    """
    The webhooks that are under way in this process.

    A slow sender does not count until its body is whole. Otherwise a few strangers who send nothing could keep all
    others out. The bodies of slow senders have a memory limit of their own. Once the body is whole the webhook counts
    again, even above the limit: an admitted webhook is not refused any more.

    Args:
        most: how many webhooks may be under way.
        prompt_s: how long we wait for a sender before it counts as slow.
    """

    def __init__(self, most: int, *, prompt_s: float = _PROMPT_S) -> None:
        self._most = most
        self._prompt_s = prompt_s
        self._counted_bytes = 0
        self._slow_bytes = 0
        self._refused_at: float | None = None
        self._logged_at = float("-inf")
        self.under_way = 0
        self.refused = 0

    def has_room(self, webhook: Admission) -> bool:
        """Return whether there is room for one more webhook."""
        return self.under_way < self._most and self._counted_bytes + webhook.claimed_bytes <= _COUNTED_BYTES_MAX

    def refuse(self) -> None:
        """Count a refused webhook. Log at most one line a second: a line for each would add load to the overload."""
        self.refused += 1
        now = self._refused_at = _now()
        if now - self._logged_at >= _LOG_INTERVAL_S:
            self._logged_at = now
            logger.warning("webhooks_refused", reason=FULL, refused=self.refused, under_way=self.under_way)

    def is_shedding(self) -> bool:
        """Return whether a webhook was refused within the last minute."""
        return self._refused_at is not None and _now() - self._refused_at < _SHEDDING_S

    @contextmanager
    def admitted(self, webhook: Admission) -> Iterator[None]:
        """Count a webhook as under way until the block ends."""
        self._count(webhook, 1)
        try:
            yield
        finally:
            if webhook.is_slow:
                self._slow_bytes -= webhook.held_bytes()
            else:
                self._count(webhook, -1)

    async def receive(self, webhook: Admission, receive: Receive) -> ReceiveMessage:
        """
        Return the next piece of a body. If it takes too long to come, its sender becomes a slow one.

        Raises:
            StalledBodyError: slow senders hold too much memory, and this one has just sent more.
        """
        if webhook.is_whole:
            return await receive()
        began = _now()
        patience_s = self._prompt_s + webhook.size / _SLOW_BYTES_PER_S - webhook.waited_s
        try:
            async with asyncio.timeout(None if webhook.is_slow else max(patience_s, 0)):
                message = await receive()
        except TimeoutError:
            self._mark_slow(webhook)
            message = await receive()
        webhook.waited_s += _now() - began
        if message["type"] == "http.request":
            self._take(webhook, len(message["body"]), is_whole=not message["more_body"])
        return message

    def _take(self, webhook: Admission, size: int, *, is_whole: bool) -> None:
        held_before = webhook.held_bytes()
        webhook.size += size
        webhook.is_whole = is_whole
        if not webhook.is_slow:
            return
        self._slow_bytes += webhook.held_bytes() - held_before
        if is_whole:
            self._slow_bytes -= webhook.held_bytes()
            webhook.is_slow = False
            self._count(webhook, 1)
        elif self._slow_bytes > _SLOW_BYTES_MAX:
            raise StalledBodyError(f"the body came in too slowly; nothing was kept of {webhook.size} bytes")

    def _mark_slow(self, webhook: Admission) -> None:
        webhook.is_slow = True
        self._slow_bytes += webhook.held_bytes()
        self._count(webhook, -1)

    def _count(self, webhook: Admission, sign: int) -> None:
        self.under_way += sign
        self._counted_bytes += sign * webhook.claimed_bytes


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
        webhook = Admission(claimed_bytes(headers.get(b"content-length", b"")))
        if not limit.has_room(webhook):
            limit.refuse()
            # After `Expect: 100-continue` the body may or may not follow. Only a new connection is unambiguous.
            await answer_unavailable(send, FULL, request_id_=str(uuid.uuid4()), closes=b"expect" in headers)
            return
        with limit.admitted(webhook):
            await app(scope, lambda: limit.receive(webhook, receive), send)

    return answer


def claimed_bytes(content_length: bytes) -> int:
    """Return the length that a Content-Length header claims. Without a usable one, assume the most that we hold."""
    is_number = content_length.isdigit() and len(content_length) < _DIGITS_MAX
    return int(content_length) if is_number else _HELD_BYTES_MAX


def _now() -> float:
    return asyncio.get_running_loop().time()
