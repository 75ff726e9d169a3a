"""Connections to our protocol alone, without an application: what it makes of bytes, and what it answers."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, NamedTuple

import uvicorn
from uvicorn.server import ServerState

from ingress.http.backpressure import STATE, WebhookLimit
from ingress.http.protocol import GuardedProtocol

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Application = Callable[[Any, Callable[[], Awaitable[Any]], Callable[[Any], Awaitable[None]]], Awaitable[None]]
_PATIENCE_S = 30.0
# Enough turns of the event loop for the application to answer.
_TURNS = 5


class Taken(NamedTuple):
    """A request as the application got it, whole."""

    method: str
    path: str
    body: bytes
    header_names: tuple[str, ...]


class Conversation(NamedTuple):
    """What came of the bytes that a test sent on one connection."""

    taken: list[Taken]
    got: bytes

    def statuses(self) -> list[int]:
        """Return the status of each answer, in order, without `100 Continue`."""
        statuses = [int(part[:3]) for part in self.got.split(b"HTTP/1.1 ")[1:]]
        return [status for status in statuses if status != 100]

    def asked(self) -> list[tuple[str, bytes]]:
        """Return the path and the body of each request that was taken."""
        return [(taken.path, taken.body) for taken in self.taken]


@asynccontextmanager
async def listening(
    app: Application, limit: WebhookLimit | None = None, protocol: type[GuardedProtocol] = GuardedProtocol
) -> AsyncIterator[Callable[[], Awaitable[Connection]]]:
    """Listen with the protocol alone, and perhaps a limit; yield a function that connects."""
    config = uvicorn.Config(app, interface="asgi3", http=protocol, lifespan="off", log_config=None)
    config.load()
    state = ServerState()
    loop = asyncio.get_running_loop()
    shared = {} if limit is None else {STATE: limit}
    server = await loop.create_server(lambda: protocol(config, state, shared, loop), "127.0.0.1", 0)
    async with server:
        yield lambda: asyncio.open_connection(*server.sockets[0].getsockname()[:2])


def converse(pieces: Sequence[bytes], *, early: bool = False) -> Conversation:
    """
    Send these pieces, each of which the protocol reads by itself, until the other side closes the connection.

    Args:
        early: whether the application answers before it reads the body.

    Raises:
        TimeoutError: the other side keeps the connection open.
    """
    return asyncio.run(_Server(answers_early=early).hear(pieces))


class _Server:
    """An application that tells what it was asked, and what the protocol in front of it has read so far."""

    def __init__(self, *, answers_early: bool) -> None:
        self._answers_early = answers_early
        self._taken: list[Taken] = []
        self._received = 0
        self._is_closed = False
        self._has_changed = asyncio.Event()

    async def hear(self, pieces: Sequence[bytes]) -> Conversation:
        """Send the pieces, and return what came of them."""
        async with listening(self._answer, protocol=self._protocol()) as connect, asyncio.timeout(_PATIENCE_S):
            reader, writer = await connect()
            reading = asyncio.create_task(read_all(reader))
            sent = 0
            for piece in pieces:
                writer.write(piece)
                sent += len(piece)
                await self._wait_for(sent)
                if self._is_closed:
                    break  # what is sent to a closed connection could cost the sender the answer
            got = await reading
            writer.close()
        return Conversation(self._taken, bytes(got))

    def _protocol(self) -> type[GuardedProtocol]:
        server = self

        class Watched(GuardedProtocol):
            def data_received(self, data: bytes) -> None:
                super().data_received(data)
                server._note(self, len(data))

            def on_response_complete(self) -> None:
                super().on_response_complete()
                server._note(self, 0)

        return Watched

    def _note(self, protocol: GuardedProtocol, size: int) -> None:
        self._received += size
        self._is_closed = protocol.transport.is_closing()
        self._has_changed.set()

    async def _wait_for(self, sent: int) -> None:
        while self._received < sent and not self._is_closed:
            await self._has_changed.wait()
            self._has_changed.clear()
        for _ in range(_TURNS):
            await asyncio.sleep(0)

    async def _answer(
        self, scope: Any, receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Awaitable[None]]
    ) -> None:
        body, is_whole = b"", self._answers_early
        while not is_whole:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            body, is_whole = body + message["body"], not message["more_body"]
        names = tuple(name.decode() for name, _ in scope["headers"])
        self._taken.append(Taken(scope["method"], scope["path"], body, names))
        said = json.dumps({"path": scope["path"], "bytes": len(body)}).encode()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(said))]})
        await send({"type": "http.response.body", "body": said})


async def read_all(reader: asyncio.StreamReader) -> bytearray:
    """Return all bytes until the other side closes the connection, also if it does so while we still send."""
    got = bytearray()
    with suppress(ConnectionError):
        while piece := await reader.read(65536):
            got += piece
    return got
