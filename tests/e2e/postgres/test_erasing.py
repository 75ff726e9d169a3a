"""An erasure is finished once no file of any server holds a key of it; until then, what is left is said."""

import base64
import threading
import zlib
from collections.abc import Iterator
from contextlib import suppress

import psycopg
import pytest
from psycopg import sql

from events.errors import DamagedEventError, JournalError
from events.log.erasure import CallerHashes, ErasedEvent
from events.postgres_log.copying import PostgresSource, PostgresTarget
from events.postgres_log.log import PostgresLog
from tests.support.erasures import listing
from tests.support.logs import LATER, OTHER, append, assert_in_order, events
from tests.support.postgres import Cluster, why_not
from tests.support.samples import audio, transcription
from tests.support.server_files import files_with, files_with_compressed, flush
from tests.support.steps import held_at
from tests.support.waiting import PATIENCE_S, wait_until

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not())

WORD = b"heliotropek7"
CALL = transcription("conv_1", f"I keep a {WORD.decode()}, " * 50)
LONG = b" " * 3_000_000 + audio("conv_1", WORD * 100_000)
# As it stands in the recording.
SPOKEN = base64.b64encode(WORD * 3)
STRAY = b"\xff +12025550143 " + WORD


def stray_of(log: PostgresLog, position: int) -> ErasedEvent:
    receipt = events(log)[position - 1].receipt
    return ErasedEvent(position=position, kind=receipt.kind, conversation_id=None, path=receipt.path)


def keys_in(url: str) -> dict[str, bytes]:
    with psycopg.connect(url) as connection:
        return {owner: bytes(key) for owner, key in connection.execute("SELECT owner, key FROM elaoms.keys")}


def set_on(cluster: Cluster, name: str, value: str) -> None:
    with psycopg.connect(cluster.url(), autocommit=True) as connection:
        connection.execute(sql.SQL("ALTER SYSTEM SET {} = {}").format(sql.Identifier(name), value))
        connection.execute("SELECT pg_reload_conf()")


def location_of(*clusters: Cluster, user: str = "postgres") -> str:
    hosts = ",".join(f"127.0.0.1:{cluster.port}" for cluster in clusters)
    return f"postgresql://{user}@{hosts}/postgres?target_session_attrs=read-write"


def is_gone(log: PostgresLog, position: int) -> bool:
    try:
        events(log)[position - 1].body()
    except DamagedEventError:
        return True
    return False


@pytest.fixture
def pair(own: Cluster) -> Iterator[tuple[Cluster, Cluster]]:
    """A primary and its standby, for which every commit waits."""
    standby = Cluster(of=own)
    try:
        own.demand_standby()
        yield own, standby
    finally:
        standby.close()


@pytest.mark.slow
@pytest.mark.server
@pytest.mark.timeout(240)
@pytest.mark.parametrize("is_recycling", [False, True], ids=["removing WAL", "recycling WAL"])
def test_no_file_of_any_node_holds_a_word_or_a_key(is_recycling: bool) -> None:
    """
    No file of the primary or of the standby, table, WAL, statistics or a log of all statements, ever holds a word of a
    call that anybody could read, and none holds a key of an erased one once the erasure is finished. All else stays.
    """
    one = Cluster(is_recycling=is_recycling)
    try:
        two = Cluster(of=one, is_recycling=is_recycling)
        try:
            one.demand_standby()
            set_on(one, "log_statement", "all")
            log = PostgresLog(location_of(one, two))
            append(log, CALL, LONG, STRAY, OTHER, CALL, LONG)
            keys = keys_in(one.url())
            stays = keys.pop("conv_2")
            assert len(keys) == 2
            with psycopg.connect(one.url(), autocommit=True) as connection:
                connection.execute("ANALYZE")
            flush(one, two)
            for key in keys.values():
                found = files_with(key, of=(one, two))
                assert {name[:2] for name in found if "base" in name} == {"0:", "1:"}
                assert {name[:2] for name in found if "pg_wal" in name} == {"0:", "1:"}
                assert len(found) == 4
            log.remove(listing("conv_1", strays=(stray_of(log, 3),)))
            assert [is_gone(log, position) for position in (1, 2, 3, 4)] == [True, True, True, False]
            assert files_with(*keys.values(), of=(one, two)) != []
            wait_until(lambda: log.wipe() == "", describe=log.wipe)
            flush(one, two)
            assert files_with(*keys.values(), of=(one, two)) == []
            assert files_with(WORD, SPOKEN, of=(one, two)) == []
            assert files_with_compressed(WORD, of=(one, two)) == []
            assert files_with(stays, of=(one, two)) != []
            assert events(log)[3].body() == OTHER
            assert_in_order(log, 4)
        finally:
            two.close()
    finally:
        one.close()


def test_what_is_looked_for_would_be_found(own: Cluster) -> None:
    """A word that lies in a table as it is, or compressed by zlib, is found in the server's files."""
    with psycopg.connect(own.url(), autocommit=True) as connection:
        connection.execute("CREATE TABLE plain AS SELECT %s::bytea AS body", [CALL])
        connection.execute("CREATE TABLE packed AS SELECT %s::bytea AS body", [zlib.compress(CALL.upper(), 1)])
    flush(own)
    assert files_with(WORD, of=(own,)) != []
    assert files_with_compressed(WORD.upper(), of=(own,)) != []


@pytest.mark.slow
def test_log_of_a_server_holds_no_key_of_callers(own: Cluster) -> None:
    """The key that names callers, made here or taken from another log, stands in no log of a server's statements."""
    set_on(own, "log_statement", "all")
    set_on(own, "log_min_duration_statement", "0")
    taken = b"not a key that anybody else has.."[:32]
    PostgresLog(own.url()).caller_hashes(may_create=True)
    with psycopg.connect(own.url()) as connection:
        ((made,),) = connection.execute("SELECT erasure_key FROM elaoms.log").fetchall()
    with own.database() as url:
        target = PostgresTarget(url)
        target.begin()
        target.take_key(taken)
        assert PostgresLog(url).caller_hashes().key_id == CallerHashes(taken).key_id
        assert len(made) == 32
        found = files_with(bytes(made), taken, of=(own,))
    assert found
    assert "0:output" not in found
    assert b"SET erasure_key" in (own.folder / "output").read_bytes()


def test_appends_of_others_keep_no_erasure_unfinished(url: str) -> None:
    """A short transaction that began before an erasure, such as another append, is waited for."""
    log = PostgresLog(url)
    append(log, CALL, OTHER)
    said: list[str] = []
    with psycopg.connect(url) as other:
        other.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        other.execute("SELECT 1")
        log.remove(listing("conv_1"))
        thread = threading.Thread(target=lambda: said.append(log.wipe()))
        with psycopg.connect(url, autocommit=True) as connection:
            thread.start()
            sql = "SELECT FROM pg_stat_activity WHERE query LIKE '%%xact_start < $1%%' AND pid <> pg_backend_pid()"
            while connection.execute(sql).fetchone() is None:  # each look at the others is over in a moment
                assert thread.is_alive(), said
    thread.join()
    assert said == [""]


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_standby_that_lags_is_waited_for(pair: tuple[Cluster, Cluster]) -> None:
    """While a standby has not replayed the erasure, it is not said to be finished; once it has, it is."""
    one, two = pair
    log = PostgresLog(location_of(one, two))
    append(log, CALL, OTHER)
    (key,) = [key for owner, key in keys_in(one.url()).items() if owner == "conv_1"]
    flush(one, two)
    with psycopg.connect(two.url(), autocommit=True) as connection:
        connection.execute("SELECT pg_wal_replay_pause()")
        log.remove(listing("conv_1"))
        assert f"{two.port} has not replayed the erasure yet" in log.wipe()
        assert files_with(key, of=(two,)) != []
        connection.execute("SELECT pg_wal_replay_resume()")
    wait_until(lambda: log.wipe() == "", describe=log.wipe)
    assert files_with(key, of=(one, two)) == []


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_standby_that_is_gone_is_waited_for(pair: tuple[Cluster, Cluster]) -> None:
    """While a standby is gone it may hold the key: the erasure is finished once it is back, by whichever process."""
    one, two = pair
    log = PostgresLog(location_of(one, two), wait_s=4)
    append(log, CALL, OTHER)
    (key,) = [key for owner, key in keys_in(one.url()).items() if owner == "conv_1"]
    log.remove(listing("conv_1"))
    two.kill()
    with pytest.raises(OSError, match="did not answer in time"):
        log.wipe()
    one.demand_standby(is_demanded=False)
    wait_until(lambda: f"{two.port} cannot be asked" in log.wipe())
    assert files_with(key, of=(two,)) != []
    two.start()
    wait_until(lambda: PostgresLog(location_of(one, two)).wipe() == "")
    assert files_with(key, of=(one, two)) == []


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_what_may_look_at_removed_rows_is_waited_for(pair: tuple[Cluster, Cluster]) -> None:
    """While a transaction, a slot or a server that the location leaves out may hold a key, that is said."""
    one, two = pair
    alone, log = PostgresLog(location_of(one)), PostgresLog(location_of(one, two))
    append(log, CALL, OTHER)
    (key,) = [key for owner, key in keys_in(one.url()).items() if owner == "conv_1"]
    with psycopg.connect(one.url()) as dump:
        dump.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        dump.execute("SELECT 1")
        log.remove(listing("conv_1"))
        assert "still holds 1 removed rows" in log.wipe()
        dump.execute("LOCK TABLE elaoms.keys IN ACCESS SHARE MODE")
        assert "is in use, by a dump" in log.wipe()
    with psycopg.connect(one.url(), autocommit=True) as connection:
        connection.execute("SELECT pg_create_physical_replication_slot('forgotten', true)")
        assert "still keeps" in (said := log.wipe())
        assert "the replication slot forgotten" in said
        assert files_with(key, of=(one,)) != []
        connection.execute("SELECT pg_drop_replication_slot('forgotten')")
    assert "1 servers take WAL that the log's location does not name" in alone.wipe()
    wait_until(lambda: log.wipe() == "", describe=log.wipe)
    assert files_with(key, of=(one, two)) == []


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_rights_that_are_missing_are_said(own: Cluster) -> None:
    """
    A role that may not see the server's WAL is told what to grant; one that may not write a checkpoint or begin another
    segment finishes an erasure once the server has done so.
    """
    with psycopg.connect(own.url(), autocommit=True) as connection:
        connection.execute("CREATE ROLE elaoms LOGIN")
        connection.execute("GRANT CREATE ON DATABASE postgres TO elaoms")
        log = PostgresLog(location_of(own, user="elaoms"))
        append(log, CALL, OTHER)
        (key,) = [key for owner, key in keys_in(own.url()).items() if owner == "conv_1"]
        log.remove(listing("conv_1"))
        assert "does not show its WAL to the role of the log: GRANT pg_monitor to it" in log.wipe()
        connection.execute("GRANT pg_monitor TO elaoms")
        assert "still keeps" in log.wipe()
        for _ in range(4):
            connection.execute("SELECT pg_switch_wal()")
            connection.execute("CHECKPOINT")
            log.wipe()
        wait_until(lambda: log.wipe() == "", describe=log.wipe)
        assert files_with(key, of=(own,)) == []
        connection.execute("ALTER TABLE elaoms.keys OWNER TO postgres")
        for number in range(64):
            connection.execute(f"ALTER TABLE elaoms.keys_{number} OWNER TO postgres")
        connection.execute("GRANT ALL ON ALL TABLES IN SCHEMA elaoms TO elaoms")
        log.remove(listing("conv_2"))
        assert "cannot be rewritten: the role of the log must own it" in log.wipe()


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_erasure_outlives_a_failover(pair: tuple[Cluster, Cluster]) -> None:
    """
    If the primary is lost between the erasure and its end, the standby that takes over finishes it; as long as the
    location names the lost one, which holds the key, the erasure is not finished.
    """
    one, two = pair
    both = location_of(one, two)
    append(PostgresLog(both), CALL, OTHER)
    (key,) = [key for owner, key in keys_in(one.url()).items() if owner == "conv_1"]
    PostgresLog(both).remove(listing("conv_1"))
    one.kill()
    two.demand_standby(is_demanded=False)
    two.promote()
    assert f"{one.port} cannot be asked" in PostgresLog(both).wipe()
    log = PostgresLog(location_of(two))
    wait_until(lambda: log.wipe() == "", describe=log.wipe)
    assert files_with(key, of=(two,)) == []
    assert files_with(key, of=(one,)) != []
    assert [is_gone(log, position) for position in (1, 2)] == [True, False]
    append(log, CALL)
    assert events(log)[2].body() == CALL


def test_database_of_an_earlier_format_is_refused(url: str) -> None:
    """A database whose bodies are kept otherwise is refused before anything is read or written, with what to do."""
    append(PostgresLog(url), OTHER)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("UPDATE elaoms.log SET format = 1")
    for opens in (PostgresLog, lambda location: PostgresSource(location).end(), lambda to: PostgresTarget(to).tail()):
        with pytest.raises(JournalError, match="has format 1; this release knows format 3: copy it into a folder"):
            opens(url)


def test_two_erasures_at_once_are_both_finished(cluster: Cluster, url: str) -> None:
    """Two processes erase and wipe at once, the same conversations and others: all is gone, and nothing else."""
    logs = [PostgresLog(url) for _ in range(4)]
    append(logs[0], *(transcription(f"conv_{number}", WORD.decode()) for number in range(12)))
    keys = keys_in(url)
    threads = [
        threading.Thread(target=lambda at=at, log=log: (log.remove(listing(*_some(at))), log.wipe()))
        for at, log in enumerate(logs)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wait_until(lambda: logs[0].wipe() == "")
    assert [position for position in range(1, 13) if not is_gone(logs[0], position)] == [10, 11, 12]
    flush(cluster)
    assert files_with(*(key for owner, key in keys.items() if owner not in _REST), of=(cluster,)) == []
    assert all(files_with(keys[owner], of=(cluster,)) for owner in _REST)


_REST = {"conv_9", "conv_10", "conv_11"}


def _some(at: int) -> list[str]:
    """Return six conversations of the first nine, of which each erasure shares some with the others."""
    return [f"conv_{number % 9}" for number in range(at * 2, at * 2 + 6)]


@pytest.mark.parametrize("step", ["parts_put", "bodies_put"])
@pytest.mark.parametrize("comes_again", [False, True], ids=["alone", "beside another"])
def test_append_during_an_erasure_is_whole(url: str, step: str, comes_again: bool) -> None:
    """
    A long body whose conversation is erased while it is being put there is one event, sealed with a new key, also
    where another process appends the same bytes meanwhile; a former key opens no row that stays.
    """
    log, other = PostgresLog(url), PostgresLog(url)
    append(log, CALL)
    former = keys_in(url)["conv_1"]
    thread = threading.Thread(target=append, args=(log, LONG + b" " * 6_000_000))
    with held_at(step, thread) as held:
        thread.start()
        held.arrived.acquire()
        other.remove(listing("conv_1"))
        if comes_again:
            append(other, LONG + b" " * 6_000_000)
        held.release()
        thread.join()
    assert [is_gone(log, position) for position in (1, 2)] == [True, False]
    assert events(log)[1].body() == LONG + b" " * 6_000_000
    assert keys_in(url)["conv_1"] != former
    assert_in_order(log, 2)


def test_short_append_during_an_erasure_is_whole(url: str) -> None:
    """So is a short body, new to a conversation that is erased while the body waits for its turn."""
    log, other = PostgresLog(url), PostgresLog(url)
    append(log, CALL)
    thread = threading.Thread(target=append, args=(log, LATER))
    with held_at("bodies_put", thread) as held:
        thread.start()
        held.arrived.acquire()
        other.remove(listing("conv_1"))
        held.release()
        thread.join()
    assert [is_gone(log, position) for position in (1, 2)] == [True, False]
    assert events(log)[1].body() == LATER


def test_writer_with_a_former_key_harms_no_event(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A writer of a long body that stands still through an erasure, and through an append of the same bytes by somebody
    else, and dies once it goes on, leaves that event as it is.
    """
    log, other = PostgresLog(url), PostgresLog(url)
    body = LONG + b" " * 12_000_000
    has_come, may_go_on, commits = threading.Event(), threading.Event(), list[str]()

    def write() -> None:
        with suppress(KeyboardInterrupt):
            append(log, body)

    def reached(step: str) -> None:
        if step == "parts_put" and threading.current_thread() is thread:
            commits.append(step)
            if len(commits) > 1:
                raise KeyboardInterrupt
            has_come.set()
            assert may_go_on.wait(PATIENCE_S)

    thread = threading.Thread(target=write)
    monkeypatch.setattr("events.disk.steps.reached", reached)
    thread.start()
    assert has_come.wait(PATIENCE_S)
    other.remove(listing("conv_1"))
    append(other, body)
    may_go_on.set()
    thread.join()
    assert len(commits) == 2
    assert events(other)[0].body() == body
