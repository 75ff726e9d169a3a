"""Backpressure: how many post-call webhooks are taken at once; one too many is told at once to come again later."""

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
# Where an application leaves its limit for the server, in the state of its lifespan.
# Source: the ASGI specification, Lifespan Protocol, "Lifespan State".
STATE = "post_call_limit"
_REQUESTS = {ScopeType.HTTP, ScopeType.WEBSOCKET}
_MIB = 1024 * 1024
# What a body may hold in memory, however long it is: a draft's share, and what is on its way to it.
_HELD_BYTES_MAX = _MIB + 512 * 1024
# What all bodies together may hold: those that count, and those of slow senders.
_COUNTED_BYTES_MAX, _SLOW_BYTES_MAX = 128 * _MIB, 64 * _MIB
# A sender is slow that has been waited for for longer than this, beyond what its bytes need at a slow line's rate.
_PROMPT_S = 1.0
_SLOW_BYTES_PER_S = 64 * 1024
_SAID_EVERY_S = 1.0
_DIGITS_MAX = 20
_SHEDDING_S = 60.0
FULL = "too many webhooks are under way; nothing of this one was kept, send it again"


class Admission:
    """One webhook under way: how much memory it may need, how long it has been waited for, and whether it counts."""

    def __init__(self, claimed_bytes: int) -> None:
        self.claimed_bytes = min(claimed_bytes, _HELD_BYTES_MAX)
        self.size = 0
        self.waited_s = 0.0
        self.is_slow = False
        self.is_whole = False

    def held_bytes(self) -> int:
        """Return what it may hold in memory by now."""
        return min(self.size, _HELD_BYTES_MAX)


class WebhookLimit:
    """
    The webhooks that are under way in this process.

    Whoever sends slowly does not count until the body is whole, or a few strangers who send nothing could keep
    everybody else out; what such bodies hold in memory has a limit of its own. Whoever was let in is never refused
    for coming back.

    Args:
        most: how many may be under way.
        prompt_s: how long a sender may be waited for before it is slow.
    """

    def __init__(self, most: int, *, prompt_s: float = _PROMPT_S) -> None:
        self._most = most
        self._prompt_s = prompt_s
        self._counted_bytes = 0
        self._slow_bytes = 0
        self._refused_at: float | None = None
        self._said_at = float("-inf")
        self.under_way = 0
        self.refused = 0

    def has_room(self, webhook: Admission) -> bool:
        """Tell whether one more can be taken."""
        return self.under_way < self._most and self._counted_bytes + webhook.claimed_bytes <= _COUNTED_BYTES_MAX

    def refuse(self) -> None:
        """Count one that was refused, and say so once a second: a line for each would be load on top of load."""
        self.refused += 1
        now = self._refused_at = _now()
        if now - self._said_at >= _SAID_EVERY_S:
            self._said_at = now
            logger.warning("webhooks_refused", reason=FULL, refused=self.refused, under_way=self.under_way)

    def is_shedding(self) -> bool:
        """Tell whether any was refused within the last minute."""
        return self._refused_at is not None and _now() - self._refused_at < _SHEDDING_S

    @contextmanager
    def taking(self, webhook: Admission) -> Iterator[None]:
        """Count a webhook until it is answered."""
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
        Return the next piece of a body; meanwhile it may become clear that its sender is slow.

        Raises:
            StalledBodyError: slow senders hold too much memory, and this one more of it.
        """
        if webhook.is_whole:
            return await receive()
        began = _now()
        patience_s = self._prompt_s + webhook.size / _SLOW_BYTES_PER_S - webhook.waited_s
        try:
            async with asyncio.timeout(None if webhook.is_slow else max(patience_s, 0)):
                message = await receive()
        except TimeoutError:
            self._set_aside(webhook)
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

    def _set_aside(self, webhook: Admission) -> None:
        webhook.is_slow = True
        self._slow_bytes += webhook.held_bytes()
        self._count(webhook, -1)

    def _count(self, webhook: Admission, sign: int) -> None:
        self.under_way += sign
        self._counted_bytes += sign * webhook.claimed_bytes


def with_limit(app: ASGIApp, limit: WebhookLimit) -> ASGIApp:
    """
    Wrap an application: refuse post-call webhooks that are too many, before their bodies are asked for.

    To be wrapped around everything else: a refusal must cost next to nothing, or refusing were load as well. Most of
    them `GuardedProtocol` answers before they come here; it finds the limit in the state.

    The connection stays, as ElevenLabs will need it; what comes in of the body is thrown away, for closing on
    somebody who is still sending would also take the answer from him.
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
            # Whoever asked first whether to send may now do so, or not: only a new connection is without doubt.
            await answer_unavailable(send, FULL, request_id_=str(uuid.uuid4()), closes=b"expect" in headers)
            return
        with limit.taking(webhook):
            await app(scope, lambda: limit.receive(webhook, receive), send)

    return answer


def claimed_bytes(content_length: bytes) -> int:
    """Return how long a body is said to be; one that is not said to be of any length may be as long as it likes."""
    is_number = content_length.isdigit() and len(content_length) < _DIGITS_MAX
    return int(content_length) if is_number else _HELD_BYTES_MAX


def _now() -> float:
    return asyncio.get_running_loop().time()
