"""A reader that stays open follows the live generation, and leaves a damaged one alone."""

import threading
from collections.abc import Iterator

import pytest

from projector.errors import ReadModelMissingError
from projector.read_model.generations import Generations, LiveReader
from projector.read_model.open import open_live_reader
from projector.read_model.protocol import ReadModel, ReadModelWriter
from tests.contract.read_models.rows import ONE


@pytest.fixture
def reader(location: str) -> Iterator[LiveReader]:
    """A reader of the read model under test."""
    reader = open_live_reader(location)
    yield reader
    reader.close()


def publish(generations: Generations, fingerprint: str) -> int:
    """Make another generation live."""
    generation = generations.begin()
    generations.create(generation, fingerprint=fingerprint, engine="embedded", is_outside=False).close()
    generations.publish(generation)
    return generation


def test_nothing_is_read_before_the_first_generation(reader: LiveReader) -> None:
    """A reader that is opened first of all says that there is no read model yet."""
    assert reader.generation() is None
    with pytest.raises(ReadModelMissingError, match="no read model yet"):
        reader.open()


def test_same_generation_is_opened_once(reader: LiveReader, generations: Generations) -> None:
    """A thread gets the same object again while the generation stays live, and another one after a replay."""
    publish(generations, "one")
    first = reader.open()
    assert reader.open() is first
    publish(generations, "two")

    second = reader.open()
    assert second is not first
    assert second.fingerprint() == "two"


def test_commits_are_seen_at_once(reader: LiveReader, writer: ReadModelWriter) -> None:
    """An open reader sees each commit of the projector in its next query."""
    assert reader.open().place() is None
    with writer.transaction():
        writer.note_place(ONE)

    assert reader.open().place() == ONE


def test_each_thread_has_its_own(reader: LiveReader, generations: Generations) -> None:
    """Two threads read at the same time without sharing what they have open."""
    publish(generations, "one")
    opened: list[ReadModel] = [reader.open()]
    fingerprints: list[str | None] = []

    def read() -> None:
        opened.append(reader.open())
        fingerprints.append(opened[-1].fingerprint())
        reader.close()

    thread = threading.Thread(target=read)
    thread.start()
    thread.join()

    assert opened[0] is not opened[1]
    assert [opened[0].fingerprint(), *fingerprints] == ["one", "one"]


def test_reported_damage_is_seen_by_all(reader: LiveReader, generations: Generations) -> None:
    """
    One reader's report of damage marks the generation for all, and no reader gets an answer until the mark is cleared.
    """
    generation = publish(generations, "one")
    reader.open()
    assert not reader.is_damaged()
    reader.report_damage()

    assert reader.is_damaged()
    assert generations.is_marked_damaged(generation)
    with pytest.raises(ReadModelMissingError, match="damaged"):
        reader.open()
    generations.clear_mark(generation)
    assert reader.open().fingerprint() == "one"
