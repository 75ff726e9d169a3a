"""Reading the live generation in SQLite: opened anew when another one becomes live, left alone once damaged."""

import threading
from contextlib import suppress
from pathlib import Path

from projector.errors import (
    ReadModelBusyError,
    ReadModelDamagedError,
    ReadModelMissingError,
    ReadModelVersionError,
)
from projector.read_model.records import SchemaVersion, why_not
from projector.read_model.sqlite.database import Database
from projector.read_model.sqlite.files.footprint import SharedIndex
from projector.read_model.sqlite.generations import SqliteGenerations
from projector.read_model.sqlite.reading import SqliteReadModel

# A caller on the line is answered without the read model rather than late.
_BUSY_TIMEOUT_S = 0.25
_OPEN_TRIES = 5


_Key = tuple[int, int]


class _Opened(threading.local):
    """
    What one thread has open.

    `generation` is the one that it opened last, or tried to. `key` names its file, and is None once damage was
    reported; `live_key` names the file of the generation that was live then: the same, or one of another release.
    """

    generation: int | None = None
    live_key: _Key | None = None
    key: _Key | None = None
    database: Database | None = None
    read_model: SqliteReadModel | None = None


class SqliteLiveReader:
    """See `LiveReader`: each thread has a connection of its own."""

    def __init__(self, folder: Path, *, damaged_message: str) -> None:
        self._damaged_message = damaged_message
        self._generations = SqliteGenerations(folder)
        self._opened = _Opened()
        self._mapped: tuple[int, SharedIndex] | None = None
        self._gap: str | None = None

    def open(self) -> SqliteReadModel:
        """Return the live generation, opened anew where another one has become live."""
        for _ in range(_OPEN_TRIES):
            generation = self._opened.generation = self._generations.current()
            if generation is None:
                break
            if self._generations.is_marked_damaged(generation):
                raise ReadModelMissingError(self._damaged_message)
            try:
                read_model = self._open(generation)
            except ReadModelDamagedError:
                if self._generations.current() == generation:
                    raise
            except (OSError, ReadModelBusyError) as error:
                if self._generations.current() == generation:
                    raise ReadModelMissingError(f"the read model cannot be opened: {error}") from error
            else:
                if read_model is not None:
                    return read_model
            # It was replaced, and swept away, between our two looks.
        raise ReadModelMissingError("there is no read model yet")

    def generation(self) -> int | None:
        """Return the number of the live generation."""
        return self._generations.current()

    def gap(self) -> str | None:
        """Return what to do where another release wrote the live generation; as of the last `open` of any thread."""
        return self._gap

    def report_damage(self) -> None:
        """Note that what this thread has open is damaged."""
        if self._opened.generation is not None:
            self._generations.mark_damaged(self._opened.generation)
        # Should it be sound after all, then not what this thread has in its cache.
        self._opened.key = None

    def is_damaged(self) -> bool:
        """Tell whether the live generation is noted to be damaged."""
        try:
            generation = self._generations.current()
            return generation is not None and self._generations.is_marked_damaged(generation)
        except OSError:  # no folder at all, or none that can be read, is another thing
            return False

    def close(self) -> None:
        """Close what this thread has open."""
        opened = self._opened
        if opened.database is not None:
            opened.database.close()
        opened.database = opened.read_model = opened.key = opened.live_key = None

    def _open(self, generation: int) -> SqliteReadModel | None:
        opened, live_key = self._opened, self._key(generation)
        if opened.key is not None and opened.live_key == live_key and self._is_there(opened.key, live_key):
            opened.generation = opened.key[0]
            self._shared_index(opened.generation).check()
            return opened.read_model
        self._shared_index(generation).check()
        database, version = self._open_database(generation)
        if self._generations.current() != generation:
            # It was being swept away: its log may have been gone already when we opened it.
            database.close()
            return None
        if version.is_newer() or version.is_older():
            database.close()
            return self._open_former(live_key, version)
        self._gap = None
        return self._take(live_key, live_key, database)

    def _open_former(self, live_key: _Key, live: SchemaVersion) -> SqliteReadModel:
        """Open what was left for readers of this release when another one went on, if it was."""
        for generation in self._generations.former():
            with suppress(OSError, ReadModelBusyError, ReadModelDamagedError):
                if self._generations.is_marked_damaged(generation):
                    continue
                key = self._key(generation)
                database, version = self._open_database(generation)
                if not (version.is_newer() or version.is_older()):
                    self._gap = why_not(live, is_former_read=True)
                    return self._take(live_key, key, database)
                database.close()
        self._gap = why_not(live, is_former_read=False)
        self._opened.generation = None  # nothing is open that could be damaged
        raise ReadModelVersionError(self._gap)

    def _take(self, live_key: _Key, key: _Key, database: Database) -> SqliteReadModel:
        opened = self._opened
        if opened.database is not None:
            opened.database.close()
        opened.generation, opened.live_key, opened.key = key[0], live_key, key
        opened.database, opened.read_model = database, SqliteReadModel(database)
        return opened.read_model

    def _open_database(self, generation: int) -> tuple[Database, SchemaVersion]:
        path = self._generations.database(generation)
        database = Database.open(path, is_writing=False, busy_timeout_s=_BUSY_TIMEOUT_S)
        try:
            return database, SqliteReadModel(database).version()
        except BaseException:
            database.close()
            raise

    def _key(self, generation: int) -> _Key:
        return generation, self._generations.database(generation).stat().st_ino

    def _is_there(self, key: _Key, live_key: _Key) -> bool:
        """Tell whether a file is still there: that of a former generation may be removed at any time."""
        try:
            return key == live_key or key == self._key(key[0])
        except FileNotFoundError:
            return False

    def _shared_index(self, generation: int) -> SharedIndex:
        # One for all threads: within a process SQLite maps it once.
        if self._mapped is None or self._mapped[0] != generation:
            self._mapped = (generation, SharedIndex(self._generations.database(generation)))
        return self._mapped[1]
