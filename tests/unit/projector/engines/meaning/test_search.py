"""What a search by meaning reads of a caller, and when it gives up."""

import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from projector.engines.meaning.questions import Questions
from projector.engines.meaning.search import Meaning
from projector.errors import EngineError, ReadModelDamagedError
from projector.read_model.sqlite.tables.engines.vectors import Vectors
from tests.support.encoders import StandIn
from tests.support.samples import MARTA, transcription
from tests.support.vector_site import VectorSite
from tests.support.waiting import PATIENCE_S, wait_until

_CALLS = 30


class Counted:
    """The vectors of a caller of many calls; `read` counts the rows that were read."""

    def __init__(self, table: Vectors) -> None:
        self.table = table
        self.read = 0
        self.damaged_at: int | None = None

    def open(self) -> "Counted":
        return self

    def of(self, caller: str) -> Iterator[tuple[bytes, bytes]]:
        for row in self.table.of(caller):
            self.read += 1
            if self.read == self.damaged_at:
                raise ReadModelDamagedError("a row is damaged")
            yield row


@pytest.fixture
def vectors(tmp_path: Path) -> Iterator[Counted]:
    """The vectors of a caller of many calls."""
    site = VectorSite(tmp_path)
    site.site.hold(*(transcription(f"conv_{number}", f"It is number {number}.") for number in range(_CALLS)))
    site.fill()
    assert isinstance(site.table, Vectors)
    with closing(site):
        yield Counted(site.table)


@pytest.fixture
def questions() -> Iterator[Questions]:
    """Questions whose encoder is loaded."""
    with closing(Questions(StandIn)) as questions:
        questions.prepare()
        wait_until(lambda: questions.encoder is not None, describe=lambda: questions.why_not)
        yield questions


def meaning(questions: Questions, vectors: Counted, *, deadline_s: float) -> Meaning:
    """Return what searches these vectors."""
    return Meaning(questions, lambda _: vectors, deadline_s=deadline_s)  # type: ignore[arg-type,return-value]


def test_reading_ends_at_the_deadline(questions: Questions, vectors: Counted) -> None:
    """Vectors that are not read within the deadline are left to the words, counted as late; few rows are read then."""
    asked = meaning(questions, vectors, deadline_s=0.0).ask(MARTA, "which number?")

    assert (asked, questions.late) == (None, 1)
    assert vectors.read <= 1


def test_reading_lets_others_go_first(questions: Questions, vectors: Counted) -> None:
    """Between two rows others get the processor, and the search may be ended."""
    pauses = list[float]()
    search = meaning(questions, vectors, deadline_s=PATIENCE_S)

    assert search.ask(MARTA, "which number?", pause=lambda: pauses.append(time.monotonic())) is not None
    assert len(pauses) > vectors.read >= _CALLS

    def end() -> None:
        raise EngineError("the search took too long")

    with pytest.raises(EngineError, match="too long"):
        search.ask(MARTA, "which number?", pause=end)


def test_damage_in_the_middle_leaves_all_to_the_words(questions: Questions, vectors: Counted) -> None:
    """Where a row cannot be read, no memory has an advantage by its vectors over one that has none."""
    vectors.damaged_at = 5

    assert meaning(questions, vectors, deadline_s=PATIENCE_S).ask(MARTA, "which number?") is None
    assert questions.late == 0
