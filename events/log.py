"""
The payload log: append-only, immutable files, and one journal that lists them.

The files are the truth; the journal is the order and the proof. An event is committed once it has a receipt.
"""

import os
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from msgspec import Struct

from events import steps
from events.draft import FOLDER as INCOMING
from events.draft import AbandonedDraft, Draft
from events.durable import fsync_folder, make_folder
from events.errors import DamagedEventError, EventsError, JournalError, closing_the_log
from events.event import DamagedLine, Event
from events.gate import Lock
from events.journal import HEADER, Journal, LockedJournal
from events.linking import LINK_TRIES, has_draft, is_same, link_into_folder, names_of
from events.receipt import Place, Receipt, read_receipt, sha256_of

BODY_BYTES_MAX = 256 * 1024 * 1024
# A long call's transcript; a single byte would still fit on a disk that is too full for any call.
_PROBE_BYTES = 256 * 1024


class _Linked(Struct):
    """A body that has its final name, on its way to its receipt."""

    receipt: Receipt
    draft: Path
    is_new: bool
    journal_bytes: int
    is_settled: bool = False
    is_appended: bool = False
    committed: Receipt | None = None
    error: Exception | None = None


class PayloadLog:
    """
    The payload log in one folder; any number of threads and processes may append and read.

    Args:
        folder: `PAYLOAD_STORAGE_PATH`; made when it is not there.
        body_bytes_max: the cap on one body.
        clock: the present, as an aware UTC datetime; noted in each receipt.
    """

    def __init__(
        self,
        folder: Path,
        *,
        body_bytes_max: int = BODY_BYTES_MAX,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.folder = folder
        self._incoming = folder / INCOMING
        self._body_bytes_max = body_bytes_max
        self._clock = clock
        make_folder(self._incoming, is_durable=True)
        self._journal = Journal(folder)
        self._turn = Lock()
        self._waiting_lock = threading.Lock()
        self._waiting: list[_Linked] = []
        self._has_doubts = False

    def draft(self) -> Draft:
        """Open a draft for a body that streams in; publish it within its `with` block."""
        return Draft(self._incoming, body_bytes_max=self._body_bytes_max)

    def append(self, body: bytes, *, source: str, signature: str | None = None) -> Receipt:
        """Append one body that is in memory; promises and raises as `publish` does."""
        with self.draft() as draft:
            draft.write(body)
            return self.publish(draft, source=source, signature=signature)

    def publish(self, draft: Draft, *, source: str, signature: str | None = None) -> Receipt:
        """
        Make a drafted body an event, and return its receipt once it is durable.

        Idempotent: the same bytes have one receipt, however often and wherever they are appended.

        Args:
            source: where the body came from: `webhook`, `backfill`, `import`, ...
            signature: the header that it came with.

        Raises:
            LogClosedError: no room, or an I/O error; a retry is safe. Nothing was kept, or, where not even that could
                be seen to, the body is left in doubt: it becomes an event with the next append, or the next start.
            JournalError: the journal's end is damaged; a retry helps once it is mended.
            DamagedEventError: every name that the body could get holds other bytes; so does a retry.
        """
        filing = draft.filing()
        receipt = Receipt(
            position=0,
            received_at=self._clock(),
            kind=filing.kind,
            conversation_id=filing.conversation_id,
            path=filing.path,
            sha256=draft.sha256,
            size=draft.size,
            source=source,
            signature=signature,
        )
        with closing_the_log():
            draft.seal(receipt)
            steps.reached("draft_sealed")
            try:
                linked = self._link(receipt, draft.path)
                steps.reached("folders_synced")
                committed = self._commit(linked)
            except Exception:
                if draft.is_linked():  # a name that could not be taken back: only its draft can get it a receipt
                    draft.abandon()
                    self._has_doubts = True
                raise
            draft.discard()
            steps.reached("draft_discarded")
            if not linked.is_new and has_draft(self.folder / committed.path):
                self._has_doubts = True  # somebody died over these very bytes, and left a draft
        self._settle_doubts()
        return committed

    def put_back(self, draft: Draft, receipt: Receipt) -> None:
        """
        Give a receipt its file again, which is missing, from a draft of the same bytes.

        Unlike `publish`, which knows nothing of a missing file, appends no second receipt, and gives the file no
        other name than it had.

        Raises:
            LogClosedError: no room, or an I/O error; a retry is safe.
        """
        assert draft.sha256 == receipt.sha256
        final = self.folder / receipt.path
        with closing_the_log():
            draft.seal(receipt)
            with suppress(FileExistsError):  # somebody else was faster
                link_into_folder(draft.path, final)
            self._fsync_inner_folders(final)
            fsync_folder(self.folder)
            draft.discard()

    def recover(self) -> int:
        """
        Finish what a process that died left behind, and return how many bodies became events.

        A body that had come in whole becomes an event, for its signature was verified; a part of one is removed.
        Drafts that somebody is still writing are left alone.
        """
        recovered = 0
        # Not by a glob, which would take a folder that cannot be read for an empty one.
        for path in sorted(path for path in self._incoming.iterdir() if path.suffix == ".body"):
            try:
                abandoned = AbandonedDraft(path)
            except (BlockingIOError, FileNotFoundError):
                continue
            with abandoned:
                if abandoned.receipt is not None:
                    linked = self._link(abandoned.receipt, path)
                    # Unlike an appender, we do not know when the dead writer linked it: look at every line.
                    linked.journal_bytes = 0
                    linked.is_new = False
                    self._commit(linked)
                    recovered += linked.is_appended
                abandoned.discard()
        return recovered

    def read(self, after: Place | None = None) -> Iterator[Event | DamagedLine]:
        """
        Yield the events that follow `after` (None: all), in the journal's order, and lines that are none.

        Raises:
            PositionError: the journal has another line at `after`; replay from nothing.
            JournalError: the journal is of an unknown format.
        """
        position, previous = (after.position, after.sha256) if after else (0, sha256_of(HEADER))
        for offset, line in self._journal.lines(after):
            digest = sha256_of(line)
            try:
                receipt = read_receipt(line)
            except msgspec.MsgspecError:
                position += 1
                yield DamagedLine(Place(position, offset, digest))
            else:
                is_chained = receipt.position == position + 1 and receipt.previous == previous
                position = receipt.position
                yield Event(receipt, Place(position, offset, digest), is_chained, self.folder / receipt.path)
            previous = digest

    def event_at(self, place: Place) -> Event | DamagedLine:
        """
        Return the event at a place.

        Raises:
            PositionError: the journal has another line there.
        """
        line = self._journal.line_at(place)
        try:
            receipt = read_receipt(line)
        except msgspec.MsgspecError:
            return DamagedLine(place)
        return Event(receipt, place, is_chained=True, path=self.folder / receipt.path)

    def tail(self) -> Place | None:
        """Return the last event's place, the head of the chain; None for an empty log."""
        return self._journal.tail()

    def size(self) -> int:
        """Return the journal's length in bytes, which grows with every event."""
        return self._journal.size()

    def check_writable(self) -> None:
        """
        Write and fsync as much as an ordinary event needs, where the next one would be drafted.

        Raises:
            LogClosedError: no room, or an I/O error.
        """
        with closing_the_log(), tempfile.TemporaryFile(dir=self._incoming) as probe:
            probe.write(b"\n" * _PROBE_BYTES)
            probe.flush()
            os.fsync(probe.fileno())

    def _settle_doubts(self) -> None:
        if self._has_doubts:
            self._has_doubts = False
            try:
                self.recover()
            except (OSError, EventsError):  # the body that we come from has its receipt; the next one tries again
                self._has_doubts = True

    def _link(self, receipt: Receipt, draft: Path) -> _Linked:
        for _ in range(LINK_TRIES - 1):
            with suppress(FileNotFoundError):  # an erasure removed the conversation's folder just now
                return self._link_once(receipt, draft)
        return self._link_once(receipt, draft)

    def _link_once(self, receipt: Receipt, draft: Path) -> _Linked:
        first, *beside = names_of(receipt)
        # These bytes may have been kept beside other ones whose append then failed, and left the first name free.
        is_folder_new = not (self.folder / first).parent.exists()
        known = [path for path in beside if not is_folder_new and (self.folder / path).exists()]
        for path in (*known, first, *beside):
            final = self.folder / path
            named = msgspec.structs.replace(receipt, path=path)
            journal_bytes = self._journal.size()
            try:
                link_into_folder(draft, final)
                steps.reached("body_linked")
                is_new = True
            except FileExistsError:
                if not is_same(final, receipt):
                    continue
                is_new, journal_bytes = False, 0
            linked = _Linked(named, draft, is_new, journal_bytes)
            try:
                self._fsync_inner_folders(final)
            except OSError:
                if is_new:
                    self._withdraw(linked)
                raise
            return linked
        raise DamagedEventError(f"{receipt.path} and its other versions hold bytes that are not theirs")

    def _fsync_inner_folders(self, final: Path) -> None:
        folder = final.parent
        while folder != self.folder:
            fsync_folder(folder)
            folder = folder.parent

    def _commit(self, linked: _Linked) -> Receipt:
        with self._waiting_lock:
            self._waiting.append(linked)
        with self._turn:
            # Those who queued here while one of us held the turn are committed together, by one fsync.
            if not linked.is_settled:
                with self._waiting_lock:
                    batch, self._waiting = self._waiting, []
                self._commit_batch(batch)
        if linked.error is not None:
            raise linked.error
        assert linked.committed is not None
        return linked.committed

    def _commit_batch(self, batch: list[_Linked]) -> None:
        try:
            # Once for all of them, and always, also where their folders were there: another process may have made
            # one a moment ago, and the name of a folder is durable only once its parent is.
            fsync_folder(self.folder)
            with self._journal.lock() as journal:
                self._write_receipts(batch, journal)
        except Exception as error:  # noqa: BLE001 - raised again in the thread of each of them
            for linked in batch:
                linked.committed, linked.error = None, error
            for linked in batch:
                if linked.is_new:
                    self._withdraw(linked)
        finally:
            for linked in batch:
                linked.is_settled = True

    def _write_receipts(self, batch: list[_Linked], journal: LockedJournal) -> None:
        position, previous = journal.tail.position, journal.tail.line_sha256
        written: dict[str, Receipt] = {}
        lines = bytearray()
        for linked in batch:
            path = linked.receipt.path
            # Somebody who met our file before it had a receipt may have appended one for us, and the other way.
            known = written.get(path) or journal.find(path, since=linked.journal_bytes)
            if known is None:
                if not linked.is_new and not (self.folder / path).exists():
                    link_into_folder(linked.draft, self.folder / path)
                    self._fsync_inner_folders(self.folder / path)
                    fsync_folder(self.folder)
                position += 1
                known = msgspec.structs.replace(linked.receipt, position=position, previous=previous)
                line = known.line()
                previous = sha256_of(line)
                lines += line + b"\n"
                written[path] = known
                linked.is_appended = True
            linked.committed = known
        journal.write(bytes(lines))

    def _withdraw(self, linked: _Linked) -> None:
        """Take back the name of a body that did not become an event; whoever looks could take it for one."""
        final = self.folder / linked.receipt.path
        try:
            with self._journal.lock() as journal:
                if journal.find(linked.receipt.path, since=linked.journal_bytes) is None:
                    final.unlink(missing_ok=True)
        except JournalError:  # at whose damaged end nobody can have got a receipt
            final.unlink(missing_ok=True)
        except OSError:
            return
        with suppress(OSError):  # the folder may hold other events
            final.parent.rmdir()
