"""The embedded engine: a contextual lexical index in the read model's own file; both change in one transaction."""

import sqlite3
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager

from projector.domain.memories import Memory
from projector.engines.lexical.ranking import rank
from projector.engines.lexical.segment import build_segment, memories_sum, read_segment
from projector.engines.protocol import Hit
from projector.errors import EngineError, ReadModelDamagedError
from projector.read_model.sqlite.checksums import checked, with_checksum

# A caller's rows lie together, in the order of the key: a search reads one stretch of the file.
_SCHEMA = """
CREATE TABLE segments (
    caller TEXT NOT NULL,
    conversation_id TEXT NOT NULL,
    checksum INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (caller, conversation_id)
) WITHOUT ROWID;
"""
_OF_CALLER = "SELECT * FROM segments WHERE caller = ?"
_REMOVE = "DELETE FROM segments WHERE caller = ? AND conversation_id = ?"
_STEPS_BETWEEN_LOOKS = 20_000


class EmbeddedEngine:
    """
    Ranks a caller's memories by their words and those around them; see `ranking`.

    One row holds the index of one conversation, so that a new call touches no other, and a search right after it sees
    it. Nothing is kept between searches.

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
        if memories:
            self.put(caller, conversation_id, build_segment(memories))
        else:
            self._connection.execute(_REMOVE, (caller, conversation_id))

    def put(self, caller: str, conversation_id: str, index: bytes) -> None:
        """See `Engine.put`."""
        row = with_checksum(caller, conversation_id, index)
        self._connection.execute("INSERT OR REPLACE INTO segments VALUES (?, ?, ?, ?)", row)

    def search(
        self, caller: str, query: str, *, limit: int, agent_id: str | None, timeout_s: float | None = None
    ) -> list[Hit]:
        """See `Engine.search`."""
        if limit < 1:
            return []
        until = None if timeout_s is None else time.monotonic() + timeout_s

        def check_time() -> None:
            if until is not None and time.monotonic() > until:
                raise EngineError("the search took too long")

        with self._deadline(until):
            rows = self._connection.execute(_OF_CALLER, (caller,)).fetchall()
        segments = []
        for row in rows:
            named, _, body = checked(row)
            if named != caller:
                raise ReadModelDamagedError("a segment was found under a caller to whom it does not belong")
            segments.append(read_segment(body))
        return rank(segments, query, limit=limit, agent_id=agent_id, check_time=check_time)

    def warm(self, caller: str) -> None:
        """See `Engine.warm`."""
        # Has the pages read from the disk; what is in memory is found within milliseconds, whatever the caller's past.
        self._connection.execute("SELECT total(length(body)) FROM segments WHERE caller = ?", (caller,)).fetchone()

    def forget(self, caller: str) -> None:
        """See `Engine.forget`."""
        self._connection.execute("DELETE FROM segments WHERE caller = ?", (caller,))

    def callers(self) -> set[str]:
        """See `Engine.callers`."""
        return set()

    def let_go(self) -> None:
        """See `Engine.let_go`."""

    def wipe(self) -> None:
        """See `Engine.wipe`."""
        # A row that is deleted is overwritten where it was: nothing of it is left to be wiped.

    def profile(self, caller: str) -> str:  # noqa: ARG002
        """See `Engine.profile`."""
        return ""

    def begin(self) -> None:
        """See `Engine.begin`; a new generation has an index of its own."""

    def finish(self, callers: Collection[str]) -> None:
        """See `Engine.finish`."""

    def fits(self) -> bool:
        """See `Engine.fits`."""
        return True

    def health(self, *, timeout_s: float) -> str:  # noqa: ARG002
        """See `Engine.health`."""
        return "ok"

    def check(self) -> None:
        """See `Engine.check`."""
        bodies = "SELECT body FROM memories WHERE caller = ? AND conversation_id = ?"
        count = 0
        for row in self._connection.execute("SELECT * FROM segments"):
            caller, conversation_id, body = checked(row)
            segment = read_segment(body)
            indexed = [body for (body,) in self._connection.execute(bodies, (caller, conversation_id))]
            if (segment.count, segment.memories_sum) != (len(indexed), memories_sum(indexed)):
                raise ReadModelDamagedError("the index of the embedded engine does not fit the memories")
            count += segment.count
        if (count,) != self._connection.execute("SELECT count(*) FROM memories").fetchone():
            raise ReadModelDamagedError("the index of the embedded engine does not hold all memories")

    @contextmanager
    def _deadline(self, until: float | None) -> Iterator[None]:
        if until is None:
            yield
            return
        self._connection.set_progress_handler(lambda: time.monotonic() > until, _STEPS_BETWEEN_LOOKS)
        try:
            yield
        except sqlite3.OperationalError as error:
            if time.monotonic() > until:
                raise EngineError("the search took too long") from error
            raise
        finally:
            self._connection.set_progress_handler(None, 0)
