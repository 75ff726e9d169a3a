"""
The payload log: append-only, immutable files, and one journal that lists them.

The files are the truth; the journal is the order and the proof. An event is committed once it has a receipt.
"""

import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from events.disk.durable import fsync_folder, make_folder
from events.errors import closing_the_log
from events.folder_log.append.commit import Committer
from events.folder_log.append.draft import Draft
from events.folder_log.append.link import inner_folders, link_into_folder
from events.folder_log.append.publish import DraftedBody, Publisher
from events.folder_log.append.recover import AbandonedDraft, remove_orphaned_notes
from events.folder_log.journal import HEADER, Journal
from events.folder_log.layout import FOLDER as INCOMING
from events.log.event import DamagedLine, Event
from events.log.receipt import Place, Receipt, read_receipt, sha256_of

BODY_BYTES_MAX = 256 * 1024 * 1024
# A long call's transcript; a single byte would still fit on a disk that is too full for any call.
_PROBE_BYTES = 256 * 1024
_NAME_CHARS = 16


class FolderLog:
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
        make_folder(self._incoming, is_durable=True)
        self._journal = Journal(folder)
        self._committer = Committer(folder, self._journal)
        self._publisher = Publisher(folder, self._journal, self._committer, clock=clock)

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
        (outcome,) = self.publish_all([DraftedBody(draft, source, signature)])
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def publish_all(self, group: Sequence[DraftedBody]) -> list[Receipt | Exception]:
        """
        Make a group of drafted bodies events, in this order, and return the receipt of each once it is durable.

        Each goes through the same steps as one that is published alone, and is promised the same; the group takes
        each step together, so that what makes a folder or the journal durable does so once for all of them. Instead of
        a receipt stands the error that `publish` would raise: of a step that a body takes alone its own, of one that
        is shared the same for all who share it.
        """
        outcomes = self._publisher.publish_all(group)
        if self._publisher.has_doubts:
            self._settle_doubts()
        return outcomes

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
            draft.make_durable(receipt)
            with suppress(FileExistsError):  # somebody else was faster
                link_into_folder(draft.path, final)
            for folder in (*inner_folders(self.folder, receipt.path), self.folder):
                fsync_folder(folder)
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
                    abandoned.fsync()
                    recovered += self._committer.recover(abandoned.receipt, path, since=abandoned.since)
                abandoned.discard()
        remove_orphaned_notes(self._incoming)
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

    def name(self) -> str:
        """
        Return what tells this log from any other, wherever it is moved or restored to; nothing for an empty log.

        Raises:
            JournalError: the journal is of an unknown format.
        """
        return next((sha256_of(line)[:_NAME_CHARS] for _, line in self._journal.lines(None)), "")

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
        self._publisher.has_doubts = False
        try:
            self.recover()
        except Exception:  # noqa: BLE001 - those that we come from have their receipts; the next one tries again
            self._publisher.has_doubts = True
