"""Gives drafts their final names and commits them to the journal, many per fsync."""

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
from events.folder_log.append.link import LINK_TRIES, inner_folders, is_same, link_into_folder
from events.folder_log.append.locked_journal import LockedJournal, locked_journal
from events.folder_log.append.same_log import SameLog
from events.folder_log.journal import BEGINNING, Journal, Mark
from events.log.proof.proofs import Proofs
from events.log.receipt import Receipt, names_of, sha256_of


class PendingEvent(Struct, eq=False):
    """
    A drafted body on its way to its receipt in the journal.

    `receipt` is the one that its draft has: without a position, and with the path that the body would get first.
    `path` is the one that it did get. `since` is where the journal ended before the body was linked: a receipt of the
    same bytes before that is of a file that an erasure has removed.
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
    """
    Gives drafts their names and their receipts, for one log and any number of threads.

    `log` tells whether the folder still holds the log that this process has seen there.

    Args:
        proofs: signs the receipts of our own events, and says which earlier ones count.
    """

    def __init__(self, folder: Path, journal: Journal, proofs: Proofs) -> None:
        self._folder = folder
        self._journal = journal
        self._proofs = proofs
        self.log = SameLog(folder, journal)
        self._turn = Lock()
        self._waiting_lock = threading.Lock()
        self._waiting: list[PendingEvent] = []

    def link(self, entry: PendingEvent) -> None:
        """
        Give a draft the first free name, or find its bytes under a name that is taken; not durable yet.

        Raises:
            OSError: no room, or an I/O error; the draft has no name.
            DamagedEventError: every name that the body could get holds other bytes.
        """
        for _ in range(LINK_TRIES - 1):
            with suppress(FileNotFoundError):  # an erasure removed the conversation's folder just now
                self._link_once(entry)
                return
        self._link_once(entry)

    def fsync_folders(self, group: Iterable[PendingEvent]) -> None:
        """
        Make the names of a group durable in their folders; `commit` makes the names of new folders durable.

        One fsync of a folder counts for all names of the group in it. A body whose name cannot be made durable loses
        the name and has an `error` afterwards.
        """
        fsynced: dict[Path, OSError | None] = {}
        for entry in group:
            try:
                self._fsync_folders_of(entry, fsynced)
            except Exception as error:  # noqa: BLE001 - the outcome of this body; the others of the group go on
                entry.error = error

    def commit(self, group: Sequence[PendingEvent]) -> None:
        """Commit a group whose names are durable; afterwards each of it is `committed` or has an `error`."""
        with self._waiting_lock:
            self._waiting.extend(group)
        steps.reached("commit_queued")
        with self._turn:
            # One thread commits all groups that were queued while another one had its turn, by one fsync.
            if not group[0].is_settled:
                with self._waiting_lock:
                    batch, self._waiting = self._waiting, []
                self._commit_batch(batch)

    def recover(self, receipt: Receipt, draft: Path, *, since: Mark) -> bool:
        """
        Finish a dead writer's durable draft; return whether this appended its receipt.

        Args:
            since: where the journal ended before the writer can have linked the draft.

        Raises:
            OSError, JournalError, DamagedEventError: the draft is still in doubt.
        """
        if receipt.is_our_own and self._are_own_events_signed():
            self._give_up(receipt, draft, since)
            return False
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

    def _are_own_events_signed(self) -> bool:
        if self._proofs.keys:
            return True
        self._proofs.read_on()
        return self._proofs.first_signed > 0

    def _give_up(self, receipt: Receipt, draft: Path, since: Mark) -> None:
        """Take its name from a dead writer's event of our own, unless it has a receipt: we would sign a forged one."""
        for path in names_of(receipt):
            final = self._folder / path
            with suppress(FileNotFoundError):
                if not draft.samefile(final):
                    continue
                with self.log.lock() as journal:
                    if journal.find(path, receipt.sha256, since=since) is None:
                        final.unlink()
                        fsync_folder(final.parent)

    def _link_once(self, entry: PendingEvent) -> None:
        first, *beside = names_of(entry.receipt)
        # Only now, not when the append began: the same bytes may have been appended and erased while this thread
        # waited for the disk, and that receipt is not of our file.
        entry.since = self._journal.mark()
        # These bytes may have been kept beside others whose append then failed and left the first name free.
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
            # An appender of these bytes that failed, or an erasure, removed the folder just now.
            self.link(entry)
            for folder in folders:
                fsynced.pop(folder)

    def _commit_batch(self, batch: list[PendingEvent]) -> None:
        try:
            # Always, also where no folder is new to us: another process may have made one a moment ago, and the name
            # of a folder is durable only once its parent is fsynced.
            fsync_folder(self._folder)
            with self.log.lock() as journal:
                self._write_receipts(batch, journal)
                self.log.note()
        except Exception as error:  # noqa: BLE001 - the outcome of each of them
            for entry in batch:
                entry.committed, entry.error = None, error
            for entry in batch:
                if entry.is_new:
                    self._withdraw(entry)
        except BaseException:  # Ctrl-C: it is not known which receipts are durable, so none may be acknowledged
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
            # Another appender of the same bytes may have met our file and appended its receipt for us.
            known = self._find(entry, written, journal)
            if known is None and not entry.is_new and not self._is_there(entry):
                self._link_again(entry)
                known = self._find(entry, written, journal)
            if known is None:
                position += 1
                known = self._receipt(entry, position, previous)
                line = known.line()
                previous = sha256_of(line)
                lines += line + b"\n"
                written[entry.path, known.sha256] = known
                entry.is_appended = True
            entry.committed = known
        journal.write(bytes(lines))

    def _receipt(self, entry: PendingEvent, position: int, previous: str) -> Receipt:
        receipt = msgspec.structs.replace(entry.receipt, path=entry.path, position=position, previous=previous)
        return self._proofs.keys.signed(receipt) if receipt.is_our_own else receipt

    def _find(
        self, entry: PendingEvent, written: dict[tuple[str, str], Receipt], journal: LockedJournal
    ) -> Receipt | None:
        """Return the receipt that these bytes have, unless it is of an event that nobody must obey."""
        path, sha256 = entry.path, entry.receipt.sha256
        known = written.get((path, sha256)) or journal.find(path, sha256, since=entry.since)
        return known if known is not None and self._proofs.believes(known) else None

    def _is_there(self, entry: PendingEvent) -> bool:
        """Return whether the file that `link` found is still there; other bytes may have its name by now."""
        final = self._folder / entry.path
        try:
            # A recovered draft is that file itself. It is not read again, for others wait for the journal.
            return entry.draft.samefile(final) or is_same(final, entry.receipt)
        except FileNotFoundError:
            return False

    def _link_again(self, entry: PendingEvent) -> None:
        """Give a body a name of its own: the file that it was found in was withdrawn, as its append failed."""
        self.link(entry)
        for folder in inner_folders(self._folder, entry.path):
            fsync_folder(folder)
        fsync_folder(self._folder)

    def _withdraw(self, entry: PendingEvent) -> None:
        """Remove the name of a body that did not become an event: a reader of the folder could mistake it for one."""
        final = self._folder / entry.path
        with suppress(OSError):  # this body keeps its name and its draft; the other names are removed all the same
            try:
                with locked_journal(self._folder, can_begin=False) as journal:
                    if journal.find(entry.path, entry.receipt.sha256, since=entry.since) is None:
                        final.unlink(missing_ok=True)
            except JournalError:  # its end is damaged, so no process can have appended a receipt there
                final.unlink(missing_ok=True)
            except FileNotFoundError:
                # Nobody may begin a journal meanwhile: the first event of it may be these bytes, found in our file.
                with self._journal.standstill() as tail:
                    if tail is None:
                        final.unlink(missing_ok=True)
        with suppress(OSError):  # the folder may hold other events
            final.parent.rmdir()


def _failure_of_fsync(folder: Path) -> OSError | None:
    try:
        fsync_folder(folder)
    except OSError as error:
        return error
    return None
