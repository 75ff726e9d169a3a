"""Reading the live generation in SQLite: opened anew when another one becomes live, left alone once damaged."""

import threading
from pathlib import Path

from projector.errors import ReadModelBusyError, ReadModelDamagedError, ReadModelMissingError
from projector.read_model.sqlite.database import Database
from projector.read_model.sqlite.footprint import SharedIndex
from projector.read_model.sqlite.generations import SqliteGenerations
from projector.read_model.sqlite.reading import SqliteReadModel

# A caller on the line is answered without the read model rather than late.
_BUSY_TIMEOUT_S = 0.25
_OPEN_TRIES = 5


class _Opened(threading.local):
    """What one thread has open; `key` names the file, and is None once damage was reported."""

    generation: int | None = None
    key: tuple[int, int] | None = None
    database: Database | None = None
    read_model: SqliteReadModel | None = None


class SqliteLiveReader:
    """See `LiveReader`: each thread has a connection of its own."""

    def __init__(self, folder: Path, *, damaged_message: str) -> None:
        self._damaged_message = damaged_message
        self._generations = SqliteGenerations(folder)
        self._opened = _Opened()
        self._mapped: tuple[int, SharedIndex] | None = None

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
        opened.database = opened.read_model = opened.key = None

    def _open(self, generation: int) -> SqliteReadModel | None:
        path = self._generations.database(generation)
        key = (generation, path.stat().st_ino)
        self._shared_index(generation, path).check()
        opened = self._opened
        if opened.key != key:
            database = Database.open(path, is_writing=False, busy_timeout_s=_BUSY_TIMEOUT_S)
            if self._generations.current() != generation:
                # It was being swept away: its log may have been gone already when we opened it.
                database.close()
                return None
            if opened.database is not None:
                opened.database.close()
            opened.database, opened.read_model, opened.key = database, SqliteReadModel(database), key
        return opened.read_model

    def _shared_index(self, generation: int, path: Path) -> SharedIndex:
        # One for all threads: within a process SQLite maps it once.
        if self._mapped is None or self._mapped[0] != generation:
            self._mapped = (generation, SharedIndex(path))
        return self._mapped[1]
