"""
Which pages a write-ahead log holds.

Source: SQLite, "WAL-mode File Format", 2 and 4.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path

_HEADER_BYTES, _PAGE_SIZE_AT, _SALTS_AT = 32, 8, 16
_FRAME_HEADER_BYTES = 24
_SALTS_BYTES = 8


class WriteAheadLog:
    """
    The log of one database, as its file shows it. It is a list of frames, each with a page.

    Args:
        database: the file of the database; there need not be a log.
    """

    def __init__(self, database: Path) -> None:
        self._path = database.with_name(database.name + "-wal")
        # They are drawn anew each time the log is begun anew.
        self._salts = b""
        self._counted = self._done = 0

    def frame_count(self) -> int:
        """Return about how many frames the log has, at a cost of what is new since the last time."""
        with suppress(FileNotFoundError), self._path.open("rb", buffering=0) as file:
            page_bytes = self._begin(file.fileno())
            self._counted += sum(1 for _ in self._frames(file.fileno(), page_bytes, since=self._counted))
        return self._counted

    def pages(self, until: int) -> set[int]:
        """
        Return the numbers of the pages in the frames that were not noted as done.

        Args:
            until: how many frames the log has.
        """
        with suppress(FileNotFoundError), self._path.open("rb", buffering=0) as file:
            page_bytes = self._begin(file.fileno())
            return set(islice(self._frames(file.fileno(), page_bytes, since=self._done), until - self._done))
        return set()

    def note_done(self, until: int) -> None:
        """Note that nothing is left to do for so many frames of the log, as it is now."""
        self._done = until

    def _begin(self, fd: int) -> int:
        """Forget what is known of an earlier log, and return the size of a page."""
        header = os.pread(fd, _HEADER_BYTES, 0)
        salts = header[_SALTS_AT : _SALTS_AT + _SALTS_BYTES]
        if salts != self._salts:
            self._salts = salts
            self._counted = self._done = 0
        return int.from_bytes(header[_PAGE_SIZE_AT : _PAGE_SIZE_AT + 4], "big")

    def _frames(self, fd: int, page_bytes: int, *, since: int) -> Iterator[int]:
        """Yield the number of the page in each frame; those that an earlier log left behind the end are not of this."""
        at = _HEADER_BYTES + since * (_FRAME_HEADER_BYTES + page_bytes)
        while len(self._salts) == _SALTS_BYTES:
            # The number, the size of the database, and the salts of the log that the frame belongs to.
            frame = os.pread(fd, 8 + _SALTS_BYTES, at)
            if frame[8:] != self._salts:
                return
            yield int.from_bytes(frame[:4], "big")
            at += _FRAME_HEADER_BYTES + page_bytes
