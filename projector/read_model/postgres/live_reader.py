"""Reading the live generation in PostgreSQL: opened anew when another one becomes live, left alone once damaged."""

import threading
import weakref
from contextlib import suppress

from events.postgres_server.bounded import SilentServerError
from events.postgres_server.connections import Connections
from projector.errors import (
    ReadModelBusyError,
    ReadModelDamagedError,
    ReadModelMissingError,
    ReadModelReplacedError,
    ReadModelVersionError,
)
from projector.read_model.postgres.catalog import Catalog, Known, schema_of
from projector.read_model.postgres.reading import PostgresReadModel
from projector.read_model.postgres.sql.database import READER_WAIT_S, Database
from projector.read_model.postgres.tables.engines.held_index import HeldIndexes
from projector.read_model.records import SchemaVersion, why_not

_OPEN_TRIES = 5


class _Opened(threading.local):
    """
    What one thread has open.

    `generation` is the one that it opened last, or tried to; `live` the one that was live then: the same, or one of
    another release. `read_model` is None where there is nothing open, or damage was reported.
    """

    generation: int | None = None
    live: int | None = None
    database: Database | None = None
    read_model: PostgresReadModel | None = None


class PostgresLiveReader:
    """
    See `LiveReader`: each thread has a connection of its own.

    Args:
        url: `postgresql://...`; a standby will do.
    """

    def __init__(self, url: str, *, damaged_message: str) -> None:
        self._damaged_message = damaged_message
        self._connections = Connections(url, wait_s=READER_WAIT_S, only_reads=True)
        self._held = HeldIndexes()
        self._opened = _Opened()
        self._gap: str | None = None
        # Threads end without a word; what they had open ends with the reader.
        self._all: list[Database] = []
        weakref.finalize(self, _close_all, self._all)

    def open(self) -> PostgresReadModel:
        """Return the live generation, opened anew where another one has become live."""
        for _ in range(_OPEN_TRIES):
            try:
                known = self._readable()
                if not known or not known[0].is_live:
                    break
                return self._open(known)
            except ReadModelReplacedError:
                continue  # it was given up, and dropped, between our two looks
            except ReadModelBusyError as error:
                raise ReadModelMissingError(f"the read model cannot be opened: {error}") from error
        raise ReadModelMissingError("there is no read model yet")

    def generation(self) -> int | None:
        """Return the number of the live generation."""
        return next((known.number for known in self._readable() if known.is_live), None)

    def gap(self) -> str | None:
        """Return what to do where another release wrote the live generation; as of the last `open` of any thread."""
        return self._gap

    def report_damage(self) -> None:
        """Note that what this thread has open is damaged; on a standby that cannot be noted."""
        opened = self._opened
        if opened.generation is not None:
            opened.read_model = None
            with suppress(ReadModelBusyError):
                Catalog(self._database()).mark(opened.generation, is_damaged=True)

    def is_damaged(self) -> bool:
        """Tell whether the live generation is noted to be damaged; False where the server cannot be asked."""
        try:
            return any(known.is_live and known.is_damaged for known in self._readable())
        except ReadModelBusyError:
            return False

    def close(self) -> None:
        """Close what this thread has open; the next `open` opens it again."""
        opened = self._opened
        opened.generation = opened.live = opened.read_model = None
        database, opened.database = opened.database, None
        if database is not None:
            database.close()
            self._all.remove(database)

    def _readable(self) -> list[Known]:
        was_kept = self._opened.database is not None
        try:
            return Catalog(self._database()).readable()
        except ReadModelBusyError as error:
            # The server may have ended the connection since it was last used; one that hangs is not asked again.
            if not (was_kept and self._is_lost()) or isinstance(error.__cause__, SilentServerError):
                raise
            return Catalog(self._database()).readable()

    def _database(self) -> Database:
        """Return this thread's connection, a new one where it was lost."""
        if self._is_lost():
            self.close()
        if self._opened.database is None:
            self._opened.database = Database(self._connections, wait_s=READER_WAIT_S)
            self._all.append(self._opened.database)
        return self._opened.database

    def _is_lost(self) -> bool:
        return self._opened.database is not None and not self._opened.database.is_usable

    def _open(self, known: list[Known]) -> PostgresReadModel:
        live, opened = known[0], self._opened
        if live.is_damaged:
            opened.generation = live.number
            raise ReadModelMissingError(self._damaged_message)
        numbers = {each.number for each in known if not each.is_damaged}
        if opened.read_model is not None and opened.live == live.number and opened.generation in numbers:
            return opened.read_model
        version = self._choose(live.number)
        if version.is_newer() or version.is_older():
            return self._open_former(known[1:], live.number, version)
        self._gap = None
        return self._take(live.number, live.number)

    def _open_former(self, known: list[Known], live: int, version: SchemaVersion) -> PostgresReadModel:
        """Open what was left for readers of this release when another one went on, if it was."""
        for former in known:
            with suppress(ReadModelBusyError, ReadModelDamagedError):
                if former.is_damaged:
                    continue
                own = self._choose(former.number)
                if not (own.is_newer() or own.is_older()):
                    self._gap = why_not(version, is_former_read=True)
                    return self._take(former.number, live)
        self._gap = why_not(version, is_former_read=False)
        self._opened.generation = self._opened.read_model = None  # nothing is open that could be damaged
        raise ReadModelVersionError(self._gap)

    def _choose(self, generation: int) -> SchemaVersion:
        self._opened.generation, self._opened.read_model = generation, None
        database = self._database()
        database.choose(schema_of(generation))
        return PostgresReadModel(database).version()

    def _take(self, generation: int, live: int) -> PostgresReadModel:
        opened = self._opened
        opened.generation, opened.live = generation, live
        opened.read_model = PostgresReadModel(self._database(), self._held)
        return opened.read_model


def _close_all(databases: list[Database]) -> None:
    while databases:
        databases.pop().close()
