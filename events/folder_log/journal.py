"""
The journal: one file that lists the events in the order in which they were committed.

A line is committed once it is written whole and fsynced. The holder of the lock sees committed lines only.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

import msgspec
from msgspec import Struct

from events.disk.durable import open_lock_file
from events.disk.gate import flock
from events.disk.reading import open_descriptor, open_file
from events.errors import JournalError, PositionError
from events.folder_log.layout import LOCK_NAME, NAME
from events.log.receipt import HEADER, Place, read_receipt, sha256_of

# A line is 6 kB at most: a signature header of 4 kB, two ids of 128 characters, and fixed fields.
LINE_BYTES_MAX = 64 * 1024

# Holds the last line and the newline before it, except where the line is among the longest.
_END_BYTES = 4 * 1024

# Enough of a line's end to tell it from any other: it holds the hash of the line before.
_MARK_BYTES = 512


class Mark(Struct, frozen=True, forbid_unknown_fields=True):
    """
    How long the journal was at some moment, in bytes, and its last bytes then.

    Its last lines may not have been committed; by the time that a mark is used, other lines may stand in their place.
    Unknown fields are forbidden, so that a receipt, which has a size too, is not read as a mark.
    """

    size: int = 0
    end: bytes = b""


BEGINNING = Mark()


class Tail(Struct, frozen=True):
    """Where the journal ends: its length in bytes, and its last line."""

    size: int
    position: int
    line_sha256: str
    line_offset: int


class Journal:
    """The journal of one payload folder."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME
        self._lock_path = folder / LOCK_NAME

    @contextmanager
    def standstill(self) -> Iterator[Place | None]:
        """Keep all who append waiting until the block ends, and change nothing; yields the last line's place."""
        lock_fd = open_lock_file(self._lock_path)
        try:
            flock(lock_fd)
            yield self.tail()
        finally:
            os.close(lock_fd)

    def mark(self) -> Mark:
        """
        Return where the journal ends now.

        Raises:
            OSError: it cannot be read.
        """
        try:
            fd = open_descriptor(self._path)
        except FileNotFoundError:
            return BEGINNING
        try:
            size = os.fstat(fd).st_size
            begin = max(0, size - _MARK_BYTES)
            return Mark(size, os.pread(fd, size - begin, begin))
        finally:
            os.close(fd)

    def size(self) -> int:
        """Return the journal's length in bytes; 0 where there is none yet."""
        return self.state() >> 64

    def state(self) -> int:
        """Return its length and the time of its last change: one that was restored may be as long as it was."""
        with suppress(FileNotFoundError):
            status = self._path.stat()
            return status.st_size and (status.st_size << 64) + status.st_mtime_ns
        return 0

    def tail(self) -> Place | None:
        """
        Return the last whole line; None for a journal without events.

        Raises:
            JournalError: the last line is no receipt.
        """
        try:
            fd = open_descriptor(self._path)
        except FileNotFoundError:
            return None
        try:
            tail = tail_of(*whole_end(fd))
        finally:
            os.close(fd)
        return Place(tail.position, tail.line_offset, tail.line_sha256) if tail.position else None

    def line_at(self, place: Place) -> bytes:
        """
        Return the line at a place, without its newline.

        Raises:
            PositionError: another line stands there.
            JournalError: the journal is gone.
        """
        try:
            with open_file(self._path) as file:
                return _checked_line(file, place)
        except FileNotFoundError:
            raise JournalError(f"{self._path} is gone; is its disk mounted?") from None

    def lines(self, after: Place | None) -> Iterator[tuple[int, bytes]]:
        """
        Yield the whole lines that follow `after` (None: all events), each with its offset.

        The last of them may not be committed yet. Should it be cut off, reading on after it raises `PositionError`.

        Raises:
            PositionError: another line stands at `after`.
            JournalError: the journal is gone although there is an `after`, or it has an unknown format.
        """
        try:
            file = open_file(self._path)
        except FileNotFoundError:
            if after is None:
                return
            raise JournalError(f"{self._path} is gone; is its disk mounted?") from None
        with file:
            if after is None:
                header = file.readline()
                if not header.endswith(b"\n"):
                    return  # still being written: what is read from here on would be its rest, and no receipt
                if header[:-1] != HEADER:
                    raise JournalError(f"{self._path} is no journal of version 1")
            else:
                _checked_line(file, after)
            yield from _whole_lines(file)

    def raw_lines(self, since: int = 0) -> Iterator[tuple[int, bytes]]:
        """Yield the whole lines from offset `since` on, unchecked: also the header, and lines that are no receipt."""
        try:
            file = open_file(self._path)
        except FileNotFoundError:
            return
        with file:
            file.seek(since)
            yield from _whole_lines(file)


def whole_end(fd: int) -> tuple[bytes, int]:
    """
    Return the last whole lines of an open journal, and its length in bytes without the torn line that may follow.

    Raises:
        JournalError: no line ends there.
    """
    size = os.fstat(fd).st_size
    end = _read_end(fd, size)
    whole = end[: end.rfind(b"\n") + 1]
    return whole, size - len(end) + len(whole)


def tail_of(end: bytes, size: int) -> Tail:
    """
    Return where a journal of `size` bytes ends; `end` are its last bytes, which are whole lines.

    Raises:
        JournalError: the last of them is no receipt.
    """
    if size == 0:
        return Tail(0, 0, sha256_of(HEADER), 0)
    line = end[end.rfind(b"\n", 0, -1) + 1 : -1]
    if line == HEADER:
        return Tail(size, 0, sha256_of(line), 0)
    try:
        position = read_receipt(line).position
    except msgspec.MsgspecError as error:
        raise JournalError("the journal's last line is no receipt") from error
    return Tail(size, position, sha256_of(line), size - len(line) - 1)


def _whole_lines(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    offset = file.tell()
    for line in file:
        if not line.endswith(b"\n"):
            return  # still being written
        yield offset, line[:-1]
        offset += len(line)


def _checked_line(file: BinaryIO, place: Place) -> bytes:
    file.seek(place.offset)
    line = file.readline()
    if not line.endswith(b"\n") or sha256_of(line[:-1]) != place.sha256:
        raise PositionError(f"the journal has another line at position {place.position}")
    return line[:-1]


def _read_end(fd: int, size: int) -> bytes:
    """Return the last bytes of a journal: its last whole line and the newline before it at least, or all of it."""
    end = b""
    for length in (_END_BYTES, LINE_BYTES_MAX):
        begin = max(0, size - length)
        end = os.pread(fd, size - begin, begin)  # not beyond `size`: another process may be appending
        if not begin or end.count(b"\n") > 1:
            return end
    if b"\n" not in end:
        raise JournalError("the journal's end is no journal: no line ends there")
    return end
