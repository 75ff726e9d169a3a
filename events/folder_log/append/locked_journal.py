"""The journal while nobody else may append to it: finds what it holds, and appends lines durably."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from events.disk import steps
from events.disk.durable import FILE_MODE, fsync_folder, keep_to_owner, open_lock_file, write_all
from events.disk.gate import flock, fsync
from events.errors import JournalError
from events.folder_log.journal import Mark, tail_of, whole_end
from events.folder_log.layout import LOCK_NAME, NAME
from events.log.receipt import HEADER, Receipt, read_receipt

_BLOCK_BYTES = 1024 * 1024


class LockedJournal:
    """The journal while its lock is held."""

    def __init__(self, fd: int, folder: Path) -> None:
        self._fd = fd
        self._folder = folder
        end, size = whole_end(fd)
        if os.fstat(fd).st_size > size:
            os.ftruncate(fd, size)  # its writer died before it could acknowledge the torn line
        if size and os.pread(fd, len(HEADER) + 1, 0) != HEADER + b"\n":
            raise JournalError("the journal is of a format that this release does not know")
        self.tail = tail_of(end, size)

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
            self.tail = tail_of(written, start + len(written))

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


@contextmanager
def locked_journal(folder: Path, *, can_begin: bool) -> Iterator[LockedJournal]:
    """
    Lock a folder's journal against all other threads and processes, and cut off a torn last line.

    Args:
        can_begin: whether a journal is begun where there is none.

    Raises:
        FileNotFoundError: there is none, and none may be begun.
        JournalError: it is of another format, or its last line is no receipt.
    """
    lock_fd = open_lock_file(folder / LOCK_NAME)
    try:
        flock(lock_fd)
        fd = os.open(folder / NAME, os.O_RDWR | os.O_CLOEXEC | (os.O_CREAT if can_begin else 0), FILE_MODE)
        try:
            keep_to_owner(fd)
            yield LockedJournal(fd, folder)
        finally:
            os.close(fd)
    finally:
        os.close(lock_fd)  # releases the lock
