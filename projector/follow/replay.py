"""Replay: fold the whole log again into a new generation, aside, and make it the live one."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from itertools import chain, islice

from events.disk import steps
from events.errors import JournalError
from events.log.erasure import is_ours
from events.log.event import Event
from events.log.protocol import EventLog
from events.log.receipt import Place
from events.process.logging import get_logger
from events.process.screen.progress import Progress
from projector.engines.open import Engines
from projector.errors import ProjectionStoppedError, ProjectorError, ReadModelMissingError, ReplayStoppedError
from projector.follow.read_ahead import Batch, read_ahead, up_to
from projector.follow.replay_lock import ReplayLock
from projector.follow.sealing import seal_log
from projector.projection.projection import Projection
from projector.projection.settings import ProjectionSettings
from projector.projection.workers.pool import WorkerPool, worker_pool
from projector.read_model.generations import Generations
from projector.read_model.open import has_memories
from projector.read_model.protocol import ReadModelWriter

logger = get_logger("projection")
# A worker takes a tenth of a second to start: a shorter log is replayed by then.
_EVENTS_FOR_WORKERS = 300
_STOPPED = "the replay was stopped before its end"


class Replay:
    """
    Makes a new generation from the log, aside, and then the live one.

    Readers and followers of the old one go on meanwhile; an outside engine receives nothing for the old one. Events
    that come in later are left to the follower.

    Args:
        engines: opens the memory engine.
        on_progress: receives the stage (`events`, `callers`), how many are done, and of how many.
        clock_s: the present in Unix seconds; only for when to try faults again.
        should_go_on: asked again and again; False stops the replay.
        lock: one that the caller may hold already.
        seals: whether to seal a log that has a key and no seal yet; a log that is only looked at takes none.
    """

    def __init__(
        self,
        log: EventLog,
        generations: Generations,
        settings: ProjectionSettings,
        engines: Engines | None = None,
        *,
        on_progress: Progress = lambda *_: None,
        clock_s: Callable[[], float] = time.time,
        should_go_on: Callable[[], bool] = lambda: True,
        lock: ReplayLock | None = None,
        seals: bool = True,
    ) -> None:
        self._seals = seals
        self._log = log
        self._generations = generations
        self._settings = settings
        self._engines = engines or Engines(settings.engine)
        self._on_progress = on_progress
        self._clock_s = clock_s
        self._should_go_on = should_go_on
        self._lock = lock or ReplayLock(generations, should_go_on=should_go_on)
        self._accounted: list[int] = []

    def run(self, *, is_needed: Callable[[], bool] = lambda: True) -> bool:
        """
        Replay, once no other process does, and return whether that was done.

        Args:
            is_needed: asked once the lock is held: the replay of another process may have been enough.

        Raises:
            ReplayStoppedError: `should_go_on` said no; nothing has changed, but for what an outside engine holds.
            EngineError: the memory engine does not answer; as above.
            ReadModelMissingError: somebody removed the folder meanwhile. A retry is safe.
            JournalError: the journal is gone, although there are memories of it.
        """
        with self._lock.hold():
            if not is_needed():
                return False
            tail = self._log.tail()
            if tail is None and has_memories(self._generations):
                hint = "is its disk mounted? To start afresh, remove the read model too"
                raise JournalError(f"the journal in {self._log} is gone; {hint}")
            if self._log.proofs.keys:
                self._log.proofs.read_on()  # the log may have been restored since
                if self._seals:
                    seal_log(self._log)
                    tail = self._log.tail()
            generation = self._generations.begin()
            try:
                self._make(generation, tail)
                self._go_live(generation, tail)
                self._generations.note_left(generation)
            except ReadModelMissingError:
                raise  # another projector may be filling a generation of that number by now
            except BaseException as error:
                if self._generations.current() != generation:
                    self._generations.discard(generation)  # or a disk that is too small for two would stay full
                if isinstance(error, ProjectionStoppedError):
                    raise ReplayStoppedError(_STOPPED) from error
                raise
            logger.info("replay_finished", generation=generation, events=tail.position if tail else 0)
            return True

    def _make(self, generation: int, tail: Place | None) -> None:
        # Before all else: they start, and have their first tasks, while the database is made.
        with self._workers(tail) as workers:
            batches = self._batches(tail, workers)
            with closing(self._new_projection(generation)) as projection:
                steps.reached("generation_begun")
                self._fill(projection, generation, tail, batches, workers)
                self._accounted = projection.erasure_work.accounted()
            steps.reached("generation_filled")
            self._generations.settle(generation, helpers=workers)

    def _go_live(self, generation: int, place: Place | None) -> None:
        """
        Make a generation the live one, once it has erased what every request in the log covers.

        A follower of the old generation has gone on, and no caller whom it forgot may be known again. So nobody
        can append a request between the last look and the flip.
        """
        while True:
            place = self._forget_ahead(generation, place)
            self._leave_unfinished(generation)
            steps.reached("generation_caught_up")
            if self._generations.publish(generation, guard=self._unless_requested(place)):
                return
            self._check_stop()

    @contextmanager
    def _unless_requested(self, place: Place | None) -> Iterator[bool]:
        """Keep every append waiting until the block ends; yields whether no request came in after a place."""
        with self._log.standstill() as tail:
            if not self._generations.still_holds("replay"):
                raise ReadModelMissingError("the read model was removed while it was made")
            yield not self._has_erasure(place, tail)

    def _forget_ahead(self, generation: int, place: Place | None) -> Place | None:
        """Erase what the requests since a place cover, and return the place of the last event that was looked at."""
        tail = self._log.tail()
        if tail is not None and self._has_erasure(place, tail):
            with closing(self._projection(self._generations.open(generation))) as projection:
                projection.forget_ahead(place, tail)
                self._accounted = projection.erasure_work.accounted()
        return tail

    def _leave_unfinished(self, generation: int) -> None:
        """
        Note that requests are not finished which are not in the live generation: vectors may be left.

        A new generation holds no word of what was erased, but vectors are older than it. The follower cleans them.
        """
        live = self._generations.current()
        unfinished = self._unfinished(live) if live is not None else []
        if unfinished:
            with closing(self._generations.open(generation)) as writer:
                for request in unfinished:
                    writer.erasures.reopen(request)

    def _unfinished(self, generation: int) -> Sequence[int]:
        try:
            with self._generations.read(generation) as read_model:
                states = {request: read_model.erasure(request) for request in self._accounted}
        except (OSError, ProjectorError):  # damaged, or gone: what replays mend
            return self._accounted
        return [request for request, state in states.items() if state is None or not state.is_finished]

    def _has_erasure(self, after: Place | None, until: Place | None) -> bool:
        return after != until and any(
            isinstance(event, Event) and is_ours(event.receipt) for event in self._log.read(after)
        )

    def _workers(self, tail: Place | None) -> AbstractContextManager[WorkerPool | None]:
        if tail is not None and tail.position >= _EVENTS_FOR_WORKERS:
            return worker_pool(self._settings, self._log.location)
        return nullcontext()

    def _new_projection(self, generation: int) -> Projection:
        engine = self._settings.engine
        writer = self._generations.create(
            generation,
            fingerprint=self._settings.fingerprint(),
            engine=engine.name,
            is_outside=engine.is_outside,
        )
        return self._projection(writer)

    def _projection(self, writer: ReadModelWriter) -> Projection:
        return Projection(
            writer,
            self._engines,
            self._settings,
            self._log,
            clock_s=self._clock_s,
            should_go_on=self._should_go_on,
        )

    def _batches(self, tail: Place | None, workers: WorkerPool | None) -> Iterator[Batch]:
        """Yield what `read_ahead` does, the first of which is read by now."""
        if tail is None:
            return iter(())
        batches = read_ahead(up_to(tail, self._log.read()), workers)
        return chain([*islice(batches, 1)], batches)

    def _fill(
        self,
        projection: Projection,
        generation: int,
        tail: Place | None,
        batches: Iterator[Batch],
        workers: WorkerPool | None,
    ) -> None:
        sync = projection.engine_sync
        if sync is not None:
            sync.begin()
        logger.info("replay_started", generation=generation)
        if tail is not None:
            projection.eraser.preload(tail)
            for batch, read in batches:
                projection.take(batch, is_folding=False, read=read)
                place = projection.read_model.place()
                self._on_progress("events", place.position if place is not None else 0, tail.position)
                self._check_stop()
            while self._should_go_on() and projection.erasure_work.remove(is_waiting=True):
                pass  # what the log's erasures list: a backup may have brought it back
            self._check_stop()
        projection.fold_all(self._report_callers, workers=workers)
        self._check_stop()
        if sync is not None:
            sync.finish()

    def _report_callers(self, done: int, of: int) -> bool:
        self._on_progress("callers", done, of)
        return self._should_go_on()

    def _check_stop(self) -> None:
        if not self._should_go_on():
            raise ReplayStoppedError(_STOPPED)
