"""Records what the projection of each event took, where traces are on; else only hands the events on."""

import itertools
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress

from events.errors import EventsError
from events.log.event import DamagedLine, Event
from events.log.protocol import EventLog
from events.log.receipt import Place, Receipt
from events.tracing.identity import identity_of
from events.tracing.recording import CLIENT, CONSUMER, Recording
from events.tracing.tracer import Tracer
from projector.errors import ProjectorError
from projector.projection.projection import Projection

# A replay may fold any number of events for the first time, and an engine may be away for any time.
_REPLAYED_MAX = _UNDELIVERED_MAX = 500


class Untraced:
    """Hands events on to a projection, and records nothing."""

    def take(self, projection: Projection, batch: Sequence[Event | DamagedLine]) -> int:
        """Project a batch of events, as `Projection.take` does."""
        return projection.take(batch)

    def retry(self, projection: Projection, event: Event | DamagedLine) -> None:
        """Project an event that was set aside once more, as `Projection.retry` does."""
        projection.retry(event)

    def delivering(self, projection: Projection) -> AbstractContextManager[None]:  # noqa: ARG002 - as one that records
        """Take note that what an outside engine lacks is delivered in the block."""
        return nullcontext()

    def replayed(self, log: EventLog, after: Place | None, until: Place | None, *, began_ns: int) -> None:
        """Take note of a replay: it was the first, as far as is known, to fold what lies between two places."""


class Traced(Untraced):
    """
    Has a span exported for each event that was projected, in the trace of the event.

    Of a batch, each event has its own intake; the fold and the commit, which the batch shares, count for each. Nothing
    is exported of what was rolled back, as it is done again.

    Args:
        engine: the name of the memory engine.
    """

    def __init__(self, tracer: Tracer, *, engine: str) -> None:
        self._tracer = tracer
        self._engine = engine
        self._undelivered = deque[Receipt](maxlen=_UNDELIVERED_MAX)

    def take(self, projection: Projection, batch: Sequence[Event | DamagedLine]) -> int:
        """Project a batch of events, and export what each of them took."""
        intakes, folded_ns = list[tuple[int, int]](), list[int]()
        taken = projection.take(_timed(batch, intakes), on_folded=lambda: folded_ns.append(time.time_ns()))
        ended_ns = time.time_ns()
        for event, (began_ns, taken_ns) in zip(batch, intakes, strict=True):
            if isinstance(event, Event):
                recording = _recording_of(event.receipt, began_ns, ended_ns, events=len(batch))
                recording.add("take_in", began_ns, taken_ns)
                recording.add("fold", intakes[-1][1], folded_ns[0])
                recording.add("commit", folded_ns[0], ended_ns)
                self._export(recording, projection, event)
        return taken

    def retry(self, projection: Projection, event: Event | DamagedLine) -> None:
        """Project an event once more, and export what it took."""
        began_ns = time.time_ns()
        projection.retry(event)
        if isinstance(event, Event):
            self._export(_recording_of(event.receipt, began_ns, time.time_ns(), events=1), projection, event)

    @contextmanager
    def delivering(self, projection: Projection) -> Iterator[None]:
        """Export a delivery for each event whose memories the engine has by the end of the block."""
        began_ns = time.time_ns()
        yield
        is_owing = True
        with suppress(ProjectorError):
            is_owing = projection.engine_sync is None or projection.engine_sync.is_owing()
        if is_owing:
            return
        while self._undelivered:
            receipt = self._undelivered.popleft()
            delivery = Recording("deliver", kind=CLIENT, began_ns=began_ns, position=receipt.position)
            delivery.note(engine=self._engine)
            delivery.identity = identity_of(receipt)
            delivery.end()
            self._tracer.export(delivery)

    def replayed(self, log: EventLog, after: Place | None, until: Place | None, *, began_ns: int) -> None:
        """Export a span for the last events that a replay was the first to fold."""
        last = until.position if until is not None else 0
        ended_ns = time.time_ns()
        folded = deque[Event](maxlen=_REPLAYED_MAX)
        with suppress(EventsError, OSError):  # the log is another one now, or gone: who follows it says so
            # What came in since the replay is projected, and recorded, after this.
            new = itertools.takewhile(lambda event: event.place.position <= last, log.read(after))
            folded.extend(event for event in new if isinstance(event, Event))
        for event in folded:
            self._tracer.export(_recording_of(event.receipt, began_ns, ended_ns, is_replay=True))

    def _export(self, recording: Recording, projection: Projection, event: Event) -> None:
        with suppress(ProjectorError):  # what is asked only for a trace fails no projection
            recording.error = "set_aside" if projection.is_set_aside(event.place) else ""
        if projection.engine_sync is not None and not recording.error:
            self._undelivered.append(event.receipt)
        self._tracer.export(recording)


def _recording_of(receipt: Receipt, began_ns: int, ended_ns: int, **attributes: object) -> Recording:
    """Return what a projection took, in the trace of its event: a webhook's begins in ingress, all others' here."""
    recording = Recording("project", kind=CONSUMER, began_ns=began_ns, **attributes)
    recording.ended_ns = ended_ns
    recording.note(position=receipt.position, kind=receipt.kind, source=receipt.source, size_bytes=receipt.size)
    recording.identity, recording.is_first = identity_of(receipt), receipt.is_our_own
    return recording


def _timed(batch: Sequence[Event | DamagedLine], intakes: list[tuple[int, int]]) -> Iterator[Event | DamagedLine]:
    """Yield the events, and note for each from when to when it was taken in: until the next one is asked for."""
    for event in batch:
        began_ns = time.time_ns()
        yield event
        intakes.append((began_ns, time.time_ns()))
