"""A draft: a body that streams in and is written aside. It is no event yet."""

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
from events.errors import BodyTooLargeError, os_errors_as_log_closed
from events.folder_log.journal import BEGINNING, Mark
from events.folder_log.layout import BODY_SUFFIX, RECEIPTS_SUFFIX
from events.log.filing import Filing, file_body
from events.log.receipt import Receipt
from events.wire.outline import Outline

# A body that fits in memory touches the disk only once its signature is verified.
_MEMORY_BYTES_MAX = 1024 * 1024

_READ_BYTES = 256 * 1024


class GroupReceipts:
    """
    The receipts of a group of drafts, in one file beside their bodies.

    The file is there from before the first of them is linked to its final name until the last is in the journal.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stem = uuid.uuid4().hex
        self._path = folder / f"{self._stem}{RECEIPTS_SUFFIX}"
        self._numbers = itertools.count()
        self._fd: int | None = None
        self._is_written = False
        self._is_kept = False

    def create_body(self) -> tuple[Path, int]:
        """
        Create an empty file for one more body of the group; return its path, and its descriptor, which holds a lock.

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
            os.close(fd)  # a recovery removed the file as abandoned before we had locked it

    def write(self, receipts: Iterable[Receipt], *, since: Mark) -> None:
        """
        Write the receipts of those bodies of the group that could be written.

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
        Make the file durable, and with it the names of all drafts.

        Without their names, a power cut could leave a linked event whose draft is lost.

        Raises:
            OSError: an I/O error.
        """
        assert self._fd is not None
        fsync(self._fd)
        self._close()
        fsync_folder(self._folder)

    def keep(self) -> None:
        """Leave the file to recovery, whatever `discard` is asked later: one of the group is in doubt."""
        self._is_kept = True
        self._close()

    def discard(self) -> None:
        """
        Remove the file, unless it is to be kept.

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


class FolderDraft:
    """
    A draft of the log in one folder; keeps the promises of `Draft`.

    Args:
        folder: the payload folder's `.incoming`.
        body_bytes_max: the cap.

    `path` is its file, and `receipts` are those of its group, or its own; None before anything was written aside.
    """

    def __init__(self, folder: Path, *, body_bytes_max: int) -> None:
        self._folder = folder
        self._body_bytes_max = body_bytes_max
        self._pending = bytearray()
        self._fd: int | None = None
        self.receipts: GroupReceipts | None = None
        self._hash = hashlib.sha256()
        self.size = 0
        self.path = folder / "unnamed"

    def __enter__(self) -> "FolderDraft":
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        self.discard()

    @property
    def sha256(self) -> str:
        """The SHA-256 of the body so far, in lower-case hex."""
        return self._hash.hexdigest()

    def write(self, chunk: bytes) -> None:
        """
        Take the next piece of the body, as `Draft.write` promises.

        The body stays in memory up to 1 MiB; all of a longer one is written aside.
        """
        self.size += len(chunk)
        if self.size > self._body_bytes_max:
            raise BodyTooLargeError(f"the body is larger than {self._body_bytes_max} bytes")
        self._hash.update(chunk)
        self._pending += chunk
        if len(self._pending) > _MEMORY_BYTES_MAX:
            with os_errors_as_log_closed():
                self._spill(GroupReceipts(self._folder))

    def filing(self) -> Filing:
        """
        Return where the body, now whole, belongs.

        Looks into it only now: a sender who is not verified yet must not make us parse anything.

        Raises:
            LogClosedError: an I/O error.
        """
        outline = Outline()
        with os_errors_as_log_closed():
            for chunk in self._chunks():
                outline.feed(chunk)
        return file_body(outline.text(), self.sha256)

    def write_aside(self, receipts: GroupReceipts | None = None) -> GroupReceipts:
        """
        Write what is still in memory into the body's file, and return where the body's receipt belongs.

        Args:
            receipts: the group's. A body that was too long for memory has its own already, and keeps them.

        Raises:
            OSError: no room, or an I/O error.
        """
        with_receipts = self._spill(receipts or GroupReceipts(self._folder))
        steps.reached("body_written")
        assert self._fd is not None
        begin_writing(self._fd)
        return with_receipts

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
        Make the body and its receipt, as a group of one, durable: a crash from here on loses nothing.

        Raises:
            OSError: no room, or an I/O error.
        """
        receipts = self.write_aside()
        receipts.write([receipt], since=BEGINNING)
        self.fsync()
        receipts.fsync()

    def discard(self) -> None:
        """
        Remove what was written aside, as `Draft.discard` promises.

        Recovery removes what cannot be removed now, as if the process had died here.
        """
        if self._fd is None:
            return
        with suppress(OSError):
            # In this order: a draft without a receipt is either incomplete or committed, and recovery may drop it.
            if self.receipts is not None:
                self.receipts.discard()
            self.path.unlink(missing_ok=True)
        self._close()

    def abandon(self) -> None:
        """Leave what was written aside, and the receipts of its group, to recovery, as if the process had died here."""
        if self.receipts is not None:
            self.receipts.keep()
        self._close()

    def is_linked(self) -> bool:
        """Return whether the body has its final name too, or may have it: the disk does not say."""
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

    def _spill(self, receipts: GroupReceipts) -> GroupReceipts:
        if self.receipts is None or self._fd is None:
            self.path, self._fd = receipts.create_body()
            self.receipts = receipts
        write_all(self._fd, self._pending)
        self._pending.clear()
        return self.receipts
