"""What is damaged, erased or left behind in the database is told, and takes nothing else with it."""

import threading

import psycopg
import pytest
from psycopg import sql

from events.errors import DamagedEventError
from events.log.erasure import Erasure
from events.log.receipt import Receipt
from events.postgres_log.log import PostgresLog
from tests.support.logs import CALL, OTHER, append, assert_in_order, bodies, events
from tests.support.postgres import why_not
from tests.support.samples import transcription
from tests.support.steps import held_at

SECRET = "wsec_of_a_test"

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not())


def test_dead_writers_parts_are_swept(url: str) -> None:
    """What a writer left who died before its commit goes after a day; what an event bears, or is new, stays."""
    log = PostgresLog(url)
    append(log, CALL)
    with psycopg.connect(url, autocommit=True) as connection:
        for sha256, age in (("old", "2 days"), ("new", "1 hour")):
            values = {"name": sha256, "age": age}
            connection.execute(
                "INSERT INTO elaoms.bodies VALUES (%(name)s, %(name)s, 0, 'x', now() - %(age)s::interval)", values
            )
            connection.execute(
                "INSERT INTO elaoms.keys VALUES (%(name)s, sha256(''), now() - %(age)s::interval)", values
            )
        for table in ("bodies", "keys"):
            name = sql.Identifier("elaoms", table)
            connection.execute(
                sql.SQL("UPDATE {} SET since = now() - interval '9 days' WHERE owner = 'conv_1'").format(name)
            )
        assert log.recover() == 0
        for table in ("bodies", "keys"):
            name = sql.Identifier("elaoms", table)
            left = connection.execute(sql.SQL("SELECT owner FROM {} ORDER BY owner").format(name)).fetchall()
            assert left == [("conv_1",), ("new",)]
        assert connection.execute("SELECT count(*) FROM elaoms.remnants").fetchone() == (1,)
    assert bodies(log) == [CALL]


def test_erasure_during_an_append_takes_no_byte_of_it(url: str) -> None:
    """If the same bytes are erased while they are appended once more, the append puts them back, with a new receipt."""
    log, other = PostgresLog(url), PostgresLog(url)
    append(log, CALL)
    erasure = Erasure(request=1, caller="0" * 64, requested_at_s=0, conversations=("conv_1",), events=(), counts={})
    answers: list[Receipt] = []
    thread = threading.Thread(target=lambda: answers.extend(append(log, CALL)))
    with held_at("bodies_put", thread) as held:
        thread.start()
        held.arrived.acquire()
        other.remove(erasure)
        held.release()
        thread.join()
    assert [receipt.position for receipt in answers] == [2]
    assert events(log)[1].body() == CALL
    assert_in_order(log, 2)


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE elaoms.bodies SET sealed = 'cut'",
        "UPDATE elaoms.bodies SET sealed = ''",
        "UPDATE elaoms.bodies SET sealed = overlay(sealed placing 'y' from 30) WHERE part = 0",
        "UPDATE elaoms.keys SET key = sha256(key)",
        "DELETE FROM elaoms.keys",
        "UPDATE elaoms.bodies SET part = part + 5",
        "DELETE FROM elaoms.bodies WHERE part = (SELECT max(part) FROM elaoms.bodies)",
        "DELETE FROM elaoms.bodies",
    ],
)
@pytest.mark.parametrize("size", [10, 2_000_000], ids=["short", "long"])
def test_damaged_body_is_never_passed_off_and_mended_by_its_own_bytes(url: str, damage: str, size: int) -> None:
    """A body that somebody changed raises an error, stops no other append, and is right once the same bytes come."""
    log = PostgresLog(url)
    body = transcription("conv_1", "x" * size)
    receipts = append(log, body)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(damage)
    with pytest.raises(DamagedEventError):
        events(log)[0].body()
    append(log, OTHER)
    assert events(log)[1].body() == OTHER
    assert append(PostgresLog(url), body) == receipts
    assert bodies(log) == [body, OTHER]


def test_damaged_line_is_told_and_hides_no_bytes(url: str) -> None:
    """A line that is no receipt is told as one; the bytes that it named get another receipt when they come again."""
    log = PostgresLog(url)
    append(log, CALL, OTHER)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("UPDATE elaoms.events SET line = 'no receipt' WHERE position = 1")
    first, second = log.read()
    assert type(first).__name__ == "DamagedLine"
    assert not getattr(second, "is_chained", True)
    (receipt,) = append(log, CALL)
    assert receipt.position == 3


def test_log_that_was_emptied_is_not_begun_anew(url: str) -> None:
    """A process that has seen events refuses an empty log in their place, until it is started again."""
    log = PostgresLog(url)
    append(log, CALL)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA elaoms CASCADE")
    PostgresLog(url)
    with pytest.raises(Exception, match="another one, or was emptied"):
        append(log, OTHER)
    with pytest.raises(Exception, match="another one, or was emptied"):
        log.check_writable()
    assert append(PostgresLog(url), OTHER)[0].position == 1
