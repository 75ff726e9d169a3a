"""
The log in one folder: immutable files, and one journal that lists them.

The files are the truth; the journal is the order and the proof. An event is committed once it has a receipt.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, suppress
from datetime import UTC, datetime
from pathlib import Path
from threading import Event as Flag
from typing import TYPE_CHECKING

import msgspec

from events.disk.durable import fsync_folder, make_folder
from events.disk.reading import is_one_files, reason_of
from events.disk.room import free_files, try_folder
from events.errors import DamagedEventError, UnreadEventError, os_errors_as_log_closed
from events.folder_log.append.commit import Committer
from events.folder_log.append.draft import FolderDraft
from events.folder_log.append.link import inner_folders, link_into_folder
from events.folder_log.append.publish import Publisher
from events.folder_log.append.recover import AbandonedDraft, remove_orphaned_receipts
from events.folder_log.bodies import FolderBodies
from events.folder_log.erasing import read_key, read_or_make_key, remove_erased
from events.folder_log.journal import Journal
from events.folder_log.layout import BODY_SUFFIX, KEY_NAME, NAME, PROBE_NAME
from events.folder_log.layout import FOLDER as INCOMING
from events.folder_log.recordings import mp3s, write_mp3
from events.folder_log.signed_events import proofs_in
from events.log.by_group import ByGroup
from events.log.draft import BODY_BYTES_MAX, DraftedBody, GroupLimits
from events.log.erasure import CallerHashes, Erasure
from events.log.event import DamagedLine, Event
from events.log.proof.keys import LogKeys
from events.log.receipt import HEADER, Place, Receipt, log_name, read_receipt, sha256_of
from events.wire.shared_secrets import Secrets

if TYPE_CHECKING:
    from events.folder_log.doorbell import Doorbell

# A long call's transcript; a single byte would still fit on a disk that is too full for any call.
_PROBE_BYTES = 256 * 1024

# Each thread waits for one fsync after the other. More threads would make smaller groups, which only share what the
# disk does at once, and cost more processor time. A thread takes half of the waiting bodies: if it took all, the others
# would have no work during a long fsync. The event loop answers a whole group at once, and greets nobody meanwhile.
_GROUP_LIMITS = GroupLimits(threads=4, share=2, bodies_max=16)


class FolderLog(ByGroup):
    """
    The log in one folder; keeps the promises of `EventLog`.

    Args:
        folder: `PAYLOAD_STORAGE_PATH`; made where it is missing.
        log_keys: the secrets of `LOG_KEY`, the signing one first; without any, nothing of our own is signed or proven.
        body_bytes_max: the cap on one body.
        is_watching: whether `wait` lets the operating system ring; without it, `wait` ends at the next look.
        clock: the present, as an aware UTC datetime; noted in each receipt.
    """

    def __init__(
        self,
        folder: Path,
        *,
        log_keys: Secrets | None = None,
        body_bytes_max: int = BODY_BYTES_MAX,
        is_watching: bool = True,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.folder = folder
        self.bodies = FolderBodies(folder)
        self.group_limits = _GROUP_LIMITS
        self.key_name = KEY_NAME
        self._incoming = folder / INCOMING
        self._body_bytes_max = body_bytes_max
        self._is_watching = is_watching
        self._doorbell: Doorbell | None = None
        make_folder(self._incoming, is_durable=True)
        self._journal = Journal(folder)
        self.proofs = proofs_in(folder, LogKeys(log_keys))
        self._committer = Committer(folder, self._journal, self.proofs)
        self._publisher = Publisher(folder, self._journal, self._committer, clock=clock)

    def __str__(self) -> str:
        return str(self.folder)

    @property
    def location(self) -> str:
        """The folder, also for a process that stands elsewhere."""
        return str(self.folder.absolute())

    def draft(self) -> FolderDraft:
        """Open a draft, which is written to `.incoming` once it is too long for memory, or published."""
        return FolderDraft(self._incoming, body_bytes_max=self._body_bytes_max)

    def publish_all(
        self, group: Sequence[DraftedBody], *, on_step: Callable[[str], None] | None = None
    ) -> list[Receipt | Exception]:
        """
        Make a group of drafted bodies events.

        The group takes each step together: one fsync of a folder, and one of the journal, counts for all of it. The
        steps are `write`, `fsync` (bodies and receipts), `link` (names and folders) and `commit` (the journal).
        """
        outcomes = self._publisher.publish_all(group, on_step=on_step)
        if self._publisher.has_doubts:
            self._settle_doubts()
        return outcomes

    def put_back(self, draft: FolderDraft, receipt: Receipt) -> None:
        """
        Give a receipt its missing file again, from a draft of the same bytes.

        `publish` does not notice that the file is missing: it would append a second receipt, perhaps of another name.

        Raises:
            LogClosedError: no room, or an I/O error; a retry is safe.
        """
        assert draft.sha256 == receipt.sha256
        final = self.folder / receipt.path
        with os_errors_as_log_closed():
            draft.make_durable(receipt)
            with suppress(FileExistsError):  # another process was faster
                link_into_folder(draft.path, final)
            for folder in (*inner_folders(self.folder, receipt.path), self.folder):
                fsync_folder(folder)
            draft.discard()

    def recover(self) -> int:
        """
        Finish or remove the drafts of dead writers, and return how many bodies became events.

        A writer holds a lock on its draft for as long as it lives.
        """
        recovered = 0
        stuck: Exception | None = None
        # Not by a glob, which would take a folder that cannot be read for an empty one.
        for path in sorted(path for path in self._incoming.iterdir() if path.suffix == BODY_SUFFIX):
            try:
                recovered += self._recover(path)
            except DamagedEventError as error:
                stuck = error
            except OSError as error:
                if not is_one_files(error):
                    raise
                stuck = UnreadEventError(f"{INCOMING}/{path.name} cannot be recovered: {reason_of(error)}")
        remove_orphaned_receipts(self._incoming)
        if stuck is not None:
            raise stuck
        return recovered

    def _recover(self, path: Path) -> bool:
        try:
            abandoned = AbandonedDraft(path)
        except (BlockingIOError, FileNotFoundError):
            return False
        with abandoned:
            is_new = abandoned.receipt is not None and self._finish(abandoned, abandoned.receipt)
            abandoned.discard()
        return is_new

    def _finish(self, abandoned: AbandonedDraft, receipt: Receipt) -> bool:
        abandoned.fsync()
        return self._committer.recover(receipt, abandoned.path, since=abandoned.since)

    def check_writable(self) -> None:
        """
        Write and fsync as much as an ordinary event needs, with as many files: a body, its receipt and its folder.

        On a tmpfs the link that gives the body its name counts as a file, too.

        Raises:
            JournalError: the log that was here is gone.
        """
        with os_errors_as_log_closed(), ExitStack() as files:
            with suppress(FileNotFoundError):
                os.close(os.open(self.folder / NAME, os.O_RDWR | os.O_CLOEXEC))
            with self._journal.standstill():  # waits as a webhook does: another process may keep the lock
                self._committer.log.check()
            body, *_ = (files.enter_context(tempfile.TemporaryFile(dir=self._incoming)) for _ in range(3))
            body.write(b"\n" * _PROBE_BYTES)
            body.flush()
            os.fsync(body.fileno())
            try_folder(self.folder / PROBE_NAME)

    def servers(self) -> None:
        """Return None: no server keeps a folder."""
        return

    @property
    def body_store(self) -> None:
        """None: all bodies lie in the folder."""
        return

    def free_bytes(self) -> int:
        """Return the free room on the folder's disk."""
        return shutil.disk_usage(self.folder).free

    def free_files(self) -> int | None:
        """Return how many more files and folders the folder's disk takes; None where it sets no limit."""
        return free_files(self.folder)

    def read(self, after: Place | None = None) -> Iterator[Event | DamagedLine]:
        """Yield the events that the journal lists after `after`, and lines that are no receipt."""
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
                yield Event(receipt, Place(position, offset, digest), is_chained, self.bodies)
            previous = digest

    def event_at(self, place: Place) -> Event | DamagedLine:
        """Return the event whose line the journal has at a place."""
        line = self._journal.line_at(place)
        try:
            receipt = read_receipt(line)
        except msgspec.MsgspecError:
            return DamagedLine(place)
        return Event(receipt, place, is_chained=True, bodies=self.bodies)

    def tail(self) -> Place | None:
        """Return the place of the journal's last whole line."""
        return self._journal.tail()

    def standstill(self) -> AbstractContextManager[Place | None]:
        """Hold the journal's lock until the block ends; yields the place of the last committed line."""
        return self._journal.standstill()

    def name(self) -> str:
        """Return the beginning of the hash of the first receipt, which holds a time and the hash of a body."""
        return next((log_name(sha256_of(line)) for _, line in self._journal.lines(None)), "")

    def size(self) -> int:
        """Return a number of the journal's length and the time of its last change; see `Journal.state`."""
        return self._journal.state()

    def wait(self, stop: Flag) -> None:
        """Wait until the system says that the journal has changed, or until it is time to look."""
        if self._doorbell is None:
            from events.folder_log.doorbell import Doorbell  # noqa: PLC0415 - slow, and only a follower waits

            self._doorbell = Doorbell(self.folder, is_watching=self._is_watching)
        self._doorbell.wait(stop)

    def caller_hashes(self, *, may_create: bool = False) -> CallerHashes:
        """Return the hashes that are made with the key in `.erasure.key`."""
        return CallerHashes(read_or_make_key(self.folder) if may_create else read_key(self.folder))

    def remove(self, erasure: Erasure) -> None:
        """Remove the files that an erasure lists, and the folders of its conversations with all that lies in them."""
        remove_erased(self.folder, erasure)

    def wipe(self) -> str:
        """Return that nothing is left: a file that is removed has no other place."""
        return ""

    def recordings(self, conversation_id: str) -> list[Path]:
        """Return the MP3s that lie in the folder of a conversation."""
        return mp3s(self.folder, conversation_id)

    def write_recording(self, event: Event) -> bool:
        """Write the recording of an audio event as an MP3 beside it, unless it is there and right."""
        return write_mp3(self.folder, event)

    def _settle_doubts(self) -> None:
        self._publisher.has_doubts = False
        try:
            self.recover()
        except Exception:  # noqa: BLE001 - the bodies of this call have their receipts; the next call tries again
            self._publisher.has_doubts = True
