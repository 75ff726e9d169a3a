"""Appends webhooks in a few threads; those that come in at the same time are appended together."""

import asyncio
import math
import os
import sys
import threading
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing, suppress
from functools import partial
from typing import Any, TypeVar

from litestar import Request
from litestar.exceptions import ClientException, InternalServerException
from msgspec import Struct

from events.disk.gate import Gate
from events.errors import EventsError, LogClosedError, SignatureError, os_errors_as_log_closed
from events.log.draft import Draft, DraftedBody
from events.log.filing import UNREADABLE
from events.log.protocol import EventLog
from events.log.receipt import Receipt
from events.wire.signature import Verifier
from ingress.webhooks.refused_signatures import RefusedSignatures

# Each thread waits for one fsync after the other. More threads would make smaller groups, which only share what the
# disk does at once, and cost more processor time.
_GROUP_THREADS = 4

# A thread takes half of the waiting webhooks. If it took all, the others would have no work during a long fsync.
_SHARE = 2

# The event loop answers a whole group at once, and greets nobody meanwhile.
_GROUP_MAX = 16

_NICENESS, _NICENESS_MAX = 10, 19


class _QueuedWebhook(Struct, eq=False):
    """A verified webhook that waits for a thread, and the future that its request waits for."""

    body: bytes
    signature: str
    receipt: asyncio.Future[Receipt]


class GroupAppender:
    """Appends whole webhooks: each thread takes a group of those that wait."""

    def __init__(self, payloads: EventLog) -> None:
        self._payloads = payloads
        self._waiting: deque[_QueuedWebhook] = deque()
        self._is_closed = False
        self._called = threading.Condition()
        self._is_calling = False
        self._gate = Gate()
        # All threads start now: if the system refused one later, webhooks would wait for ever. Daemon threads do not
        # delay process exit. Call `close` to finish pending appends first.
        self._threads = [
            threading.Thread(target=self._work, name=f"append-{n}", daemon=True) for n in range(_GROUP_THREADS)
        ]
        for thread in self._threads:
            thread.start()

    async def append(self, body: bytes, verifier: Verifier, signature: str) -> Receipt:
        """
        Append a webhook and return its receipt once it is durable.

        Raises:
            SignatureError, BodyTooLargeError, LogClosedError, JournalError, DamagedEventError: from the signature or
                the log; nothing was kept.
        """
        # Here, not in a thread: to hand a forged webhook to a thread costs more than to find out that it is one.
        verifier.update(body)
        verifier.verify()
        loop = asyncio.get_running_loop()
        receipt: asyncio.Future[Receipt] = loop.create_future()
        with self._called:
            self._waiting.append(_QueuedWebhook(body, signature, receipt))
        if not self._is_calling:
            # Called a little later, so that other webhooks which have arrived by now join the same group.
            self._is_calling = True
            loop.call_soon(self._call_threads)
        try:
            return await asyncio.shield(receipt)
        except asyncio.CancelledError:
            # The server stops and waits no longer. The body is appended all the same, and counts until then.
            await asyncio.wait([receipt])
            receipt.exception()  # retrieved, or asyncio would log that it never was: the request is gone
            raise
        finally:
            del receipt, body  # an error holds this frame, and the receipt would hold the error: a cycle of garbage

    def close(self) -> None:
        """End the threads; appends under way are finished first."""
        with self._called:
            self._is_closed = True
            self._called.notify_all()
        for thread in self._threads:
            thread.join()

    def _call_threads(self) -> None:
        self._is_calling = False
        with self._called:
            self._called.notify(len(self._waiting))

    def _work(self) -> None:
        give_way()
        while group := self._next_group():
            try:
                with self._gate:
                    outcomes = self._append_all(group)
            except Exception as error:  # noqa: BLE001 - it answers the whole group, which would else wait for ever
                outcomes = [error] * len(group)
            with suppress(RuntimeError):  # the event loop has ended, so no request waits any more
                group[0].receipt.get_loop().call_soon_threadsafe(_answer, group, outcomes)
            del group, outcomes  # or the bodies would stay in memory until the next group

    def _next_group(self) -> list[_QueuedWebhook]:
        """Wait for webhooks, and return a share of them, oldest first; empty if the thread must end."""
        with self._called:
            while not self._waiting and not self._is_closed:
                self._called.wait()
            share = min(math.ceil(len(self._waiting) / _SHARE), _GROUP_MAX)
            return [self._waiting.popleft() for _ in range(share)]

    def _append_all(self, group: Sequence[_QueuedWebhook]) -> list[Receipt | Exception]:
        """Append all webhooks; return the receipt of each, or the error in its place."""
        outcomes: dict[_QueuedWebhook, Receipt | Exception] = {}
        drafted: dict[_QueuedWebhook, DraftedBody] = {}
        for waiting in group:
            draft = self._payloads.draft()
            try:
                draft.write(waiting.body)
            except EventsError as error:
                # Its traceback would hold this frame, and so all bodies of the group, until garbage is collected.
                outcomes[waiting] = error.with_traceback(None)
            else:
                drafted[waiting] = DraftedBody(draft, "webhook", waiting.signature)
        try:
            outcomes.update(zip(drafted, self._payloads.publish_all(list(drafted.values())), strict=True))
        finally:
            for whole in drafted.values():
                whole.draft.discard()  # does nothing to a published draft; removes it after an error of ours
        return [outcomes[waiting] for waiting in group]


def give_way() -> None:
    """Let the event loop go before this thread. Only on Linux, where each thread has a niceness of its own."""
    if sys.platform == "linux":
        thread = threading.get_native_id()
        with suppress(OSError):  # a sandbox may forbid it
            niceness = os.getpriority(os.PRIO_PROCESS, thread) + _NICENESS
            os.setpriority(os.PRIO_PROCESS, thread, min(niceness, _NICENESS_MAX))


def _answer(group: Sequence[_QueuedWebhook], outcomes: Sequence[Receipt | Exception]) -> None:
    for waiting, outcome in zip(group, outcomes, strict=True):
        if isinstance(outcome, Exception):
            waiting.receipt.set_exception(outcome)
        else:
            waiting.receipt.set_result(outcome)


T = TypeVar("T")

_PIECE_THREADS = 8

# Bodies go to a thread in pieces of this size: few hops between threads, and little memory for a body of any length.
_PIECE_BYTES = 256 * 1024


class Appender:
    """
    Appends webhooks in threads, so that the event loop never waits for a disk.

    `appended`, `unreadable` and `refused_signatures` say what became of webhooks since the start.
    """

    def __init__(self, payloads: EventLog) -> None:
        self.payloads = payloads
        self.appended = 0
        self.unreadable = 0
        self.refused_signatures = RefusedSignatures()
        self._unproven: dict[Draft, int] = {}
        self._unproven_lock = threading.Lock()
        self._grouping = GroupAppender(payloads)
        self._threads = ThreadPoolExecutor(_PIECE_THREADS, thread_name_prefix="piece", initializer=give_way)

    async def append(self, request: Request[Any, Any, Any], verifier: Verifier, signature: str) -> Receipt:
        """
        Stream a webhook into the log and return its receipt once it is durable.

        Raises:
            SignatureError, BodyTooLargeError, LogClosedError: from the signature or the log; nothing was kept.
            ClientException, StalledBodyError: the body stopped half-way; nothing was kept.
        """
        async with aclosing(_pieces(request)) as pieces:
            piece = await anext(pieces)
            if len(piece) < _PIECE_BYTES:  # it is the whole body
                receipt = await self._grouping.append(piece, verifier, signature)
            else:
                receipt = await self._append_long(piece, pieces, verifier, signature)
        self.appended += 1
        self.unreadable += receipt.kind == UNREADABLE
        return receipt

    async def is_signed(self, request: Request[Any, Any, Any], verifier: Verifier) -> bool:
        """
        Tell whether a short body is signed; False for a long one, which is not read on, and for one that stopped.

        Nothing is kept.
        """
        async with aclosing(_pieces(request)) as pieces:
            piece = await anext(pieces)
        if len(piece) >= _PIECE_BYTES:
            return False
        verifier.update(piece)
        try:
            verifier.verify()
        except SignatureError:
            return False
        return True

    async def _append_long(
        self, piece: bytes, pieces: AsyncIterator[bytes], verifier: Verifier, signature: str
    ) -> Receipt:
        """Append a long body: write it to its draft while it comes in, outside of any group, so that it delays none."""
        draft = self.payloads.draft()
        try:
            while len(piece) >= _PIECE_BYTES:
                await self._in_thread(partial(self._take_unproven, draft, verifier, piece))
                piece = await anext(pieces)
            return await self._in_thread(partial(self._finish, draft, verifier, piece, signature))
        finally:
            with self._unproven_lock:
                self._unproven.pop(draft, None)
            draft.discard()  # does nothing to a published draft; removes that of a body that failed

    def close(self) -> None:
        """End the threads; appends under way are finished first."""
        self._grouping.close()
        self._threads.shutdown()

    def _take_unproven(self, draft: Draft, verifier: Verifier, piece: bytes) -> None:
        with os_errors_as_log_closed():
            free_bytes = self.payloads.free_bytes()
        # So far the sender has shown only a header that looks right. All such bodies together may take as much of
        # the disk as they leave free. Without this limit strangers could fill the disk while they keep sending.
        with self._unproven_lock:
            if sum(self._unproven.values()) + len(piece) > free_bytes:
                raise LogClosedError("the disk has too little room for bodies whose signature is still to be verified")
            self._unproven[draft] = self._unproven.get(draft, 0) + len(piece)
        _take(draft, verifier, piece)

    def _finish(self, draft: Draft, verifier: Verifier, piece: bytes, signature: str) -> Receipt:
        with draft:
            _take(draft, verifier, piece)
            verifier.verify()
            return self.payloads.publish(draft, source="webhook", signature=signature)

    async def _in_thread(self, work: Callable[[], T]) -> T:
        future = asyncio.get_running_loop().run_in_executor(self._threads, work)
        try:
            return await asyncio.shield(future)
        except asyncio.CancelledError:
            # The server stops and waits no longer. The thread goes on: `discard` must not run beside it on one draft.
            await asyncio.wait([future])
            raise


async def _pieces(request: Request[Any, Any, Any]) -> AsyncGenerator[bytes, None]:
    """Yield a body in pieces of at least `_PIECE_BYTES`, and a last one that is shorter and may be empty."""
    piece = bytearray()
    try:
        async for chunk in request.stream():
            piece += chunk
            if len(piece) >= _PIECE_BYTES:
                yield bytes(piece)
                piece.clear()
    except InternalServerException as error:
        raise ClientException("the body stopped half-way") from error
    yield bytes(piece)


def _take(draft: Draft, verifier: Verifier, piece: bytes) -> None:
    draft.write(piece)
    verifier.update(piece)
