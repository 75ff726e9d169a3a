"""Replay: fold the whole log again into a new generation, aside, and make it the live one."""

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext

from events.disk import steps
from events.errors import JournalError
from events.log.event import DamagedLine, Event
from events.log.filing import TRANSCRIPTION
from events.log.protocol import EventLog
from events.log.receipt import Place
from events.process.logging import get_logger
from events.process.progress import Progress
from projector.engines.open import Engines
from projector.errors import ReadModelMissingError, ReplayStoppedError
from projector.follow.replay_lock import ReplayLock
from projector.projection.projection import Projection
from projector.projection.settings import ProjectionSettings
from projector.projection.workers.messages import ReadTask
from projector.projection.workers.pool import WorkerPool, worker_pool
from projector.read_model.sqlite.generations import Generations
from projector.read_model.sqlite.reading import has_memories

logger = get_logger("projection")
_EVENTS_PER_COMMIT = 1000
_BATCH_BYTES = 16 * 1024 * 1024
# A worker takes a tenth of a second to start: a shorter log is replayed by then.
_EVENTS_FOR_WORKERS = 300
_EVENTS_PER_TASK, _TASK_BYTES_MAX = 50, 1024 * 1024
# Told the stage (`events`, `callers`), how many are done, and of how many.


def replay(
    payloads: EventLog,
    generations: Generations,
    settings: ProjectionSettings,
    *,
    engines: Engines | None = None,
    on_progress: Progress = lambda *_: None,
    clock_s: Callable[[], float] = time.time,
    should_go_on: Callable[[], bool] = lambda: True,
    is_needed: Callable[[], bool] = lambda: True,
    lock: ReplayLock | None = None,
) -> bool:
    """
    Make a new generation from the log as it is now, make it the live one, and return whether that was done.

    Whoever reads or follows the old one goes on meanwhile; only that a memory engine outside is told nothing for it.
    What comes in later is for the follower.

    Args:
        engines: of this process; None where nothing else in it opens an engine.
        is_needed: asked once nobody else replays, for that may have been enough.
        lock: what the caller may hold already.

    Raises:
        ReplayStoppedError: `should_go_on` said no; nothing has changed, but for what a memory engine outside holds.
        EngineError: the memory engine does not answer; as above.
        ReadModelMissingError: somebody removed the folder meanwhile. A retry is safe.
        JournalError: the journal is gone, although there are memories of it.
    """

    def report_callers(done: int, of: int) -> bool:
        on_progress("callers", done, of)
        return should_go_on()

    with (lock or ReplayLock(generations, should_go_on=should_go_on)).hold():
        if not is_needed():
            return False
        tail = payloads.tail()
        if tail is None and has_memories(generations.folder):
            words = "is its disk mounted? To start afresh, remove the read model too"
            raise JournalError(f"the journal in {payloads} is gone; {words}")
        generation = generations.begin()
        of = tail.position if tail else 0
        # Before all else: they start while the database is made.
        with worker_pool(settings, payloads.location) if of >= _EVENTS_FOR_WORKERS else nullcontext() as workers:
            projection = Projection.create(
                generations.database(generation),
                settings,
                payloads,
                engines=engines or Engines(settings.engine),
                clock_s=clock_s,
            )
            steps.reached("generation_begun")
            try:
                if projection.engine_sync is not None:
                    projection.engine_sync.begin()
                logger.info("replay_started", generation=generation)
                if tail is not None:
                    projection.eraser.preload(tail)
                for batch, read in _read_ahead(_events(payloads, tail), workers):
                    projection.take(batch, is_folding=False, read=read)
                    on_progress("events", batch[-1].place.position, of)
                    _check(should_go_on)
                projection.fold_all(report_callers, workers=workers)
                _check(should_go_on)
                if projection.engine_sync is not None:
                    projection.engine_sync.finish()
            except BaseException:
                projection.close()
                generations.discard(generation)  # or a disk that is too small for two would stay full
                raise
        projection.close()
        steps.reached("generation_filled")
        if not generations.still_holds("replay"):
            # Somebody removed the folder meanwhile: another projector may be filling the same generation by now.
            raise ReadModelMissingError("the read model was removed while it was made")
        generations.publish(generation)
        logger.info("replay_finished", generation=generation, events=of)
        return True


def _events(payloads: EventLog, tail: Place | None) -> Iterator[Event | DamagedLine]:
    """Yield the events up to a place: under load the log may grow as fast as we read."""
    if tail is None:
        return
    for event in payloads.read():
        yield event
        if event.place == tail:
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


def _read_ahead(
    events: Iterator[Event | DamagedLine], workers: WorkerPool | None
) -> Iterator[tuple[list[Event | DamagedLine], dict[Place, bytes]]]:
    """Yield the events in lists for one transaction each, with the calls that workers have read, by their place."""
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


def _check(should_go_on: Callable[[], bool]) -> None:
    if not should_go_on():
        raise ReplayStoppedError("the replay was stopped before its end")
