"""A body on its way into the log: checked while it streams in, written aside, not an event yet."""

import fcntl
import hashlib
import os
import uuid
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType

import msgspec

from events import steps
from events.durable import begin_writing, create_file, fsync_folder, write_all
from events.errors import BodyTooLargeError, closing_the_log
from events.filing import Filing, file_body
from events.gate import fsync
from events.outline import Outline
from events.receipt import Receipt, read_receipt

FOLDER = ".incoming"
# A body that fits in memory touches the disk only once its signature is verified.
_MEMORY_BYTES_MAX = 1024 * 1024
_READ_BYTES = 256 * 1024


class Draft:
    """
    One body that is coming in.

    Leaving the `with` block removes what was written aside, whether or not it was published.

    Args:
        folder: the payload folder's `.incoming`.
        body_bytes_max: the cap.
    """

    def __init__(self, folder: Path, *, body_bytes_max: int) -> None:
        self._folder = folder
        self._body_bytes_max = body_bytes_max
        self._pending = bytearray()
        self._fd: int | None = None
        self._receipt_path: Path | None = None
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
                self._spill()

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

    def seal(self, receipt: Receipt) -> None:
        """
        Make the body and what we noted of it durable, so that a crash from here on loses nothing.

        Raises:
            OSError: no room, or an I/O error.
        """
        self._spill()
        steps.reached("body_written")
        assert self._fd is not None
        self._receipt_path = _receipt_path(self.path)
        receipt_fd = create_file(self._receipt_path)
        try:
            write_all(receipt_fd, receipt.line())
            steps.reached("draft_receipt_written")
            begin_writing(receipt_fd)
            fsync(self._fd)
            fsync(receipt_fd)
        finally:
            os.close(receipt_fd)
        fsync_folder(self._folder)  # or a power cut could leave a linked event whose draft's name is lost

    def discard(self) -> None:
        """
        Remove what was written aside; the event, if it was published, stays.

        Never raises: what cannot be removed is left to recovery, as if we had died over it.
        """
        if self._fd is None:
            return
        with suppress(OSError):
            # In this order: a draft without a receipt is either incomplete or committed, and recovery may drop it.
            if self._receipt_path is not None:
                self._receipt_path.unlink(missing_ok=True)
            steps.reached("draft_receipt_removed")
            self.path.unlink(missing_ok=True)
        self.abandon()

    def abandon(self) -> None:
        """Leave what was written aside to recovery, as if we had died over it."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None

    def is_linked(self) -> bool:
        """Tell whether the body bears its final name too."""
        return self._fd is not None and os.fstat(self._fd).st_nlink > 1

    def _chunks(self) -> Iterator[bytes]:
        if self._fd is not None:
            offset = 0
            while chunk := os.pread(self._fd, _READ_BYTES, offset):
                offset += len(chunk)
                yield chunk
        yield bytes(self._pending)

    def _spill(self) -> None:
        if self._fd is None:
            self.path, self._fd = _create_locked(self._folder)
        write_all(self._fd, self._pending)
        self._pending.clear()


class AbandonedDraft:
    """
    A draft whose writer died, held so that nobody else recovers it.

    `receipt` is what its writer noted: None when it died before the body was whole.
    """

    def __init__(self, path: Path) -> None:
        """
        Lock the draft.

        Raises:
            BlockingIOError: somebody is writing or recovering it.
            FileNotFoundError: it is gone.
        """
        self.path = path
        self._fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self.receipt = self._read_receipt()
        except BaseException:
            os.close(self._fd)  # or a disk that failed once would keep everybody from recovering it later
            raise

    def __enter__(self) -> "AbandonedDraft":
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        os.close(self._fd)

    def discard(self) -> None:
        """Remove the draft and its receipt."""
        _receipt_path(self.path).unlink(missing_ok=True)
        self.path.unlink(missing_ok=True)

    def _read_receipt(self) -> Receipt | None:
        try:
            receipt = read_receipt(_receipt_path(self.path).read_bytes())
        except (FileNotFoundError, msgspec.MsgspecError):
            return None
        with open(self._fd, "rb", closefd=False) as body:
            is_whole = hashlib.file_digest(body, "sha256").hexdigest() == receipt.sha256
        return receipt if is_whole else None


def _receipt_path(body: Path) -> Path:
    return body.with_suffix(".receipt")


def _create_locked(folder: Path) -> tuple[Path, int]:
    while True:
        path = folder / f"{uuid.uuid4().hex}.body"
        fd = create_file(path)
        fcntl.flock(fd, fcntl.LOCK_EX)
        if os.fstat(fd).st_nlink:
            return path, fd
        os.close(fd)  # a recovery took the file for abandoned before we had locked it
