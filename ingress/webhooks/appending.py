"""Appends webhooks in threads: short ones in groups, long ones piece by piece."""

import asyncio
import threading
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from functools import partial
from typing import Any, TypeVar

from litestar import Request
from litestar.exceptions import ClientException, InternalServerException

from events.errors import LogClosedError, SignatureError, os_errors_as_log_closed
from events.log.draft import Draft
from events.log.filing import UNREADABLE
from events.log.protocol import EventLog
from events.log.receipt import Receipt
from events.tracing.recording import Marks, Recording
from events.wire.signature import Verifier
from ingress.webhooks.grouping import GroupAppender, begin_append, give_way
from ingress.webhooks.refused_signatures import RefusedSignatures

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

    async def append(
        self,
        request: Request[Any, Any, Any],
        verifier: Verifier,
        signature: str,
        recording: Recording | None = None,
    ) -> Receipt:
        """
        Stream a webhook into the log and return its receipt once it is durable.

        Args:
            recording: of the webhook; gets the steps of the append, and is proven once the signature is.

        Raises:
            SignatureError, BodyTooLargeError, LogClosedError: from the signature or the log; nothing was kept.
            ClientException, StalledBodyError: the body stopped half-way; nothing was kept.
        """
        async with aclosing(_pieces(request)) as pieces:
            piece = await anext(pieces)
            if len(piece) < _PIECE_BYTES:  # it is the whole body
                receipt = await self._grouping.append(piece, verifier, signature, recording)
            else:
                receipt = await self._append_long(piece, pieces, verifier, signature, recording)
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
        self,
        piece: bytes,
        pieces: AsyncIterator[bytes],
        verifier: Verifier,
        signature: str,
        recording: Recording | None,
    ) -> Receipt:
        """Append a long body: write it to its draft while it comes in, outside of any group, so that it delays none."""
        draft = self.payloads.draft()
        try:
            while len(piece) >= _PIECE_BYTES:
                await self._in_thread(partial(self._take_unproven, draft, verifier, piece))
                piece = await anext(pieces)
            came_s = time.monotonic()
            return await self._in_thread(
                partial(self._finish, draft, verifier, piece, signature=signature, recording=recording, came_s=came_s)
            )
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

    def _finish(
        self,
        draft: Draft,
        verifier: Verifier,
        piece: bytes,
        *,
        signature: str,
        recording: Recording | None,
        came_s: float,
    ) -> Receipt:
        with draft:
            _take(draft, verifier, piece)
            verifier.verify()
            if recording is None:
                return self.payloads.publish(draft, source="webhook", signature=signature, came_s=came_s)
            appending, marks, error = begin_append(recording), Marks(), "failed"
            try:
                receipt = self.payloads.publish(
                    draft, source="webhook", signature=signature, came_s=came_s, on_step=marks
                )
                error = ""
            finally:
                appending.add_marks(marks)
                appending.end(error=error)
            return receipt

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
