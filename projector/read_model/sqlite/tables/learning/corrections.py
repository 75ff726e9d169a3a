"""The table of what persons corrected of callers."""

from projector.read_model.checksums import check_caller, checked, with_checksum
from projector.read_model.records import KeptCorrection
from projector.read_model.sqlite.database import Database

SCHEMA = """
CREATE TABLE corrections (
    position INTEGER PRIMARY KEY,
    caller TEXT NOT NULL,
    checksum INTEGER NOT NULL,
    body BLOB NOT NULL
);
CREATE INDEX corrections_by_caller ON corrections (caller);
"""


class Corrections:
    """What was corrected in one generation; changes join the transaction that is under way."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, correction: KeptCorrection) -> None:
        """Keep a correction; nothing changes where it is kept already."""
        row = with_checksum(correction.position, correction.caller, correction.body)
        self._database.run("INSERT OR IGNORE INTO corrections VALUES (?, ?, ?, ?)", *row)

    def of(self, caller: str) -> list[KeptCorrection]:
        """Return the corrections of a caller, in the order of the log."""
        rows = self._database.all("SELECT * FROM corrections WHERE caller = ? ORDER BY position", caller)
        found = [KeptCorrection(*checked(row)) for row in rows]
        for each in found:
            check_caller(each.caller, caller)
        return found

    def callers(self) -> list[str]:
        """Return the callers of whom something was corrected, in the order of their keys."""
        return [caller for (caller,) in self._database.all("SELECT DISTINCT caller FROM corrections ORDER BY caller")]

    def remove(self, caller: str, *, before: int) -> int:
        """Remove the corrections of a caller that stand before a position, and return how many there were."""
        return self._database.run("DELETE FROM corrections WHERE caller = ? AND position < ?", caller, before)
