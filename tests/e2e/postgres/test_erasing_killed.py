"""Whoever dies in an erasure, the process at any step or the server, it is finished by whoever comes next."""

import os
import re
import signal
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

import events.postgres_log.erasing
from events.errors import DamagedEventError, EventsError
from events.postgres_log.log import PostgresLog
from tests.support.crashing import Crashing
from tests.support.erasures import listing
from tests.support.logs import OTHER, append, assert_in_order
from tests.support.logs import events as events_of
from tests.support.postgres import Cluster, why_not
from tests.support.samples import audio, transcription
from tests.support.server_files import files_with
from tests.support.steps import held_at
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.skipif(bool(why_not()), reason=why_not()), pytest.mark.slow, pytest.mark.server]

_SOURCES = Path(events.postgres_log.erasing.__file__).parent.glob("*.py")
_REACHED = {step for path in _SOURCES for step in re.findall(r'steps\.reached\("(\w+)"\)', path.read_text())}
# `object_removed` is of a log with an object store alone: tests/e2e/body_store.
STEPS = sorted((_REACHED | {"committing", "committed"}) - {"object_removed"})


@pytest.fixture(scope="module")
def crashing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crashing]:
    """A process of its own that erases, and dies at a step."""
    crashing = Crashing(tmp_path_factory.mktemp("crashing"))
    yield crashing
    crashing.close()


@pytest.fixture(scope="module")
def reached(cluster: Cluster, crashing: Crashing, tmp_path_factory: pytest.TempPathFactory) -> Counter[str]:
    """How often an erasure comes to each step if nobody dies."""
    with cluster.database() as url:
        begun(url)
        return Counter(crashing.run(tmp_path_factory.mktemp("whole"), ["erase", "conv_1", "conv_3"], payloads=url))


def begun(url: str) -> list[bytes]:
    """Fill a log, and return the keys of what is to be erased."""
    append(
        PostgresLog(url), transcription("conv_1", "heliotrope"), OTHER, audio("conv_1"), transcription("conv_3", "x")
    )
    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT key FROM elaoms.keys WHERE owner IN ('conv_1', 'conv_3')").fetchall()
    return [bytes(key) for (key,) in found]


def assert_finished(url: str, keys: list[bytes], cluster: Cluster) -> None:
    """Assert that an erasure which is carried out anew, by another process, is finished, and takes nothing else."""
    log = PostgresLog(url)
    log.remove(listing("conv_1", "conv_3"))
    wait_until(lambda: log.wipe() == "", describe=log.wipe)
    assert files_with(*keys, of=(cluster,)) == []
    there = events_of(log)
    for number in (0, 2, 3):
        with pytest.raises(DamagedEventError):
            there[number].body()
    assert there[1].body() == OTHER
    assert_in_order(log, 4)


@pytest.mark.parametrize("step", STEPS)
def test_killed_process_is_followed_by_another(
    cluster: Cluster, crashing: Crashing, reached: Counter[str], tmp_path: Path, step: str
) -> None:
    """Whatever step the erasing process is killed at, another one finishes; each body is there whole, or is gone."""
    assert reached[step], f"an erasure does not come to {step}"
    for occurrence in {1, reached[step]}:
        with cluster.database() as url:
            keys = begun(url)
            crashing.run(tmp_path, ["erase", "conv_1", "conv_3"], at=step, occurrence=occurrence, payloads=url)
            for event in events_of(PostgresLog(url)):
                with suppress(DamagedEventError):
                    event.body()
            assert_finished(url, keys, cluster)


@pytest.mark.parametrize("step", STEPS)
def test_killed_server_loses_no_erasure(own: Cluster, step: str) -> None:
    """Whatever step an erasure has come to when its server is killed, it is finished once the server is back."""
    keys = begun(own.url())
    log = PostgresLog(own.url(), wait_s=10)

    def erase() -> None:
        with suppress(OSError, EventsError):
            log.remove(listing("conv_1", "conv_3"))
            log.wipe()

    thread = threading.Thread(target=erase)
    with held_at(step, thread) as held:
        thread.start()
        held.arrived.acquire()
        own.kill()
        held.release()
        thread.join()
    own.start()
    assert_finished(own.url(), keys, own)


_PID = "SELECT pid FROM pg_stat_activity WHERE {}"


def erased(own: Cluster, log: PostgresLog) -> bytes:
    """Fill a log, have the server write it into its tables, erase a conversation of it, and return its key."""
    append(log, transcription("conv_1", "heliotrope"), OTHER)
    with psycopg.connect(own.url(), autocommit=True) as connection:
        row = connection.execute("SELECT key FROM elaoms.keys WHERE owner = 'conv_1'").fetchone()
        assert row is not None
        connection.execute("CHECKPOINT")
    log.remove(listing("conv_1"))
    return bytes(row[0])


def pid_of(own: Cluster, what: str) -> int | None:
    with psycopg.connect(own.url(), autocommit=True) as connection:
        row = connection.execute(_PID.format(what)).fetchone()
    return None if row is None else int(row[0])


def demand_standby(own: Cluster) -> None:
    """Have every commit wait for a standby that is not there; the setting alone says nothing of when that begins."""
    own.demand_standby()
    while not waits_for_standby(own):
        pass


def waits_for_standby(own: Cluster) -> bool:
    """Commit a row, and return whether that waits for a standby; it then waits no longer."""
    waiting = "query LIKE 'UPDATE elaoms.log%' AND wait_event = 'SyncRep'"
    with psycopg.connect(own.url(), autocommit=True) as one, psycopg.connect(own.url(), autocommit=True) as two:
        thread = threading.Thread(target=one.execute, args=("UPDATE elaoms.log SET settled = settled + 1",))
        thread.start()
        wait_until(lambda: not thread.is_alive() or pid_of(own, waiting) is not None)
        if (pid := pid_of(own, waiting)) is not None:
            two.execute("SELECT pg_cancel_backend(%s)", [pid])
        thread.join()
    return pid is not None


def crash_in_rewriting(own: Cluster, log: PostgresLog) -> None:
    """
    Kill the server's process that rewrites keys once its commit is written, and before it has removed the former file.

    It is there for as long as it waits for a standby that is away. The server then starts anew by itself.
    """

    def wipe() -> None:
        with suppress(OSError):
            log.wipe()

    thread = threading.Thread(target=wipe)
    with held_at("rewriting_begun", thread) as held:
        thread.start()
        held.arrived.acquire()
        demand_standby(own)
        held.release()
        wait_until(lambda: pid_of(own, "query LIKE 'VACUUM%' AND wait_event = 'SyncRep'") is not None)
        with psycopg.connect(own.url(), autocommit=True) as connection:
            connection.execute("CHECKPOINT")
        pid = pid_of(own, "query LIKE 'VACUUM%'")
        former = pid_of(own, "backend_type = 'checkpointer'")
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        thread.join()
        wait_until(lambda: has_restarted(own, former))
    own.demand_standby(is_demanded=False)


def has_restarted(own: Cluster, former: int | None) -> bool:
    """Return whether the server is back from a crash; its own process noticed it later than we."""
    with suppress(psycopg.OperationalError):
        return pid_of(own, "backend_type = 'checkpointer'") not in {former, None}
    return False


def test_file_that_a_crash_left_is_said_until_it_is_gone(own: Cluster) -> None:
    """
    While a file of a rewriting that crashed holds a removed key, no process says that the erasure is finished: it names
    the file, or the right that it takes to look for it. Once the file is gone, the erasure is finished.
    """
    log = PostgresLog(own.url())
    key = erased(own, log)
    crash_in_rewriting(own, log)
    log = PostgresLog(own.url())
    (file,) = {name.removeprefix("0:data/") for name in files_with(key, of=(own,)) if "base" in name}
    said = log.wipe()
    assert f"127.0.0.1:{own.port} keeps " in said
    assert file in said
    assert log.wipe() == said
    with psycopg.connect(own.url(), autocommit=True) as connection:
        connection.execute("CREATE ROLE elaoms LOGIN")
        connection.execute("GRANT pg_monitor TO elaoms")
        connection.execute("GRANT ALL ON SCHEMA elaoms TO elaoms")
        connection.execute("GRANT ALL ON ALL TABLES IN SCHEMA elaoms TO elaoms")
    less = PostgresLog(own.url().replace("postgres@", "elaoms@"))
    assert "does not show its files to the role of the log: GRANT EXECUTE ON FUNCTION pg_ls_dir(text)" in less.wipe()
    with psycopg.connect(own.url(), autocommit=True) as connection:
        connection.execute("GRANT EXECUTE ON FUNCTION pg_ls_dir(text), pg_stat_file(text, boolean) TO elaoms")
    assert less.wipe() == said
    own.kill()
    for name in said.split(" keeps ")[1].split(", which")[0].split(", "):
        (own.data / name).unlink()
    own.start()
    wait_until(lambda: log.wipe() == "", describe=log.wipe)
    assert files_with(key, of=(own,)) == []
