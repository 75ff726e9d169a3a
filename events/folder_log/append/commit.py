"""From a draft to a receipt: the name in the log, and then the commit, which many may share."""

import threading
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec
from msgspec import Struct

from events.disk import steps
from events.disk.durable import fsync_folder
from events.disk.gate import Lock
from events.errors import DamagedEventError, JournalError, LogClosedError
from events.folder_log.append.link import LINK_TRIES, inner_folders, is_same, link_into_folder, names_of
from events.folder_log.journal import BEGINNING, Journal, LockedJournal, Mark
from events.log.receipt import Receipt, sha256_of


class PendingEvent(Struct, eq=False):
    """
    A body on its way to its receipt.

    `receipt` is as its draft has it, without a position, and with the path that is wished for most; `path` is the one
    that it got. `since` is where the journal ended before it was linked: what stands there of the same bytes was said
    of a file that an erasure has taken since.
    """

    receipt: Receipt
    draft: Path
    path: str = ""
    since: Mark = BEGINNING
    is_new: bool = False
    is_settled: bool = False
    is_appended: bool = False
    committed: Receipt | None = None
    error: Exception | None = None


class Committer:
    """Gives drafts their names and their receipts, for one log; any number of threads may."""

    def __init__(self, folder: Path, journal: Journal) -> None:
        self._folder = folder
        self._journal = journal
        self._turn = Lock()
        self._waiting_lock = threading.Lock()
        self._waiting: list[PendingEvent] = []

    def link(self, entry: PendingEvent) -> None:
        """
        Give a draft the first name that is free, or find the same bytes under one; not durable yet.

        Raises:
            OSError: no room, or an I/O error; no name was given.
            DamagedEventError: every name that the body could get holds other bytes.
        """
        for _ in range(LINK_TRIES - 1):
            with suppress(FileNotFoundError):  # an erasure removed the conversation's folder just now
                self._link_once(entry)
                return
        self._link_once(entry)

    def fsync_folders(self, group: Iterable[PendingEvent]) -> None:
        """
        Make the names of a group durable, but for those of new folders in the payload folder.

        One fsync of a folder counts for all whose names were in it by then. Whoever's name cannot be made durable has
        an `error` afterwards, and the name no more.
        """
        fsynced: dict[Path, OSError | None] = {}
        for entry in group:
            try:
                self._fsync_folders_of(entry, fsynced)
            except Exception as error:  # noqa: BLE001 - told by who appends it; the others of the group go on
                entry.error = error

    def commit(self, group: Sequence[PendingEvent]) -> None:
        """Commit a group, whose names are durable: afterwards each of it is `committed`, or has an `error`."""
        with self._waiting_lock:
            self._waiting.extend(group)
        with self._turn:
            # Those who queued here while one of us held the turn are committed together, by one fsync.
            if not group[0].is_settled:
                with self._waiting_lock:
                    batch, self._waiting = self._waiting, []
                self._commit_batch(batch)

    def recover(self, receipt: Receipt, draft: Path, *, since: Mark) -> bool:
        """
        Give the draft of somebody who died, which is durable, its name and its receipt; tell whether it had none.

        Args:
            since: where the journal ended before its writer can have linked it.

        Raises:
            OSError, JournalError, DamagedEventError: it is still in doubt.
        """
        entry = PendingEvent(receipt, draft)
        self.link(entry)
        if not entry.is_new and draft.samefile(self._folder / entry.path):
            entry.since = since
        self._fsync_folders_of(entry, {})
        entry.is_new = False  # a failure leaves it to the next recovery
        self.commit([entry])
        if entry.error is not None:
            raise entry.error
        return entry.is_appended

    def _link_once(self, entry: PendingEvent) -> None:
        first, *beside = names_of(entry.receipt)
        # Not earlier: what is appended of these bytes, and erased, while we wait for the disk is not our file's.
        entry.since = self._journal.mark()
        # These bytes may have been kept beside other ones whose append then failed, and left the first name free.
        is_folder_new = not (self._folder / first).parent.exists()
        known = [path for path in beside if not is_folder_new and (self._folder / path).exists()]
        for path in (*known, first, *beside):
            final = self._folder / path
            try:
                link_into_folder(entry.draft, final)
            except FileExistsError:
                if not is_same(final, entry.receipt):
                    continue
                entry.path, entry.is_new, entry.since = path, False, BEGINNING
            else:
                entry.path, entry.is_new = path, True
                steps.reached("body_linked")
            return
        raise DamagedEventError(f"{entry.receipt.path} and its other versions hold bytes that are not theirs")

    def _fsync_folders_of(self, entry: PendingEvent, fsynced: dict[Path, OSError | None]) -> None:
        for tries_left in reversed(range(LINK_TRIES)):
            folders = inner_folders(self._folder, entry.path)
            for folder in folders:
                if folder not in fsynced:
                    fsynced[folder] = _failure_of_fsync(folder)
            error = next((fsynced[folder] for folder in folders if fsynced[folder] is not None), None)
            if error is None:
                return
            if entry.is_new:
                self._withdraw(entry)
            if not tries_left or not isinstance(error, FileNotFoundError):
                raise error
            # Another appender of these bytes, who failed, or an erasure removed the folder just now.
            self.link(entry)
            for folder in folders:
                fsynced.pop(folder)

    def _commit_batch(self, batch: list[PendingEvent]) -> None:
        try:
            # Once for all of them, and always, also where their folders were there: another process may have made
            # one a moment ago, and the name of a folder is durable only once its parent is.
            fsync_folder(self._folder)
            with self._journal.lock() as journal:
                self._write_receipts(batch, journal)
        except Exception as error:  # noqa: BLE001 - raised again, or told, by who appends each of them
            for entry in batch:
                entry.committed, entry.error = None, error
            for entry in batch:
                if entry.is_new:
                    self._withdraw(entry)
        except BaseException:  # Ctrl-C: how far it came nobody knows, and for none of them may be answered
            for entry in batch:
                entry.committed, entry.error = None, LogClosedError("the append was interrupted")
            raise
        finally:
            for entry in batch:
                entry.is_settled = True

    def _write_receipts(self, batch: list[PendingEvent], journal: LockedJournal) -> None:
        position, previous = journal.tail.position, journal.tail.line_sha256
        written: dict[tuple[str, str], Receipt] = {}
        lines = bytearray()
        for entry in batch:
            # Somebody who met our file before it had a receipt may have appended one for us, and the other way.
            known = _find(entry, written, journal)
            if known is None and not entry.is_new and not self._is_there(entry):
                self._link_again(entry)
                known = _find(entry, written, journal)
            if known is None:
                position += 1
                known = msgspec.structs.replace(entry.receipt, path=entry.path, position=position, previous=previous)
                line = known.line()
                previous = sha256_of(line)
                lines += line + b"\n"
                written[entry.path, known.sha256] = known
                entry.is_appended = True
            entry.committed = known
        journal.write(bytes(lines))

    def _is_there(self, entry: PendingEvent) -> bool:
        """Tell whether the file that was met is still there; its name may be that of other bytes by now."""
        final = self._folder / entry.path
        try:
            # One that is being recovered is its own draft, and is not read once more: others wait for the journal.
            return entry.draft.samefile(final) or is_same(final, entry.receipt)
        except FileNotFoundError:
            return False

    def _link_again(self, entry: PendingEvent) -> None:
        """Give a body a name of its own, in place of the file of another that then failed, and took it away."""
        self.link(entry)
        for folder in inner_folders(self._folder, entry.path):
            fsync_folder(folder)
        fsync_folder(self._folder)

    def _withdraw(self, entry: PendingEvent) -> None:
        """Take back the name of a body that did not become an event; whoever looks could take it for one."""
        final = self._folder / entry.path
        with suppress(OSError):  # it keeps its name, and its draft; those of others go all the same
            try:
                with self._journal.lock() as journal:
                    if journal.find(entry.path, entry.receipt.sha256, since=entry.since) is None:
                        final.unlink(missing_ok=True)
            except JournalError:  # at whose damaged end nobody can have got a receipt
                final.unlink(missing_ok=True)
        with suppress(OSError):  # the folder may hold other events
            final.parent.rmdir()


def _find(entry: PendingEvent, written: dict[tuple[str, str], Receipt], journal: LockedJournal) -> Receipt | None:
    path, sha256 = entry.path, entry.receipt.sha256
    return written.get((path, sha256)) or journal.find(path, sha256, since=entry.since)


def _failure_of_fsync(folder: Path) -> OSError | None:
    try:
        fsync_folder(folder)
    except OSError as error:
        return error
    return None
