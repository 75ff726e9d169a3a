"""The table of callers: the view of each, and the sums that show a missing call or memory."""

from collections.abc import Iterator

import msgspec

from projector.domain.memories import CallerView
from projector.errors import ReadModelDamagedError
from projector.read_model.checksums import DECODE_ERRORS, check_caller, checked, with_checksum
from projector.read_model.records import CallerSums
from projector.read_model.sqlite.database import Database, Row
from projector.read_model.sqlite.tables.meta import Meta

SCHEMA = """
CREATE TABLE callers (
    caller TEXT PRIMARY KEY,
    calls_sum INTEGER NOT NULL,
    memory_count INTEGER NOT NULL,
    memories_sum INTEGER NOT NULL,
    checksum INTEGER NOT NULL,
    body BLOB NOT NULL
) WITHOUT ROWID;
"""
# One statement, for one moment: between two of them the projector may write a caller's first call.
_VIEW = """
SELECT found.*, EXISTS (SELECT 1 FROM calls WHERE caller = ?1)
FROM (SELECT 1) LEFT JOIN callers AS found ON found.caller = ?1
"""
_SUMS = """
SELECT (SELECT coalesce(sum(checksum), 0) FROM calls WHERE caller = ?1), count(*), coalesce(sum(checksum), 0)
FROM memories WHERE caller = ?1
"""
_views = msgspec.json.Decoder(CallerView)


class Callers:
    """The callers of one generation; changes join the transaction that is under way."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._meta = Meta(database)

    def put(self, caller: str, view: bytes, sums: CallerSums | None = None) -> None:
        """
        Write the row of a caller whose calls and memories are written already.

        Args:
            view: the `CallerView` as JSON.
            sums: where they are known; None to read them from the tables.
        """
        calls_sum, memory_count, memories_sum = self._sums(caller) if sums is None else msgspec.structs.astuple(sums)
        row = with_checksum(caller, calls_sum, memory_count, memories_sum, view)
        self._add(row[-2] - self._checksum_of(caller))
        self._database.run("INSERT OR REPLACE INTO callers VALUES (?, ?, ?, ?, ?, ?)", *row)

    def remove(self, caller: str) -> None:
        """Remove the row of a caller who has no calls any more."""
        self._add(-self._checksum_of(caller))
        self._database.run("DELETE FROM callers WHERE caller = ?", caller)

    def all(self) -> set[str]:
        """Return the keys of all callers."""
        return {caller for (caller,) in self._database.rows("SELECT caller FROM callers")}

    def view(self, caller: str) -> CallerView | None:
        """Return what is known of a caller; None for one who never called."""
        found = self._database.row(_VIEW, caller)
        assert found is not None
        *row, has_called = found
        if row[0] is None:
            if has_called:
                raise ReadModelDamagedError("the view of a caller who has calls is missing")
            return None
        view = _decoded(tuple(row))
        check_caller(view.caller, caller)
        return view

    def each(self) -> Iterator[CallerView]:
        """Yield every view, in the order of the callers' keys."""
        return map(_decoded, self._database.rows("SELECT * FROM callers ORDER BY caller"))

    def noted(self, caller: str) -> tuple[int, int]:
        """Return how many memories a caller was written with, and the sum of their checksums."""
        row = self._database.row("SELECT memory_count, memories_sum FROM callers WHERE caller = ?", caller)
        return (row[0], row[1]) if row else (0, 0)

    def checksums_sum(self) -> int:
        """Return what the checksums of all rows add up to."""
        return int(self._database.value("SELECT coalesce(sum(checksum), 0) FROM callers"))

    def _sums(self, caller: str) -> Row:
        row = self._database.row(_SUMS, caller)
        assert row is not None
        return row

    def _checksum_of(self, caller: str) -> int:
        return self._database.value("SELECT checksum FROM callers WHERE caller = ?", caller) or 0

    def _add(self, difference: int) -> None:
        if difference:
            self._meta.note_callers_sum(self._meta.callers_sum() + difference)


def _decoded(row: Row) -> CallerView:
    try:
        return _views.decode(checked(row)[-1])
    except DECODE_ERRORS as error:
        raise ReadModelDamagedError(f"what is stored cannot be read: {error}") from error
