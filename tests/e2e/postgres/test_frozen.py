"""A server that hangs, or a network that swallows all, holds nobody for longer than it may; and causes no ack."""

import threading
import time
from collections.abc import Callable, Sequence
from threading import Event as Flag

import psutil
import psycopg
import pytest

from events.disk import steps
from events.errors import LogClosedError
from events.log.receipt import Receipt
from events.postgres_log.log import PostgresLog
from ingress.operating.checkup.log_health import RoomLimits, log_health
from tests.support.copies import content_of
from tests.support.erasures import listing
from tests.support.logs import CALL, OTHER, append, assert_in_order, bodies
from tests.support.postgres import Cluster, stopped, why_not
from tests.support.samples import transcription
from tests.support.steps import held_at
from tests.support.swallowing_proxy import swallowing_proxy
from tests.support.waiting import PATIENCE_S, wait_until

# Long enough for what answers on a busy machine.
WAIT_S = 8.0
LONG = transcription("conv_long", "x" * 3_000_000)

pytestmark = [pytest.mark.skipif(bool(why_not()), reason=why_not()), pytest.mark.slow, pytest.mark.server]


def backends(url: str, *, besides: Sequence[int] = ()) -> list[int]:
    """Return the process ids of the server that work for a log."""
    with psycopg.connect(url) as connection:
        found = connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        ).fetchall()
    return [pid for (pid,) in found if pid not in besides]


def started(work: Callable[[], object]) -> tuple[threading.Thread, list[object]]:
    """Return a thread that does some work, and where its outcome will be."""
    outcomes: list[object] = []

    def run() -> None:
        try:
            outcomes.append(work())
        except (LogClosedError, OSError) as error:
            outcomes.append(error)

    return threading.Thread(target=run), outcomes


def assert_refused(work: Callable[[], object], error: type[Exception]) -> None:
    """Assert that some work is held for as long as it may be, and then ends with an error, while all is still."""
    thread, outcomes = started(work)
    began_s = time.monotonic()
    thread.start()
    thread.join(PATIENCE_S)
    assert [type(outcome) for outcome in outcomes] == [error], outcomes
    assert "did not answer in time" in str(outcomes[0]) or "timeout expired" in str(outcomes[0])
    assert time.monotonic() - began_s >= WAIT_S / 2


def test_frozen_server_holds_nobody_for_long(own: Cluster) -> None:
    """While a whole server hangs, every question to the log ends with an error; once it goes on, all is as it was."""
    log = PostgresLog(own.url(), wait_s=WAIT_S)
    append(log, CALL)
    receipt = next(iter(log.read())).receipt  # type: ignore[union-attr]
    with own.frozen():
        assert_refused(log.check_writable, LogClosedError)
        assert_refused(lambda: append(log, OTHER), LogClosedError)
        assert_refused(log.tail, ConnectionError)
        thread, outcomes = started(lambda: log_health(log, RoomLimits(bytes_min=0, files_min=0)).writable)
        thread.start()
        thread.join(PATIENCE_S)
        assert outcomes == [False]
        assert_refused(lambda: list(log.bodies.part(receipt, 0, None)), ConnectionError)
        assert_refused(lambda: PostgresLog(own.url(), wait_s=WAIT_S), ConnectionError)
        thread, outcomes = started(lambda: log.wait(Flag()))
        thread.start()
        thread.join(PATIENCE_S)
        assert outcomes == [None]
    log.check_writable()
    append(log, OTHER)
    assert bodies(log) == [CALL, OTHER]
    assert_in_order(log, 2)


@pytest.mark.parametrize(
    ("step", "body"),
    [
        ("parts_put", LONG),
        ("bodies_put", OTHER),
        ("head_locked", OTHER),
        ("lines_written", OTHER),
        ("head_noted", OTHER),
        ("committing", OTHER),
    ],
)
def test_backend_that_hangs_in_the_middle_causes_no_ack(url: str, step: str, body: bytes) -> None:
    """
    Whatever the server's process hangs at, the append is refused, and so is whoever waits for its lock; it is answered
    only where it holds no lock, by another process. Once it goes on, the same bytes are there once; also where the
    server did commit what nobody was told.
    """
    log = PostgresLog(url, wait_s=WAIT_S)
    append(log, CALL)
    others = backends(url)
    other = PostgresLog(url, wait_s=WAIT_S)
    thread, outcomes = started(lambda: append(other, body))
    with held_at(step, thread) as held:
        thread.start()
        held.arrived.acquire()
        (frozen,) = backends(url, besides=others)
        with stopped(psutil.Process(frozen)):
            held.release()
            thread.join(PATIENCE_S)
            assert {type(outcome) for outcome in outcomes} <= {LogClosedError, *([list] if step == "parts_put" else [])}
            assert len(outcomes) == 1
            if step in {"head_locked", "lines_written", "head_noted"}:
                with pytest.raises(LogClosedError):
                    append(log, OTHER)
    wait_until(lambda: frozen not in backends(url))
    is_there = len(bodies(log)) == 2
    assert is_there or step != "committing"
    assert [receipt.position for receipt in append(other, body, CALL)] == [2, 1]
    assert bodies(log) == [CALL, body]
    assert_in_order(log, 2)


def test_post_is_taken_by_the_successor_of_a_frozen_server(own: Cluster) -> None:
    """Where the primary hangs, and its standby takes over, a post that waits is answered by that one, in time."""
    PostgresLog(own.url())
    standby = Cluster(of=own)
    try:
        hosts = ",".join(f"127.0.0.1:{cluster.port}" for cluster in (own, standby))
        log = PostgresLog(f"postgresql://postgres@{hosts}/postgres?target_session_attrs=read-write", wait_s=60.0)
        append(log, CALL)
        wait_until(lambda: content_of(standby.url()).bodies == [CALL])
        with own.frozen():
            standby.promote()
            assert [receipt.position for receipt in append(log, OTHER)] == [2]
        own.kill()
        assert bodies(log) == [CALL, OTHER]
        assert_in_order(PostgresLog(standby.url()), 2)
    finally:
        standby.close()


def test_swallowed_answer_is_no_ack(cluster: Cluster, url: str) -> None:
    """
    Where the network swallows the answer to a commit, the append is refused, though the event is there; sent again, it
    gets that event's receipt.
    """
    with swallowing_proxy(cluster.port) as proxy:
        log = PostgresLog(url.replace(str(cluster.port), str(proxy.port)), wait_s=WAIT_S)
        append(log, CALL)
        thread, outcomes = started(lambda: append(log, OTHER))
        with held_at("committing", thread) as held:
            thread.start()
            held.arrived.acquire()
            proxy.is_swallowing.set()
            held.release()
            thread.join(PATIENCE_S)
        assert proxy.swallowed.is_set()
        assert [type(outcome) for outcome in outcomes] == [LogClosedError]
        assert_refused(log.check_writable, LogClosedError)
        proxy.is_swallowing.clear()
        assert bodies(PostgresLog(url)) == [CALL, OTHER]
        receipts: list[Receipt] = append(log, OTHER, CALL)
        assert [receipt.position for receipt in receipts] == [2, 1]
        assert_in_order(log, 2)


def test_standby_that_is_silent_holds_a_post_for_a_while(own: Cluster) -> None:
    """An append whose standby says nothing is refused in time; it is acknowledged once the standby is back."""
    log = PostgresLog(own.url(), wait_s=WAIT_S)
    append(log, CALL)
    standby = Cluster(of=own)
    try:
        with psycopg.connect(own.url(), autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
            connection.execute("SELECT pg_reload_conf()")
            wait_until(lambda: connection.execute("SHOW synchronous_standby_names").fetchone() == ("*",))
        wait_until(lambda: append(log, CALL))
        with standby.frozen():
            assert_refused(lambda: append(log, OTHER), LogClosedError)
            with psycopg.connect(own.url()) as connection:
                found = connection.execute("SELECT count(*) FROM elaoms.events").fetchone()
            assert found == (1,)
        assert [receipt.position for receipt in append(log, OTHER)] == [2]
        assert_in_order(PostgresLog(own.url()), 2)
    finally:
        standby.close()


def test_long_body_may_take_longer_than_any_one_wait(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A long body is taken also where it takes longer than a silent server is waited for: each part begins anew."""
    wait_s = 16.0
    log, before, began_s = PostgresLog(url, wait_s=wait_s), steps.reached, time.monotonic()

    def reached(step: str) -> None:
        before(step)
        if step == "parts_put":
            time.sleep(0.28 * wait_s)

    monkeypatch.setattr("events.disk.steps.reached", reached)
    body = transcription("conv_slow", "x" * 17_000_000)
    assert [receipt.position for receipt in append(log, body)] == [1]
    assert time.monotonic() - began_s > wait_s
    assert bodies(log) == [body]


def test_checkpoint_may_take_longer_than_any_answer(own: Cluster) -> None:
    """A server that takes longer for a checkpoint than we wait for other answers still finishes an erasure."""
    log = PostgresLog(own.url(), wait_s=2)
    append(log, CALL, OTHER)
    log.remove(listing("conv_1"))
    said: list[str] = []
    thread = threading.Thread(target=lambda: said.append(log.wipe()))
    with psycopg.connect(own.url(), autocommit=True) as connection:
        sql = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'checkpointer'"
        (pid,) = connection.execute(sql).fetchone() or (0,)
        is_long = "SELECT FROM pg_stat_activity WHERE query = 'CHECKPOINT' AND now() - query_start > '3s'"
        with stopped(psutil.Process(pid)):
            thread.start()
            wait_until(lambda: connection.execute(is_long).fetchone() is not None)
    thread.join()
    assert said == [""]
