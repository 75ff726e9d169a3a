"""Senders that break HTTP's rules, or take their time, harm no other sender, and leave nothing behind."""

import json
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

import psutil
import pytest

from events.folder_log.log import FolderLog
from tests.support.samples import transcription
from tests.support.servers import CLIENT_DATA_KEY, SEARCH_DATA_KEY, Site, signed
from tests.support.waiting import PATIENCE_S

_MIB = 1024 * 1024
_ENDLESS_BYTES = 64 * _MIB
# How much ingress may grow while a sender sends all of that.
_GROWTH_BYTES_MAX = 24 * _MIB
BIG = transcription("conv_big", "x" * 3_000_000)  # drafted on the disk before it is complete
KEYS = {"client-data": CLIENT_DATA_KEY, "search-data": SEARCH_DATA_KEY, "search-memory": SEARCH_DATA_KEY}


class Running(NamedTuple):
    """An ingress that waits two seconds for a sender."""

    site: Site
    process: subprocess.Popen[bytes]

    def rss(self) -> int:
        """Return the memory that it holds, in bytes."""
        rss: int = psutil.Process(self.process.pid).memory_info().rss
        return rss

    def drafts(self) -> list[Path]:
        """Return the files in the payload folder that are no events."""
        return list((self.site.payloads / ".incoming").iterdir())

    def wait_until_nothing_is_left(self) -> None:
        """Wait until all drafts are gone."""
        self.site.wait_until(lambda: not self.drafts(), "ingress")

    @contextmanager
    def connection(self) -> Iterator[socket.socket]:
        """Connect."""
        with socket.create_connection(("127.0.0.1", self.site.port), timeout=PATIENCE_S) as connection:
            yield connection


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """An ingress for all tests of this module."""
    site = Site(tmp_path_factory.mktemp("site"), BODY_IDLE_TIMEOUT_S="2")
    with site.ingress() as process:
        yield Running(site, process)


@pytest.fixture(autouse=True)
def unharmed(running: Running) -> Iterator[None]:
    """After each test no draft is left, our side has logged no error, and other senders are answered."""
    yield
    running.wait_until_nothing_is_left()
    assert "Traceback" not in running.site.log("ingress")
    assert running.site.call_start("+12025550999")["type"]


def head(path: str, *, length: int | None, **headers: str) -> bytes:
    """Return the line and the headers of a POST; without a length, the body is chunked."""
    framing = {"transfer-encoding": "chunked"} if length is None else {"content-length": str(length)}
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in ({"host": "x"} | framing | headers).items()]
    return "\r\n".join([f"POST /webhook/{path} HTTP/1.1", *lines, "", ""]).encode()


def post_call_head(body: bytes, *, length: int | None) -> bytes:
    """Return the head of a correctly signed webhook."""
    return head("post-call", length=length, elevenlabs_signature=signed(body)["elevenlabs-signature"])


def question_head(path: str, *, length: int | None) -> bytes:
    """Return the head of a permitted question."""
    return head(path, length=length, x_api_key=KEYS[path])


def read_all(connection: socket.socket) -> bytes:
    """Return all answers until the connection is closed."""
    got = b""
    with suppress(ConnectionResetError, BrokenPipeError):
        while piece := connection.recv(_MIB):
            got += piece
    return got


def refusal(answer: bytes, status: int) -> dict[str, Any]:
    """Return the only answer, an error, which must have our shape."""
    first, _, rest = answer.partition(b"\r\n")
    assert first.startswith(b"HTTP/1.1 %d " % status), answer
    headers, _, body = rest.partition(b"\r\n\r\n")
    error: dict[str, Any] = json.loads(body)
    assert set(error) == {"status", "message", "request_id"}
    assert error["status"] == "error"
    assert error["request_id"].encode() in headers
    assert b"connection: close" in headers.lower()
    return error


def half_a_webhook() -> bytes:
    return post_call_head(BIG, length=len(BIG)) + BIG[: len(BIG) // 2]


def half_a_chunk() -> bytes:
    return post_call_head(BIG, length=None) + b"%x\r\n" % len(BIG) + BIG[: len(BIG) // 2]


STALLED: dict[str, Callable[[], bytes]] = {
    "webhook": half_a_webhook,
    "chunked webhook": half_a_chunk,
    "webhook without a body": lambda: post_call_head(BIG, length=len(BIG)),
    **{path: (lambda path=path: question_head(path, length=20) + b'{"caller') for path in KEYS},  # type: ignore[misc]
}


@pytest.mark.parametrize("name", STALLED)
def test_body_that_stops_half_way_is_given_up(running: Running, name: str) -> None:
    """A sender that falls silent gets 408, which ElevenLabs retries, and is disconnected; nothing is kept."""
    with running.connection() as connection:
        connection.sendall(STALLED[name]())
        assert running.site.call_start("+12025550999")["type"]  # others do not wait
        error = refusal(read_all(connection), 408)

    assert "send it again" in error["message"]
    running.wait_until_nothing_is_left()
    assert not (running.site.payloads / "conv_big").exists()


def test_body_that_drips_is_given_up(running: Running) -> None:
    """A sender that is never silent for long, but never finishes either, cannot hold a connection for ever."""
    with running.connection() as connection:
        connection.sendall(post_call_head(BIG, length=len(BIG)))
        connection.settimeout(0.2)
        answer = b""
        until = time.monotonic() + PATIENCE_S
        while not answer and time.monotonic() < until:
            connection.sendall(b"{")
            with suppress(TimeoutError):
                answer = connection.recv(_MIB)
        connection.settimeout(PATIENCE_S)
        answer += read_all(connection)

    refusal(answer, 408)


def test_body_shorter_than_declared_leaves_nothing(running: Running) -> None:
    """A sender that hangs up in the middle of a body leaves neither a draft nor an event."""
    for last_words in (half_a_webhook(), half_a_chunk()):
        with running.connection() as connection:
            connection.sendall(last_words)
            running.site.wait_until(running.drafts, "ingress")
        running.wait_until_nothing_is_left()
    assert not (running.site.payloads / "conv_big").exists()


def test_body_longer_than_declared_ends_where_it_was_declared_to(running: Running) -> None:
    """Bytes after a complete webhook do not harm it: 200 first, then the connection is closed."""
    body = transcription("conv_longer", "hello")
    with running.connection() as connection:
        connection.sendall(post_call_head(body, length=len(body)) + body + b"and more, which is no request")
        answer = read_all(connection)

    assert answer.startswith(b"HTTP/1.1 200 ")
    assert answer.count(b"HTTP/1.1") == 1
    assert (running.site.payloads / "conv_longer" / "conv_longer_transcription.json").read_bytes() == body


@pytest.mark.parametrize(
    "garbage", [b"ZZ\r\nhello\r\n", b"-5\r\n", b"5\r\nhello, more\r\n", b"f" * 17 + b"\r\nx", b"\x00"]
)
@pytest.mark.parametrize("path", ["post-call", *KEYS])
def test_garbled_chunks_are_refused(running: Running, path: str, garbage: bytes) -> None:
    """Invalid chunks get 400, in our shape, and leave nothing."""
    start = post_call_head(b"x", length=None) if path == "post-call" else question_head(path, length=None)
    with running.connection() as connection:
        connection.sendall(start + b"4\r\n{   \r\n" + garbage)
        refusal(read_all(connection), 400)


@pytest.mark.parametrize(
    "garbage",
    [b"hello\r\n\r\n", b"FROB / HTTP/1.1\r\n\r\n", b"GET nope HTTP/1.1\r\n\r\n", b"CONNECT a:443 HTTP/1.1\r\n\r\n"],
)
def test_what_is_no_request_is_refused_in_our_shape(running: Running, garbage: bytes) -> None:
    """Even bytes that were never a request get an answer that a program can read."""
    with running.connection() as connection:
        connection.sendall(garbage)
        refusal(read_all(connection), 400)


MANY_HEADERS = b"".join(b"x-%d: %s\r\n" % (number, b"a" * 50) for number in range(1000))
LONG_HEADER = b"x-long: " + b"a" * 60_000 + b"\r\n"


@pytest.mark.parametrize("headers", [MANY_HEADERS, LONG_HEADER], ids=["many", "long"])
def test_headers_may_be_long(running: Running, headers: bytes) -> None:
    """Headers of 60 KB are taken, in one or in a thousand pieces."""
    with running.connection() as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nconnection: close\r\n" + headers + b"\r\n")
        assert read_all(connection).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize(
    "headers",
    [MANY_HEADERS + LONG_HEADER, b"x-long: " + b"a" * 65_536 + b"\r\n", b"x-1: b\r\n" * 10_000],
    ids=["both", "longer", "more"],
)
def test_headers_of_64_kb_are_refused(running: Running, headers: bytes) -> None:
    """Headers of 64 KB or more are 431, in our shape."""
    with running.connection() as connection:
        with suppress(ConnectionResetError, BrokenPipeError):  # it may be refused before all of it is sent
            connection.sendall(b"GET / HTTP/1.1\r\n" + headers + b"\r\n")
        refusal(read_all(connection), 431)


_REQUEST = b"POST /webhook/client-data HTTP/1.1\r\nhost: x\r\n"
_CHUNKED = _REQUEST + b"x-api-key: " + CLIENT_DATA_KEY.encode() + b"\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n"
ENDLESS = {
    "header": (_REQUEST + b"x-a: ", b"a" * 65536),
    "headers": (_REQUEST, b"a:b\r\n" * 13_000),
    "header name": (_REQUEST, b"a" * 65536),
    "url": (b"GET /", b"a" * 65536),
    "trailers": (_CHUNKED + b"0\r\n", b"a:b\r\n" * 13_000),
    "chunk extension": (_CHUNKED + b"2;", b"a" * 65536),
    "empty lines": (b"", b"\r\n" * 32_768),
}


@pytest.mark.parametrize("name", ENDLESS)
def test_what_never_ends_is_cut_off_and_not_held_in_memory(running: Running, name: str) -> None:
    """Endless headers and the like are cut off after 64 KB: they cost neither memory nor other senders' time."""
    start, more = ENDLESS[name]
    before = running.rss()
    taken = 0
    with running.connection() as connection, suppress(ConnectionResetError, BrokenPipeError):
        connection.sendall(start)
        while taken < _ENDLESS_BYTES:
            connection.sendall(more)
            taken += len(more)

    assert taken < _ENDLESS_BYTES
    assert running.rss() - before < _GROWTH_BYTES_MAX


def test_requests_behind_each_other_are_answered_in_order(running: Running) -> None:
    """A client that does not wait for answers gets all of them, each for the request that it belongs to."""
    paths = ["/", "/nope", "/health"] * 4
    with running.connection() as connection:
        connection.sendall(b"".join(f"GET {path} HTTP/1.1\r\nhost: x\r\n\r\n".encode() for path in paths[:-1]))
        connection.sendall(f"GET {paths[-1]} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n".encode())
        answer = read_all(connection)

    statuses = [int(part[:3]) for part in answer.split(b"HTTP/1.1 ")[1:]]
    assert statuses == [200, 404, 200] * 4


def test_requests_behind_each_other_without_end_are_not_held_in_memory(running: Running) -> None:
    """If requests come faster than answers, some are answered; the others are thrown away."""
    before = running.rss()
    taken = 0
    many = b"GET /health HTTP/1.1\r\nhost: x\r\n\r\n" * 2000
    with running.connection() as connection, suppress(ConnectionResetError, BrokenPipeError):
        while taken < _ENDLESS_BYTES:
            connection.sendall(many)
            taken += len(many)
        answer = read_all(connection)
        assert 1 <= answer.count(b"HTTP/1.1 ") < 100

    assert running.rss() - before < _GROWTH_BYTES_MAX


def test_hanging_up_on_requests_behind_each_other_is_no_fault_of_ours(running: Running) -> None:
    """A client that hangs up while several of its requests are pending leaves no traceback."""
    for _ in range(5):
        with running.connection() as connection:
            connection.sendall(b"GET /health HTTP/1.1\r\nhost: x\r\n\r\n" * 10)
    assert running.site.get("/health").status_code in {200, 503}  # those before it are done
    assert "Traceback" not in running.site.log("ingress")


def test_many_slow_senders_hold_up_nobody(running: Running) -> None:
    """While hundreds of connections send a header, or a body, a byte at a time, webhooks are taken as usual."""
    slow = []
    for number in range(300):
        connection = socket.create_connection(("127.0.0.1", running.site.port), timeout=PATIENCE_S)
        connection.sendall(_REQUEST if number % 2 else post_call_head(BIG, length=len(BIG)))
        slow.append(connection)
    try:
        for number in range(20):
            for connection in slow[number::20]:
                with suppress(ConnectionResetError, BrokenPipeError):
                    connection.sendall(b"x")
            answer = running.site.post_call(transcription(f"conv_beside_{number}", "hello"))
            assert answer.status_code == 200
    finally:
        for connection in slow:
            connection.close()


def test_stalled_upload_does_not_soil_the_log_of_a_stop(site: Site) -> None:
    """On SIGTERM in the middle of a stalled upload, its sender gets a 503 to retry, and the log one line of it."""
    site.env["BODY_IDLE_TIMEOUT_S"] = "600"  # longer than this test waits
    with site.process("ingress") as process:
        site.wait_for_ingress(process)
        with socket.create_connection(("127.0.0.1", site.port), timeout=PATIENCE_S) as connection:
            connection.sendall(half_a_webhook())
            site.wait_until(lambda: list((site.payloads / ".incoming").iterdir()), "ingress")
            process.terminate()
            error = refusal(read_all(connection), 503)
        assert process.wait(PATIENCE_S) == 0

    assert error["message"] == "ingress is stopping; send it again"
    (said,) = [line for line in site.log("ingress").splitlines() if error["request_id"] in line]
    assert json.loads(said)["status"] == 503
    assert "Traceback" not in site.log("ingress")
    assert FolderLog(site.payloads).tail() is None
    assert not list((site.payloads / ".incoming").iterdir())
