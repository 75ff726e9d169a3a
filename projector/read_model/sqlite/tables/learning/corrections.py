"""The table of what persons corrected of callers."""

from projector.read_model.checksums import check_caller, checked, with_checksum
from projector.read_model.records import KeptCorrection
from projector.read_model.sqlite.database import Database, Row
from projector.read_model.sqlite.tables.rare_rows import RareRows

SCHEMA = """
CREATE TABLE corrections (
    position INTEGER PRIMARY KEY,
    caller TEXT NOT NULL,
    other TEXT NOT NULL,
    is_joining INTEGER NOT NULL,
    checksum INTEGER NOT NULL,
    body BLOB NOT NULL
);
CREATE INDEX corrections_by_caller ON corrections (caller);
CREATE INDEX corrections_by_other ON corrections (other) WHERE other != '';
CREATE INDEX corrections_joining ON corrections (position) WHERE is_joining;
"""
# Two looks at an index each, in place of one at all rows.
_OF = """
SELECT * FROM corrections WHERE caller = ?1
UNION SELECT * FROM corrections WHERE other = ?1 AND other != '' ORDER BY position
"""


class Corrections:
    """What was corrected in one generation; changes join the transaction that is under way."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._rows = RareRows(database, "corrections")

    def put(self, correction: KeptCorrection) -> None:
        """Keep a correction; nothing changes where it is kept already."""
        row = with_checksum(
            correction.position, correction.caller, correction.other, int(correction.is_joining), correction.body
        )
        self._database.run("INSERT OR IGNORE INTO corrections VALUES (?, ?, ?, ?, ?, ?)", *row)
        self._rows.note()

    def of(self, caller: str) -> list[KeptCorrection]:
        """Return the corrections that name a caller, in the order of the log; also those of another caller beside."""
        if not self._rows.may_be_there():
            return []
        found = [*map(_kept, self._database.all(_OF, caller))]
        for each in found:
            check_caller(each.other if each.caller != caller else each.caller, caller)
        return found

    def at(self, position: int) -> KeptCorrection | None:
        """Return the correction at a position; None where there is none."""
        row = self._database.row("SELECT * FROM corrections WHERE position = ?", position)
        return _kept(row) if row is not None else None

    def joining(self) -> list[KeptCorrection]:
        """Return what says who is one person, in the order of the log."""
        return [*map(_kept, self._database.all("SELECT * FROM corrections WHERE is_joining ORDER BY position"))]

    def callers(self) -> list[str]:
        """Return whom corrections name, in the order of their keys."""
        sql = "SELECT caller FROM corrections UNION SELECT other FROM corrections WHERE other != '' ORDER BY 1"
        return [caller for (caller,) in self._database.all(sql)]

    def remove(self, caller: str, *, before: int) -> int:
        """Remove the corrections before a position that name a caller, and return how many there were."""
        sql = "DELETE FROM corrections WHERE (caller = ? OR other = ?) AND position < ?"
        return self._database.run(sql, caller, caller, before)


def _kept(row: Row) -> KeptCorrection:
    position, caller, other, is_joining, body = checked(row)
    return KeptCorrection(position, caller, body, other, bool(is_joining))
