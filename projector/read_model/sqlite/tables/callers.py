"""The table of callers, and the sums that show a missing row."""

import sqlite3

from projector.errors import ReadModelDamagedError
from projector.read_model.sqlite.checksums import with_checksum

_SUM = "callers_sum"


def put_caller(
    connection: sqlite3.Connection, caller: str, body: bytes, sums: tuple[int, int, int] | None = None
) -> None:
    """
    Write the row of a caller, whose calls and memories are written already; joins the transaction.

    Args:
        sums: of the checksums of the calls, how many memories there are, and the sum of theirs; None to look.
    """
    row = with_checksum(caller, *(sums or _sums(connection, caller)), body)
    _add(connection, row[-2] - _seal_of(connection, caller))
    connection.execute("INSERT OR REPLACE INTO callers VALUES (?, ?, ?, ?, ?, ?)", row)


def remove_caller(connection: sqlite3.Connection, caller: str) -> None:
    """Remove the row of a caller who has no calls any more; joins the transaction."""
    _add(connection, -_seal_of(connection, caller))
    connection.execute("DELETE FROM callers WHERE caller = ?", (caller,))


def callers_sum(connection: sqlite3.Connection) -> int:
    """Return what the checksums of all callers add up to, as it was noted."""
    row = connection.execute("SELECT value FROM meta WHERE name = ?", (_SUM,)).fetchone()
    try:
        return int(row[0]) if row else 0
    except ValueError as error:
        raise ReadModelDamagedError("the sum of all callers is no number") from error


def _sums(connection: sqlite3.Connection, caller: str) -> tuple[int, int, int]:
    sums: tuple[int, int, int] = connection.execute(
        "SELECT (SELECT coalesce(sum(checksum), 0) FROM calls WHERE caller = :caller),"
        " count(*), coalesce(sum(checksum), 0) FROM memories WHERE caller = :caller",
        {"caller": caller},
    ).fetchone()
    return sums


def _seal_of(connection: sqlite3.Connection, caller: str) -> int:
    row = connection.execute("SELECT checksum FROM callers WHERE caller = ?", (caller,)).fetchone()
    return row[0] if row else 0


def _add(connection: sqlite3.Connection, difference: int) -> None:
    if difference:
        new = callers_sum(connection) + difference
        connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (_SUM, str(new)))
