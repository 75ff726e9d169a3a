"""Webhooks that came in at the same time, appended together, in a few threads."""

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
from events.errors import EventsError, LogClosedError, closing_the_log
from events.log.filing import UNREADABLE
from events.log.protocol import Draft, DraftedBody, EventLog
from events.log.receipt import Receipt
from events.wire.signature import Verifier

# Each waits for the disk alone, for one fsync after the other: more of them, in smaller groups, share what the disk
# does at once, and cost the processor more.
_GROUP_THREADS = 4

# A thread takes half of what waits: all of it would leave the others without work while one fsyncs for long.
_SHARE = 2

# What is answered at once keeps the event loop from greeting for as long.
_GROUP_MAX = 16

_NICENESS, _NICENESS_MAX = 10, 19


class _QueuedWebhook(Struct, eq=False):
    """A webhook that waits for a thread, and the request that waits for its receipt."""

    body: bytes
    verifier: Verifier
    signature: str
    receipt: asyncio.Future[Receipt]


class GroupAppender:
    """Appends webhooks that are whole: each thread takes as many at once as there are."""

    def __init__(self, payloads: EventLog) -> None:
        self._payloads = payloads
        self._waiting: deque[_QueuedWebhook] = deque()
        self._is_closed = False
        self._called = threading.Condition()
        self._is_calling = False
        self._gate = Gate()
        # All of them now: where none can be started later on, webhooks would wait for ever. They hold up no end of
        # the process; `close` does, and who does not close is as good as killed.
        self._threads = [
            threading.Thread(target=self._work, name=f"append-{n}", daemon=True) for n in range(_GROUP_THREADS)
        ]
        for thread in self._threads:
            thread.start()

    async def append(self, body: bytes, verifier: Verifier, signature: str) -> Receipt:
        """
        Append a webhook and return its receipt once it is durable.

        Raises:
            SignatureError, BodyTooLargeError, LogClosedError, JournalError, DamagedEventError: as the log and the
                signature do; nothing was kept.
        """
        loop = asyncio.get_running_loop()
        receipt: asyncio.Future[Receipt] = loop.create_future()
        with self._called:
            self._waiting.append(_QueuedWebhook(body, verifier, signature, receipt))
        if not self._is_calling:
            # Not at once: whatever else came in by now is then in the same group.
            self._is_calling = True
            loop.call_soon(self._call_threads)
        try:
            return await asyncio.shield(receipt)
        except asyncio.CancelledError:
            # A stop that ran out of patience: the body is appended all the same, and counts until then.
            await asyncio.wait([receipt])
            receipt.exception()  # or its loss is complained of: nobody is left to be told
            raise
        finally:
            del receipt, body  # an error holds this frame, and the receipt would hold the error

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
            except Exception as error:  # noqa: BLE001 - the answer to all of them, or they would wait for ever
                outcomes = [error] * len(group)
            with suppress(RuntimeError):  # the loop has ended, and nobody waits any more
                group[0].receipt.get_loop().call_soon_threadsafe(_answer, group, outcomes)
            del group, outcomes  # not to be held until the next one comes

    def _next_group(self) -> list[_QueuedWebhook]:
        """Return a share of what waits, the oldest first, once anything does; empty where the thread must end."""
        with self._called:
            while not self._waiting and not self._is_closed:
                self._called.wait()
            share = min(math.ceil(len(self._waiting) / _SHARE), _GROUP_MAX)
            return [self._waiting.popleft() for _ in range(share)]

    def _append_all(self, group: Sequence[_QueuedWebhook]) -> list[Receipt | Exception]:
        """Append all that are rightly signed; return the receipt of each, or why there is none."""
        outcomes: dict[_QueuedWebhook, Receipt | Exception] = {}
        proven: dict[_QueuedWebhook, DraftedBody] = {}
        for waiting in group:
            draft = self._payloads.draft()
            try:
                draft.write(waiting.body)
                waiting.verifier.update(waiting.body)
                waiting.verifier.verify()
            except EventsError as error:
                # By its trace it would hold this frame, and so all bodies of the group, until the next look for
                # garbage: strangers who sign wrongly could fill the memory.
                outcomes[waiting] = error.with_traceback(None)
            else:
                proven[waiting] = DraftedBody(draft, "webhook", waiting.signature)
        try:
            outcomes.update(zip(proven, self._payloads.publish_all(list(proven.values())), strict=True))
        finally:
            for whole in proven.values():
                whole.draft.discard()  # nothing is left to do here, but where we erred
        return [outcomes[waiting] for waiting in group]


def give_way() -> None:
    """Let whoever answers callers go first, where threads have a niceness of their own: on Linux."""
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

# Handed to a thread in pieces of this size: fewer hops, and little memory for a body of any length.
_PIECE_BYTES = 256 * 1024


class Appender:
    """Appends webhooks in threads, so that no disk ever holds the event loop."""

    def __init__(self, payloads: EventLog) -> None:
        self.payloads = payloads
        self.appended = 0
        self.unreadable = 0
        self._unproven: dict[Draft, int] = {}
        self._unproven_lock = threading.Lock()
        self._grouping = GroupAppender(payloads)
        self._threads = ThreadPoolExecutor(_PIECE_THREADS, thread_name_prefix="piece", initializer=give_way)

    async def append(self, request: Request[Any, Any, Any], verifier: Verifier, signature: str) -> Receipt:
        """
        Stream a webhook into the log and return its receipt once it is durable.

        Raises:
            SignatureError, BodyTooLargeError, LogClosedError: as the log and the signature do; nothing was kept.
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

    async def _append_long(
        self, piece: bytes, pieces: AsyncIterator[bytes], verifier: Verifier, signature: str
    ) -> Receipt:
        """Append a body that is written aside while it comes in; by itself, so that it holds up no group."""
        draft = self.payloads.draft()
        try:
            while len(piece) >= _PIECE_BYTES:
                await self._in_thread(partial(self._take_unproven, draft, verifier, piece))
                piece = await anext(pieces)
            return await self._in_thread(partial(self._finish, draft, verifier, piece, signature))
        finally:
            with self._unproven_lock:
                self._unproven.pop(draft, None)
            draft.discard()  # nothing is left to do here, but for a body that failed

    def close(self) -> None:
        """End the threads; appends under way are finished first."""
        self._grouping.close()
        self._threads.shutdown()

    def _take_unproven(self, draft: Draft, verifier: Verifier, piece: bytes) -> None:
        with closing_the_log():
            free_bytes = self.payloads.free_bytes()
        # Whoever sends this has shown nothing yet but a header that looks right. All such bodies together may hold
        # as much of the disk as they leave free, or strangers could fill it for as long as they keep sending.
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
            # A stop that ran out of patience: the thread goes on, and two must not work on one draft.
            await asyncio.wait([future])
            raise


async def _pieces(request: Request[Any, Any, Any]) -> AsyncGenerator[bytes, None]:
    """Yield a body in pieces of `_PIECE_BYTES` or more, and a last one that has fewer, and may be empty."""
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
