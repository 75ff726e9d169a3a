"""The rows of OpenMemory that hold our memories: their text, their tags and their metadata."""

import hashlib
from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import Struct

from projector.domain.days import iso_moment
from projector.domain.memories import Memory
from projector.engines.openmemory.store import Stored
from projector.read_model.records import OpenMemoryRow

# Above this OpenMemory cuts a text up itself, and loses tags and vectors on the way. It counts as JavaScript does.
PART_UNITS_MAX = 32_000
# For the text itself; the rest is for the reference words that may be added to it, see `content`.
_TEXT_UNITS_MAX = 16_000
_REFERENCE_WORDS_MAX = 1024
_SOURCE = "elaoms"


class PlannedRow(Struct, frozen=True, kw_only=True):
    """
    One row as it is to be: it holds a memory, or one part of a long one.

    `details` describe the memory, and are stored with the row. `sum` changes with everything that OpenMemory is given.
    """

    memory_id: str
    part: int
    text: str
    tags: list[str]
    details: dict[str, Any]
    told_to: str | None = None
    is_current: bool = True
    salience: float = 1.0

    @classmethod
    def mark(cls, text: str, token: str) -> "PlannedRow":
        """Return the row that names, by a token, the generation that OpenMemory was filled for."""
        return cls(memory_id=token, part=0, text=text, tags=[_SOURCE], details={"sector": "semantic"})

    @property
    def sum(self) -> str:
        """Return a digest of all that OpenMemory is given, 32 hex digits."""
        given = msgspec.json.encode([self.memory_id, self.part, self.text, self.tags, self.details], order="sorted")
        return hashlib.sha256(given).hexdigest()[:32]

    def content(self, tries: int) -> str:
        """Return the text; from the second try on with a reference, so that OpenMemory takes it for no duplicate."""
        if not tries:
            return self.text
        # OpenMemory compares texts by a hash in which each word votes on every bit. One more word changes few bits, and
        # the few hashes near by are soon used up. Words that begin alike vote alike: many of them outweigh any text.
        beginning = hashlib.sha256(f"{self.sum} {tries}".encode()).hexdigest()[:8]
        count = min(2 ** (tries - 1), _REFERENCE_WORDS_MAX)
        return " ".join([self.text, *(f"ref{beginning}{number:03x}" for number in range(count))])

    def metadata(self, log_name: str) -> dict[str, Any]:
        """Return the metadata of the row, by which it is found again among the rows of one log."""
        ours = {"source": _SOURCE, "log": log_name}
        return {**ours, "memory_id": self.memory_id, "part": self.part, "sum": self.sum, **self.details}

    def noted(self, row_id: str) -> OpenMemoryRow:
        """Return what the read model notes of the row, once OpenMemory has given it an id."""
        return OpenMemoryRow(
            row_id=row_id,
            memory_id=self.memory_id,
            part=self.part,
            told_to=self.told_to,
            is_current=self.is_current,
            salience=self.salience,
        )


def plan_rows(memory: Memory) -> Iterator[PlannedRow]:
    """Yield the rows that are to hold a memory: one, or several where the text is too long for one."""
    details = {
        "sector": memory.sector,
        "kind": memory.kind,
        "key": memory.key,
        "conversation_id": memory.conversation_id,
        "agent_id": memory.agent_id,
        "turn": memory.source.turn,
        "occurred_at": iso_moment(memory.occurred_at_s),
    }
    tags = [memory.kind, memory.sector, *([f"agent:{memory.agent_id}"] if memory.agent_id else [])]
    for part, text in enumerate(_parts(memory.text)):
        yield PlannedRow(
            memory_id=memory.id,
            part=part,
            text=text,
            tags=tags,
            details=details,
            told_to=memory.told_to,
            is_current=memory.is_current,
            salience=memory.salience,
        )


def is_ours(stored: Stored, log_name: str) -> bool:
    """Tell whether a row was put for this log: another installation of this program has another log."""
    return stored.metadata.get("source") == _SOURCE and stored.metadata.get("log") == log_name


def is_of_another_log(stored: Stored, log_name: str) -> bool:
    """Tell whether this program put a row, but for another log."""
    return stored.metadata.get("source") == _SOURCE and stored.metadata.get("log") != log_name


def _parts(text: str) -> Iterator[str]:
    """Yield a text in parts, each short enough for one row, cut between words where there are any."""
    # A character beyond the Basic Multilingual Plane counts as two in JavaScript.
    chars_max = _TEXT_UNITS_MAX // (2 if max(text, default="") > "\uffff" else 1)
    while len(text) > chars_max:
        cut = max(text.rfind(" ", chars_max // 2, chars_max), text.rfind("\n", chars_max // 2, chars_max)) + 1
        yield text[: cut or chars_max]
        text = text[cut or chars_max :]
    yield text
