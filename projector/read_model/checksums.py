"""
Checksums on what the projector writes, so that a reader can tell that it reads what was written.

Every row that holds words or names a caller carries a checksum of its columns. The row of a caller also sums those of
the caller's calls and memories, and the read model sums those of all callers: a row that is missing, or is an older
one of its own, shows. This is about rot and accidents, not about attackers, who could compute checksums anew.
"""

import zlib
from typing import Any

import msgspec

from projector.domain.memories import Memory
from projector.errors import ReadModelDamagedError

# id, caller, conversation_id, kind, key, told_to, occurred_at_s, is_current, salience, checksum, body
MemoryRow = tuple[Any, ...]
MEMORY_CHECKSUM = 9

_encode = msgspec.msgpack.Encoder().encode
# What decoding stored bytes raises where they are damaged; msgspec lets the second one through.
DECODE_ERRORS = (msgspec.MsgspecError, UnicodeDecodeError)


def with_checksum(*columns: str | int | float | bytes | None) -> tuple[Any, ...]:
    """
    Return a row with its checksum (CRC-32) before the last column.

    Large columns come last: what stands before them is read without them.
    """
    return *columns[:-1], _checksum(columns), columns[-1]


def checked(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """
    Return a row without its checksum.

    Raises:
        ReadModelDamagedError: the row does not match its checksum.
    """
    *head, stored, last = row
    columns = (*head, last)
    if _checksum(columns) != stored:
        raise ReadModelDamagedError("a row does not match its checksum")
    return columns


def check_caller(named: str, caller: str) -> None:
    """
    Make sure that what was read is the caller's own, whatever a column or an index says.

    Raises:
        ReadModelDamagedError: it names another caller.
    """
    if named != caller:
        raise ReadModelDamagedError("a row was found under a caller to whom it does not belong")


def memory_row(memory: Memory, body: bytes) -> MemoryRow:
    """
    Return a memory as a row of the read model, with its checksum.

    Args:
        body: the memory as JSON.
    """
    row = (
        memory.id,
        memory.caller,
        memory.conversation_id,
        memory.kind,
        memory.key,
        memory.told_to,
        memory.occurred_at_s,
        int(memory.is_current),
        memory.salience,
    )
    return *row, _checksum((*row, body)), body


def _checksum(columns: tuple[Any, ...]) -> int:
    return zlib.crc32(_encode(columns))
