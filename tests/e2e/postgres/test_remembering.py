"""A projector keeps memories in PostgreSQL as it keeps them in files: the same ones, and readers that never stumble."""

import asyncio
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from unittest.mock import patch

import psycopg
import pytest

from events.disk import steps
from ingress.lookups.read_pool import ReadPool
from projector.engines.lexical import merger
from projector.engines.open import Engines
from projector.engines.protocol import Engine, Hit
from projector.engines.settings import EMBEDDED, EngineSettings
from projector.errors import ReadModelBusyError, ReadModelMissingError, ReadModelReplacedError
from projector.read_model.generations import LiveReader
from projector.read_model.open import open_generations, open_live_reader, open_read_model
from projector.read_model.protocol import ReadModel
from projector.read_side.reader import ReadModelReader
from tests.golden.learned_stories import LEARNED, told_in
from tests.golden.stories import STORIES, dump_of, events_of
from tests.support.postgres import Cluster, why_not
from tests.support.samples import MARTA, NOON_S, transcription
from tests.support.sites import ProjectorSite
from tests.support.waiting import PATIENCE_S, wait_until

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not())
OTHER = "+12025550144"


@pytest.fixture
def url(cluster: Cluster) -> Iterator[str]:
    """The location of an empty database, with few partitions: each is a table to be made."""
    with cluster.database() as url:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f"ALTER DATABASE {url.rpartition('/')[2]} SET elaoms.partitions = 2")
        yield url


@pytest.fixture
def site(url: str, tmp_path: Path) -> Iterator[ProjectorSite]:
    """A log in a folder, and memories in a database."""
    with closing(ProjectorSite(tmp_path, memories_at=url)) as site:
        yield site


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_recorded_log_gives_the_golden_dump(story: Path, site: ProjectorSite) -> None:
    """Recorded webhooks give exactly the recorded memories, followed one by one and replayed."""
    expected = (story / "dump.json").read_text()
    for body in events_of(story):
        site.append(body)
        site.follower.catch_up()
    assert site.dump() == expected
    assert site.replayed_dump() == expected


@pytest.mark.parametrize("story", LEARNED, ids=lambda story: story.name)
def test_learned_log_gives_the_golden_dump(story: Path, site: ProjectorSite) -> None:
    """So do what models said and what persons corrected."""
    expected = (story / "dump.json").read_text()
    for told in told_in(story):
        site.append(told.body, source=told.source)
        site.follower.catch_up()
    assert site.dump() == expected
    assert site.replayed_dump() == expected


def test_caller_is_forgotten(site: ProjectorSite) -> None:
    """Who asks to be forgotten is gone from the memories, and stays so in a replay; others are remembered."""
    site.append(transcription("conv_1", "I keep a heliotrope", at_s=1_700_000_000))
    site.append(transcription("conv_2", "I have no flowers", caller=OTHER, at_s=1_700_000_000))
    site.catch_up()
    assert "heliotrope" in site.dump()
    account = site.forget(at_s=1_800_000_000.0)

    forgotten = site.dump()
    assert account.counts["read_model.calls"] == account.counts["log.transcription"] == 1
    assert "heliotrope" not in forgotten
    assert "flowers" in forgotten
    with site.read_model() as read_model:
        assert read_model.view(MARTA) is None
    assert site.replayed_dump() == forgotten


def test_any_character_is_remembered(site: ProjectorSite, tmp_path: Path) -> None:
    """Characters that PostgreSQL takes in no text are kept and given back, in words, in ids and in names."""
    hostile = [chr(0), chr(1), chr(1) + chr(1), chr(1) + chr(2), chr(0) + chr(1), "\N{FAMILY}", "%s", "\\", "'"]
    bodies = [
        transcription(
            f"conv_{number}", f"My word is {text}.", agent=f"agent_{text}", first_name=f"Ana{text}", note=text
        )
        for number, text in enumerate(hostile)
    ]
    inside = ProjectorSite(tmp_path / "sqlite")
    for each in (site, inside):
        each.append(*bodies)
        each.catch_up()

    assert site.errors() == inside.errors()
    assert site.dump() == inside.dump()
    assert site.replayed_dump() == inside.dump()


def test_server_that_dies_takes_nothing_that_was_committed(own: Cluster, tmp_path: Path) -> None:
    """A server that is killed in the middle of a batch has that batch undone; the next catch-up makes it again."""
    bodies = [transcription(f"conv_{number}", f"Number {number}.") for number in range(6)]
    expected = dump_of(bodies, tmp_path / "expected")
    with psycopg.connect(own.url(), autocommit=True) as connection:
        connection.execute("ALTER DATABASE postgres SET elaoms.partitions = 2")
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
    with psycopg.connect(own.url(), autocommit=True) as connection:
        connection.execute("ALTER DATABASE postgres SET elaoms.partitions = 2")
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


def test_lock_ends_with_its_holder(url: str) -> None:
    """A process that is killed while it holds a lock keeps nobody out."""
    generations = open_generations(url)
    program = (
        "import sys, time; from projector.read_model.open import open_generations\n"
        "with open_generations(sys.argv[1]).lock('follow', wait=True):\n    print('held', flush=True); time.sleep(600)"
    )
    with subprocess.Popen([sys.executable, "-c", program, url], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with generations.lock("follow", wait=False) as is_held:
            assert not is_held
        holder.kill()
    with generations.lock("follow", wait=True) as is_held:
        assert is_held
        assert generations.still_holds("follow")
    assert not generations.still_holds("follow")


def test_lock_is_lost_with_its_connection(url: str) -> None:
    """Who holds a lock notices that the server has ended the connection, for others may have the lock by now."""
    generations = open_generations(url)
    with generations.lock("follow", wait=False) as is_held:
        assert is_held
        end_connections(url)
        assert not generations.still_holds("follow")


def test_reader_goes_on_after_the_server_came_back(site: ProjectorSite, url: str) -> None:
    """A reader whose connection was ended asks on a new one."""
    site.append(transcription("conv_1", "I keep a heliotrope"))
    site.catch_up()
    with closing(open_live_reader(url)) as reader:
        assert reader.open().view(MARTA) is not None
        end_connections(url)
        assert reader.open().view(MARTA) is not None


def test_reader_waits_for_no_silent_server(own: Cluster, tmp_path: Path) -> None:
    """Of a server that hangs, a reader has an error instead of waiting for ever; and an answer once it goes on."""
    with own.database() as url, closing(ProjectorSite(tmp_path, memories_at=url)) as site:
        site.append(transcription("conv_1", "I keep a heliotrope"))
        site.catch_up()
        with closing(open_live_reader(url)) as reader:
            assert reader.open().view(MARTA) is not None
            with own.frozen(), pytest.raises(ReadModelMissingError, match="did not answer in time"):
                reader.open()
            assert reader.open().view(MARTA) is not None


def test_question_survives_that_its_generation_is_dropped(site: ProjectorSite, url: str) -> None:
    """A question that is under way when its generation goes is asked again of the one that is live."""
    site.append(transcription("conv_1", "I keep a heliotrope"))
    site.catch_up()
    asked: list[int] = []

    def question(read_model: ReadModel, _: Engine) -> int:
        asked.append(1)
        if len(asked) == 1:
            site.replay()
            site.memories.sweep()
        view = read_model.view(MARTA)
        assert view is not None
        return view.call_count

    with closing(ReadPool(ReadModelReader(url, Engines(EngineSettings())))) as pool:
        assert asyncio.run(pool.greet(question, timeout_s=PATIENCE_S)) == 1
    assert (len(asked), pool.failures) == (2, 0)


def test_held_index_finds_what_is_there_now(site: ProjectorSite, url: str) -> None:
    """
    What a reader holds of a caller's index is never older than the memories: hits and scores are those of a new reader.

    So it is with each call, with blocks that are merged meanwhile, in a replay, and where the caller is forgotten.
    """

    def hits(reader: LiveReader, caller: str = MARTA) -> list[Hit]:
        engine = Engines(EngineSettings()).read(EMBEDDED, reader.open().engine_tables)
        engine.warm(caller)
        return engine.search(caller, "Which dog, and which number?", limit=9, agent_id=None)

    def assert_same(kept: LiveReader) -> list[Hit]:
        with closing(open_live_reader(url)) as new:
            found = hits(new)
            assert hits(kept) == found
            assert hits(kept, OTHER) == hits(new, OTHER)
        return found

    with closing(open_live_reader(url)) as kept, patch.multiple(merger, LOOSE_MAX=2, MERGED_MAX=4):
        for number in range(12):
            site.append(transcription(f"conv_{number}", f"My dog {number} is {'old ' * number}.", at_s=NOON_S + number))
            site.append(transcription(f"other_{number}", "No dog, but a number.", caller=OTHER, at_s=NOON_S + number))
            site.follower.catch_up()
            assert assert_same(kept)
        with site.read_model() as read_model:
            assert read_model.engine_tables.blocks.counts()[0] > 2
        site.replay()
        assert assert_same(kept)
        site.forget(at_s=NOON_S + 86_400.0)
        assert assert_same(kept) == []
        assert hits(kept, OTHER)


def test_what_was_live_stays_for_who_reads_it(site: ProjectorSite, url: str) -> None:
    """A generation that was live is there for a while after another one has become live, though nobody opens it."""
    site.append(transcription("conv_1", "I keep a heliotrope"))
    site.catch_up()
    former = site.memories.current() or 0
    with site.read_model() as read_model:
        site.replay()
        assert not site.memories.has(former)
        assert read_model.view(MARTA) is not None
        site.memories.drop_former()
        with pytest.raises(ReadModelReplacedError):
            read_model.view(MARTA)


def test_password_stands_in_no_message(site: ProjectorSite, url: str) -> None:
    """What is said of where the memories are holds no password."""
    secret = url.replace("postgres@", "postgres:hunter2@")
    generations = open_generations(secret)
    assert generations.location == secret
    assert "hunter2" not in str(generations)
    with pytest.raises(ReadModelMissingError) as error, open_read_model(generations):
        pass
    assert "hunter2" not in str(error.value)


def end_connections(url: str) -> None:
    """End all connections to a database but our own, as a server does that is shut down."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
