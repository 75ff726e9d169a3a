"""The table of segments: the lexical engine's index, one row for each conversation that has memories."""

from collections.abc import Iterator

from projector.errors import ReadModelDamagedError
from projector.read_model.checksums import checked, with_checksum
from projector.read_model.sqlite.database import Database

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
_PUT = "INSERT OR REPLACE INTO segments VALUES (?, ?, ?, ?)"
_REMOVE = "DELETE FROM segments WHERE caller = ? AND conversation_id = ?"
_REMOVE_CALLER = "DELETE FROM segments WHERE caller = ?"
_OF_CALLER = "SELECT * FROM segments WHERE caller = ?"
_READ_AHEAD = "SELECT total(length(body)) FROM segments WHERE caller = ?"
_ALL = "SELECT * FROM segments"
_MEMORIES = "SELECT body FROM memories WHERE caller = ? AND conversation_id = ?"
_MEMORY_COUNT = "SELECT count(*) FROM memories"


class Segments:
    """The segments of one generation; see `SegmentTable`. Changes join the transaction that is under way."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(self) -> None:
        """Make the table in a new generation."""
        self._database.run(_SCHEMA)

    def put(self, caller: str, conversation_id: str, body: bytes) -> None:
        """Write the segment of a conversation of a caller."""
        self._database.run(_PUT, *with_checksum(caller, conversation_id, body))

    def remove(self, caller: str, conversation_id: str) -> None:
        """Remove the segment of a conversation of a caller, if there is one."""
        self._database.run(_REMOVE, caller, conversation_id)

    def remove_caller(self, caller: str) -> None:
        """Remove all segments of a caller."""
        self._database.run(_REMOVE_CALLER, caller)

    def bodies(self, caller: str, *, until_s: float | None) -> list[bytes]:
        """
        Return all segments of a caller.

        Args:
            until_s: a moment of `time.monotonic`, in seconds; None for no deadline.

        Raises:
            EngineError: they were not read by then.
            ReadModelDamagedError: a row is not what was written, or is another caller's.
        """
        with self._database.deadline(until_s):
            rows = self._database.all(_OF_CALLER, caller)
        bodies = []
        for row in rows:
            named, _, body = checked(row)
            if named != caller:
                raise ReadModelDamagedError("a segment was found under a caller to whom it does not belong")
            bodies.append(body)
        return bodies

    def read_ahead(self, caller: str) -> None:
        """Have the operating system read the pages of a caller's segments into memory."""
        self._database.row(_READ_AHEAD, caller)

    def with_memories(self) -> Iterator[tuple[bytes, list[bytes]]]:
        """
        Yield every segment with the memories of its conversation, encoded as they are stored.

        Raises:
            ReadModelDamagedError: a segment is not what was written.
        """
        for row in self._database.rows(_ALL):
            caller, conversation_id, body = checked(row)
            yield body, [memory for (memory,) in self._database.rows(_MEMORIES, caller, conversation_id)]

    def memory_count(self) -> int:
        """Return how many memories there are, of all callers."""
        row = self._database.row(_MEMORY_COUNT)
        return int(row[0]) if row else 0
