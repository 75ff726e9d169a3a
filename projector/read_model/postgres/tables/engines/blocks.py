"""The tables of blocks: the lexical engine's index of older conversations, merged."""

from collections.abc import Iterator, Mapping

from projector.errors import ReadModelDamagedError
from projector.read_model.checksums import check_caller, checked, with_checksum
from projector.read_model.postgres.sql.database import Database
from projector.read_model.postgres.sql.replacing import replacing

_SCHEMA = """
CREATE TABLE blocks (
    caller text COLLATE "C" NOT NULL,
    low bigint NOT NULL,
    high bigint NOT NULL,
    checksum bigint NOT NULL,
    body bytea NOT NULL,
    PRIMARY KEY (caller, low)
) PARTITION BY HASH (caller);
CREATE TABLE block_rows (
    caller text COLLATE "C" NOT NULL,
    number bigint NOT NULL,
    low bigint NOT NULL,
    checksum bigint NOT NULL,
    body bytea NOT NULL,
    PRIMARY KEY (caller, number, low)
) PARTITION BY HASH (caller);
"""
_PUT = "INSERT INTO blocks VALUES (%s, %s, %s, %s, %s)"
_RENEW = replacing("blocks", ("caller", "low"), ("high", "checksum", "body"))
_PUT_ROW = "INSERT INTO block_rows VALUES (%s, %s, %s, %s, %s)"
_REMOVE = "DELETE FROM blocks WHERE caller = %s AND low = %s"
_NUMBERS = "SELECT DISTINCT number FROM block_rows WHERE caller = %s"
_REMOVE_ROW = "DELETE FROM block_rows WHERE caller = %s AND number = %s AND low = %s"
_END = "SELECT high + 1 FROM blocks WHERE caller = %s ORDER BY low DESC LIMIT 1"
_OVERLAPPING = """
SELECT low, high FROM blocks WHERE caller = %s AND high >= %s AND low <= %s AND low >=
coalesce((SELECT max(low) FROM blocks WHERE caller = %s AND low <= %s), 0) ORDER BY low
"""
_COLUMNS = "SELECT * FROM blocks WHERE caller = %s ORDER BY low"
_ROW = "SELECT * FROM block_rows WHERE caller = %s AND number = %s AND low = %s"
_ROWS = "SELECT * FROM block_rows WHERE caller = %s AND number = %s"
_NOT_FORGOTTEN = "caller NOT IN (SELECT caller FROM forgetting)"
_COUNTS = f"""
SELECT (SELECT count(*) FROM blocks WHERE {_NOT_FORGOTTEN}), (SELECT count(*) FROM block_rows WHERE {_NOT_FORGOTTEN})
"""  # noqa: S608 - our own words
_REMOVE_SOME_ROWS = """
DELETE FROM block_rows WHERE caller = %s AND (number, low) IN
(SELECT number, low FROM block_rows WHERE caller = %s LIMIT %s)
"""
_REMOVE_SOME = "DELETE FROM blocks WHERE caller = %s AND low IN (SELECT low FROM blocks WHERE caller = %s LIMIT %s)"
_SOME = 20
_READ_AHEAD = "SELECT sum(bit_count(body)) FROM blocks WHERE caller = %s"


class Blocks:
    """The blocks of one generation; see `BlockTable`. Changes join the transaction that is under way."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(self) -> None:
        """Make the tables in a new generation."""
        self._database.script(_SCHEMA)

    def put(self, caller: str, range_: tuple[int, int], columns: bytes, rows: Mapping[int, bytes]) -> None:
        """Write a block where there is none."""
        low, high = range_
        self._database.run(_PUT, *with_checksum(caller, low, high, columns))
        written = (with_checksum(caller, number, low, body) for number, body in sorted(rows.items()))
        self._database.run_many(_PUT_ROW, written)

    def renew(self, caller: str, range_: tuple[int, int], columns: bytes) -> None:
        """Write the columns of a block anew, and leave its rows as they are."""
        self._database.run(_RENEW, *with_checksum(caller, *range_, columns))

    def remove(self, caller: str, low: int) -> None:
        """Remove the block that begins at a place."""
        self._database.run(_REMOVE, caller, low)
        numbers = self._database.all(_NUMBERS, caller)
        self._database.run_many(_REMOVE_ROW, ((caller, number, low) for (number,) in numbers))

    def remove_caller(self, caller: str) -> None:
        """Remove all blocks of a caller."""
        self._database.run("DELETE FROM blocks WHERE caller = %s", caller)
        self._database.run("DELETE FROM block_rows WHERE caller = %s", caller)

    def remove_some(self, caller: str) -> bool:
        """Remove a few rows or blocks of a caller, and return whether there were any."""
        return any(self._database.run(sql, caller, caller, _SOME) > 0 for sql in (_REMOVE_SOME_ROWS, _REMOVE_SOME))

    def end(self, caller: str) -> int:
        """Return the place after the last block of a caller; 0 where there is none."""
        return int(self._database.value(_END, caller) or 0)

    def overlapping(self, caller: str, low: int, high: int) -> list[tuple[int, int]]:
        """Return the ranges of the blocks that hold a place between two places, these included."""
        return self._database.all(_OVERLAPPING, caller, low, high, caller, low)

    def columns(self, caller: str) -> Iterator[tuple[int, int, bytes]]:
        """
        Yield the first place, the last place and the columns of each block of a caller, in order.

        Raises:
            ReadModelDamagedError: a row is not what was written, or is another caller's.
        """
        for row in self._database.all(_COLUMNS, caller):
            named, low, high, body = checked(row)
            check_caller(named, caller)
            yield low, high, body

    def row(self, caller: str, number: int, low: int) -> bytes | None:
        """Return a row of the block that begins at a place; None where it has no such row."""
        return self._rows(caller, _ROW, number, low).get(low)

    def rows(self, caller: str, number: int) -> dict[int, bytes]:
        """Return all rows of one number of a caller, by the first place of their block."""
        return self._rows(caller, _ROWS, number)

    def counts(self) -> tuple[int, int]:
        """Return how many blocks there are of all callers, and how many rows these have."""
        row = self._database.row(_COUNTS)
        assert row is not None
        return row[0], row[1]

    def read_ahead(self, caller: str) -> None:
        """Have the server read the pages into memory that every search of a caller needs."""
        self._database.row(_READ_AHEAD, caller)

    def _rows(self, caller: str, sql: str, number: int, *low: int) -> dict[int, bytes]:
        found = {}
        for row in self._database.all(sql, caller, number, *low):
            named, of_number, begin, body = checked(row)
            check_caller(named, caller)
            if of_number != number:
                raise ReadModelDamagedError("a row of a block was found under another number")
            found[begin] = body
        return found
