"""What a writer that died left in `.incoming`: drafts that somebody must finish, or remove."""

import fcntl
import hashlib
import os
from contextlib import suppress
from pathlib import Path
from types import TracebackType

import msgspec

from events.disk.durable import write_all
from events.folder_log.journal import BEGINNING, Mark
from events.folder_log.layout import BODY_SUFFIX, NOTES_SUFFIX
from events.log.receipt import Receipt, read_receipt

_CHUNK_BYTES = 256 * 1024


class AbandonedDraft:
    """
    A draft whose writer died, held so that nobody else recovers it.

    `receipt` is what its writer noted: None when it died before the body was whole. `since` is where the journal ended
    before its writer can have linked it.
    """

    def __init__(self, path: Path) -> None:
        """
        Lock the draft.

        Raises:
            BlockingIOError: somebody is writing or recovering it.
            FileNotFoundError: it is gone.
        """
        self.path = path
        self._fd = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        try:
            _hold(self._fd)
            self.since = BEGINNING
            self.receipt = self._read_notes()
        except BaseException:
            os.close(self._fd)  # or a disk that failed once would keep everybody from recovering it later
            raise

    def __enter__(self) -> "AbandonedDraft":
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        os.close(self._fd)

    def fsync(self) -> None:
        """
        Make the body durable: its writer may have died before it did so, and what we read is in memory only.

        Raises:
            OSError: an I/O error.
        """
        os.fsync(self._fd)

    def discard(self) -> None:
        """Remove the draft; its notes go with the last one of its group, by `remove_notes_of_nobody`."""
        self.path.unlink(missing_ok=True)

    def _read_notes(self) -> Receipt | None:
        try:
            noted = _notes_of(self.path).read_bytes()
        except FileNotFoundError:
            return None
        sha256 = self._write_afresh()
        first, *lines = noted.splitlines() or [b""]
        try:
            self.since = msgspec.json.decode(first, type=Mark)
        except msgspec.MsgspecError:  # a release before this one did not say it
            lines.insert(0, first)
        for line in lines:
            with suppress(msgspec.MsgspecError):  # its writer died over it
                receipt = read_receipt(line)
                if receipt.sha256 == sha256:
                    return receipt
        return None

    def _write_afresh(self) -> str:
        """Write the body once more, unless it has its final name, before which it was durable; return its digest."""
        digest = hashlib.sha256()
        is_linked = os.fstat(self._fd).st_nlink > 1
        offset = 0
        while chunk := os.pread(self._fd, _CHUNK_BYTES, offset):
            digest.update(chunk)
            if not is_linked:
                # Its writer's fsync may have failed: the system may then call the pages clean, and the next one
                # succeed without having written them.
                write_all(self._fd, chunk)
            offset += len(chunk)
        return digest.hexdigest()


def _hold(fd: int) -> None:
    fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    if not os.fstat(fd).st_nlink:
        raise FileNotFoundError("somebody else recovered it just now")


def remove_orphaned_notes(folder: Path) -> None:
    """
    Remove notes whose drafts are all gone: their writer, or their recovery, died just before it did so.

    Raises:
        OSError: an I/O error.
    """
    all_notes = [path for path in folder.iterdir() if path.suffix == NOTES_SUFFIX]
    # Looked at only now: a writer makes its bodies first, and removes its notes first, so that of one who is at work
    # there is a body by now, or there are no notes any more.
    needed = {_notes_of(path) for path in folder.iterdir() if path.suffix == BODY_SUFFIX}
    for notes in all_notes:
        if notes not in needed:
            notes.unlink(missing_ok=True)


def _notes_of(body: Path) -> Path:
    # A release before this one had no groups, and named a body as its notes.
    return body.with_name(body.stem.partition("-")[0] + NOTES_SUFFIX)
