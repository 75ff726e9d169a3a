"""Settings that somebody changes on the server, or for our role, make no acknowledgement worth less."""

import threading

import psycopg
import pytest

from events.disk import steps
from events.log.receipt import Receipt
from events.postgres_log.log import PostgresLog
from events.postgres_server.connections import Connections
from events.postgres_server.location import Location
from tests.support.logs import CALL, OTHER, append
from tests.support.postgres import Cluster, why_not
from tests.support.waiting import PATIENCE_S, wait_until

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not())
_WAITING = "SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep'"


def log_that_needs(own: Cluster, *, standbys_min: int) -> PostgresLog:
    return PostgresLog(Location(own.url(), wait_s=2 * PATIENCE_S, standbys_min=standbys_min).text)


def appended(log: PostgresLog, answers: list[Receipt]) -> threading.Thread:
    """Append in another thread, which notes the receipt."""
    thread = threading.Thread(target=lambda: answers.extend(append(log, CALL)))
    thread.start()
    return thread


def waiting_in(connection: psycopg.Connection) -> list[int]:
    return [pid for (pid,) in connection.execute(_WAITING)]


@pytest.mark.parametrize("level", ["error", "warning"])
def test_cancelled_wait_is_seen_where_the_role_is_sent_no_warnings(own: Cluster, level: str) -> None:
    """That nobody waited for the standby is told by a warning alone: no setting of the role keeps it from us."""
    with psycopg.connect(own.url(), autocommit=True) as connection:
        connection.execute(f"ALTER ROLE postgres SET client_min_messages = {level}")
        log = log_that_needs(own, standbys_min=0)
        own.demand_standby()
        answers: list[Receipt] = []
        thread = appended(log, answers)
        wait_until(lambda: len(waiting_in(connection)) == 1)
        (first,) = waiting_in(connection)
        connection.execute("SELECT pg_cancel_backend(%s)", [first])
        wait_until(lambda: bool(answers) or waiting_in(connection) not in ([], [first]))
        assert answers == []
        own.demand_standby(is_demanded=False)
        thread.join(PATIENCE_S)
        assert [receipt.position for receipt in answers] == [1]


def test_standby_that_is_let_go_and_put_back_makes_no_acknowledgement(
    own: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A list that is as it was before the commit was another one meanwhile: the event is not acknowledged."""
    log = log_that_needs(own, standbys_min=1)
    own.demand_standby()
    answers: list[Receipt] = []
    commits: list[str] = []
    is_let_go = threading.Event()

    def put_back(step: str) -> None:
        # The commit returned, for nobody was waited for; before we look, the list is as it was.
        if step == "committed":
            commits.append(step)
            if len(commits) == 1:
                assert is_let_go.wait(PATIENCE_S)
                own.demand_standby()

    monkeypatch.setattr(steps, "reached", put_back)
    with psycopg.connect(own.url(), autocommit=True) as connection:
        thread = appended(log, answers)
        wait_until(lambda: len(waiting_in(connection)) == 1)
        own.demand_standby(is_demanded=False)
        is_let_go.set()
        wait_until(lambda: bool(answers) or (len(commits) == 1 and len(waiting_in(connection)) == 1))
        assert answers == []
        standby = Cluster(of=own)
        try:
            thread.join(PATIENCE_S)
            assert [receipt.position for receipt in answers] == [1]
        finally:
            standby.close()


def test_commit_of_an_open_session_stays_as_durable_as_it_was(own: Cluster) -> None:
    """A server that is told not to wait for its disk is refused by who comes anew, and obeyed by nobody before."""
    connections = Connections(own.url())
    connections.read(lambda _: None)
    log = PostgresLog(own.url())
    append(log, CALL)
    with psycopg.connect(own.url(), autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET synchronous_commit = off")
        connection.execute("SELECT pg_reload_conf()")
        wait_until(lambda: connection.execute("SHOW synchronous_commit").fetchone() == ("off",))
    kept = connections.read(lambda each: each.execute("SHOW synchronous_commit").fetchone())
    assert kept == ("on",)
    with pytest.raises(OSError, match="synchronous_commit is off"):
        Connections(own.url()).read(lambda _: None)
    assert [receipt.position for receipt in append(log, OTHER)] == [2]
