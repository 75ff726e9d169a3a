"""
Moves the write-ahead log of a database into its file, and leaves no byte there of what was removed.

SQLite would move the log by itself. But a page that it moves may hold copies of removed cells, and once it begins the
log anew, nothing says which pages those were. So here the two are one: whoever moves pages wipes them, before anybody
can begin the log anew. The file then holds nothing of what was removed, at a cost that grows with what was written,
not with the database. A process that dies in between leaves the log as it is, and the next one does it again.

SQLite also moves the log when the last connection that may write is closed, whatever it was opened for. So the last one
of ours may only read.
"""

import os
from contextlib import ExitStack, closing, suppress
from pathlib import Path

from events.disk import steps
from projector.errors import ReadModelBusyError, ReadModelDamagedError
from projector.read_model.sqlite.database import Database
from projector.read_model.sqlite.files.pages import Pages
from projector.read_model.sqlite.files.write_ahead_log import WriteAheadLog

# SQLite moves a thousand pages, 4 MB, at a time. Each move waits for the disk three times, and so do others.
_MOVED_FROM = 4000


class LogMover:
    """
    Opens a database for writing, takes over what is in its log, and moves that from then on.

    Args:
        path: the database's file.
        was_as_left: whether its files look as we left them. If not, and its log is empty, then another program may have
            moved that, such as SQLite's shell, which does so when it is closed: all of the file is wiped.

    Raises:
        OSError: pages were moved and cannot be wiped.
    """

    def __init__(self, path: Path, *, was_as_left: bool) -> None:
        self._log = WriteAheadLog(path)
        self._move_at = _MOVED_FROM
        self._version = 0
        self._was_as_left = was_as_left
        # Moved pages, or any of the file, are not wiped yet.
        self._is_due = self._is_all_due = False
        # Zeros that a process wrote that died, or that an fsync failed for, may be on no disk.
        self._are_zeros_durable = False
        with ExitStack() as opened:  # closes the last one first
            opened.enter_context(closing(Database.open(path, is_writing=False)))
            # Behind those that write: this ends every lock of ours on the file, whichever connection has it.
            self._fd = os.open(path, os.O_RDWR | os.O_CLOEXEC)
            opened.callback(os.close, self._fd)
            self.database = opened.enter_context(closing(Database.open(path, is_writing=True)))
            # A connection cannot move the log while it holds the write lock itself.
            self._beside = opened.enter_context(closing(Database.open_beside(path)))
            # Before anything is written: that would begin the log anew, if a process died after it had moved all of it.
            # With a reader in the way not all of it was moved, and it is not begun anew.
            self.move()
            self._opened = opened.pop_all()

    def make_sure(self) -> None:
        """
        Wipe what was moved and could not be wiped: call it before anything is written.

        Raises:
            OSError: it cannot be wiped now either. Nothing may be written, or those pages would be forgotten.
        """
        if self._is_due:
            self.move()

    def move_if_long(self) -> None:
        """
        Move the log if it has become long, as far as readers let us: else later.

        Raises:
            OSError: pages were moved and cannot be wiped; see `make_sure`.
        """
        count = self._log.frame_count()
        if count < self._move_at:
            return
        self._move_at = count + _MOVED_FROM
        with suppress(ReadModelBusyError):
            if self.move():
                self._move_at = _MOVED_FROM

    def move(self) -> bool:
        """
        Move all of the log, and wipe the pages that were in it; return False if a reader is in the way.

        Raises:
            OSError: pages were moved and cannot be wiped; see `make_sure`.
        """
        with self.database.transaction():  # nobody else can add to the log, or begin it anew
            if (moved := self._beside.move_log()) is None:
                return False
            steps.reached("log_moved")
            self._is_due = True
            if not (moved or self._was_as_left):
                self._is_all_due = True
            self._wipe(moved)
            self._is_due = self._is_all_due = False
            self._was_as_left = self._are_zeros_durable = True
            self._version = self._beside.data_version()
        return True

    def cut(self) -> bool:
        """
        Move all of the log, and leave none of it; return False if a reader or another writer is in the way.

        Raises:
            OSError: pages were moved and cannot be wiped; see `make_sure`.
            ReadModelBusyError: also where the file is too large to be wiped.
        """
        Pages(self._fd).check_size()
        if not self.move():
            return False
        # SQLite moves what another process wrote since, and nothing says any more what it was.
        self._is_all_due = True
        is_cut = self._beside.truncate_log()
        if self._beside.data_version() != self._version:
            self._is_due = True
            self.move()
            return False
        self._is_all_due = False
        # What it has in memory was read before, and would be written again with the page.
        self.database.drop_cache()
        return is_cut

    def close(self) -> None:
        """Close the connection that writes, too. The log stays: what cannot be wiped now, the next one wipes."""
        with self._opened, suppress(ReadModelBusyError, ReadModelDamagedError, OSError):
            self.move()

    def _wipe(self, moved: int) -> None:
        pages = Pages(self._fd, are_zeros_durable=self._are_zeros_durable)
        # Reset by who succeeds: after an fsync that failed the operating system shows zeros that may be on no disk.
        self._are_zeros_durable = False
        if not pages.are_too_many:  # then no erasure is finished either
            if self._is_all_due:
                pages.wipe_all()
            else:
                pages.wipe(self._log.pages(moved))
        self._log.note_done(moved)
