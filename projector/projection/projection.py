"""
The projection: events in, calls kept, callers folded, all of it in one transaction with how far we have read.

Whatever order events come in, and however often, the read model ends in the same state.
"""

import itertools
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext

import msgspec

from events.disk import steps
from events.errors import EventsError, UnprovenEventError
from events.log.erasure import is_ours
from events.log.event import DamagedLine, Event
from events.log.filing import ERASURE_REQUEST, TRANSCRIPTION
from events.log.protocol import EventLog
from events.log.receipt import Place
from events.process.logging import get_logger
from projector.engines.open import Engines
from projector.engines.protocol import Changes, IndexedEngine, NoChanges
from projector.errors import ProjectionStoppedError, ProjectorError
from projector.projection.engine_sync import EngineSync
from projector.projection.erasing.eraser import Eraser
from projector.projection.erasing.work import ErasureWork
from projector.projection.faults import THE_WORLDS, describe_our_fault
from projector.projection.folding.refold import Refolder
from projector.projection.folding.stale import Stale
from projector.projection.intake import Intake
from projector.projection.settings import ProjectionSettings
from projector.projection.workers.pool import WorkerPool
from projector.read_model.protocol import ReadModel, ReadModelWriter
from projector.read_model.tables.projection_tables import Outbox

logger = get_logger("projection")
_FOLDED_PER_COMMIT = 500


class Projection:
    """
    Projects events into one generation.

    Its methods raise the world's faults (`OSError`, `EngineError`, `LogClosedError`, `ReadModelBusyError`), and
    `ReadModelDamagedError` where what they wrote before cannot be read, and `ProjectionStoppedError`, and then have
    changed nothing. The fault of an event itself is recorded with its place, and stops no other event.

    `engine_sync` keeps an outside engine in step; None for an engine within it. `erasure_work` removes what was erased.

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
        self.eraser = Eraser(writer, log, region=settings.region, on_fault=self._record_event)
        self._intake = Intake(writer, self.eraser, settings, log)
        tables = writer.read_model.engine_tables
        self.engine_sync: EngineSync | None = None
        self._index_changes: Callable[[], AbstractContextManager[None]] = nullcontext
        self._changes = changes or NoChanges()
        if settings.engine.is_outside:
            self.engine_sync = EngineSync(writer, engines.outside(tables, log.name), self.eraser)
            index: IndexedEngine | Outbox = writer.outbox
        else:
            index = self._engine = engines.indexed(tables)
            self._index_changes = self._engine.changes
        self._refolder = Refolder(
            writer,
            index,
            settings.fold,
            region=settings.region,
            redaction=settings.redaction,
            on_fault=self._record_call,
            check_stop=self._check_stop,
        )
        self.erasure_work = ErasureWork(
            writer,
            log,
            self.eraser,
            self._refolder,
            self._transaction,
            settle=self._intake.settle,
            on_fault=self._record_erasure,
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
        read: Mapping[Place, bytes] | None = None,
        on_folded: Callable[[], None] = lambda: None,
    ) -> int:
        """
        Project events that follow the ones before, and return how many they were.

        Args:
            is_folding: whether to fold the callers that they concern; a replay folds all of them at its end.
            read: the calls of some events by their places, where a worker has read them already.
            on_folded: called when the callers are folded, before the commit.
        """
        taken = 0
        with self._transaction():
            stale = Stale()
            place: Place | None = None
            for event in events:
                self._check_stop()
                if isinstance(event, Event):
                    self.eraser.clock.note(event)
                self._project_or_record(event, read or {}, stale)
                place = event.place
                taken += 1
            if is_folding:
                self._refold(stale)
            else:
                self._intake.settle(stale)
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
        """Project once more an event that was set aside."""
        faults = self._writer.faults
        with self._transaction():
            self._check_stop()
            attempts = faults.attempts(event.place)
            stale = Stale()
            self._project_or_record(event, {}, stale)
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
                    self._record(place, ERASURE_REQUEST, None, error, is_final=True)

    def checkpoint(self) -> bool:
        """Move what was written to where it stays, and leave no byte of what was removed; see `ReadModelWriter`."""
        return self._writer.checkpoint()

    def fold_all(
        self, on_progress: Callable[[int, int], bool] = lambda _, __: True, *, workers: WorkerPool | None = None
    ) -> bool:
        """
        Fold every caller for the first time, from stored calls only. Return False if stopped early.

        Args:
            on_progress: takes how many are done, and of how many; returns whether to go on.
        """
        forgotten = self._writer.parties.being_forgotten()
        callers = [caller for caller in self._writer.calls.callers() if caller not in forgotten]
        size = _FOLDED_PER_COMMIT
        if self.engine_sync is not None:
            size = 1  # each caller is delivered before the next one is folded; workers could only wait for that
            folded = self._refolder.fold_each(callers)
        elif workers is None:
            folded = self._refolder.fold_each(callers)
        else:
            folded = self._refolder.fold_new(callers, workers, self._engine)
        for begin in range(0, len(callers), size):
            with self._transaction():
                deque(itertools.islice(folded, size), maxlen=0)
            if self.engine_sync is not None:
                self.engine_sync.deliver()
            if not on_progress(min(begin + size, len(callers)), len(callers)):
                return False
        return True

    def _check_stop(self) -> None:
        if not self._should_go_on():
            raise ProjectionStoppedError("told to stop; what was under way is projected again at the next start")

    def _project_or_record(self, event: Event | DamagedLine, read: Mapping[Place, bytes], stale: Stale) -> None:
        if isinstance(event, DamagedLine):
            self._record(event.place, "journal", None, "this line of the journal is no receipt", is_final=True)
            return
        receipt = event.receipt
        if not event.is_chained:
            # Said and listed, but the event is projected: its file is proven by its receipt.
            message = "the journal does not chain here: lines before this one were changed or removed"
            self._record(event.place, receipt.kind, receipt.conversation_id, message, is_final=True)
        try:
            self._project(event, read, stale)
        except THE_WORLDS:
            raise
        except (msgspec.MsgspecError, EventsError, ProjectorError, RecursionError) as error:
            self._record(event.place, receipt.kind, receipt.conversation_id, str(error))
        except Exception as error:
            logger.exception("event_failed", position=event.place.position)
            self._record(event.place, receipt.kind, receipt.conversation_id, describe_our_fault(error))

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

    def _record_event(self, event: Event, error: str) -> None:
        self._record(event.place, event.receipt.kind, event.receipt.conversation_id, error)

    def _refold(self, stale: Stale) -> None:
        """Fold callers again, but for those who are being forgotten: they are folded once that is done."""
        self._intake.settle(stale)
        for caller in self.eraser.newly_forgotten():
            self._refolder.begin_forgetting(caller)
        stale.leave_out(self._writer.parties.being_forgotten())
        self._refolder.refold(stale)

    def _record_erasure(self, place: Place, kind: str, error: str) -> None:
        self._record(place, kind, None, error)

    def _record_call(self, place: Place, conversation_id: str, error: str) -> None:
        self._record(place, TRANSCRIPTION, conversation_id, error)

    def _record(
        self, place: Place, kind: str, conversation_id: str | None, error: str, *, is_final: bool = False
    ) -> None:
        now_s = int(self._clock_s())
        self._writer.faults.record(place, kind, conversation_id, error, now_s=now_s, is_final=is_final)
        logger.warning("event_set_aside", position=place.position, conversation_id=conversation_id, error=error)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        try:
            with self._writer.transaction(), self._index_changes():
                yield
        except BaseException:
            self.eraser.roll_back()
            raise
        if self.engine_sync is None:
            self._changes.note(self._engine.changed)
