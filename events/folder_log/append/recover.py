"""Finds what a dead writer left in `.incoming`: drafts to finish or to remove."""

import fcntl
import hashlib
import os
from contextlib import suppress
from pathlib import Path
from types import TracebackType

import msgspec

from events.disk.durable import write_all
from events.disk.reading import open_file
from events.folder_log.journal import BEGINNING, Mark
from events.folder_log.layout import BODY_SUFFIX, RECEIPTS_SUFFIX, is_path_in_log
from events.log.receipt import Receipt, read_receipt

_CHUNK_BYTES = 256 * 1024


class AbandonedDraft:
    """
    A draft whose writer died, locked so that no other process recovers it.

    `receipt` is the one that the writer noted; None where it died before the body was whole. `since` is where the
    journal ended before the writer can have linked the draft.
    """

    def __init__(self, path: Path) -> None:
        """
        Lock the draft.

        Raises:
            BlockingIOError: another thread or process is writing or recovering it.
            FileNotFoundError: it is gone.
        """
        self.path = path
        self._fd = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        try:
            _hold(self._fd)
            self.since = BEGINNING
            self.receipt = self._read_receipt()
        except BaseException:
            os.close(self._fd)  # or, after a disk that failed once, the lock would keep everyone from recovering it
            raise

    def __enter__(self) -> "AbandonedDraft":
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        os.close(self._fd)

    def fsync(self) -> None:
        """
        Make the body durable: its writer may have died before its own fsync, and we may have read it from the cache.

        Raises:
            OSError: an I/O error.
        """
        os.fsync(self._fd)

    def discard(self) -> None:
        """Remove the draft; `remove_orphaned_receipts` removes its group's receipts after the last one."""
        self.path.unlink(missing_ok=True)

    def _read_receipt(self) -> Receipt | None:
        try:
            with open_file(_receipts_of(self.path)) as file:
                noted = file.read()
        except FileNotFoundError:
            return None
        sha256 = self._write_afresh()
        first, *lines = noted.splitlines() or [b""]
        try:
            self.since = msgspec.json.decode(first, type=Mark)
        except msgspec.MsgspecError:  # earlier releases did not write it
            lines.insert(0, first)
        for line in lines:
            with suppress(msgspec.MsgspecError):  # its writer died while it wrote this line
                receipt = read_receipt(line)
                # Whoever can write here may have left a receipt that names any file of this user.
                if receipt.sha256 == sha256 and is_path_in_log(receipt.path):
                    return receipt
        return None

    def _write_afresh(self) -> str:
        """
        Write the body once more, and return its digest.

        Not where it has its final name: it was durable before it got that.
        """
        digest = hashlib.sha256()
        is_linked = os.fstat(self._fd).st_nlink > 1
        offset = 0
        while chunk := os.pread(self._fd, _CHUNK_BYTES, offset):
            digest.update(chunk)
            if not is_linked:
                # Its writer's fsync may have failed. The system may then call the pages clean, and the next fsync
                # would succeed without having written them.
                write_all(self._fd, chunk)
            offset += len(chunk)
        return digest.hexdigest()


def _hold(fd: int) -> None:
    fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    if not os.fstat(fd).st_nlink:
        raise FileNotFoundError("another process recovered it just now")


def remove_orphaned_receipts(folder: Path) -> None:
    """
    Remove receipt files that no draft refers to, left by a crash between the two removals.

    Raises:
        OSError: an I/O error.
    """
    all_receipts = [path for path in folder.iterdir() if path.suffix == RECEIPTS_SUFFIX]
    # The bodies are listed after the receipts. A writer creates its bodies first and removes its receipts first, so
    # the receipts of a writer at work have a body in this list, or are gone.
    needed = {_receipts_of(path) for path in folder.iterdir() if path.suffix == BODY_SUFFIX}
    for receipts in all_receipts:
        if receipts not in needed:
            receipts.unlink(missing_ok=True)


def _receipts_of(body: Path) -> Path:
    # Earlier releases had no groups: body and receipt had one name, without a number.
    return body.with_name(body.stem.partition("-")[0] + RECEIPTS_SUFFIX)
