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
    config = uvicorn.Config(app, http=protocol, lifespan="off", log_config=None)
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
    taken: list[Taken] = []
    received = 0

    class Counting(GuardedProtocol):
        def data_received(self, data: bytes) -> None:
            nonlocal received
            super().data_received(data)
            received += len(data)

    async def answer(scope: Any, receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Awaitable[None]]) -> None:
        body, is_whole = b"", early
        while not is_whole:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            body, is_whole = body + message["body"], not message["more_body"]
        taken.append(Taken(scope["method"], scope["path"], body, tuple(name.decode() for name, _ in scope["headers"])))
        said = json.dumps({"path": scope["path"], "bytes": len(body)}).encode()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(said))]})
        await send({"type": "http.response.body", "body": said})

    async def talk() -> bytes:
        sent = 0
        async with listening(answer, protocol=Counting) as connect, asyncio.timeout(_PATIENCE_S):
            reader, writer = await connect()
            reading = asyncio.create_task(read_all(reader))
            for piece in pieces:
                writer.write(piece)
                sent += len(piece)
                while received < sent and not reading.done():
                    await asyncio.sleep(0)
            got = await reading
            writer.close()
        return bytes(got)

    return Conversation(taken, asyncio.run(talk()))


async def read_all(reader: asyncio.StreamReader) -> bytearray:
    """Return all bytes until the other side closes the connection, also if it does so while we still send."""
    got = bytearray()
    with suppress(ConnectionError):
        while piece := await reader.read(65536):
            got += piece
    return got
