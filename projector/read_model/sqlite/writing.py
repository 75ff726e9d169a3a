"""The writing side of a generation in SQLite."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from events.disk import steps
from events.disk.durable import create_file
from events.log.receipt import Place
from projector.read_model.records import KnownClock
from projector.read_model.sqlite.database import Database
from projector.read_model.sqlite.footprint import SharedIndex
from projector.read_model.sqlite.reading import SqliteReadModel
from projector.read_model.sqlite.schema import make_tables
from projector.read_model.sqlite.tables.callers import Callers
from projector.read_model.sqlite.tables.calls import Calls
from projector.read_model.sqlite.tables.differences import Differences
from projector.read_model.sqlite.tables.engines.outbox import Outbox
from projector.read_model.sqlite.tables.erasing.erased import Erased
from projector.read_model.sqlite.tables.erasing.erasures import Erasures
from projector.read_model.sqlite.tables.erasing.filed import Filed
from projector.read_model.sqlite.tables.erasing.parties import Parties
from projector.read_model.sqlite.tables.faults import Faults
from projector.read_model.sqlite.tables.learning.corrections import Corrections
from projector.read_model.sqlite.tables.learning.extractions import Extractions
from projector.read_model.sqlite.tables.learning.histories import Histories
from projector.read_model.sqlite.tables.learning.links import Links
from projector.read_model.sqlite.tables.learning.merged import Merged
from projector.read_model.sqlite.tables.learning.said import SaidTable
from projector.read_model.sqlite.tables.memories import Memories
from projector.read_model.sqlite.tables.meta import Meta

# Ids are digests: each lands on another page of their index, and is read anew where that is not at hand.
_CACHE_KIB = 16 * 1024


class SqliteWriter:
    """See `ReadModelWriter`: one database, over one connection."""

    def __init__(self, database: Database, path: Path) -> None:
        self._database = database
        self._meta = Meta(database)
        self._shared_index = SharedIndex(path)
        self.read_model = SqliteReadModel(database)
        self._differences = Differences()
        self.calls = Calls(database, self._differences)
        self.callers = Callers(database, self._differences)
        self.memories = Memories(database, self._differences)
        self.faults = Faults(database)
        self.links = Links(database)
        self.extractions = Extractions(database)
        self.corrections = Corrections(database)
        self.merged = Merged(database)
        self.said = SaidTable(database)
        self.histories = Histories(database)
        self.outbox = Outbox(database)
        self.parties = Parties(database)
        self.filed = Filed(database)
        self.erased = Erased(database)
        self.erasures = Erasures(database)

    @classmethod
    def create(cls, path: Path, *, fingerprint: str, engine: str, is_outside: bool) -> "SqliteWriter":
        """Make the database of a new generation."""
        os.close(create_file(path))
        database = Database.create(path, cache_kib=_CACHE_KIB)
        make_tables(database, is_outside=is_outside)
        Meta(database).note_origin(fingerprint=fingerprint, engine=engine)
        return cls(database, path)

    @classmethod
    def open(cls, path: Path) -> "SqliteWriter":
        """Open the database of a generation that exists."""
        return cls(Database.open(path, is_writing=True), path)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make the writes of a block one."""
        self._differences.clear()
        try:
            with self._database.transaction():
                yield
                self.callers.settle()
                steps.reached("batch_projected")
        finally:
            self._differences.clear()
        steps.reached("batch_committed")

    @contextmanager
    def removing(self) -> Iterator[None]:
        """Leave whole pages as they are once all of their rows are removed: half the work for many rows."""
        self._database.run("PRAGMA secure_delete = FAST")
        try:
            yield
        finally:
            self._database.run("PRAGMA secure_delete = ON")

    def note_place(self, place: Place) -> None:
        """Note how far the log has been folded."""
        self._meta.note_place(place)

    def clock(self) -> KnownClock:
        """Return what the log said of the time until now."""
        return self._meta.clock()

    def note_clock(self, clock: KnownClock) -> None:
        """Note what the log said of the time until now."""
        self._meta.note_clock(clock)

    def checkpoint(self, *, is_waiting: bool) -> bool:
        """Move the write-ahead log into the database: a damaged header would cut it off at the next start."""
        return self._database.truncate_log(is_waiting=is_waiting)

    def check_files(self) -> None:
        """Look whether the shared index of the write-ahead log was cut short."""
        self._shared_index.check()

    def close(self) -> None:
        """Close the connection."""
        self._database.close()
