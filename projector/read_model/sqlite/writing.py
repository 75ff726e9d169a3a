"""The writing side of a generation in SQLite."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from events.disk import steps
from events.disk.durable import create_file
from events.log.receipt import Place
from projector.read_model.sqlite.database import Database
from projector.read_model.sqlite.differences import Differences
from projector.read_model.sqlite.footprint import SharedIndex
from projector.read_model.sqlite.reading import SqliteReadModel
from projector.read_model.sqlite.schema import make_tables
from projector.read_model.sqlite.tables.callers import Callers
from projector.read_model.sqlite.tables.calls import Calls
from projector.read_model.sqlite.tables.erasures import Erasures
from projector.read_model.sqlite.tables.faults import Faults
from projector.read_model.sqlite.tables.memories import Memories
from projector.read_model.sqlite.tables.meta import Meta
from projector.read_model.sqlite.tables.outbox import Outbox

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
        self.outbox = Outbox(database)
        self.erasures = Erasures(database, self._differences)

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

    def note_place(self, place: Place) -> None:
        """Note how far the log has been folded."""
        self._meta.note_place(place)

    def checkpoint(self, *, is_waiting: bool) -> bool:
        """Move the write-ahead log into the database: a damaged header would cut it off at the next start."""
        return self._database.truncate_log(is_waiting=is_waiting)

    def wipe(self) -> bool:
        """
        Write the database anew without what was deleted.

        Checkpoint first: while a reader is in the way, the new pages would only pile up in the write-ahead log.
        """
        self._database.run("VACUUM")
        steps.reached("database_vacuumed")
        is_wiped = self._database.truncate_log()
        steps.reached("database_wiped")
        return is_wiped

    def check_files(self) -> None:
        """Look whether the shared index of the write-ahead log was cut short."""
        self._shared_index.check()

    def close(self) -> None:
        """Close the connection."""
        self._database.close()
