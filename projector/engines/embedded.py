"""The embedded engine: a full-text index in the read model's own file, so that both change in one transaction."""

import hashlib
import re
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from projector.engines import Hit
from projector.errors import EngineError
from projector.memories import Memory

_SCHEMA = """
CREATE TABLE indexed (
    row INTEGER PRIMARY KEY,
    caller TEXT NOT NULL,
    conversation_id TEXT NOT NULL,
    memory_id TEXT NOT NULL,
    told_to TEXT,
    salience REAL NOT NULL,
    is_current INTEGER NOT NULL
);
CREATE INDEX indexed_by_conversation ON indexed (caller, conversation_id);
CREATE VIRTUAL TABLE words USING fts5 (said, asked, caller, tokenize = "porter unicode61 remove_diacritics 2");
"""
_SEARCH = """
SELECT memory_id, -bm25(words, 1.0, 0.4, 0.0) * (0.6 + 0.4 * salience) * iif(is_current, 1.0, 0.6) AS fit
FROM words JOIN indexed ON indexed.row = words.rowid
WHERE words MATCH :match AND indexed.caller = :caller
    AND (:agent_id IS NULL OR told_to IS NULL OR told_to = :agent_id)
ORDER BY fit DESC, salience DESC, memory_id
LIMIT :limit
"""
_WORD = re.compile(r"[^\W_]+")
# A question is a sentence or two; what lies beyond would only slow the search down.
_QUERY_CHARS_MAX = 2000
_QUERY_WORDS_MAX = 48
_STEPS_BETWEEN_LOOKS = 20_000


class EmbeddedEngine:
    """
    Ranks by bm25 over a caller's own memories; what the caller answered to counts as its context.

    A score is relative to the best hit of its search.

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
                "INSERT INTO indexed (caller, conversation_id, memory_id, told_to, salience, is_current)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (caller, conversation_id, memory.id, memory.told_to, memory.salience, memory.is_current),
            ).lastrowid
            self._connection.execute(
                "INSERT INTO words (rowid, said, asked, caller) VALUES (?, ?, ?, ?)",
                (row, memory.text, memory.source.asked, _caller_word(caller)),
            )

    def search(
        self, caller: str, query: str, *, limit: int, agent_id: str | None, timeout_s: float | None = None
    ) -> list[Hit]:
        """See `Engine.search`."""
        words = dict.fromkeys(_WORD.findall(query[:_QUERY_CHARS_MAX].casefold()))
        if not words or limit < 1:
            return []
        any_word = " OR ".join(f'"{word}"' for word in list(words)[:_QUERY_WORDS_MAX])
        parameters = {
            "match": f'caller : "{_caller_word(caller)}" AND {{said asked}} : ({any_word})',
            "caller": caller,
            "agent_id": agent_id,
            "limit": limit,
        }
        with self._deadline(timeout_s):
            rows = self._connection.execute(_SEARCH, parameters).fetchall()
        best = max((fit for _, fit in rows), default=0.0)
        return [Hit(memory_id, round(fit / best, 4) if best > 0 else 0.0) for memory_id, fit in rows]

    def forget(self, caller: str) -> None:
        """See `Engine.forget`."""
        self._remove("caller = ?", (caller,))

    def health(self) -> str:
        """See `Engine.health`."""
        return "ok"

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


def _caller_word(caller: str) -> str:
    # One word for the index, whatever the key holds; also keeps a number in the query from matching it.
    return "c" + hashlib.sha256(caller.encode()).hexdigest()[:24]
