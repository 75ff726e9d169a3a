"""Whoever dies in an erasure, the process at any step or the server, it is finished by whoever comes next."""

import re
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
STEPS = sorted(
    {step for path in _SOURCES for step in re.findall(r'steps\.reached\("(\w+)"\)', path.read_text())}
    | {"committing", "committed"}
)


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
    wait_until(lambda: log.wipe() == "")
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
