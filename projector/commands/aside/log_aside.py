"""A log as it was at a moment, to be read and never written."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Event as Flag
from typing import NoReturn

import msgspec
from msgspec import Struct

from events.errors import DamagedEventError, LogClosedError
from events.log.draft import Draft, DraftedBody, GroupLimits
from events.log.erasure import CallerHashes, Erasure, is_ours
from events.log.event import Bodies, DamagedLine, Event
from events.log.filing import FAILURE, TRANSCRIPTION
from events.log.proof.proofs import Proofs
from events.log.protocol import EventLog
from events.log.receipt import Place, Receipt
from events.log.servers import BodyStore, Servers

_TIMED_KINDS = {TRANSCRIPTION, FAILURE}


class _Timed(Struct):
    event_timestamp: float | None = None


class LogAside:
    """
    An `EventLog` without what came in after a moment, and without anything that would change the log.

    What was asked to be forgotten since stays forgotten: requests and erasures are read whenever they came in. A call
    that was fetched or imported later counts from when ElevenLabs said that it happened, and every other event from
    when it came in.

    Args:
        until_s: the moment, in Unix seconds; what came in at it, or after it, is left out. None for the whole log.
    """

    def __init__(self, log: EventLog, until_s: float | None) -> None:
        self._log = log
        self._until_s = until_s
        # Now and once: what comes in while the log is replayed is no part of it.
        self._end = log.tail()
        self._tail = self._last() if until_s is not None else self._end

    def __str__(self) -> str:
        return str(self._log)

    @property
    def proofs(self) -> Proofs:
        """What the log's own events are worth."""
        return self._log.proofs

    def read(self, after: Place | None = None) -> Iterator[Event | DamagedLine]:
        """Yield the events of then that follow a place, as `EventLog.read` does."""
        if self._end is None or after == self._end:
            return
        for event in self._log.read(after):
            if self._counts(event):
                yield event
            if event.place == self._end:
                return

    def event_at(self, place: Place) -> Event | DamagedLine:
        """Return the event at a place."""
        return self._log.event_at(place)

    def tail(self) -> Place | None:
        """Return the place of the last event of then; None if there was none."""
        return self._tail

    @contextmanager
    def standstill(self) -> Iterator[Place | None]:
        """Yield the place of the last event of then, which nobody appends after."""
        yield self._tail

    def name(self) -> str:
        """Return the name of the log."""
        return self._log.name()

    def size(self) -> int:
        """Return a number that never changes."""
        return 0 if self._tail is None else self._tail.position

    def wait(self, stop: Flag) -> None:
        """Wait until `stop` is set: nothing is appended."""
        stop.wait()

    @property
    def bodies(self) -> Bodies:
        """The bodies of the log."""
        return self._log.bodies

    @property
    def location(self) -> str:
        """What opens the log in another process, which reads bodies of single events alone."""
        return self._log.location

    @property
    def key_name(self) -> str:
        """What an operator calls the key of `caller_hashes`."""
        return self._log.key_name

    def caller_hashes(self, *, may_create: bool = False) -> CallerHashes:  # noqa: ARG002
        """Return the hashes by which the log's requests name callers; none is ever made."""
        return self._log.caller_hashes()

    def recordings(self, conversation_id: str) -> list[Path]:
        """Return the files of a conversation's recordings."""
        return self._log.recordings(conversation_id)

    def remove(self, erasure: Erasure) -> None:
        """Remove nothing: that is the projector's."""

    def wipe(self) -> str:
        """Wipe nothing, as nothing was removed."""
        return ""

    def write_recording(self, event: Event) -> bool:  # noqa: ARG002
        """Write nothing."""
        return False

    @property
    def group_limits(self) -> GroupLimits:
        """How the log forms groups."""
        return self._log.group_limits

    def recover(self) -> int:
        """Finish nothing."""
        return 0

    def check_writable(self) -> None:
        """Raise `LogClosedError`: it never is."""
        self._refuse()

    def servers(self) -> Servers | None:
        """Return how the servers stand."""
        return self._log.servers()

    @property
    def body_store(self) -> BodyStore | None:
        """The store in which the log's long bodies lie apart."""
        return self._log.body_store

    def free_bytes(self) -> int:
        """Return how much room is left for events, in bytes."""
        return self._log.free_bytes()

    def free_files(self) -> int | None:
        """Return how many more files the log's disk takes."""
        return self._log.free_files()

    def draft(self) -> Draft:
        """Raise `LogClosedError`."""
        self._refuse()

    def append(self, body: bytes, *, source: str, signature: str | None = None) -> Receipt:  # noqa: ARG002
        """Raise `LogClosedError`."""
        self._refuse()

    def publish(
        self,
        draft: Draft,  # noqa: ARG002
        *,
        source: str,  # noqa: ARG002
        signature: str | None = None,  # noqa: ARG002
        came_s: float | None = None,  # noqa: ARG002
        on_step: Callable[[str], None] | None = None,  # noqa: ARG002
    ) -> Receipt:
        """Raise `LogClosedError`."""
        self._refuse()

    def publish_all(
        self,
        group: Sequence[DraftedBody],  # noqa: ARG002
        *,
        on_step: Callable[[str], None] | None = None,  # noqa: ARG002
    ) -> list[Receipt | Exception]:
        """Raise `LogClosedError`."""
        self._refuse()

    def _refuse(self) -> NoReturn:
        raise LogClosedError(f"{self._log} is only looked at here")

    def _last(self) -> Place | None:
        last: Place | None = None
        for event in self.read():
            last = event.place
        return last

    def _counts(self, event: Event | DamagedLine) -> bool:
        if self._until_s is None or (isinstance(event, Event) and is_ours(event.receipt)):
            return True
        if isinstance(event, DamagedLine):
            return False  # nobody can tell when it came in
        return _moment_s(event) < self._until_s


def _moment_s(event: Event) -> float:
    """Return from when on an event counts, in Unix seconds."""
    receipt = event.receipt
    if receipt.is_our_own and receipt.kind in _TIMED_KINDS:
        try:
            said_s = msgspec.json.decode(event.body(), type=_Timed).event_timestamp
        except (DamagedEventError, msgspec.MsgspecError, UnicodeDecodeError):
            said_s = None
        if said_s:
            return said_s
    return receipt.received_at.timestamp()
