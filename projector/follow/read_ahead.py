"""Reads the log ahead of a replay: in batches for one transaction each, with calls that workers have read already."""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from events.log.event import DamagedLine, Event
from events.log.filing import TRANSCRIPTION
from events.log.receipt import Place
from projector.projection.workers.messages import ReadTask
from projector.projection.workers.pool import WorkerPool

_EVENTS_PER_COMMIT = 1000
_BATCH_BYTES = 16 * 1024 * 1024
_EVENTS_PER_TASK, _TASK_BYTES_MAX = 50, 1024 * 1024
# Events of one transaction, and the calls of those that a worker has read.
Batch = tuple[Iterable[Event | DamagedLine], Mapping[Place, bytes]]


def up_to(tail: Place, events: Iterator[Event | DamagedLine]) -> Iterator[Event | DamagedLine]:
    """Yield the events up to a place, and not what came in since: under load the log may grow as fast as it is read."""
    for event in events:
        yield event
        if event.place.position >= tail.position:
            return


def batched(events: Iterator[Event | DamagedLine], size: int) -> Iterator[list[Event | DamagedLine]]:
    """Yield the events in lists of `size`, or fewer where they are large: a stop must not wait long for one."""
    batch: list[Event | DamagedLine] = []
    bytes_left = _BATCH_BYTES
    for event in events:
        batch.append(event)
        bytes_left -= event.receipt.size if isinstance(event, Event) else 0
        if len(batch) == size or bytes_left <= 0:
            yield batch
            batch, bytes_left = [], _BATCH_BYTES
    if batch:
        yield batch


def read_ahead(events: Iterator[Event | DamagedLine], workers: WorkerPool | None) -> Iterator[Batch]:
    """
    Yield the events of one transaction after the other, each to be taken whole before the next.

    Beside them a mapping, which holds the call of the event just taken where a worker has read it. A transaction takes
    its events as they are read: workers are given the next ones meanwhile.
    """
    if workers is None:
        yield from ((batch, {}) for batch in batched(events, _EVENTS_PER_COMMIT))
        return
    given = deque[list[Event | DamagedLine]]()

    def tasks() -> Iterator[ReadTask]:
        for some in batched(events, _EVENTS_PER_TASK):
            given.append(some)
            yield ReadTask([event.receipt for event in _worth_a_task(some)])

    answers = ((given.popleft(), bodies) for bodies in workers.read(tasks()))
    for answer in answers:
        read: dict[Place, bytes] = {}
        yield _transaction(chain([answer], answers), read), read


def _transaction(
    answers: Iterator[tuple[list[Event | DamagedLine], list[bytes]]], read: dict[Place, bytes]
) -> Iterator[Event | DamagedLine]:
    taken = 0
    for events, bodies in answers:
        read.clear()
        read |= {event.place: body for event, body in zip(_worth_a_task(events), bodies, strict=True)}
        yield from events
        taken += len(events)
        if taken >= _EVENTS_PER_COMMIT:
            return


def _worth_a_task(events: Iterable[Event | DamagedLine]) -> list[Event]:
    return [
        event
        for event in events
        if isinstance(event, Event) and event.receipt.kind == TRANSCRIPTION and event.receipt.size < _TASK_BYTES_MAX
    ]
