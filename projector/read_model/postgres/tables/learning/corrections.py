"""The table of what persons corrected of callers."""

from projector.read_model.checksums import check_caller, checked, with_checksum
from projector.read_model.postgres.sql.database import Database, Row
from projector.read_model.records import KeptCorrection

SCHEMA = """
CREATE TABLE corrections (
    position bigint PRIMARY KEY,
    caller text COLLATE "C" NOT NULL,
    other text COLLATE "C" NOT NULL,
    is_joining bigint NOT NULL,
    checksum bigint NOT NULL,
    body bytea NOT NULL
);
CREATE INDEX corrections_by_caller ON corrections (caller);
CREATE INDEX corrections_by_other ON corrections (other) WHERE other != '';
CREATE INDEX corrections_joining ON corrections (position) WHERE is_joining = 1;
"""
# Two looks at an index each, in place of one at all rows.
_OF = """
SELECT * FROM corrections WHERE caller = %s
UNION SELECT * FROM corrections WHERE other = %s AND other != '' ORDER BY position
"""


class Corrections:
    """What was corrected in one generation; changes join the transaction that is under way."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, correction: KeptCorrection) -> None:
        """Keep a correction; nothing changes where it is kept already."""
        row = with_checksum(
            correction.position, correction.caller, correction.other, int(correction.is_joining), correction.body
        )
        self._database.run("INSERT INTO corrections VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING", *row)

    def of(self, caller: str) -> list[KeptCorrection]:
        """Return the corrections that name a caller, in the order of the log; also those of another caller beside."""
        found = [*map(_kept, self._database.all(_OF, caller, caller))]
        for each in found:
            check_caller(each.other if each.caller != caller else each.caller, caller)
        return found

    def at(self, position: int) -> KeptCorrection | None:
        """Return the correction at a position; None where there is none."""
        row = self._database.row("SELECT * FROM corrections WHERE position = %s", position)
        return _kept(row) if row is not None else None

    def joining(self) -> list[KeptCorrection]:
        """Return what says who is one person, in the order of the log."""
        return [*map(_kept, self._database.all("SELECT * FROM corrections WHERE is_joining = 1 ORDER BY position"))]

    def callers(self) -> list[str]:
        """Return whom corrections name, in the order of their keys."""
        sql = "SELECT caller FROM corrections UNION SELECT other FROM corrections WHERE other != '' ORDER BY 1"
        return [caller for (caller,) in self._database.all(sql)]

    def remove(self, caller: str, *, before: int) -> int:
        """Remove the corrections before a position that name a caller, and return how many there were."""
        sql = "DELETE FROM corrections WHERE (caller = %s OR other = %s) AND position < %s"
        return self._database.run(sql, caller, caller, before)


def _kept(row: Row) -> KeptCorrection:
    position, caller, other, is_joining, body = checked(row)
    return KeptCorrection(position, caller, body, other, bool(is_joining))
