"""Generations that another release wrote: who may read them, what is left for its readers, and for how long."""

import os
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from projector.domain.redaction.redaction import RedactionSettings
from projector.engines.open import Engines
from projector.engines.settings import EngineSettings
from projector.errors import ReadModelMissingError, ReadModelVersionError
from projector.follow.finishing.finisher import FORMER_KEPT_S
from projector.projection.settings import ProjectionSettings
from projector.read_model.open import has_memories, open_read_model, open_writer
from projector.read_model.records import SCHEMA_VERSION, SchemaVersion
from projector.read_model.sqlite.database import Database
from projector.read_side.reader import ReadModelReader
from tests.support.samples import MARTA, NOON_S, transcription
from tests.support.sites import ProjectorSite

BEN = "+12025550199"
NOW_S = NOON_S * 2
NEWER, OLDER = SCHEMA_VERSION + 1, SCHEMA_VERSION - 1


@pytest.fixture
def site(tmp_path: Path) -> ProjectorSite:
    """A site that remembers a call of Marta's and one of Ben's."""
    site = ProjectorSite(tmp_path)
    site.hold(transcription("conv_1", "one"), transcription("conv_ben", "two", caller=BEN))
    return site


@pytest.fixture
def reader(site: ProjectorSite) -> Iterator[ReadModelReader]:
    """A reader as ingress has it."""
    with closing(ReadModelReader(site.generations.folder, Engines(EngineSettings()))) as reader:
        yield reader


def rewrite(site: ProjectorSite, schema: int, *, readable_from: int | None = None) -> None:
    """Make the live generation one of another release, of which nothing but `meta` need be readable."""
    site.execute("UPDATE meta SET value = ? WHERE name = 'schema'", str(schema))
    readable_from = schema if readable_from is None else readable_from
    site.execute("UPDATE meta SET value = ? WHERE name = 'readable_from'", str(readable_from))


def kept(site: ProjectorSite) -> list[int]:
    """Return the generations that are there beside the live one."""
    return site.generations.former()


def calls_of(reader: ReadModelReader, caller: str = MARTA) -> int:
    """Return how many calls of a caller a reader knows of."""
    view = reader.open()[0].view(caller)
    return view.call_count if view else 0


def test_generation_says_what_it_is_written_in(site: ProjectorSite) -> None:
    """A new generation notes its schema, and the oldest that can read it; one without a note is of the last without."""
    with site.read_model() as read_model:
        assert read_model.version() == SchemaVersion(SCHEMA_VERSION, SCHEMA_VERSION)
    site.execute("DELETE FROM meta WHERE name IN ('schema', 'readable_from')")
    with site.read_model() as read_model:
        assert read_model.version() == SchemaVersion(4, 4)


@pytest.mark.parametrize(
    ("schema", "readable_from", "error"),
    [
        (NEWER, NEWER, ReadModelVersionError),
        (OLDER, OLDER, ReadModelMissingError),
        (NEWER + 5, SCHEMA_VERSION, None),
        (NEWER, OLDER, None),
        (SCHEMA_VERSION, OLDER, None),
    ],
)
def test_readable_is_what_either_release_says(
    site: ProjectorSite, schema: int, readable_from: int, error: type[Exception] | None
) -> None:
    """
    A command reads a generation of a newer release only if that one says that it can; of an older one, only if this one
    says so. It is no damage, and the projector knows in any case that there are memories.
    """
    rewrite(site, schema, readable_from=readable_from)
    for open_one in (open_read_model, open_writer):
        if error is None:
            with open_one(site.generations):
                pass
        else:
            with (
                pytest.raises(error, match=f"schema {schema}; this one has {SCHEMA_VERSION}"),
                open_one(site.generations),
            ):
                pass
    assert has_memories(site.generations)
    assert not site.generations.is_marked_damaged(site.generations.current() or 0)


@pytest.mark.parametrize(("schema", "act"), [(NEWER, "restart ingress"), (OLDER, "start the projector")])
def test_reader_says_what_to_do_and_marks_nothing(
    site: ProjectorSite, reader: ReadModelReader, schema: int, act: str
) -> None:
    """A reader of another release gets no answer and says what to do; as soon as it can read again, nothing is said."""
    assert calls_of(reader) == 1
    rewrite(site, schema)
    for _ in range(3):
        reader.close()
        with pytest.raises(ReadModelVersionError, match=act):
            reader.open()
        assert act in (reader.gap() or "")
        reader.report_damage()
    rewrite(site, SCHEMA_VERSION)
    assert (calls_of(reader), reader.gap(), reader.is_damaged()) == (1, None, False)


def test_damage_is_not_reported_of_rows_that_another_release_wrote(
    site: ProjectorSite, reader: ReadModelReader
) -> None:
    """
    Where the schema is the same but the fold or the index is another release's, a row that cannot be read proves
    nothing; where all is ours, it is noted as damage.
    """
    site.execute("UPDATE meta SET value = replace(value, 'fold ', 'fold 9') WHERE name = 'fingerprint'")
    reader.open()
    reader.report_damage()
    assert not reader.is_damaged()
    site.execute("UPDATE meta SET value = replace(value, 'fold 9', 'fold ') WHERE name = 'fingerprint'")
    reader.open()
    reader.report_damage()
    assert reader.is_damaged()


def publish_of(site: ProjectorSite, schema: int) -> int:
    """Publish a generation as the projector of another release does, and return its number."""
    generation = site.generations.begin()
    place = site.log.tail()
    assert place is not None
    with closing(
        site.generations.create(
            generation, fingerprint=site.settings.fingerprint(), engine="embedded", is_outside=False
        )
    ) as writer:
        writer.note_place(place)
    with closing(Database.open(site.generations.database(generation), is_writing=True)) as database:
        database.run("UPDATE meta SET value = ? WHERE name IN ('schema', 'readable_from')", str(schema))
        database.run("ALTER TABLE callers RENAME TO people")
    site.generations.publish(generation)
    return generation


@pytest.mark.parametrize("schema", [NEWER, OLDER])
def test_former_generation_is_left_for_readers_of_its_release(
    site: ProjectorSite, reader: ReadModelReader, schema: int
) -> None:
    """
    When a release with another schema goes on, readers of the former one answer from what was left for them, say so,
    and note damage to that alone. Once it is gone they have no answer, and note no damage at all.
    """
    assert calls_of(reader) == 1
    live = publish_of(site, schema)
    assert (live, kept(site)) == (2, [1])
    for _ in range(2):
        assert (calls_of(reader), calls_of(reader, BEN)) == (1, 1)
        assert "as they were before it" in (reader.gap() or "")

    reader.report_damage()
    assert (site.generations.is_marked_damaged(1), site.generations.is_marked_damaged(2)) == (True, False)
    with pytest.raises(ReadModelVersionError, match="answered as unknown"):
        reader.open()
    site.generations.clear_mark(1)
    assert calls_of(reader) == 1

    site.generations.drop_former()
    for _ in range(2):
        with pytest.raises(ReadModelVersionError, match="answered as unknown"):
            reader.open()
        reader.report_damage()
    assert not reader.is_damaged()


def test_next_generation_leaves_only_the_one_before_it(site: ProjectorSite, reader: ReadModelReader) -> None:
    """However often releases take turns, one generation at most is left beside the live one."""
    for live, schema in enumerate((NEWER, NEWER + 1, OLDER), 2):
        assert publish_of(site, schema) == live
        assert kept(site) == [live - 1]
    site.replay()
    assert kept(site) == [4]
    assert (calls_of(reader), reader.gap()) == (1, None)


@pytest.mark.parametrize("why", ["same release", "other settings", "damaged", "unfinished", "later request"])
def test_former_generation_goes_where_nobody_may_or_need_read_it(site: ProjectorSite, why: str) -> None:
    """Nothing is left of the same release, of other settings, of a damaged one, or with who is to be forgotten."""
    if why != "same release":
        rewrite(site, OLDER)
    match why:
        case "other settings":
            site.settings = ProjectionSettings(redaction=RedactionSettings(()))
        case "damaged":
            site.generations.mark_damaged(1)
        case "unfinished":
            site.execute("INSERT OR REPLACE INTO meta VALUES ('is_erasing', '1')")
        case "later request":
            site.request_erasure(MARTA, at_s=NOW_S)
        case _:
            pass
    site.replay()
    assert (site.generations.current(), kept(site)) == (2, [])


def test_former_generation_goes_with_the_first_erasure(site: ProjectorSite) -> None:
    """As soon as a caller is forgotten, nothing may answer from what was left: it knows nothing of the erasure."""
    site.forget(BEN, at_s=NOW_S)
    rewrite(site, OLDER)
    former = site.generations.current()
    site.replay()
    site.catch_up()
    assert kept(site) == [former]
    site.forget(MARTA, at_s=NOW_S)
    assert kept(site) == []


def test_former_generation_goes_after_a_day(site: ProjectorSite) -> None:
    """What was left is removed a day after the flip, and not before."""
    rewrite(site, OLDER)
    site.replay()
    current = site.generations.folder / "CURRENT"
    for age_s, left in ((FORMER_KEPT_S - 3600, [1]), (FORMER_KEPT_S + 60, [])):
        flipped_at_s = time.time() - age_s
        os.utime(current, (flipped_at_s, flipped_at_s))
        site.catch_up()
        assert kept(site) == left
