"""
The projection: events in, calls kept, callers folded, all of it in one transaction with how far we have read.

Whatever order events come in, and however often, the read model ends in the same state.
"""

import itertools
import os
import sqlite3
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import msgspec

from events.disk import steps
from events.disk.durable import create_file
from events.errors import EventsError, LogClosedError
from events.log.erasure import is_ours
from events.log.event import DamagedLine, Event
from events.log.filing import ERASURE_REQUEST, TRANSCRIPTION
from events.log.protocol import EventLog
from events.log.receipt import Place
from events.process.logging import get_logger
from projector.engines.open import Engines
from projector.engines.protocol import IndexedEngine
from projector.errors import EngineError, ProjectorError, ReadModelDamagedError
from projector.projection.engine_sync import EngineSync
from projector.projection.eraser import Eraser
from projector.projection.intake import Intake
from projector.projection.refold import Refolder, describe_our_fault
from projector.projection.settings import ProjectionSettings
from projector.projection.workers.pool import WorkerPool
from projector.read_model.sqlite.connection import SCHEMA, connect
from projector.read_model.sqlite.database import Database
from projector.read_model.sqlite.engine_tables import SqliteEngineTables
from projector.read_model.sqlite.reading import ReadModel
from projector.read_model.sqlite.tables.erasures import SCHEMA as ERASED_SCHEMA
from projector.read_model.sqlite.tables.faults import Faults
from projector.read_model.sqlite.tables.outbox import Outbox

logger = get_logger("projection")
_FOLDED_PER_COMMIT = 500
_CACHE_KIB = 16 * 1024


class Projection:
    """
    The writing side of one generation.

    Its methods raise the world's faults (`OSError`, `sqlite3.Error`, `EngineError`, `LogClosedError`), and
    `ReadModelDamagedError` where what they wrote before cannot be read, and then have changed nothing;
    the fault of an event itself is recorded with its place, and stops no other event.

    Args:
        connection: the generation, open for writing.
        engines: how the memory engine is opened.
        clock_s: the present in Unix seconds; only for when to try again.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        settings: ProjectionSettings,
        payloads: EventLog,
        *,
        engines: Engines,
        clock_s: Callable[[], float],
    ) -> None:
        self._connection = connection
        self._settings = settings
        self._clock_s = clock_s
        self.faults = Faults(connection)
        self.eraser = Eraser(connection, payloads, region=settings.region)
        self.read_model = ReadModel(connection)
        tables, log_name = SqliteEngineTables(Database(connection)), payloads.name()
        self.engine_sync: EngineSync | None = None
        self._indexed: IndexedEngine | None = None
        index: IndexedEngine | Outbox
        if settings.engine.is_outside:
            index = Outbox(connection)
            self.engine_sync = EngineSync(connection, engines.outside(tables, log_name), index, self.eraser)
        else:
            index = self._indexed = engines.indexed(tables)
        self._call_keeping = Intake(connection, payloads, self.eraser, settings)
        self._refolding = Refolder(connection, index, settings.fold, on_fault=self._record_call)
        self._read: Mapping[Place, bytes] = {}
        self.has_appended = False  # whether the last batch called for erasures, which are still to be projected

    @classmethod
    def create(
        cls,
        path: Path,
        settings: ProjectionSettings,
        payloads: EventLog,
        *,
        engines: Engines,
        clock_s: Callable[[], float],
    ) -> "Projection":
        """Make the database of a new generation."""
        os.close(create_file(path))
        connection = sqlite3.connect(path, isolation_level=None)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA secure_delete = ON")  # as `connect` does
        # Ids are digests: each lands on another page of their index, and is read anew where that is not at hand.
        connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        connection.executescript(SCHEMA + ERASED_SCHEMA)
        SqliteEngineTables(Database(connection)).create(is_outside=settings.engine.is_outside)
        connection.execute("INSERT INTO meta VALUES ('fingerprint', ?)", (settings.fingerprint(),))
        connection.execute("INSERT INTO meta VALUES ('engine', ?)", (settings.engine.name,))
        return cls(connection, settings, payloads, engines=engines, clock_s=clock_s)

    @classmethod
    def open(
        cls,
        path: Path,
        settings: ProjectionSettings,
        payloads: EventLog,
        *,
        engines: Engines,
        clock_s: Callable[[], float],
    ) -> "Projection":
        """Open a generation that exists."""
        connection = connect(path, is_writing=True)
        return cls(connection, settings, payloads, engines=engines, clock_s=clock_s)

    def close(self) -> None:
        """Close the database."""
        self._connection.close()

    def take(
        self,
        events: Iterable[Event | DamagedLine],
        *,
        is_folding: bool = True,
        read: Mapping[Place, bytes] | None = None,
    ) -> int:
        """
        Project events that follow the ones before, and return how many they were.

        Args:
            is_folding: whether to fold the callers that they concern; a replay folds all of them at its end.
            read: the calls of some events by their places, where `read_call` was asked already.
        """
        taken = 0
        self._read = read or {}
        with self._transaction():
            stale: set[str] = set()
            place: Place | None = None
            for event in events:
                stale |= self._project_or_record(event)
                place = event.place
                taken += 1
            if is_folding:
                self._refolding.refold(stale)
            steps.reached("callers_folded")
            self.has_appended |= self.eraser.account() > 0
            if place is not None:
                self._connection.execute(
                    "INSERT OR REPLACE INTO meta VALUES ('place', ?)", (msgspec.json.encode(place).decode(),)
                )
        return taken

    def retry(self, event: Event | DamagedLine) -> None:
        """Project once more an event that was set aside."""
        with self._transaction():
            attempts = self.faults.attempts(event.place)
            self._refolding.refold(self._project_or_record(event))
            self.has_appended |= self.eraser.account() > 0
            if self.faults.attempts(event.place) == attempts:
                self.faults.clear(event.place)

    def check_erasures(self) -> None:
        """List the requests that cover no late call any more, for their key is gone."""
        with self._transaction():
            for place, error in self.eraser.requests_without_key():
                if not self.faults.attempts(place):
                    self._record(place, ERASURE_REQUEST, None, error, is_final=True)

    def wipe(self) -> bool:
        """
        Leave nothing in the database's files of what was deleted from it, and return whether that was done.

        Not while somebody reads: what is vacuumed then would only pile up in the write-ahead log.
        """
        if not self._truncate_log():
            return False
        if self.engine_sync is not None:
            self.engine_sync.wipe()
        self._connection.execute("VACUUM")
        steps.reached("database_vacuumed")
        is_wiped = self._truncate_log()
        steps.reached("database_wiped")
        return is_wiped

    def checkpoint(self) -> None:
        """
        Have what was found sound in the database itself, as far as readers let us at once.

        A damaged header in the file of the log would cut it off at the next start.
        """
        (waits_ms,) = self._connection.execute("PRAGMA busy_timeout").fetchone()
        self._connection.execute("PRAGMA busy_timeout = 0")
        self._truncate_log()
        self._connection.execute(f"PRAGMA busy_timeout = {waits_ms}")

    def _truncate_log(self) -> bool:
        (is_busy, *_) = self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not is_busy

    def fold_all(
        self, on_progress: Callable[[int, int], bool] = lambda _, __: True, *, workers: WorkerPool | None = None
    ) -> bool:
        """
        Fold every caller, of whom nothing but the calls is there yet, and return whether all were.

        Args:
            on_progress: is told how many are done, and of how many; returns whether to go on.
        """
        callers = [
            caller for (caller,) in self._connection.execute("SELECT DISTINCT caller FROM calls ORDER BY caller")
        ]
        if workers is None or self._indexed is None:  # with an outside engine, workers could only wait for it
            folded = self._refolding.fold_each(callers)
        else:
            folded = self._refolding.fold_new(callers, workers, self._indexed)
        size = 1 if self._indexed is None else _FOLDED_PER_COMMIT
        for begin in range(0, len(callers), size):
            with self._transaction():
                deque(itertools.islice(folded, size), maxlen=0)
            if self.engine_sync is not None:
                self.engine_sync.settle()
            if not on_progress(min(begin + size, len(callers)), len(callers)):
                return False
        return True

    def _project_or_record(self, event: Event | DamagedLine) -> set[str]:
        if isinstance(event, DamagedLine):
            self._record(event.place, "journal", None, "this line of the journal is no receipt", is_final=True)
            return set()
        receipt = event.receipt
        if not event.is_chained:
            # Said and listed, but the event is projected: its file is proven by its receipt.
            words = "the journal does not chain here: lines before this one were changed or removed"
            self._record(event.place, receipt.kind, receipt.conversation_id, words, is_final=True)
        try:
            return self._project(event)
        except (OSError, sqlite3.Error, EngineError, LogClosedError, ReadModelDamagedError):
            raise
        except (msgspec.MsgspecError, EventsError, ProjectorError, RecursionError) as error:
            words = str(error)
        except Exception as error:
            logger.exception("event_failed", position=event.place.position)
            words = describe_our_fault(error)
        self._record(event.place, receipt.kind, receipt.conversation_id, words)
        return set()

    def _project(self, event: Event) -> set[str]:
        if is_ours(event.receipt):
            return self.eraser.take(event)
        if self.eraser.note_if_erased(event):
            return set()  # its file may be gone already
        return self._call_keeping.keep(event, self._read)

    def _record_call(self, place: Place, conversation_id: str, error: str) -> None:
        self._record(place, TRANSCRIPTION, conversation_id, error)

    def _record(
        self, place: Place, kind: str, conversation_id: str | None, error: str, *, is_final: bool = False
    ) -> None:
        now_s = int(self._clock_s())
        self.faults.record(place, kind, conversation_id, error, now_s=now_s, is_final=is_final)
        logger.warning("event_set_aside", position=place.position, conversation_id=conversation_id, error=error)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            steps.reached("batch_projected")
            self._connection.execute("COMMIT")
            steps.reached("batch_committed")
        except BaseException:
            self.eraser.roll_back()
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise
