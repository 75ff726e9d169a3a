"""Reads the log ahead of a replay: in batches for one transaction each, with calls that workers have read already."""

from collections import deque
from collections.abc import Iterable, Iterator

from events.log.event import DamagedLine, Event
from events.log.filing import TRANSCRIPTION
from events.log.receipt import Place
from projector.projection.workers.messages import ReadTask
from projector.projection.workers.pool import WorkerPool

_EVENTS_PER_COMMIT = 1000
_BATCH_BYTES = 16 * 1024 * 1024
_EVENTS_PER_TASK, _TASK_BYTES_MAX = 50, 1024 * 1024


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


def read_ahead(
    events: Iterator[Event | DamagedLine], workers: WorkerPool | None
) -> Iterator[tuple[list[Event | DamagedLine], dict[Place, bytes]]]:
    """Yield the events in lists for one transaction each, with the calls that workers have read, by their places."""
    if workers is None:
        yield from ((batch, {}) for batch in batched(events, _EVENTS_PER_COMMIT))
        return
    given = deque[list[Event | DamagedLine]]()

    def tasks() -> Iterator[ReadTask]:
        for some in batched(events, _EVENTS_PER_TASK):
            given.append(some)
            yield ReadTask([event.receipt for event in _worth_a_task(some)])

    batch: list[Event | DamagedLine] = []
    read: dict[Place, bytes] = {}
    for bodies in workers.read(tasks()):
        some = given.popleft()
        batch += some
        read |= {event.place: body for event, body in zip(_worth_a_task(some), bodies, strict=True)}
        if len(batch) >= _EVENTS_PER_COMMIT:
            yield batch, read
            batch, read = [], {}
    if batch:
        yield batch, read


def _worth_a_task(events: Iterable[Event | DamagedLine]) -> list[Event]:
    return [
        event
        for event in events
        if isinstance(event, Event) and event.receipt.kind == TRANSCRIPTION and event.receipt.size < _TASK_BYTES_MAX
    ]
