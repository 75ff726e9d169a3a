"""
Seals on what the projector writes, so that whoever reads it can tell that it is what was written.

Every row that holds words or names a caller carries a checksum of its columns. The row of a caller also sums those
of the caller's calls and memories, and `meta` sums those of all callers: a row that is missing, or is an older one of
its own, shows. This is about rot and accidents, not about attackers, who could seal anew.
"""

import sqlite3
import zlib
from typing import Any

import msgspec

from projector.errors import ReadModelDamagedError

_encode = msgspec.msgpack.Encoder().encode
_SUM = "callers_sum"


def sealed(*columns: str | int | bytes | None) -> tuple[Any, ...]:
    """
    Return a row with its checksum (CRC-32) before the last column.

    Large columns come last: what stands before them is read without them.
    """
    return *columns[:-1], _checksum(columns), columns[-1]


def unsealed(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """
    Return a row without its checksum.

    Raises:
        ReadModelDamagedError: it is not what was sealed.
    """
    *head, stored, last = row
    columns = (*head, last)
    if _checksum(columns) != stored:
        raise ReadModelDamagedError("a row does not match its checksum")
    return columns


def put_caller(
    connection: sqlite3.Connection, caller: str, body: bytes, sums: tuple[int, int, int] | None = None
) -> None:
    """
    Write the row of a caller, whose calls and memories are written already; joins the transaction.

    Args:
        sums: of the checksums of the calls, how many memories there are, and the sum of theirs; None to look.
    """
    row = sealed(caller, *(sums or _sums(connection, caller)), body)
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


def _checksum(columns: tuple[Any, ...]) -> int:
    return zlib.crc32(_encode(columns))


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
