"""
Seals on what the projector writes, so that whoever reads it can tell that it is what was written.

Every row that holds words or names a caller carries a checksum of its columns. The row of a caller also sums those
of the caller's calls and memories, and `meta` sums those of all callers: a row that is missing, or is an older one of
its own, shows. This is about rot and accidents, not about attackers, who could seal anew.
"""

import zlib
from typing import Any

import msgspec

from projector.errors import ReadModelDamagedError

_encode = msgspec.msgpack.Encoder().encode


def with_checksum(*columns: str | int | bytes | None) -> tuple[Any, ...]:
    """
    Return a row with its checksum (CRC-32) before the last column.

    Large columns come last: what stands before them is read without them.
    """
    return *columns[:-1], _checksum(columns), columns[-1]


def checked(row: tuple[Any, ...]) -> tuple[Any, ...]:
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


def _checksum(columns: tuple[Any, ...]) -> int:
    return zlib.crc32(_encode(columns))
