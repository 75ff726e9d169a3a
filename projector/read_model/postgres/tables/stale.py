"""The table of callers whose memories wait to be folded, by whichever projector takes them first."""

from collections.abc import Collection, Iterable

from projector.read_model.postgres.sql.database import Database, Row
from projector.read_model.tables.sharing_tables import Mark

SCHEMA = """
CREATE TABLE stale (
    caller text COLLATE "C" PRIMARY KEY,
    is_whole bigint NOT NULL,
    added text[] COLLATE "C" NOT NULL,
    is_corrected bigint NOT NULL,
    is_first bigint NOT NULL,
    is_aside bigint NOT NULL DEFAULT 0
);
"""
_COLUMNS = "stale.caller, is_whole, added, is_corrected, is_first"
# The update locks a row that is there: nobody takes it before the calls are committed that it stands for. Where
# somebody has taken it, the insert waits for that commit, and the mark stands anew.
_PUT = """
INSERT INTO stale VALUES (%s, %s, %s::text[], %s, %s) ON CONFLICT (caller) DO UPDATE
SET is_whole = greatest(stale.is_whole, excluded.is_whole), added = stale.added || excluded.added,
    is_corrected = greatest(stale.is_corrected, excluded.is_corrected), is_aside = 0
"""
_PUT_ALL = """
INSERT INTO stale SELECT DISTINCT caller, 1, '{}'::text[], 0, 1 FROM owners
WHERE caller NOT IN (SELECT caller FROM forgetting)
"""
_TAKE = f"DELETE FROM stale WHERE caller = ANY(%s) RETURNING {_COLUMNS}"  # noqa: S608 - our own words
_TAKE_SOME = f"""
WITH taken AS MATERIALIZED (
    SELECT caller FROM stale WHERE is_aside = 0 AND caller NOT IN (SELECT caller FROM forgetting)
    LIMIT %s FOR UPDATE SKIP LOCKED
)
DELETE FROM stale USING taken WHERE stale.caller = taken.caller RETURNING {_COLUMNS}
"""  # noqa: S608 - our own words
_COUNTS = "SELECT count(*), count(*) FILTER (WHERE is_aside = 0) FROM stale"


class Stale:
    """See `Marks`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, marks: Iterable[Mark]) -> None:
        """Mark callers beside what is marked of them already, in the order of their keys."""
        rows = [
            (mark.caller, mark.is_whole, [*mark.added], mark.is_corrected, mark.is_first)
            for mark in sorted(marks, key=lambda mark: mark.caller)
        ]
        if rows:
            self._database.run_many(_PUT, rows)

    def put_all(self) -> None:
        """Mark everybody who has called, to be folded for the first time."""
        self._database.run(_PUT_ALL)

    def take(self, callers: Collection[str]) -> list[Mark]:
        """Remove the marks of some callers, and return them."""
        return list(map(_mark, self._database.all(_TAKE, list(callers)))) if callers else []

    def take_some(self, *, limit: int) -> list[Mark]:
        """Remove some marks that nobody else has taken, and return them, in the order of callers."""
        return sorted(map(_mark, self._database.all(_TAKE_SOME, limit)), key=lambda mark: mark.caller)

    def set_aside(self, caller: str) -> bool:
        """Note that a caller cannot be folded, and return True; False where somebody else has noted, or folded, it."""
        return bool(self._database.run("UPDATE stale SET is_aside = 1 WHERE caller = %s AND is_aside = 0", caller))

    def is_aside(self, caller: str) -> bool:
        """Tell whether a caller was set aside."""
        return self._database.row("SELECT 1 FROM stale WHERE caller = %s AND is_aside = 1", caller) is not None

    def waiting(self) -> int:
        """Return how many callers wait, and can be folded as far as is known."""
        return self.counts()[1]

    def counts(self) -> tuple[int, int]:
        """Return how many marks there are, and how many callers wait, without those who are set aside."""
        every, waiting = self._database.row(_COUNTS) or (0, 0)
        return every, waiting


def _mark(row: Row) -> Mark:
    caller, is_whole, added, is_corrected, is_first = row
    return Mark(caller, bool(is_whole), tuple(dict.fromkeys(added)), bool(is_corrected), bool(is_first))
