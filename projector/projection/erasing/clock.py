"""What the log knows of the time: when webhooks were signed, by ElevenLabs' clock, and received, by ours."""

from events.log.event import Event
from events.wire.signature import signed_at_s
from projector.projection.erasing.coverage import CallTimes
from projector.read_model.protocol import ReadModelWriter
from projector.read_model.records import Arrival, KnownClock

_ARRIVALS = 20


class LogClock:
    """
    Follows the times of the events of one generation.

    Args:
        writer: the generation, open for writing; changes join the transaction that is under way.
    """

    def __init__(self, writer: ReadModelWriter) -> None:
        self._writer = writer
        self._known: KnownClock | None = None
        self._has_changed = False

    @property
    def known(self) -> KnownClock:
        """What is known until the last event."""
        if self._known is None:
            self._known = self._writer.clock()
        return self._known

    def roll_back(self) -> None:
        """Drop what a batch said that was rolled back."""
        self._known, self._has_changed = None, False

    def note(self, event: Event) -> None:
        """Take in the times of the next event."""
        signed_s = signed_at_s(event.receipt.signature) if event.receipt.signature else None
        if signed_s is None:
            return
        arrival = Arrival(event.place.position, received_at_s(event), signed_s)
        latest_s = max(signed_s, self.known.latest_s or 0)
        self._known = KnownClock(latest_s, (*self.known.arrivals, arrival)[-_ARRIVALS:])
        self._has_changed = True

    def write(self) -> None:
        """Write what is known, once for each batch."""
        if self._has_changed:
            self._writer.note_clock(self.known)
            self._has_changed = False

    def times_of(self, event: Event, said_s: int) -> CallTimes:
        """Return when a call took place that starts, by its own event, at `said_s` (Unix seconds, 0 if unknown)."""
        signature = event.receipt.signature
        signed_s = signed_at_s(signature) if signature else None
        return CallTimes(event.place.position, said_s, received_at_s(event), signed_s, self.known.arrivals)


def received_at_s(event: Event) -> int:
    """Return when an event came in, by our clock, in whole Unix seconds."""
    return int(event.receipt.received_at.timestamp())
