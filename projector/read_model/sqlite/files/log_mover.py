"""
Moves the write-ahead log of a database into its file, and leaves no byte there of what was removed.

SQLite would move the log by itself. But a page that it moves may hold copies of removed cells, and once it begins the
log anew, nothing says which pages those were. So here the two are one: whoever moves pages wipes them, before anybody
can begin the log anew. The file then holds nothing of what was removed, at a cost that grows with what was written,
not with the database. A process that dies in between leaves the log as it is, and the next one does it again.
"""

import os
from contextlib import closing, suppress
from pathlib import Path

from events.disk import steps
from projector.errors import ReadModelBusyError
from projector.read_model.sqlite.database import Database
from projector.read_model.sqlite.files.pages import Pages
from projector.read_model.sqlite.files.write_ahead_log import WriteAheadLog

# SQLite moves a thousand pages, 4 MB, at a time. Each move waits for the disk three times, and so do others.
_MOVED_FROM = 4000


class LogMover:
    """
    The log mover of one connection that writes. It takes over what is in the log when it is made.

    Args:
        database: the connection; it must not move the log itself.
        path: the database's file.
    """

    def __init__(self, database: Database, path: Path) -> None:
        self._path = path
        self._database = database
        self._log = WriteAheadLog(path)
        self._move_at = _MOVED_FROM
        self._version = 0
        # A connection cannot move the log while it holds the write lock itself.
        self._beside = Database.open_beside(path)
        self._fd = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        try:
            # Before anything is written: that would begin the log anew, if a process died after it had moved all of it.
            with suppress(ReadModelBusyError):  # then not all of it was moved, and it is not begun anew
                self.move()
        except BaseException:
            self._beside.close()
            os.close(self._fd)
            raise

    def move_if_long(self) -> None:
        """
        Move the log if it has become long, as far as readers let us: else later.

        Raises:
            OSError: pages were moved and cannot be wiped. Nothing more may be written, or they would be forgotten.
        """
        count = self._log.frame_count()
        if count < self._move_at:
            return
        self._move_at = count + _MOVED_FROM
        with suppress(ReadModelBusyError):
            if self.move():
                self._move_at = _MOVED_FROM

    def move(self) -> bool:
        """Move all of the log, and wipe the pages that were in it; return False if a reader is in the way."""
        with self._database.transaction():  # nobody else can add to the log, or begin it anew
            if (moved := self._beside.move_log()) is None:
                return False
            steps.reached("log_moved")
            Pages(self._fd).wipe(self._log.pages(moved))
            self._log.note_done(moved)
            self._version = self._beside.data_version()
        return True

    def cut(self) -> bool:
        """Move all of the log, and leave none of it; return False if a reader is in the way."""
        if not (self.move() and self._beside.truncate_log()):
            return False
        if self._beside.data_version() != self._version:
            # Another process wrote between the two, and nothing says any more what it was.
            with self._database.transaction():
                if self._beside.move_log() is None:
                    return False
                Pages(self._fd).wipe_all()
        # What it has in memory was read before, and would be written again with the page.
        self._database.drop_cache()
        return True

    def close(self) -> None:
        """Close the connection that writes, too; SQLite moves the log then, unless pages would stay as they are."""
        try:
            with suppress(ReadModelBusyError, OSError):
                if self.move():
                    self._close()
                    return
            # Who closes last and may write moves the log. This one closes last, and may not.
            with closing(Database.open(self._path, is_writing=False)):
                self._close()
        finally:
            # Last of all: this ends every lock of ours on the file, whichever connection has it.
            os.close(self._fd)

    def _close(self) -> None:
        self._beside.close()
        self._database.close()
