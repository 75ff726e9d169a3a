"""A body on its way into the log: checked while it streams in, written aside, not an event yet."""

import fcntl
import hashlib
import itertools
import os
import uuid
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType

import msgspec

from events.disk import steps
from events.disk.durable import begin_writing, create_file, fsync_folder, write_all
from events.disk.gate import fsync
from events.errors import BodyTooLargeError, closing_the_log
from events.folder_log.journal import BEGINNING, Mark
from events.folder_log.layout import BODY_SUFFIX, NOTES_SUFFIX
from events.log.filing import Filing, file_body
from events.log.receipt import Receipt
from events.wire.outline import Outline

# A body that fits in memory touches the disk only once its signature is verified.
_MEMORY_BYTES_MAX = 1024 * 1024

_READ_BYTES = 256 * 1024


class GroupReceipts:
    """
    What is noted of the drafts of a group: the receipt of each, in one file beside their bodies.

    It is there before any of them is linked to its final name, and until all of them have their receipts.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stem = uuid.uuid4().hex
        self._path = folder / f"{self._stem}{NOTES_SUFFIX}"
        self._numbers = itertools.count()
        self._fd: int | None = None
        self._is_written = False
        self._is_kept = False

    def create_body(self) -> tuple[Path, int]:
        """
        Create an empty file for the body of one more of the group; return its descriptor as well, which holds a lock.

        Raises:
            OSError: no room, or an I/O error.
        """
        while True:
            path = self._folder / f"{self._stem}-{next(self._numbers)}{BODY_SUFFIX}"
            fd = create_file(path)
            try:
                fcntl.flock(fd, fcntl.LOCK_EX)
                if os.fstat(fd).st_nlink:
                    return path, fd
            except BaseException:
                os.close(fd)
                raise
            os.close(fd)  # a recovery took the file for abandoned before we had locked it

    def write(self, receipts: Iterable[Receipt], *, since: Mark) -> None:
        """
        Write down the receipts of all of the group whose bodies were written.

        Args:
            since: where the journal ended before any of them was linked.

        Raises:
            OSError: no room, or an I/O error.
        """
        self._is_written = True
        self._fd = create_file(self._path)
        write_all(self._fd, b"\n".join([msgspec.json.encode(since), *(receipt.line() for receipt in receipts)]))
        steps.reached("draft_receipts_written")
        begin_writing(self._fd)

    def fsync(self) -> None:
        """
        Make it durable, and the names of all drafts too.

        Without their names a power cut could leave a linked event whose draft is lost.

        Raises:
            OSError: an I/O error.
        """
        assert self._fd is not None
        fsync(self._fd)
        self._close()
        fsync_folder(self._folder)

    def keep(self) -> None:
        """Leave it to recovery: one of the group is in doubt."""
        self._is_kept = True
        self._close()

    def discard(self) -> None:
        """
        Remove it, unless it is to be kept.

        Raises:
            OSError: it could not be removed.
        """
        self._close()
        if self._is_written and not self._is_kept:
            self._path.unlink(missing_ok=True)
            self._is_written = False
            steps.reached("draft_receipts_removed")

    def _close(self) -> None:
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None


class Draft:
    """
    One body that is coming in.

    Leaving the `with` block removes what was written aside, whether or not it was published.

    Args:
        folder: the payload folder's `.incoming`.
        body_bytes_max: the cap.

    `notes` are those of its group, or its own; None before anything of it was written aside.
    """

    def __init__(self, folder: Path, *, body_bytes_max: int) -> None:
        self._folder = folder
        self._body_bytes_max = body_bytes_max
        self._pending = bytearray()
        self._fd: int | None = None
        self.notes: GroupReceipts | None = None
        self._hash = hashlib.sha256()
        self.size = 0
        self.path = folder / "unnamed"

    def __enter__(self) -> "Draft":
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        self.discard()

    @property
    def sha256(self) -> str:
        """The SHA-256 of the body so far, in lower-case hex."""
        return self._hash.hexdigest()

    def write(self, chunk: bytes) -> None:
        """
        Take the next piece of the body.

        Raises:
            BodyTooLargeError: the body is above the cap.
            LogClosedError: no room, or an I/O error.
        """
        self.size += len(chunk)
        if self.size > self._body_bytes_max:
            raise BodyTooLargeError(f"the body is larger than {self._body_bytes_max} bytes")
        self._hash.update(chunk)
        self._pending += chunk
        if len(self._pending) > _MEMORY_BYTES_MAX:
            with closing_the_log():
                self._spill(GroupReceipts(self._folder))

    def filing(self) -> Filing:
        """
        Return where the body, now whole, belongs.

        Only now is it looked at: a sender that is not proven must not make us hold or parse anything.

        Raises:
            LogClosedError: an I/O error.
        """
        outline = Outline()
        with closing_the_log():
            for chunk in self._chunks():
                outline.feed(chunk)
        return file_body(outline.text(), self.sha256)

    def write_aside(self, notes: GroupReceipts | None = None) -> GroupReceipts:
        """
        Write what there is of the body in memory into its file; return where what is noted of it belongs.

        Args:
            notes: those of a group, to be written when all its bodies are; of a body that was longer than the memory
                it may have, there are notes already, its own.

        Raises:
            OSError: no room, or an I/O error.
        """
        with_notes = self._spill(notes or GroupReceipts(self._folder))
        steps.reached("body_written")
        assert self._fd is not None
        begin_writing(self._fd)
        return with_notes

    def fsync(self) -> None:
        """
        Make the body durable.

        Raises:
            OSError: an I/O error.
        """
        assert self._fd is not None
        fsync(self._fd)
        steps.reached("body_synced")

    def make_durable(self, receipt: Receipt) -> None:
        """
        Make the body, and what we noted of it alone, durable, so that a crash from here on loses nothing.

        Raises:
            OSError: no room, or an I/O error.
        """
        notes = self.write_aside()
        notes.write([receipt], since=BEGINNING)
        self.fsync()
        notes.fsync()

    def discard(self) -> None:
        """
        Remove what was written aside; the event, if it was published, stays.

        To be called of no draft of a group before all of it have their receipts, or have failed. Never raises: what
        cannot be removed is left to recovery, as if we had died over it.
        """
        if self._fd is None:
            return
        with suppress(OSError):
            # In this order: a draft without a receipt is either incomplete or committed, and recovery may drop it.
            if self.notes is not None:
                self.notes.discard()
            self.path.unlink(missing_ok=True)
        self._close()

    def abandon(self) -> None:
        """Leave what was written aside, and the notes of the whole group, to recovery, as if we had died over it."""
        if self.notes is not None:
            self.notes.keep()
        self._close()

    def is_linked(self) -> bool:
        """Tell whether the body bears its final name too, or cannot be asked."""
        try:
            return self._fd is not None and os.fstat(self._fd).st_nlink > 1
        except OSError:
            return True

    def _close(self) -> None:
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None

    def _chunks(self) -> Iterator[bytes]:
        if self._fd is not None:
            offset = 0
            while chunk := os.pread(self._fd, _READ_BYTES, offset):
                offset += len(chunk)
                yield chunk
        yield bytes(self._pending)

    def _spill(self, notes: GroupReceipts) -> GroupReceipts:
        if self.notes is None or self._fd is None:
            self.path, self._fd = notes.create_body()
            self.notes = notes
        write_all(self._fd, self._pending)
        self._pending.clear()
        return self.notes
