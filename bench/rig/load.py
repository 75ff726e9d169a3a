"""A lean load generator: it prepares all requests beforehand, and sends them over a few connections that stay open."""

import asyncio
import re
import socket
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from typing import cast

import uvloop
from msgspec import Struct

from tests.support.samples import CAPTURED
from tests.support.servers import CLIENT_DATA_KEY, signed

_LENGTH = re.compile(rb"\r\ncontent-length: ([0-9]+)\r\n", re.IGNORECASE)
_CAPTURED = CAPTURED.read_bytes()
_CAPTURED_ID = b"conv_4201k9wfkvjyf60aevvp97zch524"


class Load(Struct):
    """The result of a load: the seconds of each answer and of the whole, and the processor time of the generator."""

    took_s: list[float]
    wall_s: float
    cpu_s: float


def captured(name: str) -> bytes:
    """Return the captured payload as the webhook of another conversation."""
    body = _CAPTURED.replace(_CAPTURED_ID, name.encode())
    assert body != _CAPTURED
    return body


def post_call(body: bytes) -> bytes:
    """Return the request of a webhook with a valid signature."""
    return request("POST", "/webhook/post-call", signed(body), body)


def client_data(caller: str) -> bytes:
    """Return the request that asks who is calling."""
    body = b'{"caller_id":"%s","agent_id":"agent_bench","called_number":"+12025550100"}' % caller.encode()
    return request("POST", "/webhook/client-data", {"x-api-key": CLIENT_DATA_KEY}, body)


def request(method: str, path: str, headers: Mapping[str, str] | None = None, body: bytes = b"") -> bytes:
    """Return the bytes of a request."""
    all_headers = {"host": "127.0.0.1", "content-type": "application/json", "content-length": str(len(body))}
    lines = [
        f"{method} {path} HTTP/1.1",
        *(f"{name}: {value}" for name, value in (all_headers | {**(headers or {})}).items()),
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body


class Connection:
    """One connection that stays open, for one request after the other."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, request: bytes) -> float:
        """Send a request, and return the seconds until its answer was complete. The answer must be 200."""
        began = time.perf_counter()
        self._socket.sendall(request)
        answer = self._socket.recv(65536)
        while not _is_whole(answer):
            more = self._socket.recv(65536)
            assert more, "the connection was closed"
            answer += more
        return time.perf_counter() - began

    def close(self) -> None:
        """Close the connection."""
        self._socket.close()


@contextmanager
def load_generator() -> Iterator[ProcessPoolExecutor]:
    """Run a process for `drive`, so that it does not share the interpreter with the process that measures."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        process.submit(time.perf_counter).result()  # now the process has started: that must not be measured
        yield process


def drive(port: int, requests: list[bytes], clients: int) -> Load:
    """Send the requests from several clients. Each client sends its next one when its last one was answered."""
    return uvloop.run(_drive(port, requests, clients))


async def _drive(port: int, requests: list[bytes], clients: int) -> Load:
    loop = asyncio.get_running_loop()
    waiting = iter(requests)
    took_s: list[float] = []
    connections = [
        await loop.create_connection(lambda: _Client(waiting, took_s, loop.create_future()), "127.0.0.1", port)
        for _ in range(clients)
    ]
    began, cpu_began = time.perf_counter(), time.process_time()
    for _, client in connections:
        client.send_next()
    await asyncio.gather(*(client.done for _, client in connections))
    load = Load(took_s, time.perf_counter() - began, time.process_time() - cpu_began)
    for transport, _ in connections:
        transport.close()
    assert len(took_s) == len(requests)
    return load


class _Client(asyncio.Protocol):
    def __init__(self, requests: Iterator[bytes], took_s: list[float], done: asyncio.Future[None]) -> None:
        self._requests = requests
        self._took_s = took_s
        self.done = done
        self._answer = b""
        self._began = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.WriteTransport", transport)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(exc or ConnectionError("the connection was closed"))

    def send_next(self) -> None:
        request = next(self._requests, None)
        if request is None:
            self.done.set_result(None)
            return
        self._began = time.perf_counter()
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._answer += data
        try:
            if not _is_whole(self._answer):
                return
        except AssertionError as error:
            self.done.set_exception(error)
            return
        self._took_s.append(time.perf_counter() - self._began)
        self._answer = b""
        self.send_next()


def _is_whole(answer: bytes) -> bool:
    end = answer.find(b"\r\n\r\n")
    if end < 0:
        return False
    assert answer.startswith(b"HTTP/1.1 200 "), answer
    length = _LENGTH.search(answer, 0, end + 2)
    assert length is not None, answer
    return len(answer) >= end + 4 + int(length[1])
