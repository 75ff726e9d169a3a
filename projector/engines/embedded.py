"""The embedded engine: an SQLite FTS5 index in the read model's own file; both change in one transaction."""

import hashlib
import json
import math
import re
import sqlite3
import time
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from projector.engines import Hit
from projector.errors import EngineError, ReadModelDamagedError
from projector.memories import Memory

_SCHEMA = """
CREATE TABLE indexed (
    row INTEGER PRIMARY KEY,
    caller TEXT NOT NULL,
    conversation_id TEXT NOT NULL,
    memory_id TEXT NOT NULL,
    told_to TEXT,
    salience REAL NOT NULL,
    is_current INTEGER NOT NULL,
    length INTEGER NOT NULL
);
CREATE INDEX indexed_by_conversation ON indexed (caller, conversation_id);
CREATE VIRTUAL TABLE words USING fts5 (said, asked, caller, tokenize = "porter unicode61 remove_diacritics 2");
"""
_SIZE = "SELECT count(*), max(coalesce(avg(length), 1.0), 1.0) FROM indexed WHERE caller = ?"
_MATCHING = "SELECT rowid FROM words WHERE words MATCH ?"
# CROSS JOIN keeps the order: left to itself, SQLite looks through all of json_each for every row of the caller.
_CANDIDATES = """
SELECT row, memory_id, salience, is_current, length
FROM json_each(:rows) CROSS JOIN indexed ON indexed.row = json_each.value
WHERE caller = :caller AND (:agent_id IS NULL OR told_to IS NULL OR told_to = :agent_id)
"""
# Each finds a row where the index does not fit the memories.
_MISMATCHES = (
    """
    SELECT id, caller, conversation_id, told_to, is_current FROM memories
    EXCEPT SELECT memory_id, caller, conversation_id, told_to, is_current FROM indexed
    """,
    "SELECT row FROM indexed EXCEPT SELECT id FROM words_docsize",
    """
    SELECT 1 WHERE (SELECT count(*) FROM indexed) != (SELECT count(*) FROM memories)
    OR (SELECT count(*) FROM indexed) != (SELECT count(*) FROM words_docsize)
    """,
)
_WORD = re.compile(r"[^\W_]+")
# What nearly every question holds and no answer is about; a small bm25 corpus cannot learn that by itself.
_STOP_WORDS = frozenset(
    """
    a about am an and any are as at be been but by can could did do does for from had has have he her him his how i if
    in is it its me my of on or our she should so tell than that the their them there they this to told us was we were
    what when where which who whom whose why will with would you your
    """.split()  # noqa: SIM905 - a list of 70 would be 70 lines
)
# A question is a sentence or two; what lies beyond would only slow the search down.
_QUERY_CHARS_MAX = 2000
_QUERY_WORDS_MAX = 32
_STEPS_BETWEEN_LOOKS = 20_000
# bm25's usual constants; b is the gentler one that reference measurements favoured for short utterances.
_K1, _B = 1.2, 0.4
_ASKED_WEIGHT = 0.4
_SUPERSEDED_WEIGHT = 0.6
_SALIENCE_FLOOR = 0.6


class EmbeddedEngine:
    """
    Ranks by bm25 over a caller's own memories: how rare a word is, is counted among these alone.

    What the agent had asked counts as context of the answer; salience and currency weigh. A word counts once in a
    memory, for utterances hardly repeat one. A score is the share of the query that a memory holds, weighed so: a
    query of which no memory holds much scores low, whatever else there is.

    Args:
        connection: an open generation; changes join the transaction that is under way.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    @classmethod
    def create(cls, connection: sqlite3.Connection) -> "EmbeddedEngine":
        """Make an empty index in a new generation."""
        connection.executescript(_SCHEMA)
        return cls(connection)

    def replace(self, caller: str, conversation_id: str, memories: Sequence[Memory]) -> None:
        """See `Engine.replace`."""
        self._remove("caller = ? AND conversation_id = ?", (caller, conversation_id))
        for memory in memories:
            row = self._connection.execute(
                "INSERT INTO indexed (caller, conversation_id, memory_id, told_to, salience, is_current, length)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    caller,
                    conversation_id,
                    memory.id,
                    memory.told_to,
                    memory.salience,
                    memory.is_current,
                    len(_WORD.findall(memory.text)),
                ),
            ).lastrowid
            self._connection.execute(
                "INSERT INTO words (rowid, said, asked, caller) VALUES (?, ?, ?, ?)",
                (row, memory.text, memory.source.asked, _caller_word(caller)),
            )

    def search(
        self, caller: str, query: str, *, limit: int, agent_id: str | None, timeout_s: float | None = None
    ) -> list[Hit]:
        """See `Engine.search`."""
        words = _words(query)
        if not words or limit < 1:
            return []
        with self._deadline(timeout_s):
            total, average_length = self._connection.execute(_SIZE, (caller,)).fetchone()
            held, asked_for = self._weigh(caller, words, total)
            rows = self._connection.execute(
                _CANDIDATES, {"rows": json.dumps(list(held)), "caller": caller, "agent_id": agent_id}
            ).fetchall()
        fits = [
            (
                held[row]
                / asked_for
                * ((_K1 + 1) / (1 + _K1 * (1 - _B + _B * length / average_length)))
                * (_SALIENCE_FLOOR + (1 - _SALIENCE_FLOOR) * salience)
                * (1.0 if is_current else _SUPERSEDED_WEIGHT),
                salience,
                memory_id,
            )
            for row, memory_id, salience, is_current, length in rows
        ]
        ranked = sorted(fits, key=lambda found: (-found[0], -found[1], found[2]))[:limit]
        return [Hit(memory_id, round(min(fit, 1.0), 4)) for fit, _, memory_id in ranked]

    def _weigh(self, caller: str, words: list[str], total: int) -> tuple[dict[int, float], float]:
        """Return by row how much of the query a memory holds, and how much there is to hold; rare words weigh more."""
        held: dict[int, float] = defaultdict(float)
        asked_for = 0.0
        for word in words:
            said, asked = self._rows(caller, "said", word), self._rows(caller, "asked", word)
            among = len(said | asked)
            rarity = math.log(1 + (total - among + 0.5) / (among + 0.5))
            asked_for += rarity
            for row in said | asked:
                held[row] += rarity * (1.0 if row in said else _ASKED_WEIGHT)
        return held, asked_for

    def _rows(self, caller: str, column: str, word: str) -> set[int]:
        match = f'caller : "{_caller_word(caller)}" AND {column} : "{word}"'
        return {row for (row,) in self._connection.execute(_MATCHING, (match,))}

    def forget(self, caller: str) -> None:
        """See `Engine.forget`."""
        self._remove("caller = ?", (caller,))

    def wipe(self) -> None:
        """See `Engine.wipe`."""
        # A deletion only marks words as deleted, in a further segment; merging all segments drops them.
        self._connection.execute("INSERT INTO words (words) VALUES ('optimize')")

    def health(self) -> str:
        """See `Engine.health`."""
        return "ok"

    def check(self) -> None:
        """See `Engine.check`."""
        self._connection.execute("INSERT INTO words (words) VALUES ('integrity-check')")
        for sql in _MISMATCHES:
            if self._connection.execute(sql).fetchone() is not None:
                raise ReadModelDamagedError("the index of the embedded engine does not fit the memories")

    def _remove(self, where: str, parameters: tuple[str, ...]) -> None:
        self._connection.execute(
            f"DELETE FROM words WHERE rowid IN (SELECT row FROM indexed WHERE {where})",  # noqa: S608 - our own words
            parameters,
        )
        self._connection.execute(f"DELETE FROM indexed WHERE {where}", parameters)  # noqa: S608

    @contextmanager
    def _deadline(self, timeout_s: float | None) -> Iterator[None]:
        if timeout_s is None:
            yield
            return
        until = time.monotonic() + timeout_s
        self._connection.set_progress_handler(lambda: time.monotonic() > until, _STEPS_BETWEEN_LOOKS)
        try:
            yield
        except sqlite3.OperationalError as error:
            if time.monotonic() > until:
                raise EngineError("the search took too long") from error
            raise
        finally:
            self._connection.set_progress_handler(None, 0)


def _words(query: str) -> list[str]:
    # Composed, or an accent of its own would part the word; FTS5 folds case and accents by itself.
    text = unicodedata.normalize("NFC", query[:_QUERY_CHARS_MAX])
    words = list({word.lower(): word for word in _WORD.findall(text)}.items())
    telling = [word for lower, word in words if lower not in _STOP_WORDS] or [word for _, word in words]
    return telling[:_QUERY_WORDS_MAX]


def _caller_word(caller: str) -> str:
    # One word for the index, whatever the key holds; also keeps a number in the query from matching it.
    return "c" + hashlib.sha256(caller.encode()).hexdigest()[:24]
