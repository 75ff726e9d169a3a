"""A projector keeps memories in PostgreSQL as it keeps them in files: the same ones, and readers that never stumble."""

import asyncio
from contextlib import closing
from pathlib import Path
from unittest.mock import patch

import pytest

from ingress.lookups.read_pool import ReadPool
from projector.engines.lexical import merger
from projector.engines.open import Engines
from projector.engines.protocol import Engine, Hit
from projector.engines.settings import EMBEDDED, OPENMEMORY_SERVER, EngineSettings
from projector.errors import ReadModelMissingError, ReadModelReplacedError
from projector.projection.settings import ProjectionSettings
from projector.read_model.generations import LiveReader
from projector.read_model.open import open_generations, open_live_reader, open_read_model
from projector.read_model.protocol import ReadModel
from projector.read_side.reader import ReadModelReader
from tests.golden.learned_stories import LEARNED, told_in
from tests.golden.stories import STORIES, events_of
from tests.support.openmemory.server import OpenMemoryServer
from tests.support.postgres import why_not
from tests.support.samples import MARTA, NOON_S, transcription
from tests.support.sites import ProjectorSite
from tests.support.waiting import PATIENCE_S

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not())
OTHER = "+12025550144"


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


def test_outside_engine_holds_the_memories(memories_url: str, tmp_path: Path) -> None:
    """With OpenMemory as the engine, the memories that are in PostgreSQL are those that it is given, and forgets."""
    with OpenMemoryServer().serving() as server:
        settings = ProjectionSettings(
            engine=EngineSettings(name=OPENMEMORY_SERVER, location=server.url, key=server.key)
        )
        with closing(ProjectorSite(tmp_path / "there", settings, memories_at=memories_url)) as site:
            inside = ProjectorSite(tmp_path / "expected")
            for each in (site, inside):
                each.append(transcription("conv_1", "I keep a heliotrope", at_s=NOON_S))
                each.append(transcription("conv_2", "I have a dog", caller=OTHER, at_s=NOON_S))
                each.catch_up()
            assert site.dump() == inside.dump()
            with site.read_model() as read_model:
                assert read_model.owed() == 0
                engine = Engines(settings.engine).read(OPENMEMORY_SERVER, read_model.engine_tables)
                hits = engine.search(MARTA, "heliotrope", limit=5, agent_id=None, timeout_s=PATIENCE_S)
                held = read_model.memories(MARTA, [hit.memory_id for hit in hits])
            assert {memory.caller for memory in held.values()} == {MARTA}
            generation = site.memories.current() or 0
            for each in (site, inside):
                each.forget(at_s=NOON_S + 86_400.0)
                each.replay()
            assert site.memories.current() != generation
            assert site.dump() == inside.dump()
            assert "heliotrope" not in site.dump()


def test_question_survives_that_its_generation_is_dropped(site: ProjectorSite, memories_url: str) -> None:
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

    with closing(ReadPool(ReadModelReader(memories_url, Engines(EngineSettings())))) as pool:
        assert asyncio.run(pool.greet(question, timeout_s=PATIENCE_S)) == 1
    assert (len(asked), pool.failures) == (2, 0)


def test_held_index_finds_what_is_there_now(site: ProjectorSite, memories_url: str) -> None:
    """
    What a reader holds of a caller's index is never older than the memories: hits and scores are those of a new reader.

    So it is with each call, with blocks that are merged meanwhile, in a replay, and where the caller is forgotten.
    """

    def hits(reader: LiveReader, caller: str = MARTA) -> list[Hit]:
        engine = Engines(EngineSettings()).read(EMBEDDED, reader.open().engine_tables)
        engine.warm(caller)
        return engine.search(caller, "Which dog, and which number?", limit=9, agent_id=None)

    def assert_same(kept: LiveReader) -> list[Hit]:
        with closing(open_live_reader(memories_url)) as new:
            found = hits(new)
            assert hits(kept) == found
            assert hits(kept, OTHER) == hits(new, OTHER)
        return found

    with closing(open_live_reader(memories_url)) as kept, patch.multiple(merger, LOOSE_MAX=2, MERGED_MAX=4):
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


def test_what_was_live_stays_for_who_reads_it(site: ProjectorSite, memories_url: str) -> None:
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


def test_password_stands_in_no_message(site: ProjectorSite, memories_url: str) -> None:
    """What is said of where the memories are holds no password."""
    secret = memories_url.replace("postgres@", "postgres:hunter2@")
    generations = open_generations(secret)
    assert generations.location == secret
    assert "hunter2" not in str(generations)
    with pytest.raises(ReadModelMissingError) as error, open_read_model(generations):
        pass
    assert "hunter2" not in str(error.value)
