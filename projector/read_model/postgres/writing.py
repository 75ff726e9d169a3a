"""The writing side of a generation in PostgreSQL."""

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from events.disk import steps
from events.log.receipt import Place
from projector.errors import ReadModelBusyError
from projector.read_model.postgres.reading import PostgresReadModel
from projector.read_model.postgres.sharing import PostgresSharing
from projector.read_model.postgres.sql.database import Database
from projector.read_model.postgres.tables.callers import Callers
from projector.read_model.postgres.tables.calls import Calls
from projector.read_model.postgres.tables.engines.outbox import Outbox
from projector.read_model.postgres.tables.erasing.erased import Erased
from projector.read_model.postgres.tables.erasing.erasures import Erasures
from projector.read_model.postgres.tables.erasing.filed import Filed
from projector.read_model.postgres.tables.erasing.parties import Parties
from projector.read_model.postgres.tables.faults import Faults
from projector.read_model.postgres.tables.learning.agents import Agents
from projector.read_model.postgres.tables.learning.corrections import Corrections
from projector.read_model.postgres.tables.learning.extractions import Extractions
from projector.read_model.postgres.tables.learning.histories import Histories
from projector.read_model.postgres.tables.learning.links import Links
from projector.read_model.postgres.tables.learning.merged import Merged
from projector.read_model.postgres.tables.learning.said import SaidTable
from projector.read_model.postgres.tables.memories import Memories
from projector.read_model.postgres.tables.meta import Meta
from projector.read_model.records import KnownClock
from projector.read_model.tables.differences import Differences

# Who may still see what was removed before a transaction: whoever looks at an older moment.
_OLDER_READERS = """
SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid != pg_backend_pid()
AND age(backend_xmin) >= age(%s::xid) LIMIT 1
"""


# There is always an append that began before: by then it is over. A reader in the way stays for longer.
_PATIENCE_S, _PAUSE_S = 0.2, 0.01


class PostgresWriter:
    """See `ReadModelWriter`: one generation, over one connection, which is chosen to it."""

    # The server looks after its files, and is their only writer.
    was_as_left = True

    def __init__(self, database: Database, generation: int) -> None:
        self._database = database
        self._meta = Meta(database)
        self._place = self._next_place = self._meta.place()
        self.read_model = PostgresReadModel(database)
        self._differences = Differences()
        self.sharing = PostgresSharing(database, generation, self._transaction, self._differences)
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

    def transaction(self) -> AbstractContextManager[None]:
        """Make the writes of a block one, and keep others out; it does not wait for the disk, nor for a standby."""
        return self._transaction(self.sharing.begin_alone)

    def note_place(self, place: Place) -> None:
        """
        Note how far the log has been folded.

        Raises:
            ReadModelBusyError: somebody else has gone on from the place that was known here: two must not take.
        """
        if not self._meta.move_place(self._next_place, place):
            raise ReadModelBusyError("another projector has gone on in the log meanwhile")
        self._next_place = place

    def clock(self) -> KnownClock:
        """Return what the log said of the time until now."""
        return self._meta.clock()

    def note_clock(self, clock: KnownClock) -> None:
        """Note what the log said of the time until now."""
        self._meta.note_clock(clock)

    def checkpoint(self) -> bool:
        """
        Make durable what was committed; return whether no reader sees an older state any more.

        Bytes of what was removed are in the server's files until the log's wiper has rewritten what `Remnants` notes.
        """
        with self._database.transaction("BEGIN; SET LOCAL synchronous_commit = on"):
            transaction = self._meta.note_settled()
        until_s = time.monotonic() + _PATIENCE_S
        while (is_read := self._database.row(_OLDER_READERS, transaction) is not None) and time.monotonic() < until_s:
            time.sleep(_PAUSE_S)
        return not is_read

    def check_files(self) -> None:
        """Do nothing: the server looks after its files."""

    def close(self) -> None:
        """Close the connection."""
        self._database.close()

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[None]:
        self._differences.clear()
        self.callers.begin()
        self.sharing.begin(begin)
        self._next_place = self._place
        try:
            with self._database.transaction(begin):
                yield
                self.callers.settle(self.sharing.left)
                steps.reached("batch_projected")
            self._place = self._next_place
        finally:
            self._differences.clear()
        steps.reached("batch_committed")
