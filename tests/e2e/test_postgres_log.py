"""A log in PostgreSQL keeps what a folder's keeps: the same chain, nothing lost, nothing twice, nothing too early."""

import threading
import time
import tracemalloc
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from events.errors import DamagedEventError, LogClosedError
from events.folder_log.layout import NAME
from events.folder_log.log import FolderLog
from events.log.erasure import ErasedEvent, Erasure
from events.log.protocol import EventLog
from events.log.receipt import HEADER, Receipt
from events.open_log import open_log, open_log_there
from events.postgres_log.connections import UnfitServerError, masked
from events.postgres_log.log import PostgresLog
from events.verify.verification import Verification
from events.wire.shared_secrets import Secrets
from events.wire.signature import sign
from tests.support.logs import CALL, LATER, NOW, OTHER, append, assert_in_order, at_once, bodies, events, journal_lines
from tests.support.postgres import Cluster, why_not
from tests.support.samples import MARTA, audio, failure, transcription
from tests.support.steps import held_at
from tests.support.waiting import PATIENCE_S, wait_until

SECRET = "wsec_of_a_test"
pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not())

GIVEN = [
    CALL,
    OTHER,
    LATER,
    CALL,
    b"\xff",
    audio("conv_1"),
    failure("conv_3"),
    b"",
    transcription("conv_4", "é ☎ \x00"),
]


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """One server for all tests that do not break it."""
    cluster = Cluster()
    yield cluster
    cluster.close()


@pytest.fixture
def own() -> Iterator[Cluster]:
    """A server of a test's own, to be broken."""
    cluster = Cluster()
    yield cluster
    cluster.close()


@pytest.fixture
def url(cluster: Cluster) -> Iterator[str]:
    """The location of an empty database."""
    with cluster.database() as url:
        yield url


def lines(url: str) -> list[bytes]:
    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT line FROM elaoms.events ORDER BY position")
        return [line.encode() for (line,) in found]


def written_out(log: EventLog, folder: Path) -> Path:
    """Write a log as a folder: its lines as a journal, its bodies as files."""
    folder.mkdir()
    text = [HEADER]
    for event in events(log):
        text.append(event.receipt.line())
        path = folder / event.receipt.path
        with suppress(DamagedEventError):  # it was erased
            body = event.body()
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(body)
    (folder / NAME).write_bytes(b"\n".join(text) + b"\n")
    return folder


def test_chain_is_that_of_a_folder(url: str, tmp_path: Path) -> None:
    """The same bodies at the same time give the same lines, byte for byte, at the same places, and the same name."""
    folder, database = FolderLog(tmp_path / "payloads", clock=lambda: NOW), PostgresLog(url, clock=lambda: NOW)
    for log in (folder, database):
        for number, body in enumerate(GIVEN):
            log.append(body, source="backfill" if number % 2 else "webhook", signature="t=1,v0=ab" if number else None)
    assert lines(url) == journal_lines(folder)[1:]
    assert [event.place for event in events(database)] == [event.place for event in events(folder)]
    assert (database.name(), database.tail()) == (folder.name(), folder.tail())
    assert database.size() == (tmp_path / "payloads" / NAME).stat().st_size


def test_what_is_written_out_is_sound(url: str, tmp_path: Path) -> None:
    """A log that is written as a folder passes `events verify`, and the folder's log goes on from there."""
    log = PostgresLog(url)
    for body in GIVEN:
        log.append(body, source="webhook", signature=sign(body, SECRET, timestamp_s=1_762_948_800))
    folder = written_out(log, tmp_path / "out")
    assert list(Verification(folder, Secrets([SECRET])).findings()) == []
    copy = FolderLog(folder)
    assert (copy.tail(), copy.name()) == (log.tail(), log.name())
    assert append(copy, *GIVEN) == append(log, *GIVEN)
    assert (
        append(copy, transcription("conv_5", "on"))[0].previous
        == append(log, transcription("conv_5", "on"))[0].previous
    )


def test_looking_makes_no_log_and_tells_no_password(url: str) -> None:
    """A process that only looks makes no log; its message names the database, and not its password."""
    secret = url.replace("postgres@", "postgres:hush@")
    with pytest.raises(Exception, match=r"there is no log in postgresql://postgres@127\.0\.0\.1"):
        open_log_there(secret)
    log = open_log(secret)
    assert "hush" not in str(log)
    assert "hush" not in masked(secret)
    append(log, CALL)
    assert bodies(open_log_there(url)) == [CALL]


@pytest.mark.parametrize(
    "setting", ["synchronous_commit = off", "synchronous_commit = local", "statement_timeout = 90000"]
)
def test_server_that_would_not_keep_it_is_refused(url: str, setting: str) -> None:
    """Where a commit would not mean what we promise, the log is not opened, and the message names the setting."""
    with psycopg.connect(url, autocommit=True) as connection:
        database = connection.info.dbname
        connection.execute(f"ALTER DATABASE {database} SET {setting}")
    with pytest.raises(UnfitServerError, match=setting.split(maxsplit=1)[0]):
        open_log(url)


def test_killed_server_loses_and_doubles_nothing(own: Cluster) -> None:
    """
    While its server is killed and started again, posts wait; each is acknowledged once it is there, and is there once.
    """
    logs = [PostgresLog(own.url(), wait_s=4 * PATIENCE_S) for _ in range(2)]
    acked: list[Receipt] = []
    is_over = threading.Event()

    def post(number: int) -> None:
        count = 0
        while not is_over.is_set():
            body = transcription(f"conv_{number}_{count}", "hello")
            # Twice, by two ingress: the second one is a duplicate, and often of what is in doubt.
            acked.extend(logs[side].append(body, source="webhook") for side in (number % 2, 1 - number % 2))
            count += 1

    threads = [threading.Thread(target=post, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for _ in range(3):
        before = len(acked)
        wait_until(lambda before=before: len(acked) > before + 40)  # type: ignore[misc]
        own.kill()
        own.start()
    is_over.set()
    for thread in threads:
        thread.join()
    there = events(logs[0])
    assert {receipt.line() for receipt in acked} == {event.receipt.line() for event in there}
    assert len({event.receipt.sha256 for event in there}) == len(there)
    assert_in_order(logs[1], len(there))
    assert all(event.body() for event in there)


def test_post_is_refused_once_it_has_waited_long_enough(own: Cluster) -> None:
    """Where no server comes back, a post is held for a while, and then refused; nothing of it is kept."""
    log = PostgresLog(own.url(), wait_s=1.0)
    append(log, CALL)
    own.kill()
    began_s = time.monotonic()
    with pytest.raises(LogClosedError, match="cannot take an event now"):
        append(log, OTHER)
    assert time.monotonic() - began_s >= 1.0
    with pytest.raises(OSError, match="the database of the log"):
        log.tail()
    own.start()
    assert bodies(log) == [CALL]


def standby_demanded(own: Cluster, *, is_demanded: bool) -> None:
    """Have every commit wait for a standby, of which there is none; or for none any more, as if one had caught up."""
    with psycopg.connect(own.url(), autocommit=True) as connection:
        connection.execute(f"ALTER SYSTEM SET synchronous_standby_names = '{'*' if is_demanded else ''}'")
        connection.execute("SELECT pg_reload_conf()")
        wait_until(
            lambda: connection.execute("SHOW synchronous_standby_names").fetchone() == ("*" if is_demanded else "",)
        )


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
    standby_demanded(own, is_demanded=True)
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
    standby_demanded(own, is_demanded=False)
    thread.join(PATIENCE_S)
    assert [receipt.position for receipt in answers] == [2]
    assert_in_order(other, 2)


def test_duplicate_of_what_is_in_doubt_waits_for_the_standby(own: Cluster) -> None:
    """
    A server that died waiting for its standby comes back with an event that no standby has: whoever posts the same
    bytes is answered only once a standby has them.
    """
    log = PostgresLog(own.url(), wait_s=0.0)
    standby_demanded(own, is_demanded=True)
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
    standby_demanded(own, is_demanded=False)
    second.join(PATIENCE_S)
    assert [receipt.position for receipt in answers] == [1]


def test_long_body_takes_little_memory(url: str) -> None:
    """A body of 48 MiB is appended and read in pieces, whatever its length."""
    log, piece = PostgresLog(url), b"x" * 1024 * 1024
    begin, end = audio("conv_1", b"?").split(b64encode(b"?"))
    tracemalloc.start()
    try:
        with log.draft() as draft:
            for part in (begin, *[piece] * 48, end):
                draft.write(part)
            receipt = log.publish(draft, source="webhook")
        (event,) = events(log)
        assert sum(map(len, event.chunks())) == receipt.size > 48 * len(piece)
        assert tracemalloc.get_traced_memory()[1] < 12 * len(piece)
    finally:
        tracemalloc.stop()


def test_dead_writers_parts_are_swept(url: str) -> None:
    """What a writer left who died before its commit goes after a day; what an event bears, or is new, stays."""
    log = PostgresLog(url)
    append(log, CALL)
    with psycopg.connect(url, autocommit=True) as connection:
        for sha256, age in (("old", "2 days"), ("new", "1 hour")):
            connection.execute("INSERT INTO elaoms.bodies VALUES (%s, 0, 'x', now() - %s::interval)", [sha256, age])
        connection.execute("UPDATE elaoms.bodies SET since = now() - interval '9 days' WHERE length(sha256) = 64")
        assert log.recover() == 0
        left = connection.execute("SELECT sha256 FROM elaoms.bodies WHERE length(sha256) < 64").fetchall()
    assert left == [("new",)]
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
        "UPDATE elaoms.bodies SET bytes = 'cut'",
        "DELETE FROM elaoms.bodies WHERE part = 1",
        "UPDATE elaoms.bodies SET bytes = overlay(bytes placing 'y' from 3) WHERE part = 0",
        "DELETE FROM elaoms.bodies",
    ],
)
def test_damaged_body_is_never_passed_off(url: str, damage: str) -> None:
    """A body that somebody changed in the database raises an error, and holds up no other one that is appended."""
    log = PostgresLog(url)
    long = transcription("conv_1", "x" * 2_000_000)
    append(log, long)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(damage)
    with pytest.raises(DamagedEventError):
        events(log)[0].body()
    with suppress(DamagedEventError):  # the same bytes mend what is missing, and nothing else
        append(log, long)
        assert damage.startswith(("DELETE", "UPDATE elaoms.bodies SET bytes = overlay"))
    append(log, OTHER)
    assert events(log)[-1].body() == OTHER


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


def test_check_leaves_nothing(url: str) -> None:
    """The check of a healthy log leaves no body behind, and its log is as it was."""
    log = PostgresLog(url)
    append(log, CALL)
    before = (log.size(), log.tail())
    log.check_writable()
    assert (log.size(), log.tail()) == before
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT count(*) FROM elaoms.bodies").fetchone() == (1,)


def test_erased_bytes_are_in_no_row(url: str) -> None:
    """After an erasure no row of any table holds the bytes, and the lines stay."""
    log = PostgresLog(url)
    append(log, transcription("conv_1", "heliotrope"), audio("conv_1"), b"\xff heliotrope", OTHER)
    stray = events(log)[2].receipt
    log.remove(
        Erasure(
            request=1,
            caller=log.caller_hashes(may_create=True).of(MARTA),
            requested_at_s=0,
            conversations=("conv_1",),
            events=(ErasedEvent(position=3, kind=stray.kind, conversation_id=None, path=stray.path),),
            counts={},
        )
    )
    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT count(*) FROM elaoms.bodies WHERE position('heliotrope' in bytes) > 0")
        assert found.fetchone() == (0,)
    assert_in_order(log, 4)


def appending_all(log: EventLog, given: list[bytes]) -> list[Callable[[], Receipt]]:
    return [lambda body=body: log.append(body, source="webhook") for body in given]  # type: ignore[misc]


def test_groups_in_other_orders_wait_in_no_ring(url: str) -> None:
    """Groups of the same long and short bodies, in any order and from two machines at once, all come to their end."""
    given = [transcription(f"conv_{number}", "x" * (number % 3) * 700_000) for number in range(12)]
    one, two = PostgresLog(url), PostgresLog(url)
    receipts = at_once(*appending_all(one, given), *appending_all(two, given[::-1]))
    assert receipts[:12] == receipts[:11:-1]
    assert_in_order(one, 12)
