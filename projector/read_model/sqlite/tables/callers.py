"""The table of callers: the view of each, the state of the fold, and the sums that show a missing call or memory."""

from collections.abc import Iterator

import msgspec

from projector.domain.memories import CallerView
from projector.errors import ReadModelDamagedError
from projector.read_model.checksums import DECODE_ERRORS, check_caller, checked, with_checksum
from projector.read_model.records import CallerSums
from projector.read_model.sqlite.database import Database, Row
from projector.read_model.sqlite.tables.meta import Meta
from projector.read_model.tables.differences import Differences

SCHEMA = """
CREATE TABLE callers (
    caller TEXT PRIMARY KEY,
    calls_sum INTEGER NOT NULL,
    memory_count INTEGER NOT NULL,
    memories_sum INTEGER NOT NULL,
    state BLOB,
    checksum INTEGER NOT NULL,
    body BLOB NOT NULL
) WITHOUT ROWID;
"""
# One statement, for one moment: between two of them the projector may write a caller's first call.
_VIEW = """
SELECT found.*,
EXISTS (SELECT 1 FROM calls WHERE caller = ?1) AND NOT EXISTS (SELECT 1 FROM forgetting WHERE caller = ?1)
FROM (SELECT 1) LEFT JOIN callers AS found
ON found.caller = ?1 AND NOT EXISTS (SELECT 1 FROM forgetting WHERE caller = ?1)
"""
_EACH = "SELECT * FROM callers WHERE caller NOT IN (SELECT caller FROM forgetting) ORDER BY caller"
_NOT_FOLDED = "SELECT 1 FROM callers WHERE state IS NULL AND caller NOT IN (SELECT caller FROM forgetting)"
_IS_ANY = "SELECT 1 WHERE EXISTS (SELECT 1 FROM callers) OR EXISTS (SELECT 1 FROM forgetting)"
_IS_FORGOTTEN = "SELECT 1 FROM forgetting WHERE caller = ?"
_NO_VIEW = b"{}"
_views = msgspec.json.Decoder(CallerView)


class Callers:
    """The callers of one generation; changes join the transaction that is under way."""

    def __init__(self, database: Database, differences: Differences | None = None) -> None:
        self._database = database
        self._differences = differences or Differences()
        self._meta = Meta(database)
        self._sum_difference = 0

    def put(self, caller: str, view: bytes, state: bytes | None, sums: CallerSums | None = None) -> None:
        """
        Write the row of a caller whose calls and memories are written already.

        Args:
            view: the `CallerView` as JSON.
            state: the fold's `Trail` as JSON; None where the next fold is to be a whole one.
            sums: for a caller whose row was never written; None to change the sums by what this transaction wrote.
        """
        noted = self.sums(caller) if sums is None else sums
        self._differences.draw(caller)
        row = with_checksum(caller, *msgspec.structs.astuple(noted), state, view)
        self._sum_difference += row[-2] - self._checksum_of(caller)
        self._database.run("INSERT OR REPLACE INTO callers VALUES (?, ?, ?, ?, ?, ?, ?)", *row)

    def remove(self, caller: str) -> None:
        """
        Remove the row of a caller who has no calls and no memories any more.

        Raises:
            ReadModelDamagedError: the row says that there are some.
        """
        if self.sums(caller) != CallerSums():
            raise ReadModelDamagedError("calls or memories of a caller are gone that nobody removed")
        self._differences.draw(caller)
        self._sum_difference -= self._checksum_of(caller)
        self._database.run("DELETE FROM callers WHERE caller = ?", caller)

    def sums(self, caller: str) -> CallerSums:
        """Return what the caller's calls and memories must add up to: as noted, and as changed since."""
        row = self._row(caller)
        noted = CallerSums(*row[1:4]) if row else CallerSums()
        return noted.plus(self._differences.of(caller))

    def begin(self) -> None:
        """Take note that a transaction begins."""
        self._sum_difference = 0

    def settle(self) -> None:
        """Note in the rows what has changed of callers who were not folded; before the end of a transaction."""
        if self._database.row(_IS_ANY) is not None:
            for caller in self._differences.callers():
                row = self._row(caller)
                if row is not None:
                    self.put(caller, row[-1], None)
                elif self._database.row(_IS_FORGOTTEN, caller) is not None:
                    self.put(caller, _NO_VIEW, None)  # the sums alone: nobody reads the row before it is folded
        # else a replay is under way, which writes each row once all calls are kept
        if self._sum_difference:
            self._meta.note_callers_sum(self._meta.callers_sum() + self._sum_difference)

    def check_folded(self) -> None:
        """
        Look whether every caller was folded after the last change, but for those who are being forgotten.

        Raises:
            ReadModelDamagedError: one was not.
        """
        if self._database.row(_NOT_FOLDED) is not None:
            raise ReadModelDamagedError("the calls of a caller have changed, and the caller was not folded again")

    def state(self, caller: str) -> bytes | None:
        """Return the state of a caller's fold; None where there is none."""
        row = self._row(caller)
        state: bytes | None = row[-2] if row else None
        return state

    def all(self) -> set[str]:
        """Return the keys of all callers."""
        return {caller for (caller,) in self._database.rows("SELECT caller FROM callers")}

    def view(self, caller: str) -> CallerView | None:
        """Return what is known of a caller; None for one who never called, or is being forgotten."""
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
        """Yield every view, in the order of the callers' keys, but for callers who are being forgotten."""
        return map(_decoded, self._database.rows(_EACH))

    def noted(self, caller: str) -> CallerSums:
        """Return the sums that a caller's row holds; zeros where there is no row."""
        row = self._database.row("SELECT calls_sum, memory_count, memories_sum FROM callers WHERE caller = ?", caller)
        return CallerSums(*row) if row else CallerSums()

    def checksums_sum(self) -> int:
        """Return what the checksums of all rows add up to."""
        return int(self._database.value("SELECT coalesce(sum(checksum), 0) FROM callers"))

    def _row(self, caller: str) -> Row | None:
        row = self._database.row("SELECT * FROM callers WHERE caller = ?", caller)
        if row is None:
            return None
        columns = checked(row)
        check_caller(columns[0], caller)
        return columns

    def _checksum_of(self, caller: str) -> int:
        return self._database.value("SELECT checksum FROM callers WHERE caller = ?", caller) or 0


def _decoded(row: Row) -> CallerView:
    try:
        return _views.decode(checked(row)[-1])
    except DECODE_ERRORS as error:
        raise ReadModelDamagedError(f"what is stored cannot be read: {error}") from error
