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

from events.disk import steps
from events.disk.durable import FILE_MODE, fsync_folder, keep_to_owner, open_lock_file, write_all
from events.disk.gate import flock, fsync
from events.disk.reading import open_descriptor, open_file
from events.errors import JournalError, PositionError
from events.folder_log.layout import LOCK_NAME, NAME
from events.log.receipt import Place, Receipt, read_receipt, sha256_of

HEADER = b'{"format":"elaoms-journal","version":1}'

# A line is 6 kB at most: a signature header of 4 kB, two ids of 128 characters, and fixed fields.
LINE_BYTES_MAX = 64 * 1024

# Holds the last line and the newline before it, except where the line is among the longest.
_END_BYTES = 4 * 1024

_BLOCK_BYTES = 1024 * 1024

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
    def lock(self, *, can_begin: bool) -> Iterator["LockedJournal"]:
        """
        Lock the journal against all other threads and processes, and cut off a torn last line.

        Args:
            can_begin: whether a journal is begun where there is none.

        Raises:
            FileNotFoundError: there is none, and none may be begun.
            JournalError: it is of another format, or its last line is no receipt.
        """
        lock_fd = open_lock_file(self._lock_path)
        try:
            flock(lock_fd)
            fd = os.open(self._path, os.O_RDWR | os.O_CLOEXEC | (os.O_CREAT if can_begin else 0), FILE_MODE)
            try:
                keep_to_owner(fd)
                yield LockedJournal(fd, self._path.parent)
            finally:
                os.close(fd)
        finally:
            os.close(lock_fd)  # releases the lock

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
            size = os.fstat(fd).st_size
            end = _read_end(fd, size)
        finally:
            os.close(fd)
        torn_bytes = _torn_bytes(end)
        tail = _tail_of(end[: len(end) - torn_bytes], size - torn_bytes)
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
                if header.endswith(b"\n") and header.rstrip(b"\n") != HEADER:
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


class LockedJournal:
    """The journal while its lock is held."""

    def __init__(self, fd: int, folder: Path) -> None:
        self._fd = fd
        self._folder = folder
        size = os.fstat(fd).st_size
        end = _read_end(fd, size)
        torn_bytes = _torn_bytes(end)
        if torn_bytes:
            os.ftruncate(fd, size - torn_bytes)  # its writer died before it could acknowledge anything
        if size > torn_bytes and os.pread(fd, len(HEADER) + 1, 0) != HEADER + b"\n":
            raise JournalError("the journal is of a format that this release does not know")
        self.tail = _tail_of(end[: len(end) - torn_bytes], size - torn_bytes)

    def begins_with(self, line: bytes) -> bool:
        """Return whether its first line, after the header, is this one."""
        return os.pread(self._fd, len(line), len(HEADER) + 1) == line

    def write(self, lines: bytes) -> None:
        """
        Append whole lines and make them durable; without lines, make durable what is there.

        Raises:
            OSError: nothing was appended. After a failed fsync the kernel may call the same pages clean. So the lines
                are cut off again, and only an fsync after a fresh write counts.
        """
        start = self.tail.size
        written = lines if start else HEADER + b"\n" + lines
        try:
            os.lseek(self._fd, start, os.SEEK_SET)
            write_all(self._fd, written)
            steps.reached("receipt_written")
            fsync(self._fd)
            if not start:
                fsync_folder(self._folder)
            steps.reached("receipt_synced")
        except OSError:
            os.ftruncate(self._fd, start)
            raise
        if written:
            self.tail = _tail_of(written, start + len(written))

    def find(self, path: str, sha256: str, *, since: Mark) -> Receipt | None:
        """
        Return the newest receipt of these bytes at `path` after `since`; None where there is none.

        Other bytes may have had that path before: an erasure removes files and leaves their receipts.
        """
        needle = b'"path":%s,"sha256":"%s",' % (msgspec.json.encode(path), sha256.encode())
        end = self.tail.size
        rest = b""
        # Without the mark, lines were cut off after a failed fsync, or another journal was restored: search it all.
        start = since.size if self._has(since) else 0
        while end > start:
            begin = max(start, end - _BLOCK_BYTES)
            block = os.pread(self._fd, end - begin, begin) + rest
            # The first line of a block may begin in the block before it.
            cut = 0 if begin == start else block.find(b"\n") + 1
            rest, whole = block[:cut], block[cut:]
            if needle in whole:
                return next(read_receipt(line) for line in reversed(whole.split(b"\n")) if needle in line)
            end = begin
        return None

    def _has(self, mark: Mark) -> bool:
        length = len(mark.end)
        return mark.size <= self.tail.size and os.pread(self._fd, length, mark.size - length) == mark.end


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


def _torn_bytes(end: bytes) -> int:
    return len(end) - end.rfind(b"\n") - 1


def _tail_of(end: bytes, size: int) -> Tail:
    """Return where a journal of `size` bytes ends; `end` are its last bytes, which are whole lines."""
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
