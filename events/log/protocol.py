"""
What a log is, wherever it is kept: the promises that every kind of log makes, and its readers and appenders rely on.

`tests/contract/logs/` holds each kind to them. MUST and MAY are those of RFC 2119.
"""

from collections.abc import Iterator, Sequence
from threading import Event as Flag
from types import TracebackType
from typing import Protocol

from msgspec import Struct

from events.log.erasure import CallerHashes, Erasure
from events.log.event import Bodies, DamagedLine, Event
from events.log.filing import Filing
from events.log.receipt import Place, Receipt

# The cap on one body where the operator sets none.
BODY_BYTES_MAX = 256 * 1024 * 1024


class Draft(Protocol):
    """
    A body that is coming in, and is no event yet.

    Leaving the `with` block MUST remove what was written of it, also after an error; an event that was published from
    it stays. A body whose signature is not verified yet is a draft, so a draft MUST NOT be read by anybody, and one of
    up to 1 MiB MUST NOT take any room in the log. One thread at a time uses a draft.
    """

    @property
    def size(self) -> int:
        """How long the body is so far, in bytes."""

    @property
    def sha256(self) -> str:
        """The SHA-256 of the body so far, in lower-case hex."""

    def __enter__(self) -> "Draft": ...

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None: ...

    def write(self, chunk: bytes) -> None:
        """
        Take the next piece of the body.

        MUST NOT hold more than some MiB of a body in memory, however long it is.

        Raises:
            BodyTooLargeError: MUST, as soon as the body is above the cap.
            LogClosedError: no room, or an I/O error. The whole body may be sent again.
        """

    def filing(self) -> Filing:
        """
        Return where the body, now whole, belongs.

        Looks into the body only now: a sender who is not verified yet must not make us parse anything.

        Raises:
            LogClosedError: an I/O error.
        """

    def discard(self) -> None:
        """
        Remove what was written of the body; MUST be idempotent, and MUST NOT raise or undo an event.

        A draft of a group MUST NOT be discarded while the group is being published.
        """


class DraftedBody(Struct, eq=False):
    """
    A body that has come in whole, as a member of a group.

    `source` says where it came from: `webhook`, `backfill`, `import`, ...; `signature` is the header that it came with.
    """

    draft: Draft
    source: str
    signature: str | None = None


class EventLog(Protocol):
    """
    An append-only log of events, each of them the very bytes that were received.

    Any number of threads and processes MAY append and read at once. An event is committed once it has a receipt.
    Positions count 1, 2, 3, ... without a gap, in the order in which events were committed, and each receipt holds the
    hash of the one before. Nothing that is committed is ever changed; a body is removed by an erasure alone, and its
    receipt stays.

    Where the world fails (a disk, a connection), what appends raises `LogClosedError`, and all else `OSError`. A retry
    is safe after both. Where what is stored is damaged, every method raises an `EventsError` that says so.

    `str(log)` MUST say where the log is kept, fit for an error message, without any secret.
    """

    def draft(self) -> Draft:
        """Open a draft for a body that streams in; publish it within its `with` block, in this log."""

    def append(self, body: bytes, *, source: str, signature: str | None = None) -> Receipt:
        """
        Append a body that is in memory; promises and raises as `publish` does.

        Raises:
            BodyTooLargeError: the body is above the cap.
        """

    def publish(self, draft: Draft, *, source: str, signature: str | None = None) -> Receipt:
        """
        Make a drafted body an event, and return its receipt.

        Durable: when this returns, the body and its receipt MUST survive a power cut. Whatever ends the process before
        that, the body MUST end as one event or as none, and `recover` MUST see to it which.

        Idempotent: the same bytes MUST have one receipt, however often and from wherever they are appended; that one
        is returned. Once an erasure has removed them, the same bytes MUST get a receipt of their own, so that somebody
        erases them again.

        Never replaces: other bytes that are filed under the same path MUST be kept beside the earlier ones, under a
        path that tells both apart.

        Args:
            source: where the body came from: `webhook`, `backfill`, `import`, ...
            signature: the header that it came with.

        Raises:
            LogClosedError: no room, or an I/O error; a retry is safe. The body is no event, or, where the log could
                not even make sure of that, becomes the one event of these bytes later on.
            JournalError: the journal's end is damaged. A retry helps only once that is mended.
            DamagedEventError: every path that the body could get holds other bytes. A retry does not help.
        """

    def publish_all(self, group: Sequence[DraftedBody]) -> list[Receipt | Exception]:
        """
        Make a group of drafted bodies events, in this order, and return the outcome of each.

        An outcome is what `publish` would return or raise for that body alone, and each body is promised the same.
        Where one body fails alone, MUST NOT fail the others. The log MAY let the group share what is slow, such as
        what makes it durable; an error of a shared step is then the outcome of all who shared it.
        """

    def recover(self) -> int:
        """
        Finish what a process left behind that died while it appended, and return how many bodies became events.

        MUST make an event of each body that had come in whole, for its signature was verified, and remove the rest.
        MUST NOT touch what another thread or process is still writing. MAY be called at any time, by any process.

        Raises:
            OSError, JournalError, DamagedEventError: something is still in doubt. A retry is safe.
        """

    def check_writable(self) -> None:
        """
        Make sure that an ordinary event could be appended now, by doing what is likely to fail; leaves nothing behind.

        Raises:
            LogClosedError: no room, or an I/O error.
        """

    def free_bytes(self) -> int:
        """
        Return how much room is left for events, in bytes.

        Raises:
            OSError: that cannot be found out now.
        """

    def read(self, after: Place | None = None) -> Iterator[Event | DamagedLine]:
        """
        Yield the events that follow `after` (None: all), in the order of their positions, and lines that are none.

        MUST yield every event that was committed before the call, and MAY yield later ones; MUST NOT read any body.
        MAY yield a last event whose append is not done yet. Should that fail, a reader that goes on after its place
        MUST get a `PositionError`.

        Raises:
            PositionError: MUST, where another line stands at `after` or none: the log was restored or cut, and the
                reader must begin anew.
            JournalError: the journal is gone after all, or of an unknown format.
        """

    def event_at(self, place: Place) -> Event | DamagedLine:
        """
        Return the event at a place that this log gave.

        Raises:
            PositionError: MUST, where another line stands there.
            JournalError: the journal is gone.
        """

    def tail(self) -> Place | None:
        """
        Return the place of the last event, whose hash proves the whole chain; None for an empty log.

        Raises:
            JournalError: the last line is no receipt.
        """

    def name(self) -> str:
        """
        Return what tells this log from any other; nothing for an empty log.

        MUST stay the same from the first event on, wherever the log is moved or restored to.

        Raises:
            JournalError: the journal is of an unknown format.
        """

    def size(self) -> int:
        """
        Return a number that differs after every append, and cheaply: a reader asks it before it reads.

        MUST be 0 where nothing was ever appended, or where the journal is gone.
        """

    def wait(self, stop: Flag) -> None:
        """
        Wait until something may have been appended, by whatever process.

        MUST return soon after an append, and soon after `stop` is set; MUST NOT wait longer than some seconds for
        either, and MAY return for nothing. An append between two waits MUST end the second, or be seen by the reader
        who looks at `size` between them. One thread at a time waits.
        """

    @property
    def bodies(self) -> Bodies:
        """The bodies of this log, for whoever was given receipts of it."""

    @property
    def location(self) -> str:
        """What `open_log` opens this log by, in any process of this machine; MAY hold a secret, so never print it."""

    @property
    def key_name(self) -> str:
        """What operators know the key of `caller_hashes` by, for messages."""

    def caller_hashes(self, *, may_create: bool = False) -> CallerHashes:
        """
        Return the hashes by which this log's requests name callers; MUST be the same in each process.

        Args:
            may_create: whether to make the key where the log never had one. MUST NOT be made where an earlier request
                was: without the key that it was made with, that request covers no late call.

        Raises:
            JournalError: the key is gone or unreadable; it must be restored.
            OSError, or, where it may be created, LogClosedError: no room, or an I/O error.
        """

    def remove(self, erasure: Erasure) -> None:
        """
        Remove the bodies that an erasure lists, and all recordings of its conversations; their receipts stay.

        MUST be idempotent. MUST NOT remove anything else, whatever an erasure lists: a forged one may stand in the
        log. A body that is appended meanwhile MAY stay; it is a late one.

        Raises:
            OSError: something may be left. Do it again.
        """

    def recordings(self, conversation_id: str) -> int:
        """Return how many recordings of a conversation `write_recording` has left."""

    def write_recording(self, event: Event) -> bool:
        """
        Write the recording that an audio event holds, so that a person can listen to it; return whether it was written.

        MUST leave one that is there and right as it is, and replace one that is wrong as a whole. An event without a
        recording has none. A log that has no place for recordings MAY write none.

        Raises:
            AudioError: the event holds something that cannot be decoded.
            DamagedEventError: the event does not match its receipt.
            OSError: no room, or an I/O error.
        """
