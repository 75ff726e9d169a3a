"""A server that dies, or is lost, loses nothing that was acknowledged; without its standby nothing is."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from events.errors import LogClosedError
from events.log.receipt import Receipt
from events.postgres_log.log import PostgresLog
from events.postgres_server.connections import Connections
from tests.support.logs import CALL, OTHER, append, assert_in_order, bodies, events
from tests.support.postgres import Cluster, why_not
from tests.support.samples import transcription
from tests.support.waiting import PATIENCE_S, wait_until

SECRET = "wsec_of_a_test"

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not())


@contextmanager
def posting(logs: list[PostgresLog]) -> Iterator[list[Receipt]]:
    """Post from eight clients through two ingress until the block ends; yields what was acknowledged."""
    acked: list[Receipt] = []
    failed: list[Exception] = []
    is_over = threading.Event()

    def post(number: int) -> None:
        count = 0
        while not is_over.is_set():
            body = transcription(f"conv_{number}_{count}", "hello")
            try:
                # Twice: the second one is a duplicate, and often of what is in doubt.
                acked.extend(logs[side].append(body, source="webhook") for side in (number % 2, 1 - number % 2))
            except Exception as error:
                failed.append(error)
                raise
            count += 1

    threads = [threading.Thread(target=post, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    try:
        yield acked
    finally:
        is_over.set()
        for thread in threads:
            thread.join()
    assert failed == []


def wait_for_more(acked: list[Receipt]) -> None:
    before = len(acked)
    wait_until(lambda: len(acked) > before + 40)


def assert_acked_once(logs: list[PostgresLog], acked: list[Receipt]) -> None:
    """Assert that what was acknowledged is what is there, whole, once each, and in one chain."""
    there = events(logs[0])
    assert {receipt.line() for receipt in acked} == {event.receipt.line() for event in there}
    assert len({event.receipt.sha256 for event in there}) == len(there)
    assert_in_order(logs[1], len(there))
    assert all(event.body() for event in there)


def test_killed_server_loses_and_doubles_nothing(own: Cluster) -> None:
    """
    While its server is killed and started again, posts wait; each is acknowledged once it is there, and is there once.
    """
    logs = [PostgresLog(own.url(), wait_s=4 * PATIENCE_S) for _ in range(2)]
    with posting(logs) as acked:
        for _ in range(3):
            wait_for_more(acked)
            own.kill()
            own.start()
        wait_for_more(acked)
    assert_acked_once(logs, acked)


def test_lost_primary_loses_and_doubles_nothing(own: Cluster) -> None:
    """
    When the primary is lost and its standby takes over, every post is answered, nothing acknowledged is missing there,
    and nothing is there twice.
    """
    standby = Cluster(of=own)
    try:
        own.demand_standby()
        hosts = ",".join(f"127.0.0.1:{cluster.port}" for cluster in (own, standby))
        url = f"postgresql://postgres@{hosts}/postgres?target_session_attrs=read-write"
        logs = [PostgresLog(url, wait_s=4 * PATIENCE_S) for _ in range(2)]
        with posting(logs) as acked:
            wait_for_more(acked)
            own.kill()
            standby.promote()
            wait_for_more(acked)
        assert_acked_once([PostgresLog(standby.url()), logs[0]], acked)
    finally:
        standby.close()


def test_post_is_refused_once_it_has_waited_long_enough(own: Cluster) -> None:
    """Where no server comes back, a post is held for a while, and then refused; nothing of it is kept."""
    log = PostgresLog(own.url(), wait_s=3.0)
    append(log, CALL)
    own.kill()
    began_s = time.monotonic()
    with pytest.raises(LogClosedError, match="cannot take an event now"):
        append(log, OTHER)
    assert time.monotonic() - began_s >= 3.0
    with pytest.raises(OSError, match="the database of the log"):
        log.tail()
    own.start()
    assert bodies(log) == [CALL]


def waiting_commits(own: Cluster) -> list[int]:
    """Return the process ids of those that wait for a standby."""
    with psycopg.connect(own.url(), autocommit=True) as connection:
        found = connection.execute("SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep'")
        return [pid for (pid,) in found]


def test_nothing_is_acknowledged_without_the_standby(own: Cluster) -> None:
    """
    An append waits for the standby; others do not see it meanwhile; somebody who cancels the wait causes no ack.
    """
    log, other = PostgresLog(own.url(), wait_s=4 * PATIENCE_S), PostgresLog(own.url())
    append(log, CALL)
    own.demand_standby()
    answers: list[Receipt] = []
    thread = threading.Thread(target=lambda: answers.extend(append(log, OTHER)))
    thread.start()
    wait_until(lambda: len(waiting_commits(own)) == 1)
    assert (bodies(other), answers) == ([CALL], [])
    (waiting,) = waiting_commits(own)
    with psycopg.connect(own.url(), autocommit=True) as connection:
        connection.execute("SELECT pg_cancel_backend(%s)", [waiting])
    # It was told "committed", with a warning. It asks again, finds its receipt, and waits for the standby once more.
    wait_until(lambda: waiting_commits(own) not in ([], [waiting]))
    assert answers == []
    own.demand_standby(is_demanded=False)
    thread.join(PATIENCE_S)
    assert [receipt.position for receipt in answers] == [2]
    assert_in_order(other, 2)


def test_duplicate_of_what_is_in_doubt_waits_for_the_standby(own: Cluster) -> None:
    """
    A server that died waiting for its standby comes back with an event that no standby has: whoever posts the same
    bytes is answered only once a standby has them.
    """
    log = PostgresLog(own.url(), wait_s=5.0)
    own.demand_standby()
    refused: list[Exception] = []

    def post() -> None:
        try:
            append(log, CALL)
        except LogClosedError as error:
            refused.append(error)

    first = threading.Thread(target=post)
    first.start()
    wait_until(lambda: len(waiting_commits(own)) == 1)
    own.kill()
    first.join(PATIENCE_S)
    assert len(refused) == 1
    own.start()

    again = PostgresLog(own.url(), wait_s=4 * PATIENCE_S)
    assert bodies(again) == [CALL]  # visible, though no standby has it
    answers: list[Receipt] = []
    second = threading.Thread(target=lambda: answers.extend(append(again, CALL)))
    second.start()
    wait_until(lambda: len(waiting_commits(own)) == 1)
    assert answers == []
    own.demand_standby(is_demanded=False)
    second.join(PATIENCE_S)
    assert [receipt.position for receipt in answers] == [1]


def test_servers_own_isolation_is_not_ours(url: str) -> None:
    """Whoever waited for the lock of the head must see who had it: else each waiting group begins anew."""
    with psycopg.connect(url, autocommit=True) as connection:
        name = connection.info.dbname
        connection.execute(f"ALTER DATABASE {name} SET default_transaction_isolation = 'repeatable read'".encode())
    connection = Connections(url).open()
    try:
        assert connection.execute("SHOW transaction_isolation").fetchone() == ("read committed",)
    finally:
        connection.close()
