"""Which row of OpenMemory holds which memory: what each is told of ours, and what the read model notes of it."""

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from projector.domain.memories import Memory, iso_moment
from projector.engines.openmemory.store import Stored
from projector.read_model.sqlite.checksums import checked, with_checksum

# Above this OpenMemory cuts a text up itself, and loses tags and vectors on the way. It counts as JavaScript does.
PART_UNITS_MAX = 32_000
# For the text itself; the rest is for the reference that it may get so that it is no duplicate.
_TEXT_UNITS_MAX = 16_000
_REFERENCE_WORDS_MAX = 1024
_SOURCE = "elaoms"
_SCHEMA = """
CREATE TABLE openmemory_rows (
    caller TEXT NOT NULL,
    conversation_id TEXT NOT NULL,
    memory_id TEXT NOT NULL,
    part INTEGER NOT NULL,
    row_id TEXT NOT NULL,
    told_to TEXT,
    is_current INTEGER NOT NULL,
    checksum INTEGER NOT NULL,
    salience_permille INTEGER NOT NULL,
    PRIMARY KEY (caller, conversation_id, memory_id, part)
) WITHOUT ROWID;
CREATE UNIQUE INDEX openmemory_rows_by_row ON openmemory_rows (row_id);
CREATE TABLE openmemory_profiles (caller TEXT PRIMARY KEY, checksum INTEGER NOT NULL, summary TEXT NOT NULL)
WITHOUT ROWID;
CREATE TABLE openmemory_mark (row_id TEXT NOT NULL, token TEXT NOT NULL);
"""
_IDS_AT_ONCE = 500
_SHORTENED = "openmemory_shortened"


class Known(Struct, frozen=True):
    """What we know of a row: which memory it holds, or a part of, and what ranks it."""

    memory_id: str
    told_to: str | None
    is_current: bool
    salience: float


class PlannedRow(Struct, frozen=True, kw_only=True):
    """
    What one row is to hold: a memory, or one part of a long one.

    `sum` changes with everything that OpenMemory is told.
    """

    memory_id: str
    part: int
    text: str
    tags: list[str]
    told: dict[str, Any]
    told_to: str | None = None
    is_current: bool = True
    salience: float = 1.0

    @classmethod
    def mark(cls, text: str, token: str) -> "PlannedRow":
        """Return the row that says for which generation the others were put."""
        return cls(memory_id=token, part=0, text=text, tags=[_SOURCE], told={"sector": "semantic"})

    @property
    def sum(self) -> str:
        """Return a digest of what OpenMemory is told, 32 hex digits."""
        told = msgspec.json.encode([self.memory_id, self.part, self.text, self.tags, self.told], order="sorted")
        return hashlib.sha256(told).hexdigest()[:32]

    def content(self, tries: int) -> str:
        """Return the text, with a reference that makes it another one from the second try on."""
        if not tries:
            return self.text
        # What is compared is a vote of the words upon each bit: one word changes few of them, and these are soon used.
        # Words that begin alike vote alike, so that some of them outweigh whatever a text is made of.
        beginning = hashlib.sha256(f"{self.sum} {tries}".encode()).hexdigest()[:8]
        count = min(2 ** (tries - 1), _REFERENCE_WORDS_MAX)
        return " ".join([self.text, *(f"ref{beginning}{number:03x}" for number in range(count))])

    def metadata(self, log_name: str) -> dict[str, Any]:
        """Return what is kept with the row: by it the row is found again, among those of one log."""
        ours = {"source": _SOURCE, "log": log_name}
        return {**ours, "memory_id": self.memory_id, "part": self.part, "sum": self.sum, **self.told}


def wanted_of(memory: Memory) -> Iterator[PlannedRow]:
    """Yield the rows that hold a memory: one, but for a text that is too long for one."""
    told = {
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
            told=told,
            told_to=memory.told_to,
            is_current=memory.is_current,
            salience=memory.salience,
        )


def is_ours(stored: Stored, log_name: str) -> bool:
    """Tell whether a row was put for a log: another installation of this program has another one."""
    return stored.metadata.get("source") == _SOURCE and stored.metadata.get("log") == log_name


def is_of_another_log(stored: Stored, log_name: str) -> bool:
    """Tell whether a row was put by this program, but for another log."""
    return stored.metadata.get("source") == _SOURCE and stored.metadata.get("log") != log_name


class Rows:
    """The tables of one generation; changes join the transaction that is under way."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    @classmethod
    def create(cls, connection: sqlite3.Connection) -> None:
        """Make them."""
        connection.executescript(_SCHEMA)

    def replace(self, caller: str, conversation_id: str, rows: Iterable[tuple[str, PlannedRow]]) -> None:
        """Note the rows of a conversation, each by its id in OpenMemory; none but these."""
        sql = "DELETE FROM openmemory_rows WHERE caller = ? AND conversation_id = ?"
        self._connection.execute(sql, (caller, conversation_id))
        self._connection.executemany(
            "INSERT INTO openmemory_rows VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                with_checksum(
                    *(caller, conversation_id, wanted.memory_id, wanted.part, row_id),
                    *(wanted.told_to, int(wanted.is_current), round(wanted.salience * 1000)),
                )
                for row_id, wanted in rows
            ),
        )

    def known(self, caller: str, row_ids: Sequence[str]) -> dict[str, Known]:
        """
        Return what we know of rows of a caller, by their ids; nothing of any other.

        Raises:
            ReadModelDamagedError: a row is not what was written.
        """
        found: dict[str, Known] = {}
        for begin in range(0, len(row_ids), _IDS_AT_ONCE):
            some = row_ids[begin : begin + _IDS_AT_ONCE]
            marks = ", ".join("?" * len(some))
            sql = f"SELECT * FROM openmemory_rows WHERE row_id IN ({marks}) AND caller = ?"  # noqa: S608
            for row in self._connection.execute(sql, (*some, caller)):
                _, _, memory_id, _, row_id, told_to, is_current, permille = checked(row)
                found[row_id] = Known(memory_id, told_to, bool(is_current), permille / 1000)
        return found

    def count(self, caller: str) -> int:
        """Return how many rows hold memories of a caller."""
        sql = "SELECT count(*) FROM openmemory_rows WHERE caller = ?"
        (count,) = self._connection.execute(sql, (caller,)).fetchone()
        return int(count)

    def is_owed(self, caller: str) -> bool:
        """Tell whether rows of a caller are still to be put or removed: what is noted of them is not how it is."""
        return self._connection.execute("SELECT 1 FROM owed WHERE caller = ?", (caller,)).fetchone() is not None

    def forget(self, caller: str) -> None:
        """Note that no row holds anything of a caller."""
        self._connection.execute("DELETE FROM openmemory_rows WHERE caller = ?", (caller,))
        self._connection.execute("DELETE FROM openmemory_profiles WHERE caller = ?", (caller,))

    def fit_memories(self) -> bool:
        """
        Tell whether there is a row for each memory, and none for anything else; but for callers who are owed it.

        Raises:
            ReadModelDamagedError: a row is not what was written.
        """
        for table in ("openmemory_rows", "openmemory_profiles"):
            for row in self._connection.execute(f"SELECT * FROM {table}"):  # noqa: S608 - our own words
                checked(row)
        settled = "WHERE caller NOT IN (SELECT caller FROM owed)"
        ids = f"SELECT caller, conversation_id, id FROM memories {settled}"  # noqa: S608 - our own words
        noted = f"SELECT caller, conversation_id, memory_id FROM openmemory_rows {settled}"  # noqa: S608
        differing = f"SELECT 1 FROM ({ids} EXCEPT {noted}) UNION ALL SELECT 1 FROM ({noted} EXCEPT {ids})"  # noqa: S608
        return self._connection.execute(differing).fetchone() is None

    def note_profile(self, caller: str, summary: str) -> None:
        """Note what OpenMemory says of a caller; nothing, to note nothing."""
        if summary:
            row = with_checksum(caller, summary)
            self._connection.execute("INSERT OR REPLACE INTO openmemory_profiles VALUES (?, ?, ?)", row)
        else:
            self._connection.execute("DELETE FROM openmemory_profiles WHERE caller = ?", (caller,))

    def profile(self, caller: str) -> str:
        """Return what was noted last."""
        row = self._connection.execute("SELECT * FROM openmemory_profiles WHERE caller = ?", (caller,)).fetchone()
        return str(checked(row)[-1]) if row else ""

    def note_mark(self, row_id: str, token: str) -> None:
        """Note the row that says that OpenMemory was filled for this generation, and what it holds."""
        self._connection.execute("DELETE FROM openmemory_mark")
        self._connection.execute("INSERT INTO openmemory_mark VALUES (?, ?)", (row_id, token))

    def mark(self) -> tuple[str, str] | None:
        """Return the id of that row and its token; None where there is none yet."""
        row: tuple[str, str] | None = self._connection.execute("SELECT * FROM openmemory_mark").fetchone()
        return row

    def note_shortened(self) -> None:
        """Note that a row holds less than it was given."""
        self._connection.execute("INSERT OR IGNORE INTO meta VALUES (?, '')", (_SHORTENED,))

    def is_shortened(self) -> bool:
        """Tell whether that was noted, since this generation was begun."""
        return self._connection.execute("SELECT 1 FROM meta WHERE name = ?", (_SHORTENED,)).fetchone() is not None


def _parts(text: str) -> Iterator[str]:
    """Yield a text in parts that OpenMemory takes whole, cut between words where there are any."""
    # A character beyond the Basic Multilingual Plane counts as two in JavaScript.
    chars_max = _TEXT_UNITS_MAX // (2 if max(text, default="") > "\uffff" else 1)
    while len(text) > chars_max:
        cut = max(text.rfind(" ", chars_max // 2, chars_max), text.rfind("\n", chars_max // 2, chars_max)) + 1
        yield text[: cut or chars_max]
        text = text[cut or chars_max :]
    yield text
