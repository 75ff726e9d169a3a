"""Keeps a process from beginning a new log where its own is gone: behind a lost disk lies an empty folder."""

import os
from itertools import islice
from pathlib import Path

from events.errors import JournalError
from events.folder_log.journal import HEADER, Journal
from events.folder_log.layout import NAME


class SameLog:
    """
    Remembers the first event of the journal, once there is one.

    An empty folder is a new log to a process that starts. To one that has seen events there it is the place at which
    a disk was mounted. What is appended there is hidden by the disk once that is back.
    """

    def __init__(self, folder: Path, journal: Journal) -> None:
        self._path = folder / NAME
        self._journal = journal
        self._first = _first_line(journal)

    def check(self) -> None:
        """
        Check that the journal is the one that was seen.

        Raises:
            JournalError: it is gone, or another one lies in its place.
            OSError: it cannot be read.
        """
        if self._first is not None and not self._begins_with(self._first):
            raise JournalError(
                "the journal is gone, or it is another log's; is its disk mounted? If that is meant, restart this"
                " process"
            )

    def note(self) -> None:
        """Note the first event: by now it is committed."""
        if self._first is None:
            self._first = _first_line(self._journal)

    def _begins_with(self, line: bytes) -> bool:
        # A tenth of the time that it takes to read the journal line by line: this is done twice for each group.
        try:
            fd = os.open(self._path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except FileNotFoundError:
            return False
        try:
            return os.pread(fd, len(line), len(HEADER) + 1) == line
        finally:
            os.close(fd)


def _first_line(journal: Journal) -> bytes | None:
    """Return the line after the header; None where there is none yet."""
    return next((line for _, line in islice(journal.raw_lines(), 1, 2)), None)
