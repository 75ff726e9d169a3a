"""Keeps a process from beginning a new log where its own is gone: behind a lost disk lies an empty folder."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import islice
from pathlib import Path

from events.errors import JournalError
from events.folder_log.append.locked_journal import LockedJournal, locked_journal
from events.folder_log.journal import Journal


class SameLog:
    """
    Remembers the first event of the journal, once there is one.

    An empty folder is a new log to a process that starts. To one that has seen events there it is the place at which
    a disk was mounted. What is appended there is hidden by the disk once that is back.
    """

    def __init__(self, folder: Path, journal: Journal) -> None:
        self._folder = folder
        self._journal = journal
        self._first = _first_line(journal)

    def check(self) -> None:
        """
        Check that the journal is the one that was seen.

        Raises:
            JournalError: it is gone, or another one lies in its place.
            OSError: it cannot be read.
        """
        if self._first is not None and _first_line(self._journal) != self._first:
            raise _other_log()

    @contextmanager
    def lock(self) -> Iterator[LockedJournal]:
        """
        Lock the journal, which is begun only where no event was seen.

        Raises:
            JournalError: the one that was seen is gone, or another one lies in its place.
        """
        with ExitStack() as held:
            try:
                journal = held.enter_context(locked_journal(self._folder, can_begin=self._first is None))
            except FileNotFoundError:
                raise _other_log() from None
            if self._first is not None and not journal.begins_with(self._first):
                raise _other_log()
            yield journal

    def note(self) -> None:
        """Note the first event: by now it is committed."""
        if self._first is None:
            self._first = _first_line(self._journal)


def _first_line(journal: Journal) -> bytes | None:
    """Return the line after the header; None where there is none yet."""
    return next((line for _, line in islice(journal.raw_lines(), 1, 2)), None)


def _other_log() -> JournalError:
    return JournalError(
        "the journal is gone, or it is another log's; is its disk mounted? If that is meant, restart this process"
    )
