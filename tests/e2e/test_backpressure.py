"""More webhooks than ingress can take: the surplus is refused at once, and no acknowledged one is lost."""

import fcntl
import os
import socket
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from events.folder_log.layout import LOCK_NAME
from tests.support.samples import transcription
from tests.support.servers import Site, signed
from tests.support.waiting import PATIENCE_S

_MOST = 3
BIG = transcription("conv_big", "x" * 3_000_000)
OTHER = transcription("conv_other", "hello")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """An ingress that takes three webhooks at once."""
    site = Site(tmp_path, POST_CALLS_MAX=str(_MOST))
    with site.ingress():
        yield site


def under_way(site: Site) -> int:
    number: int = site.recent_health()["worker"]["under_way"]
    return number


def wait_until_under_way(site: Site, number: int) -> None:
    """Wait until this many webhooks are under way."""
    site.wait_until(lambda: under_way(site) == number, "ingress")


def wait_until_coming_in(site: Site, number: int) -> None:
    """Wait until this many webhooks are coming in."""
    site.wait_until(lambda: site.recent_health()["worker"]["coming_in"] == number, "ingress")


def wait_until_named(site: Site, conversations: set[str]) -> None:
    """Wait until the conversations have an event, durable or not."""
    site.wait_until(lambda: conversations <= files(site), "ingress")


def files(site: Site) -> set[str]:
    """Return the conversations that have an event, and the drafts."""
    return {path.name for path in site.payloads.iterdir() if path.is_dir() and path.name != ".incoming"} | {
        path.name for path in (site.payloads / ".incoming").iterdir()
    }


@contextmanager
def disk_that_hangs(site: Site) -> Iterator[None]:
    """Block all writes to the journal until the block ends."""
    with (site.payloads / LOCK_NAME).open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def places_taken(site: Site) -> Iterator[None]:
    """Take all places until the block ends, by whole webhooks that wait for the disk."""
    with ThreadPoolExecutor(_MOST) as threads, disk_that_hangs(site):
        for number in range(_MOST):
            threads.submit(site.post_call, transcription(f"conv_{number}", "hello"))
        wait_until_under_way(site, _MOST)
        yield


def half_sent(site: Site, number: int) -> tuple[socket.socket, bytes]:
    """Send half of a large webhook; return the connection, and the other half."""
    body = BIG.replace(b"conv_big", b"conv_big_%d" % number)
    connection = socket.create_connection(("127.0.0.1", site.port), timeout=PATIENCE_S)
    signature = signed(body)["elevenlabs-signature"]
    head = f"POST /webhook/post-call HTTP/1.1\r\nhost: x\r\nelevenlabs-signature: {signature}\r\n"
    connection.sendall(f"{head}content-length: {len(body)}\r\n\r\n".encode() + body[: len(body) // 2])
    return connection, body[len(body) // 2 :]


def assert_refused(answer: httpx.Response) -> None:
    """Assert that an answer is a 503 in our shape with the time to retry."""
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "5"
    assert answer.json()["status"] == "error"
    assert answer.json()["request_id"] == answer.headers["x-request-id"]


def test_one_too_many_is_refused_at_once_and_leaves_nothing(site: Site) -> None:
    """While the disk hangs, the allowed number of webhooks wait for it and then succeed; the next is 503 at once."""
    site.post_call(transcription("conv_first", "hello"))
    bodies = [transcription(f"conv_{number}", "hello") for number in range(_MOST)]
    waiting: list[Future[httpx.Response]]
    with ThreadPoolExecutor(_MOST) as threads:
        with disk_that_hangs(site):
            waiting = [threads.submit(site.post_call, body) for body in bodies]
            wait_until_under_way(site, _MOST)
            wait_until_named(site, {f"conv_{number}" for number in range(_MOST)})
            before = files(site)
            for _ in range(10):
                assert_refused(site.post_call(OTHER))
            assert files(site) == before
            assert not any(future.done() for future in waiting)
            health = site.recent_health()  # no look at the log ends while its lock is kept
            assert "overload" in health["degraded"]
            assert health["worker"]["refused"] == 10
            assert site.call_start("+12025550999")["type"]  # a greeting is still given
        assert [future.result().status_code for future in waiting] == [200] * _MOST
    assert site.post_call(OTHER).status_code == 200
    assert {"conv_first", "conv_0", "conv_1", "conv_2", "conv_other"} == files(site)


def test_half_sent_bodies_hold_no_place_and_are_taken_in_the_end(site: Site) -> None:
    """Large bodies that are coming in keep no other webhook out, and are accepted once complete."""
    halves = [half_sent(site, number) for number in range(2 * _MOST)]
    wait_until_coming_in(site, 2 * _MOST)
    assert under_way(site) == 0
    assert site.post_call(OTHER).status_code == 200

    for connection, rest in halves:
        connection.sendall(rest)
        assert connection.recv(65536).startswith(b"HTTP/1.1 200 ")
        connection.close()
    assert files(site) == {*(f"conv_big_{number}" for number in range(2 * _MOST)), "conv_other"}


@pytest.mark.parametrize("sent", [0, 1, 200])
@pytest.mark.parametrize("claimed", [len(OTHER), 50_000_000])
def test_silent_senders_keep_nobody_out(site: Site, sent: int, claimed: int) -> None:
    """Ten times as many senders as places, each sending a head and little or nothing more, keep no webhook out."""
    silent = []
    for _ in range(10 * _MOST):
        connection = socket.create_connection(("127.0.0.1", site.port), timeout=PATIENCE_S)
        signature = signed(OTHER)["elevenlabs-signature"]
        head = f"POST /webhook/post-call HTTP/1.1\r\nhost: x\r\nelevenlabs-signature: {signature}\r\n"
        connection.sendall(f"{head}content-length: {claimed}\r\n\r\n".encode() + OTHER[:sent])
        silent.append(connection)
    for _ in range(3):
        assert site.post_call(OTHER).status_code == 200
    wait_until_coming_in(site, 10 * _MOST)
    assert site.post_call(OTHER).status_code == 200
    assert site.recent_health()["worker"]["refused"] == 0
    for connection in silent:
        connection.close()


def test_connection_of_a_refused_body_goes_on(site: Site) -> None:
    """A sender that continues to send a refused body still gets the answer, and may use the connection again."""
    with places_taken(site), site.client() as client:
        assert_refused(site.post_call(BIG, client=client))
        with socket.create_connection(("127.0.0.1", site.port), timeout=PATIENCE_S) as connection:
            head = b"POST /webhook/post-call HTTP/1.1\r\nhost: x\r\ncontent-length: %d\r\n\r\n" % len(BIG)
            connection.sendall(head + BIG + b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
            got = b""
            while piece := connection.recv(65536):
                got += piece
        assert got.startswith(b"HTTP/1.1 503 ")
        assert b"HTTP/1.1 200 " in got
        assert "conv_big" not in files(site)
    wait_until_under_way(site, 0)
    assert site.post_call(BIG).status_code == 200


def test_who_asks_before_sending_is_refused_without_a_body(site: Site) -> None:
    """A sender that waits for a 100 is refused instead, and need not send the body at all."""
    with places_taken(site), socket.create_connection(("127.0.0.1", site.port), timeout=PATIENCE_S) as connection:
        head = b"POST /webhook/post-call HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: 9\r\n\r\n"
        connection.sendall(head)
        got = b""
        while piece := connection.recv(65536):
            got += piece
    assert got.startswith(b"HTTP/1.1 503 ")
    assert b"connection: close" in got.lower()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere threads have no niceness of their own")
def test_threads_that_append_give_way(tmp_path: Path) -> None:
    """If both want the processor, threads that greet run before threads that append."""
    site = Site(tmp_path)
    with site.ingress() as ingress:
        assert site.post_call(transcription("conv_1", "Hello.")).status_code == 200
        by_thread = {
            int(path.parent.name): os.getpriority(os.PRIO_PROCESS, int(path.parent.name))
            for path in Path(f"/proc/{ingress.pid}/task").glob("*/stat")
        }
    ours = os.getpriority(os.PRIO_PROCESS, 0)
    assert by_thread[ingress.pid] == ours
    assert set(by_thread.values()) == {ours, min(ours + 10, 19)}
