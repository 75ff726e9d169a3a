"""A server that dies, hangs or ends connections takes no memory that was committed, and nobody waits for ever."""

import subprocess
import sys
import threading
from contextlib import closing, suppress
from pathlib import Path

import psycopg
import pytest

from events.disk import steps
from projector.engines.registry import check_tables
from projector.engines.settings import EMBEDDED
from projector.errors import ReadModelBusyError, ReadModelDamagedError, ReadModelMissingError, ReplayStoppedError
from projector.read_model.open import open_generations, open_live_reader, open_read_model
from tests.golden.stories import dump_of
from tests.support.postgres import Cluster, set_few_partitions, why_not
from tests.support.samples import MARTA, transcription
from tests.support.sites import ProjectorSite
from tests.support.waiting import wait_until

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not())
OTHER = "+12025550144"


def test_server_that_dies_takes_nothing_that_was_committed(own: Cluster, tmp_path: Path) -> None:
    """A server that is killed in the middle of a batch has that batch undone; the next catch-up makes it again."""
    bodies = [transcription(f"conv_{number}", f"Number {number}.") for number in range(6)]
    expected = dump_of(bodies, tmp_path / "expected")
    set_few_partitions(own.url())
    with closing(ProjectorSite(tmp_path / "site", memories_at=own.url())) as site:
        site.append(*bodies[:3])
        site.follower.catch_up()
        site.append(*bodies[3:])
        before = steps.reached

        def reached(step: str) -> None:
            before(step)
            if step == "callers_folded":
                own.kill()

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("events.disk.steps.reached", reached)
            with pytest.raises(ReadModelBusyError):
                site.follower.catch_up()
        own.start()
        site.follower.close()
        site.follower.catch_up()
        assert site.dump() == expected


def test_projector_goes_on_after_the_server_came_back(own: Cluster, tmp_path: Path) -> None:
    """A projector that follows waits while there is no server, and then goes on; it never ends by itself."""
    bodies = [transcription(f"conv_{number}", f"Number {number}.") for number in range(4)]
    set_few_partitions(own.url())
    site = ProjectorSite(tmp_path / "site", memories_at=own.url())
    ended: list[BaseException] = []

    def follow() -> None:
        while not site.stop.is_set():
            try:
                with site.memories.lock("follow", wait=True):
                    site.follower.run()
            except ReadModelBusyError:
                site.stop.wait(0.05)  # as the command does, for the lock is the server's too
            except BaseException as error:  # noqa: BLE001 - told below
                ended.append(error)
                return

    def is_caught_up() -> bool:
        with suppress(ReadModelBusyError, ReadModelMissingError), open_read_model(site.memories) as read_model:
            return read_model.place() == site.log.tail()
        return False

    thread = threading.Thread(target=follow)
    thread.start()
    try:
        site.append(*bodies[:2])
        wait_until(is_caught_up)
        own.kill()
        site.append(*bodies[2:])
        own.start()
        wait_until(is_caught_up)
    finally:
        site.stop.set()
        thread.join()
    assert ended == []
    assert site.dump() == dump_of(bodies, tmp_path / "expected")
    site.close()


def test_lock_ends_with_its_holder(memories_url: str) -> None:
    """A process that is killed while it holds a lock keeps nobody out."""
    generations = open_generations(memories_url)
    program = (
        "import sys, time; from projector.read_model.open import open_generations\n"
        "with open_generations(sys.argv[1]).lock('follow', wait=True):\n    print('held', flush=True); time.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-c", program, memories_url], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with generations.lock("follow", wait=False) as is_held:
            assert not is_held
        holder.kill()
    with generations.lock("follow", wait=True) as is_held:
        assert is_held
        assert generations.still_holds("follow")
    assert not generations.still_holds("follow")


def test_lock_is_lost_with_its_connection(memories_url: str) -> None:
    """Who holds a lock notices that the server has ended the connection, for others may have the lock by now."""
    generations = open_generations(memories_url)
    with generations.lock("follow", wait=False) as is_held:
        assert is_held
        end_connections(memories_url)
        assert not generations.still_holds("follow")


def test_reader_goes_on_after_the_server_came_back(site: ProjectorSite, memories_url: str) -> None:
    """A reader whose connection was ended asks on a new one."""
    site.append(transcription("conv_1", "I keep a heliotrope"))
    site.catch_up()
    with closing(open_live_reader(memories_url)) as reader:
        assert reader.open().view(MARTA) is not None
        end_connections(memories_url)
        assert reader.open().view(MARTA) is not None


def test_reader_waits_for_no_silent_server(own: Cluster, tmp_path: Path) -> None:
    """Of a server that hangs, a reader has an error instead of waiting for ever; and an answer once it goes on."""
    set_few_partitions(own.url())
    with closing(ProjectorSite(tmp_path, memories_at=own.url())) as site:
        site.append(transcription("conv_1", "I keep a heliotrope"))
        site.catch_up()
        with closing(open_live_reader(own.url())) as reader:
            assert reader.open().view(MARTA) is not None
            with own.frozen(), pytest.raises(ReadModelMissingError, match="did not answer in time"):
                reader.open()
            assert reader.open().view(MARTA) is not None


def end_connections(url: str) -> None:
    """End all connections to a database but our own, as a server does that is shut down."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE memories SET body = body || '\\x20'",
        "UPDATE memories SET salience = salience / 2",
        "DELETE FROM memories WHERE kind = 'turn'",
        "DELETE FROM calls",
        "UPDATE owners SET agent_id = 'another'",
        "DELETE FROM callers",
        "UPDATE segments SET body = set_byte(body, 3, 1 - get_byte(body, 3) % 2)",
        "DROP TABLE segments",
        "DELETE FROM callers_sums",
    ],
)
def test_damage_is_found_and_mended(site: ProjectorSite, memories_url: str, damage: str) -> None:
    """What somebody changed in the tables is found by the check, and made again from the log."""
    site.append(transcription("conv_1", "I keep a heliotrope"), transcription("conv_2", "A dog.", caller=OTHER))
    site.catch_up()
    expected, generation = site.dump(), site.memories.current() or 0
    with psycopg.connect(memories_url, autocommit=True) as connection:
        connection.execute(f"SET search_path TO elaoms_g{generation}")
        connection.execute(damage)
    with pytest.raises(ReadModelDamagedError):
        site.memories.check(
            generation,
            lambda read_model: check_tables(EMBEDDED, read_model.engine_tables),
            is_outside=False,
            should_go_on=lambda: True,
            on_begun=lambda: None,
        )

    with closing(open_live_reader(memories_url)) as reader:
        reader.open()
        reader.report_damage()
        assert reader.is_damaged()
    site.catch_up()
    assert site.memories.current() != generation
    assert site.dump() == expected


def test_check_can_be_ended_between_two_rows(site: ProjectorSite) -> None:
    """A check that is told to stop while it reads rows stops."""
    site.append(transcription("conv_1", "I keep a heliotrope"))
    site.catch_up()
    asked = iter([True, True])
    with pytest.raises(ReplayStoppedError):
        site.memories.check(
            site.memories.current() or 0,
            lambda _: None,
            is_outside=False,
            should_go_on=lambda: next(asked, False),
            on_begun=lambda: None,
        )
