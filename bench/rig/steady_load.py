"""Sends load at a steady rate: each request is sent when it is due, whether or not earlier ones were answered."""

import asyncio
import gc
import hashlib
import hmac
import multiprocessing
import time
from collections import Counter, deque
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import cast

import msgspec
import uvloop
from msgspec import Struct

from tests.support.samples import AGENT, CAPTURED
from tests.support.servers import CLIENT_DATA_KEY, POST_CALL_KEY, SEARCH_DATA_KEY

_ID = b"conv_4201k9wfkvjyf60aevvp97zch524"
_CALLER = b"+12025550143"
# The most connections of a load. A request that would need one more is not sent, and counts as late.
CONNECTIONS_MAX = 4000
_TICK_S = 0.001
_PATIENCE_S = 30.0

Request = Callable[[int], bytes]


class Answers(Struct):
    """The result of a load, by status, 0 for no answer. Times are seconds since the request was due."""

    statuses: Counter[int]
    taken_s: dict[int, list[float]]
    acknowledged: list[int]
    late: int
    took_s: float


def conversation_id(number: int) -> str:
    """Return the id of a webhook's conversation."""
    return f"conv_offered_{number:020d}"


def webhooks(callers: int) -> Request:
    """Return a maker of webhooks from the captured call: each is a new conversation, from `callers` callers in turn."""
    assert len(_ID) == len(conversation_id(0))
    template = CAPTURED.read_bytes()
    signed_at = str(int(time.time())).encode()
    secret = hmac.new(POST_CALL_KEY.encode(), digestmod=hashlib.sha256)

    def request(number: int) -> bytes:
        caller = b"+1202%07d" % (number % callers)
        body = template.replace(_ID, conversation_id(number).encode()).replace(_CALLER, caller)
        digest = secret.copy()
        digest.update(signed_at + b"." + body)
        head = b"POST /webhook/post-call HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
        signature = b"elevenlabs-signature: t=%s,v0=%s\r\n" % (signed_at, digest.hexdigest().encode())
        return b"%s%scontent-length: %d\r\n\r\n%s" % (head, signature, len(body), body)

    return request


def greetings(callers: int) -> Request:
    """Return a maker of client-data requests, from `callers` callers in turn."""

    def request(number: int) -> bytes:
        body = b'{"caller_id":"+1202%07d","agent_id":"agent_1"}' % (number % callers)
        head = b"POST /webhook/client-data HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
        return b"%sx-api-key: %s\r\ncontent-length: %d\r\n\r\n%s" % (head, CLIENT_DATA_KEY.encode(), len(body), body)

    return request


@contextmanager
def offering(port: int, request: Request, *, rate: float, for_s: float, first: int = 0) -> Iterator[Connection]:
    """Send a load from another process while the block runs. Yields the pipe from which to receive its `Answers`."""
    with _process(lambda: _Load(port, request, first).offer(rate, for_s)) as answers:
        yield answers


def searches(caller: str, query: Callable[[int], str]) -> Request:
    """Return a maker of search-data requests about a caller; the query depends on the request's number."""

    def request(number: int) -> bytes:
        body = msgspec.json.encode({"query": query(number), "caller_id": caller, "agent_id": AGENT})
        head = b"POST /webhook/search-data HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
        return b"%sx-api-key: %s\r\ncontent-length: %d\r\n\r\n%s" % (head, SEARCH_DATA_KEY.encode(), len(body), body)

    return request


@contextmanager
def pressing(port: int, request: Request, *, clients: int, for_s: float) -> Iterator[Connection]:
    """
    Send as much as `clients` clients can that each wait for their answer, from another process while the block runs.

    Yields the pipe from which to receive its `Answers`.
    """
    with _process(lambda: _Load(port, request, 0).sustain(clients, for_s)) as answers:
        yield answers


def sustained(port: int, request: Request, *, clients: int, for_s: float, first: int = 0) -> Answers:
    """Send as much as `clients` clients can that each wait for their answer, and return the result."""
    with _process(lambda: _Load(port, request, first).sustain(clients, for_s)) as answers:
        return cast("Answers", answers.recv())


@contextmanager
def _process(load: Callable[[], Coroutine[None, None, Answers]]) -> Iterator[Connection]:
    here, there = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context("fork").Process(target=_offer, args=(there, load))
    process.start()
    there.close()
    try:
        yield here
    finally:
        process.join()


def _offer(to: Connection, load: Callable[[], Coroutine[None, None, Answers]]) -> None:
    gc.disable()  # or its pauses would be measured as the server's
    to.send(uvloop.run(load()))


class _Load:
    def __init__(self, port: int, request: Request, first: int) -> None:
        self._port = port
        self._request = request
        self._first = first
        self._idle: deque[_Line] = deque()
        self._lines = 0
        self._under_way = 0
        self.answers = Answers(Counter(), {}, [], 0, 0.0)

    async def offer(self, rate: float, for_s: float) -> Answers:
        began = time.perf_counter()
        due = 0
        total = int(rate * for_s)
        while due < total:
            now = time.perf_counter() - began
            while due < total and due / rate <= now:
                self._send(self._first + due, began + due / rate)
                due += 1
            await asyncio.sleep(_TICK_S)
        return await self._end(began)

    async def sustain(self, clients: int, for_s: float) -> Answers:
        began = time.perf_counter()
        number = self._first
        while time.perf_counter() - began < for_s:
            while self._under_way < clients:
                self._send(number, time.perf_counter())
                number += 1
            await asyncio.sleep(0)
        return await self._end(began)

    async def _end(self, began: float) -> Answers:
        until = time.perf_counter() + _PATIENCE_S
        while self._under_way and time.perf_counter() < until:  # noqa: ASYNC110 - others count it
            await asyncio.sleep(_TICK_S)
        self.answers.statuses[0] += self._under_way  # never answered
        self.answers.took_s = time.perf_counter() - began
        return self.answers

    def _send(self, number: int, due_s: float) -> None:
        if not self._idle and self._lines >= CONNECTIONS_MAX:
            self.answers.late += 1
            return
        self._under_way += 1
        if self._idle:
            self._idle.pop().ask(number, due_s)  # the one that was used last, so that unused ones can time out
        else:
            self._lines += 1
            asyncio.ensure_future(self._connect(number, due_s))  # noqa: RUF006 - counted as under way

    async def _connect(self, number: int, due_s: float) -> None:
        loop = asyncio.get_running_loop()
        try:
            _, line = await loop.create_connection(lambda: _Line(self), "127.0.0.1", self._port)
        except OSError:
            self._lines -= 1
            self.note(0, number, due_s)
            return
        line.ask(number, due_s)

    def build(self, number: int) -> bytes:
        return self._request(number)

    def note(self, status: int, number: int, due_s: float) -> None:
        self._under_way -= 1
        self.answers.statuses[status] += 1
        self.answers.taken_s.setdefault(status, []).append(time.perf_counter() - due_s)
        if status == 200:
            self.answers.acknowledged.append(number)

    def is_free(self, line: "_Line") -> None:
        self._idle.append(line)

    def is_lost(self, line: "_Line") -> None:
        self._lines -= 1
        if line in self._idle:
            self._idle.remove(line)


class _Line(asyncio.Protocol):
    """One connection, with one request at a time."""

    def __init__(self, load: _Load) -> None:
        self._load = load
        self._asked: tuple[int, float] | None = None
        self._got = b""
        self._has_body = True

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's transports are not subclasses of it

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        self._load.is_lost(self)
        if self._asked is not None:
            self._load.note(0, *self._asked)

    def ask(self, number: int, due_s: float) -> None:
        self._asked = number, due_s
        request = self._load.build(number)
        self._has_body = not request.startswith(b"HEAD ")
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._got += data
        head, found, body = self._got.partition(b"\r\n\r\n")
        if not found or self._asked is None or (self._has_body and len(body) < _length(head)):
            return
        asked, self._asked, self._got = self._asked, None, b""
        self._load.note(int(head[9:12]), *asked)
        if b"connection: close" in head:
            self._transport.close()
        else:
            self._load.is_free(self)


def _length(head: bytes) -> int:
    _, found, rest = head.lower().partition(b"content-length: ")
    return int(rest.partition(b"\r")[0]) if found else 0
