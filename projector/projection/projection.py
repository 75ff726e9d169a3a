"""
The projection: events in, calls kept, callers folded, all of it in one transaction with how far we have read.

Whatever order events come in, and however often, the read model ends in the same state.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial

from events.disk import steps
from events.errors import UnprovenEventError
from events.log.erasure import is_ours
from events.log.event import DamagedLine, Event
from events.log.filing import ERASURE_REQUEST
from events.log.protocol import EventLog
from events.log.receipt import Place
from events.process.logging import get_logger
from projector.engines.open import Engines
from projector.engines.protocol import Changes, IndexedEngine, NoChanges
from projector.errors import ProjectionStoppedError
from projector.projection.engine_sync import EngineSync
from projector.projection.erasing.eraser import Eraser
from projector.projection.erasing.work import ErasureWork
from projector.projection.faults import THE_WORLDS, FaultRecorder, describe_our_fault
from projector.projection.folding.first_folds import FirstFolds, Progress
from projector.projection.folding.refold import Refolder
from projector.projection.folding.shared_folds import SharedFolds
from projector.projection.folding.stale import NothingFolded, Stale
from projector.projection.intake import Intake
from projector.projection.settings import ProjectionSettings
from projector.projection.workers.pool import WorkerPool
from projector.read_model.protocol import ReadModel, ReadModelWriter
from projector.read_model.tables.projection_tables import Outbox
from projector.read_model.tables.sharing_tables import Sharing

logger = get_logger("projection")
# As many are folded in the transaction that takes them, also where others would fold: a call is found at once.
_FEW = 10
_NOTHING_READ: Mapping[Place, bytes] = {}


class Projection:
    """
    Projects events into one generation.

    Its methods raise the world's faults (`OSError`, `EngineError`, `LogClosedError`, `ReadModelBusyError`), and
    `ReadModelDamagedError` where what they wrote before cannot be read, and `ProjectionStoppedError`, and then have
    changed nothing. The fault of an event itself is recorded with its place, and stops no other event.

    `engine_sync` keeps an outside engine in step; None for an engine within it. `erasure_work` removes what was erased.
    `shared` folds who waits, with other projectors; None where one alone works on a generation.

    Args:
        writer: the generation, open for writing.
        engines: opens the memory engine.
        clock_s: the present in Unix seconds; only for when to try again.
        should_go_on: asked between two events and two callers; False abandons the transaction that is under way.
        changes: is told after each transaction which memories an engine within the read model took.
    """

    def __init__(
        self,
        writer: ReadModelWriter,
        engines: Engines,
        settings: ProjectionSettings,
        log: EventLog,
        *,
        clock_s: Callable[[], float],
        should_go_on: Callable[[], bool] = lambda: True,
        changes: Changes | None = None,
    ) -> None:
        self._writer = writer
        self._proofs = log.proofs
        self._clock_s = clock_s
        self._log = log
        self._should_go_on = should_go_on
        self._faults = FaultRecorder(writer, clock_s)
        self.eraser = Eraser(writer, log, region=settings.region, on_fault=self._faults.record_event)
        self._intake = Intake(writer, self.eraser, settings, log)
        tables = writer.read_model.engine_tables
        self.engine_sync: EngineSync | None = None
        self._index_changes: Callable[[], AbstractContextManager[None]] = nullcontext
        self._changes = changes or NoChanges()
        if settings.engine.is_outside:
            self.engine_sync = EngineSync(writer, engines.outside(tables, log.name), self.eraser)
            index: IndexedEngine | Outbox = writer.outbox
            within, deliver = None, self.engine_sync.deliver
        else:
            index = within = self._engine = engines.indexed(tables)
            self._index_changes, deliver = self._engine.changes, None
        self._refolder = Refolder(
            writer,
            index,
            settings.fold,
            region=settings.region,
            redaction=settings.redaction,
            on_fault=self._faults.record_call,
            check_stop=self._check_stop,
        )
        self._first_folds = FirstFolds(writer, self._refolder, within, deliver, self._transaction)
        self.shared: SharedFolds | None = None
        if writer.sharing is not None:
            self.shared = SharedFolds(
                writer, writer.sharing, self._refolder, self._transaction, on_fault=self._faults.record_call
            )
        self.erasure_work = ErasureWork(
            writer,
            log,
            self.eraser,
            self._refolder,
            self._transaction,
            settle=self._intake.settle,
            on_fault=self._faults.record_erasure,
            region=settings.region,
        )

    @property
    def read_model(self) -> ReadModel:
        """What is projected so far."""
        return self._writer.read_model

    def close(self) -> None:
        """Close the generation, and end what goes on beside."""
        self.erasure_work.close()
        self._writer.close()

    def check_files(self) -> None:
        """Look from outside whether the files of the generation can be touched; raises `ReadModelDamagedError`."""
        self._writer.check_files()

    def take(
        self,
        events: Iterable[Event | DamagedLine],
        *,
        is_folding: bool = True,
        read: Mapping[Place, bytes] = _NOTHING_READ,
        on_folded: Callable[[], None] = lambda: None,
    ) -> int:
        """
        Project events that follow the ones before, and return how many they were.

        Many events leave their callers to all projectors, where there are others. So do those that cannot be folded.

        Args:
            is_folding: whether to fold the callers that they concern; a replay folds all of them at its end.
            read: the calls of some events by their places, where a worker has read them already; it may be filled while
                the events are taken.
            on_folded: called when the callers are folded, before the commit.
        """
        sharing = self._writer.sharing if is_folding else None
        if sharing is None or not isinstance(events, Collection):
            return self._take(events, is_folding=is_folding, read=read, on_folded=on_folded)
        if len(events) > _FEW and sharing.has_company():
            return self._take(events, leaves_to=sharing, on_folded=on_folded)
        try:
            return self._take(events, on_folded=on_folded)
        except (*THE_WORLDS, ProjectionStoppedError):
            raise
        except Exception:
            logger.exception("fold_failed", consequence="each caller is folded alone")
            # One after the other, for an erasure has its callers folded at once.
            return sum([self._take([event], leaves_to=sharing, on_folded=on_folded) for event in events])

    def _take(
        self,
        events: Iterable[Event | DamagedLine],
        *,
        is_folding: bool = True,
        read: Mapping[Place, bytes] = _NOTHING_READ,
        leaves_to: Sharing | None = None,
        on_folded: Callable[[], None],
    ) -> int:
        taken = 0
        with self._transaction(leaves_to.taking if leaves_to is not None else None):
            stale = Stale() if is_folding else NothingFolded()
            place: Place | None = None
            for event in events:
                self._check_stop()
                if isinstance(event, Event):
                    self.eraser.clock.note(event)
                self._faults.try_event(event, partial(self._project, read=read, stale=stale))
                place = event.place
                taken += 1
            if not is_folding:
                self._intake.settle(stale)
            else:
                self._refold(stale, leaves_to)
            on_folded()
            steps.reached("callers_folded")
            self.eraser.write()
            if place is not None:
                self._writer.note_place(place)
        return taken

    def forget_ahead(self, after: Place | None, until: Place) -> None:
        """
        Erase what the requests and erasures between two places cover, and project nothing else of there.

        Raises:
            PositionError: another line stands at `after`.
        """
        stale = Stale()
        with self._transaction():
            stale.add_whole(self.eraser.take_ahead(after, until))
            self._refold(stale)
            self.eraser.write()

    def retry(self, event: Event | DamagedLine) -> None:
        """Project once more an event that was set aside, and fold the caller of its call, if that one was, too."""
        try:
            self._retry(event)
        except (*THE_WORLDS, ProjectionStoppedError):
            raise
        except Exception as error:
            if self._writer.sharing is None or isinstance(event, DamagedLine):
                raise
            logger.exception("event_failed", position=event.place.position)
            with self._transaction():
                self._faults.record_event(event, describe_our_fault(error))

    def _retry(self, event: Event | DamagedLine) -> None:
        faults = self._writer.faults
        with self._transaction():
            self._check_stop()
            attempts = faults.attempts(event.place)
            stale = Stale()
            self._faults.try_event(event, partial(self._project, read={}, stale=stale))
            if self.shared is not None:
                stale.add_whole(self.shared.aside(event))
            self._refold(stale)
            self.eraser.write()
            if faults.attempts(event.place) == attempts:
                faults.clear(event.place)

    def is_set_aside(self, place: Place) -> bool:
        """Tell whether the event at a place could not be projected."""
        return self._writer.faults.attempts(place) > 0

    def due(self) -> list[Place]:
        """Return the places of the events that were set aside and are to be tried again by now."""
        return self._writer.faults.due(now_s=int(self._clock_s()))

    def check_erasures(self) -> None:
        """List the requests that cover no late call any more, for their key is gone."""
        with self._transaction():
            for place, error in self.eraser.requests_without_key():
                if not self._writer.faults.attempts(place):
                    self._faults.record(place, ERASURE_REQUEST, None, error, is_final=True)

    def checkpoint(self) -> bool:
        """Move what was written to where it stays, and leave no byte of what was removed; see `ReadModelWriter`."""
        return self._writer.checkpoint()

    def fold_all(self, on_progress: Progress, *, workers: WorkerPool | None = None) -> bool:
        """Fold every caller for the first time, from stored calls only. Return False if stopped early."""
        return self._first_folds.fold(on_progress, workers)

    def _check_stop(self) -> None:
        if not self._should_go_on():
            raise ProjectionStoppedError("told to stop; what was under way is projected again at the next start")

    def _project(self, event: Event, read: Mapping[Place, bytes], stale: Stale) -> None:
        why_not = self._proofs.why_not(event)
        if is_ours(event.receipt) and why_not is None:
            stale.add_whole(self.eraser.take(event))
        elif not self.eraser.note_if_erased(event):  # else its file may be gone already
            if why_not is not None:
                raise UnprovenEventError(why_not)
            self.eraser.note(event)
            if not self.eraser.erase_if_named(event):
                self._intake.keep(event, read, stale)

    def _refold(self, stale: Stale, leaves_to: Sharing | None = None) -> None:
        """
        Fold callers again, but for those who are being forgotten: they are folded once that is done.

        Or leave them to all projectors, where nothing was erased: no reader may get anything of that.
        """
        self._intake.settle(stale)
        for caller in self.eraser.newly_forgotten():
            self._refolder.begin_forgetting(caller)
        stale.leave_out(self._writer.parties.being_forgotten())
        if leaves_to is None or leaves_to.is_alone:
            self._refolder.refold(stale)
        else:
            leaves_to.leave(stale.marks())

    @contextmanager
    def _transaction(self, begin: Callable[[], AbstractContextManager[None]] | None = None) -> Iterator[None]:
        try:
            with (begin or self._writer.transaction)(), self._index_changes():
                yield
        except BaseException:
            self.eraser.roll_back()
            raise
        if self.engine_sync is None:
            self._changes.note(self._engine.changed)
