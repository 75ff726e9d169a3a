"""After the call: authenticate the webhook, append it to the log, and only then answer."""

import asyncio
import shutil
import threading
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from functools import partial
from typing import Annotated, Any, TypeVar

from litestar import Request, post
from litestar.exceptions import ClientException, InternalServerException
from litestar.handlers import HTTPRouteHandler
from msgspec import Meta, Struct

from events.draft import Draft
from events.errors import LogClosedError, SignatureError, closing_the_log
from events.filing import UNREADABLE
from events.log import PayloadLog
from events.receipt import Receipt
from events.signature import Verifier
from ingress.grouping import Grouping, give_way
from ingress.openapi import errors, request_body
from ingress.requests import annotate, check_json, request_id
from ingress.settings import Settings

T = TypeVar("T")
HEADER = "elevenlabs-signature"
_THREADS = 8
# Handed to a thread in pieces of this size: fewer hops, and little memory for a body of any length.
_PIECE_BYTES = 256 * 1024


class Appended(Struct, kw_only=True):
    """Where a webhook stands in the payload log."""

    position: Annotated[int, Meta(description="Its place in the log, from 1; the same for the same bytes.")]
    kind: Annotated[str, Meta(description="`transcription`, `audio`, `failure`, `other-...` or `unreadable`.")]
    conversation_id: Annotated[str | None, Meta(description="The conversation that it is about.")]


class PostCallAnswer(Struct, kw_only=True):
    """A webhook that is durably in the log."""

    status: Annotated[str, Meta(description="`success`.")] = "success"
    message: Annotated[str, Meta(description="What was done.")]
    request_id: Annotated[str, Meta(description="The id of this request, also in `X-Request-ID`.")]
    data: Annotated[Appended, Meta(description="Where the event stands.")]


class Appending:
    """Appends webhooks in threads, so that no disk ever holds the event loop."""

    def __init__(self, payloads: PayloadLog) -> None:
        self.payloads = payloads
        self.appended = 0
        self.unreadable = 0
        self._unproven: dict[Draft, int] = {}
        self._unproven_lock = threading.Lock()
        self._grouping = Grouping(payloads)
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="piece", initializer=give_way)

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
            free_bytes = shutil.disk_usage(self.payloads.folder).free
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


def post_call_handler(settings: Settings, appending: Appending) -> HTTPRouteHandler:
    """Return the handler of `/webhook/post-call`."""

    @post(
        "/webhook/post-call",
        status_code=200,
        request_max_body_size=None,
        operation_class=request_body("PostCallWebhook", signed=True),
        responses=errors(401, 408, 413, 415, 503),
        summary="Learn from a call",
        description=(
            "Appends the webhook to the payload log, byte for byte. 200 means that it is durable. A webhook that is "
            "rightly signed is taken whatever its Content-Type; one that is not is 415 where that is no JSON, else 401."
        ),
    )
    async def post_call(request: Request[Any, Any, Any]) -> PostCallAnswer:
        header = request.headers.get(HEADER)
        try:
            verifier = Verifier(
                header, settings.post_call_keys, now_s=time.time(), tolerance_s=settings.signature_tolerance_s
            )
            receipt = await appending.append(request, verifier, header or "")
        except SignatureError:
            # Only now: what ElevenLabs signed is never refused for a header that says what it might be.
            check_json(request)
            raise
        annotate(position=receipt.position, kind=receipt.kind, conversation_id=receipt.conversation_id)
        return PostCallAnswer(
            message="the event is in the log",
            request_id=request_id(),
            data=Appended(position=receipt.position, kind=receipt.kind, conversation_id=receipt.conversation_id),
        )

    return post_call


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
