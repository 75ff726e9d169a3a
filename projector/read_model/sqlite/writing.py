"""The writing side of a generation in SQLite."""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from events.disk import steps
from events.disk.durable import create_file
from events.log.receipt import Place
from projector.read_model.records import KnownClock
from projector.read_model.sqlite.database import Database
from projector.read_model.sqlite.files.footprint import Left, SharedIndex
from projector.read_model.sqlite.files.log_mover import LogMover
from projector.read_model.sqlite.reading import SqliteReadModel
from projector.read_model.sqlite.schema import make_tables
from projector.read_model.sqlite.tables.callers import Callers
from projector.read_model.sqlite.tables.calls import Calls
from projector.read_model.sqlite.tables.engines.outbox import Outbox
from projector.read_model.sqlite.tables.erasing.erased import Erased
from projector.read_model.sqlite.tables.erasing.erasures import Erasures
from projector.read_model.sqlite.tables.erasing.filed import Filed
from projector.read_model.sqlite.tables.erasing.parties import Parties
from projector.read_model.sqlite.tables.faults import Faults
from projector.read_model.sqlite.tables.learning.agents import Agents
from projector.read_model.sqlite.tables.learning.corrections import Corrections
from projector.read_model.sqlite.tables.learning.extractions import Extractions
from projector.read_model.sqlite.tables.learning.histories import Histories
from projector.read_model.sqlite.tables.learning.links import Links
from projector.read_model.sqlite.tables.learning.merged import Merged
from projector.read_model.sqlite.tables.learning.said import SaidTable
from projector.read_model.sqlite.tables.memories import Memories
from projector.read_model.sqlite.tables.meta import Meta
from projector.read_model.tables.differences import Differences

# Ids are digests: each lands on another page of their index, and is read anew where that is not at hand. Pages
# that are still in it are written at the end of a replay, when its workers have nothing left to do.
_CACHE_KIB = 4 * 1024


class SqliteWriter:
    """
    See `ReadModelWriter`: one database, over one connection.

    Args:
        mover: of the same database; None for one that has no write-ahead log yet.
        was_as_left: whether its files looked as we left them.
    """

    # One process writes, for the files are one machine's.
    sharing = None

    def __init__(
        self, database: Database, path: Path, mover: LogMover | None = None, *, was_as_left: bool = True
    ) -> None:
        self.was_as_left = was_as_left
        self._database = database
        self._mover = mover
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
        self.agents = Agents(database)
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
        with closing(Database.open(path, is_writing=False)) as database:
            was_as_left = Left(path).take()
            # One of another release is not gone on with, and never wiped: that would be to write all of it for nothing.
            is_ours = not ((version := Meta(database).version()).is_older() or version.is_newer())
            mover = LogMover(path, was_as_left=was_as_left or not is_ours)
        return cls(mover.database, path, mover, was_as_left=was_as_left)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make the writes of a block one."""
        self._differences.clear()
        self.callers.begin()
        if self._mover is not None:
            self._mover.make_sure()
        try:
            with self._database.transaction():
                yield
                self.callers.settle()
                steps.reached("batch_projected")
        finally:
            self._differences.clear()
        steps.reached("batch_committed")
        if self._mover is not None:
            self._mover.move_if_long()

    def note_place(self, place: Place) -> None:
        """Note how far the log has been folded."""
        self._meta.note_place(place)

    def clock(self) -> KnownClock:
        """Return what the log said of the time until now."""
        return self._meta.clock()

    def note_clock(self, clock: KnownClock) -> None:
        """Note what the log said of the time until now."""
        self._meta.note_clock(clock)

    def checkpoint(self) -> bool:
        """Move the write-ahead log into the database, and leave no byte of what was removed; see `ReadModelWriter`."""
        return self._mover is None or self._mover.cut()

    def check_files(self) -> None:
        """Look whether the shared index of the write-ahead log was cut short."""
        self._shared_index.check()

    def close(self) -> None:
        """Close the connection."""
        mover, self._mover = self._mover, None
        if mover is not None:
            mover.close()
        self._database.close()
