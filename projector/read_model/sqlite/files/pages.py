"""
Overwrites what SQLite leaves in a page beside its cells.

With `secure_delete` SQLite overwrites each cell that it removes, and each page that it frees. But a page whose cells
were distributed anew keeps copies of them in its unallocated space, between the cell pointers and the first cell. If
such a cell is removed later, its copy stays. No one reads these bytes; so anybody may overwrite them.

Source: SQLite, "Database File Format", 1.6 (pages); `rebuildPage` in `btree.c` is what leaves the copies.
"""

import os
import struct
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path

from events.disk.gate import fsync
from projector.errors import ReadModelBusyError, ReadModelDamagedError, ReadModelMissingError
from projector.read_model.fingerprints import FilePart

_DATABASE_HEADER_BYTES = 100
_PAGE_SIZE_AT, _RESERVED_AT = 16, 20
# Not zero where SQLite vacuums by itself: some pages then list what the others are, and may begin like one with cells.
_AUTO_VACUUM_AT = 52
# kind, first freeblock, number of cells, where the cells begin
_HEADER = struct.Struct(">BHHH")
# The size of a page's header, by its kind: interior pages of an index and of a table, then leaves.
_HEADER_BYTES = {2: 12, 5: 12, 10: 8, 13: 8}
# Any other page begins with the number of a page. From this one on that could look like a kind.
_PAGES_MAX = min(_HEADER_BYTES) << 24
_SIZE_MAX = 65536  # which takes 17 bits, and is written as 1 or 0
_ZEROS = bytes(_SIZE_MAX)
# Pages that follow each other are read together, so many at once.
_READ_BYTES = 1024 * 1024
# With pages of 4 KiB there are hardly more cells in any.
_CELLS_KEPT = 1024
# Some for each process of a replay that helps: it has five at most.
_PARTS = 10
_MISSING = (FileNotFoundError, NotADirectoryError)
_REMOVED = "the read model was removed while it was made"


def unallocated(page: bytes, number: int, usable_bytes: int) -> tuple[int, int] | None:
    """
    Return where the unallocated space of a page begins and ends; None for a page that holds no cells.

    Args:
        number: of the page; the first one is 1.
        usable_bytes: of the page; what is behind them is not SQLite's.

    Raises:
        ReadModelDamagedError: the page cannot be what SQLite wrote.
    """
    header_at = _DATABASE_HEADER_BYTES if number == 1 else 0
    kind, _, count, cells_at = _HEADER.unpack_from(page, header_at)
    if kind not in _HEADER_BYTES:
        return None
    begin = header_at + _HEADER_BYTES[kind]
    end = cells_at or _SIZE_MAX
    if not begin + 2 * count <= end <= usable_bytes:
        raise ReadModelDamagedError("the header of a page does not fit the page")
    if count and min(_pointers(count).unpack_from(page, begin)) < end:
        raise ReadModelDamagedError("a cell of a page lies outside of the space for cells")
    return begin + 2 * count, end


@lru_cache(_CELLS_KEPT)
def _pointers(count: int) -> struct.Struct:
    return struct.Struct(f">{count}H")


def parts_of(path: Path, generation: int, *, of: int = _PARTS) -> list[FilePart]:
    """
    Return the parts in which the database of a generation is wiped.

    Raises:
        ReadModelMissingError: it is not there.
    """
    try:
        file = _identity(path.stat())
    except _MISSING:
        raise ReadModelMissingError(_REMOVED) from None
    return [FilePart(generation, file, part, of) for part in range(of)]


def wipe_part(path: Path, part: FilePart) -> None:
    """
    Overwrite the unallocated space of one part of a database that nobody has open; an fsync MUST follow.

    Several processes may wipe different parts at once.

    Raises:
        ReadModelMissingError: the database is not there, or is another one by now, which is left as it is.
    """
    try:
        fd = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except _MISSING:
        raise ReadModelMissingError(_REMOVED) from None
    try:
        if _identity(os.fstat(fd)) != part.file:
            raise ReadModelMissingError(_REMOVED)
        # Zeros that are found may not be on the disk yet: the fsync that follows is the first since they were written.
        Pages(fd, are_zeros_durable=True).overwrite_part(part.part, part.of)
    finally:
        os.close(fd)


def _identity(stat: os.stat_result) -> tuple[int, ...]:
    # Also the size: a new file may have the number of one that was removed.
    return stat.st_dev, stat.st_ino, stat.st_size


class Pages:
    """
    The pages of a database's file.

    Nobody may write the pages meanwhile: call it where no other process can move a write-ahead log into the file.

    Args:
        fd: the file, open for reading and writing.
        are_zeros_durable: whether a space of zeros is left as it is, for they are on the disk, or an fsync that is
            still to come is the first since they were written; else it is written again.

    Raises:
        ReadModelDamagedError: it is no database, or none of ours.
    """

    def __init__(self, fd: int, *, are_zeros_durable: bool = False) -> None:
        self._fd = fd
        self._are_zeros_durable = are_zeros_durable
        header = os.pread(fd, _DATABASE_HEADER_BYTES, 0)
        if len(header) < _DATABASE_HEADER_BYTES:
            raise ReadModelDamagedError("the database has no header")
        size = int.from_bytes(header[_PAGE_SIZE_AT : _PAGE_SIZE_AT + 2], "big")
        self._page_bytes = _SIZE_MAX if size == 1 else size
        if self._page_bytes < 512 or self._page_bytes & (self._page_bytes - 1):
            raise ReadModelDamagedError("the size of a page is none of SQLite's")
        if any(header[_AUTO_VACUUM_AT : _AUTO_VACUUM_AT + 4]):
            raise ReadModelDamagedError("the database vacuums itself, which none of ours does")
        self._usable_bytes = self._page_bytes - header[_RESERVED_AT]
        self._count = os.fstat(fd).st_size // self._page_bytes

    @property
    def are_too_many(self) -> bool:
        """Whether a page of another kind could look like one with cells."""
        return self._count >= _PAGES_MAX

    def check_size(self) -> None:
        """Raise `ReadModelBusyError` where there are too many."""
        if self.are_too_many:
            raise ReadModelBusyError("the database has too many pages to tell which of them hold cells")

    def wipe_all(self) -> None:
        """Overwrite the unallocated space of all pages."""
        self.wipe(range(1, self._count + 1))

    def overwrite_part(self, part: int, of: int) -> None:
        """Overwrite the unallocated space of one of so many parts of all pages; the caller fsyncs."""
        self.check_size()
        self._overwrite(range(1 + self._count * part // of, 1 + self._count * (part + 1) // of))

    def wipe(self, numbers: Iterable[int]) -> None:
        """
        Overwrite the unallocated space of some pages, and return once that is durable; the first page is 1.

        Raises:
            ReadModelDamagedError: a page cannot be what SQLite wrote.
            ReadModelBusyError: the file is larger than this can tell pages apart; with pages of 4 KiB, 128 GiB.
        """
        self.check_size()
        if not (numbers := sorted(numbers)):
            return
        self._overwrite(numbers)
        # Whatever was written: another process may have died between its zeros and its fsync.
        fsync(self._fd)

    def _overwrite(self, numbers: Sequence[int]) -> None:
        for number, page in self._read(numbers):
            begin, end = unallocated(page, number, self._usable_bytes) or (0, 0)
            if not (self._are_zeros_durable and _ZEROS.startswith(page[begin:end])):
                _write(self._fd, _ZEROS[: end - begin], (number - 1) * self._page_bytes + begin)

    def _read(self, numbers: Sequence[int]) -> Iterator[tuple[int, bytes]]:
        """Yield pages with their numbers, which are given in order, up to the end of the file."""
        size, at_once = self._page_bytes, max(1, _READ_BYTES // self._page_bytes)
        for first, last in _runs(numbers, at_once):
            pages = os.pread(self._fd, (last - first + 1) * size, (first - 1) * size)
            for at in range(0, len(pages) - size + 1, size):
                yield first + at // size, pages[at : at + size]


def _runs(numbers: Sequence[int], at_once: int) -> Iterator[tuple[int, int]]:
    """Yield the first and the last of numbers that follow each other, so many at once at most."""
    if not numbers:
        return
    first = last = numbers[0]
    for number in numbers[1:]:
        if number != last + 1 or number - first >= at_once:
            yield first, last
            first = number
        last = number
    yield first, last


def _write(fd: int, body: bytes, at: int) -> None:
    while body:  # near a full disk or a limit the system writes a part, and says so
        written = os.pwrite(fd, body, at)
        body, at = body[written:], at + written
