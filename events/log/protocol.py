"""
What a log is, wherever it is kept: the promises on which readers and appenders rely.

`tests/contract/logs/` holds every kind of log to them. MUST and MAY are the words of RFC 2119.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from threading import Event as Flag
from typing import Protocol

from events.log.draft import Draft, DraftedBody, GroupLimits
from events.log.erasure import CallerHashes, Erasure
from events.log.event import Bodies, DamagedLine, Event
from events.log.proof.proofs import Proofs
from events.log.receipt import Place, Receipt
from events.log.servers import BodyStore, Servers


class EventLog(Protocol):
    """
    An append-only log of events, each of them the very bytes that were received.

    Any number of threads and processes MAY append and read at the same time.

    Order: an event is committed once it has a receipt. Positions MUST count 1, 2, 3, ... without a gap, in the order of
    the commits, and each receipt MUST hold the hash of the one before. A committed event MUST NOT change. Only an
    erasure removes a body, and its receipt stays.

    Errors: where a disk or a connection fails, an append MUST raise `LogClosedError`, and any other method `OSError`. A
    retry is safe after both. Where the stored data is damaged, a method MUST raise an `EventsError` that says what is.

    `str(log)` MUST say where the log is kept, in words for an error message and without any secret.
    """

    @property
    def proofs(self) -> Proofs:
        """
        What the log's own events are worth: ask it before you obey one.

        With a key, each receipt of an event of our own MUST be signed as it is committed.
        """

    def draft(self) -> Draft:
        """Open a draft for a body that streams in. Only this log can publish it, within the draft's `with` block."""

    def append(self, body: bytes, *, source: str, signature: str | None = None) -> Receipt:
        """
        Append a body that is in memory; keeps the promises of `publish`.

        Raises:
            BodyTooLargeError: the body is above the cap.
            LogClosedError, JournalError, DamagedEventError: as `publish` raises them.
        """

    def publish(
        self,
        draft: Draft,
        *,
        source: str,
        signature: str | None = None,
        came_s: float | None = None,
        on_step: Callable[[str], None] | None = None,
    ) -> Receipt:
        """
        Make a drafted body an event, and return its receipt.

        Durable: once this returns, the body and its receipt MUST survive a power cut. If the process dies before that,
        the body MUST become one event or none; `recover` decides which.

        Idempotent: the same bytes MUST have one receipt, however often and from whatever source they are appended, and
        this MUST return that one. After an erasure removed the bytes, they MUST get another receipt when they come
        again: otherwise no erasure would list them. So MUST bytes whose only receipts `proofs` does not believe.

        Never replaces: other bytes that are filed under the same path MUST be kept beside the earlier ones, under a
        path of their own.

        Args:
            source: where the body came from: `webhook`, `backfill`, `import`, ...
            signature: the header that it came with.
            came_s: as `DraftedBody` has it.
            on_step: as `publish_all` takes it.

        Raises:
            LogClosedError: no room, or an I/O error; a retry is safe. The body is no event. If the log could not even
                remove its traces, `recover` or the next append makes them the one event of these bytes.
            JournalError: the journal's end is damaged. A retry helps only after a repair.
            DamagedEventError: every path that the body could get holds other bytes. A retry does not help.
        """

    def publish_all(
        self, group: Sequence[DraftedBody], *, on_step: Callable[[str], None] | None = None
    ) -> list[Receipt | Exception]:
        """
        Make a group of drafted bodies events, in this order, and return the outcome of each.

        An outcome is what `publish` would return or raise for that body, with the same promises. A body that fails by
        itself MUST NOT fail the others. The log MAY let the bodies share a slow step, such as an fsync; if that fails,
        its error is the outcome of every body that shared it.

        A log that holds what it cannot take MUST hold each body no longer than from when it came, but for one try. It
        MAY give bodies that it would hold on back as `StillHeldError`, once another one of the group was held enough.

        Args:
            on_step: called in this thread with the name of each slow step that the group has taken, in a word of the
                log's own; it MUST NOT raise.
        """

    @property
    def group_limits(self) -> GroupLimits:
        """How to form the groups of `publish_all`, so that bodies which come in at the same time share what is slow."""

    def recover(self) -> int:
        """
        Finish the appends of processes that died, and return how many bodies became events.

        The log MUST make an event of each dead writer's body that was whole, for its signature was verified, and MUST
        remove the rest. Where own events are signed, it MUST remove those that a dead writer left: an intruder could
        have left them for us to sign. It MUST NOT touch what a living thread or process is writing.

        Raises:
            DamagedEventError: one body cannot be finished, and all others are. Once it can, it becomes an event.
            OSError, JournalError: something is still in doubt. A retry is safe.
        """

    def check_writable(self) -> None:
        """
        Make sure that an ordinary event could be appended now.

        The log MUST try what is likely to fail, such as a write of that size, or of as many files as an event needs.
        It MUST leave nothing behind.

        Raises:
            LogClosedError: no room, or an I/O error.
        """

    def servers(self) -> Servers | None:
        """
        Return how the servers stand that keep this log; None for a log on this machine alone.

        The log MUST answer within a few seconds, whatever the servers do.

        Raises:
            OSError: none of them answers, or would take an event.
        """

    @property
    def body_store(self) -> BodyStore | None:
        """The store in which long bodies lie apart from the others; None where there is none. Nobody is asked yet."""

    def free_bytes(self) -> int:
        """
        Return how much room is left for events, in bytes; where the log cannot know, how much is left for drafts.

        Raises:
            OSError: the disk or the connection does not say.
        """

    def free_files(self) -> int | None:
        """
        Return how many more files the log's disk takes; None where it sets no limit, or the log keeps no files.

        Raises:
            OSError: the disk does not say.
        """

    def read(self, after: Place | None = None) -> Iterator[Event | DamagedLine]:
        """
        Yield the events that follow `after` (None: all events), and the lines that are no receipt, in their order.

        The log MUST yield every event that was committed before the call, MAY yield later ones, and MUST NOT read a
        body for it. The last event MAY be one whose append is still under way. If that append fails, a reader that
        continues after its place MUST get a `PositionError`.

        Raises:
            PositionError: another line stands at `after`, or no line: the log was restored or cut. The reader must
                begin from nothing.
            JournalError: the journal is gone although the reader has a place in it, or it has an unknown format.
        """

    def event_at(self, place: Place) -> Event | DamagedLine:
        """
        Return the event at a place.

        Raises:
            PositionError: another line stands there, or no line.
            JournalError: the journal is gone.
        """

    def tail(self) -> Place | None:
        """
        Return the place of the last event; None for an empty log.

        Its hash stands for the whole log: each receipt holds the hash of the one before.

        Raises:
            JournalError: the last line is no receipt.
        """

    def standstill(self) -> AbstractContextManager[Place | None]:
        """
        Keep every append waiting until the block ends; yields the place of the last event.

        The block MUST be short, and MUST NOT append. Raises as `tail` does.
        """

    def name(self) -> str:
        """
        Return the name of this log, which no other log has; empty for an empty log.

        The name MUST stay the same from the first event on, also where the log is moved or restored.

        Raises:
            JournalError: the journal is of an unknown format.
        """

    def size(self) -> int:
        """
        Return a number that changes with every append.

        It MUST be 0 where nothing was ever appended, or where the journal is gone. It MUST be cheap: a follower asks
        for it before it reads.
        """

    def wait(self, stop: Flag) -> None:
        """
        Wait until any process may have appended something.

        The log MUST return soon after an append and soon after `stop` is set, and MUST return within a few seconds in
        any case. It MAY return although nothing was appended: a caller looks at `size`. An append during the caller's
        work MUST be seen by that look, or end the next wait. Only one thread at a time waits.
        """

    @property
    def bodies(self) -> Bodies:
        """The bodies of this log, to read them by receipts alone."""

    @property
    def location(self) -> str:
        """What `open_log` needs to open this log in another process; MAY hold a secret, so never print it."""

    @property
    def key_name(self) -> str:
        """What an operator calls the key of `caller_hashes`, for error messages: a file's name, or a setting's."""

    def caller_hashes(self, *, may_create: bool = False) -> CallerHashes:
        """
        Return the hashes by which this log's requests name callers; every process MUST get the same ones.

        Args:
            may_create: True to make the key for the log's first request. The log MUST NOT make one if it holds an
                earlier request: that one covers no late call without the key that it was made with.

        Raises:
            JournalError: the key is gone or unreadable; an operator must restore it.
            OSError: an I/O error; with `may_create`, LogClosedError.
        """

    def remove(self, erasure: Erasure) -> None:
        """
        Remove the bodies that an erasure lists, and all recordings of its conversations; their receipts stay.

        This MUST be idempotent, and MUST NOT remove anything else, whatever the erasure lists: it may be forged. A
        body that is appended meanwhile MAY stay: the request covers it as a late one. Several threads MAY remove.

        Raises:
            FileFaultError: single files cannot be removed, and all others are.
            OSError: something may be left; do it again.
        """

    def wipe(self) -> str:
        """
        Leave nothing of what was removed before, in whatever keeps it for the log; return what may still hold some.

        The words are for an operator: which disk or server, why, and what to do. They are empty only once the log has
        seen that nothing is left; what it may not see, it MUST name. A call does what can be done now, and MAY take
        seconds. It MUST be idempotent: a caller that waits for the end calls again, in this process or another one.
        Backups, and archives of a server, are not the log's.

        Raises:
            OSError: it cannot be told now; a retry is safe.
        """

    def recordings(self, conversation_id: str) -> list[Path]:
        """Return the files of a conversation's recordings that are written, by name."""

    def write_recording(self, event: Event) -> bool:
        """
        Write the recording of an audio event, for people to listen to; return whether it was written.

        The log MUST leave a right recording as it is, and MUST replace a wrong one in one step. It writes nothing for
        an event that holds no recording. A log without a place for recordings MAY write none at all.

        Raises:
            AudioError: the recording cannot be decoded.
            DamagedEventError: the event does not match its receipt, or cannot be read.
            FileFaultError: this recording cannot be written, though the log works.
            OSError: no room, or the log's disk fails.
        """
