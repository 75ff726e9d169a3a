"""
What a log must be able to do besides, to be copied from and copied into, line by line and byte for byte.

MUST and MAY are the words of RFC 2119; `tests/contract/logs/test_copying.py` holds every pair of kinds to them.
"""

from collections.abc import Iterator, Sequence
from typing import Protocol

from msgspec import Struct

from events.log.draft import Draft
from events.log.erasure import Erasure
from events.log.event import Bodies
from events.log.proof.proofs import Proofs
from events.log.receipt import Place, Receipt


class Line(Struct, frozen=True):
    """A line of a journal, without its newline, and the offset at which it stands."""

    offset: int
    text: bytes


class CopiedEvent(Struct, eq=False):
    """
    One event on its way into another log.

    `draft` holds its body, which has the hash of the receipt; None where the body is gone by intent, or left out.
    """

    line: Line
    receipt: Receipt
    place: Place
    draft: Draft | None


class CopySource(Protocol):
    """
    A log that is read to be copied. It MUST NOT be changed by it, and others MAY append to it meanwhile.

    Every method may raise `JournalError` where the log is gone, and `OSError` where it cannot be read.
    """

    @property
    def bodies(self) -> Bodies:
        """The bodies of its events."""

    @property
    def proofs(self) -> Proofs:
        """What its own events are worth."""

    def identity(self) -> frozenset[str]:
        """Return marks of where it lies: two places that share one are the same log, however each was named."""

    def end(self) -> Place | None:
        """Return the place of the last event that is committed; None for an empty log."""

    def has(self, place: Place) -> bool:
        """Return whether the log has this very line at this place."""

    def lines(self, after: Place | None) -> Iterator[Line]:
        """
        Yield the lines that follow a place (None: all), as they are stored; the last ones MAY not be committed.

        Raises:
            PositionError: another line stands there.
        """

    def erasure_lines(self) -> Iterator[Line]:
        """Yield, in their order, the lines that may be of requests and erasures; others MAY be among them."""

    def erasure_key(self) -> bytes | None:
        """Return the key that `EventLog.caller_hashes` uses; None where there is none."""


class CopyTarget(Protocol):
    """
    A log that takes the events of another one, with their lines.

    It MUST be a log at any time, also after a kill: a beginning of the other one, whose events have their bodies. Every
    method may raise `LogClosedError` where there is no room, and `OSError`; to copy again is safe.
    """

    def identity(self) -> frozenset[str]:
        """Return marks of where it lies, as `CopySource.identity` does; none where there is no log yet."""

    def tail(self) -> Place | None:
        """Return the place of its last event; None where it is empty, or there is none yet. MUST change nothing."""

    def has(self, place: Place) -> bool:
        """Return whether the log has this very line at this place."""

    def begin(self) -> None:
        """
        Make an empty log where there is none, and remove what a killed copy left beside it.

        Nothing is written before: until then it may be anybody's log.
        """

    def draft(self) -> Draft:
        """Open a draft for one body, whatever its length."""

    def take_key(self, key: bytes) -> None:
        """
        Keep the key by which requests name callers.

        Raises:
            JournalError: it has another one.
        """

    def remove(self, erasure: Erasure) -> None:
        """Remove what an erasure lists, as `EventLog.remove` does."""

    def take(self, events: Sequence[CopiedEvent], after: Place | None) -> None:
        """
        Append the lines of some events, byte for byte, once their bodies are there; all of it MUST then be durable.

        Args:
            after: the place that the first of them follows.

        Raises:
            JournalError: the log does not end there any more, or something else has the name of a body.
        """

    def wipe(self) -> str:
        """Leave nothing of what was removed, and return what may still hold some, as `EventLog.wipe` does."""

    def settle(self) -> None:
        """Make sure that all is durable that a former, killed copy may have left."""
