"""Copies a folder's log: reads it without a trace, and takes the lines and bodies of another log."""

import fcntl
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from events.disk import steps
from events.disk.durable import fsync_file, fsync_folder, make_folder
from events.disk.reading import open_descriptor
from events.errors import JournalError, PositionError, os_errors_as_log_closed
from events.folder_log.append.draft import FolderDraft
from events.folder_log.append.link import inner_folders, is_same, link_into_folder
from events.folder_log.append.locked_journal import LockedJournal, locked_journal
from events.folder_log.append.recover import AbandonedDraft
from events.folder_log.bodies import FolderBodies
from events.folder_log.erasing import keep_key, read_key, remove_erased
from events.folder_log.journal import Journal
from events.folder_log.layout import BODY_SUFFIX, KEY_NAME, LOCK_NAME, NAME, PROBE_NAME, check_there
from events.folder_log.layout import FOLDER as INCOMING
from events.folder_log.signed_events import proofs_in
from events.log.copying import CopiedEvent, Line
from events.log.erasure import SOURCE, Erasure
from events.log.proof.keys import LogKeys
from events.log.receipt import Place, Receipt
from events.wire.shared_secrets import Secrets

_ERASURE = b'"source":"%s"' % SOURCE.encode()

# What may lie in a folder before its first event.
_BEGINNING = {INCOMING, LOCK_NAME, KEY_NAME, PROBE_NAME}


class FolderSource:
    """
    The log in one folder, to be copied; keeps the promises of `CopySource`.

    Raises:
        JournalError: there is no log.
    """

    def __init__(self, folder: Path, *, log_keys: Secrets | None = None) -> None:
        self._folder = folder
        self._journal = Journal(folder)
        self.bodies = FolderBodies(folder)
        self.proofs = proofs_in(folder, LogKeys(log_keys))
        check_there(folder)
        if not (folder / NAME).exists() and {path.name for path in folder.iterdir()} - _BEGINNING:
            raise JournalError(f"there is no {NAME} in {folder}: is its disk mounted?")

    def __str__(self) -> str:
        return str(self._folder)

    def identity(self) -> frozenset[str]:
        """Return the folder's and the journal's own numbers: links, mounts and other spellings lead to the same."""
        return _identity(self._folder)

    def end(self) -> Place | None:
        """Return the last line that stands there while nobody else writes."""
        with self._locked():
            return self._journal.tail()

    def has(self, place: Place) -> bool:
        """Return whether the journal has this line at this place."""
        return _has(self._journal, place)

    def lines(self, after: Place | None) -> Iterator[Line]:
        """Yield the journal's lines that follow a place."""
        for offset, text in self._journal.lines(after):
            yield Line(offset, text)

    def erasure_lines(self) -> Iterator[Line]:
        """Yield the journal's lines that hold the source of erasures."""
        for offset, text in self._journal.raw_lines():
            if _ERASURE in text:
                yield Line(offset, text)

    def erasure_key(self) -> bytes | None:
        """Return what `.erasure.key` holds; None where there is none."""
        return read_key(self._folder) if (self._folder / KEY_NAME).exists() else None

    @contextmanager
    def _locked(self) -> Iterator[None]:
        try:
            fd = open_descriptor(self._folder / LOCK_NAME)
        except FileNotFoundError:  # nobody appends here, as in a backup; and nothing is written for us
            yield
            return
        try:
            fcntl.flock(fd, fcntl.LOCK_SH)
            yield
        finally:
            os.close(fd)


class FolderTarget:
    """
    A folder that takes the events of another log; keeps the promises of `CopyTarget`.

    Raises:
        JournalError: something lies there that is no log.
        LogClosedError: no room, or an I/O error.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._incoming = folder / INCOMING
        self._journal = Journal(folder)
        if folder.exists() and not folder.is_dir():
            raise JournalError(f"{folder} is no folder: name an empty one, or one with a copy of this log")
        has_log = (folder / NAME).exists()
        if not has_log and folder.exists() and {path.name for path in folder.iterdir()} - _BEGINNING:
            words = "is not empty, and holds no log: name an empty folder, or one with a copy of this log"
            raise JournalError(f"{folder} {words}")

    def __str__(self) -> str:
        return str(self._folder)

    def identity(self) -> frozenset[str]:
        """Return the folder's and the journal's own numbers."""
        return _identity(self._folder)

    def tail(self) -> Place | None:
        """Return the place of the journal's last whole line."""
        return self._journal.tail()

    def begin(self) -> None:
        """Make what is missing, and cut off what a copy that was killed left of a line."""
        with os_errors_as_log_closed():
            make_folder(self._incoming, is_durable=True)
            # Before the first body: a journal tells a copy that was begun from a folder of somebody else's.
            with locked_journal(self._folder, can_begin=True) as journal:
                journal.write(b"")
                self._remove_leftovers()

    def has(self, place: Place) -> bool:
        """Return whether the journal has this line at this place."""
        return _has(self._journal, place)

    def draft(self) -> FolderDraft:
        """Open a draft; what lies on a disk already is not refused for its size."""
        return FolderDraft(self._incoming, body_bytes_max=sys.maxsize)

    def take_key(self, key: bytes) -> None:
        """Write the key into `.erasure.key`, unless it is there."""
        # Under the lock: who removes the leftovers of a killed copy must not take the file that becomes the key.
        with os_errors_as_log_closed(), locked_journal(self._folder, can_begin=False):
            keep_key(self._folder, key)
        if read_key(self._folder) != key:
            words = "is another log's: copy into an empty folder"
            raise JournalError(f"{self._folder / KEY_NAME} {words}")

    def remove(self, erasure: Erasure) -> None:
        """Remove files as the projector does."""
        remove_erased(self._folder, erasure)

    def take(self, events: Sequence[CopiedEvent], after: Place | None) -> None:
        """Give the bodies their names, and append the lines: one fsync of each folder and of the journal for all."""
        drafts = [(event.receipt, event.draft) for event in events if isinstance(event.draft, FolderDraft)]
        with os_errors_as_log_closed():
            # Without receipts beside them: if we die, a start of ingress takes none of them for an event of its own.
            for _, draft in drafts:
                draft.write_aside()
            for _, draft in drafts:
                draft.fsync()
            with locked_journal(self._folder, can_begin=False) as journal:
                # Before a body gets its name: another copy may be behind the erasure of its caller already, and nobody
                # would remove it again.
                self._check_end(journal, after)
                self._link(drafts)
                journal.write(b"".join(event.line.text + b"\n" for event in events))

    def wipe(self) -> str:
        """Return that nothing is left."""
        return ""

    def settle(self) -> None:
        """Make the journal durable as it is."""
        with os_errors_as_log_closed(), locked_journal(self._folder, can_begin=False) as journal:
            journal.write(b"")

    def _link(self, drafts: Sequence[tuple[Receipt, FolderDraft]]) -> None:
        folders = {self._folder: None}
        for receipt, draft in drafts:
            final = self._folder / receipt.path
            try:
                link_into_folder(draft.path, final)
            except FileExistsError:  # left by a copy that was killed
                if not is_same(final, receipt):
                    words = "other bytes lie there, which are no event's there any more: move them away, and copy again"
                    raise JournalError(f"{final}: {words}") from None
                fsync_file(final)
            steps.reached("body_linked")
            folders |= dict.fromkeys(inner_folders(self._folder, receipt.path))
        for folder in reversed(folders):
            fsync_folder(folder)
        steps.reached("folders_synced")

    def _check_end(self, journal: LockedJournal, after: Place | None) -> None:
        tail = journal.tail
        there = Place(tail.position, tail.line_offset, tail.line_sha256) if tail.position else None
        if there != after:
            words = "was appended to while it was copied into: stop who does, and copy into an empty folder"
            raise JournalError(f"{self._folder} {words}")

    def _remove_leftovers(self) -> None:
        """Remove what a copy that was killed left beside the log."""
        for path in self._folder.glob(f"{KEY_NAME}.*"):
            path.unlink(missing_ok=True)
        for path in self._incoming.glob(f"*{BODY_SUFFIX}"):
            with suppress(BlockingIOError, FileNotFoundError), AbandonedDraft(path) as draft:
                if draft.receipt is None:
                    draft.discard()


def _identity(folder: Path) -> frozenset[str]:
    marks = set[str]()
    for path in (folder, folder / NAME):
        with suppress(FileNotFoundError, NotADirectoryError):
            status = path.stat()
            marks.add(f"file {status.st_dev} {status.st_ino}")
    return frozenset(marks)


def _has(journal: Journal, place: Place) -> bool:
    try:
        journal.line_at(place)
    except PositionError:
        return False
    return True
