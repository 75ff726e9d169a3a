"""Reading for callers: the live generation, opened anew when another one becomes live, left alone once damaged."""

import threading
from pathlib import Path

from projector.engines.open import Engines
from projector.engines.protocol import Engine
from projector.engines.settings import EMBEDDED
from projector.errors import ReadModelMissingError
from projector.read_model.sqlite.connection import connect
from projector.read_model.sqlite.damage import READ_ERRORS, is_damage
from projector.read_model.sqlite.database import Database
from projector.read_model.sqlite.engine_tables import SqliteEngineTables
from projector.read_model.sqlite.footprint import SharedIndex
from projector.read_model.sqlite.generations import Generations
from projector.read_model.sqlite.reading import DAMAGED_MESSAGE, ReadModel

# Who reads for a caller on the line would rather not know than wait.
_BUSY_TIMEOUT_S = 0.25
_OPEN_TRIES = 5


class ReadModelReader:
    """
    Opens the live generation, and again when another one becomes live.

    Safe to share among threads: each has a connection of its own.
    """

    def __init__(self, folder: Path, engines: Engines) -> None:
        self._generations = Generations(folder)
        self._engines = engines
        self._threads = threading.local()
        self._mapped: tuple[int, SharedIndex] | None = None

    def open(self) -> tuple[ReadModel, Engine]:
        """
        Return the live generation and the engine over it.

        Raises:
            ReadModelMissingError: there is none yet, or none that can be opened, or it is noted to be damaged.
            ReadModelDamagedError, sqlite3.DatabaseError: it is damaged, and not noted yet; `report_damage`.
        """
        for _ in range(_OPEN_TRIES):
            generation = self._threads.generation = self._generations.current()
            if generation is None:
                break
            if self._generations.is_marked_damaged(generation):
                raise ReadModelMissingError(DAMAGED_MESSAGE)
            try:
                opened = self._opened(self._generations.database(generation), generation)
            except (OSError, *READ_ERRORS) as error:
                if self._generations.current() == generation:
                    if is_damage(error):
                        raise
                    raise ReadModelMissingError(f"the read model cannot be opened: {error}") from error
                # else it was replaced, and swept away, between our two looks
            else:
                if opened is not None:
                    return opened
        raise ReadModelMissingError("there is no read model yet")

    def generation(self) -> int | None:
        """Return the number of the live generation; None where there is none."""
        return self._generations.current()

    def report_damage(self) -> None:
        """Note that what this thread has open is damaged, for the projector and for whoever else reads."""
        generation = getattr(self._threads, "generation", None)
        if generation is not None:
            self._generations.mark_damaged(generation)
        # Should it be sound after all, then not what this thread has in its cache.
        self._threads.key = None

    def is_damaged(self) -> bool:
        """Tell whether the live generation is noted to be damaged."""
        try:
            generation = self._generations.current()
            return generation is not None and self._generations.is_marked_damaged(generation)
        except OSError:  # no folder at all, or none that can be read, is another thing
            return False

    def _opened(self, path: Path, generation: int) -> tuple[ReadModel, Engine] | None:
        key = (generation, path.stat().st_ino)
        self._shared_index(generation, path).check()
        if getattr(self._threads, "key", None) != key:
            connection = connect(path, is_writing=False, busy_timeout_s=_BUSY_TIMEOUT_S)
            if self._generations.current() != generation:
                # It was being swept away: its log may have been gone already when we opened it.
                connection.close()
                return None
            if hasattr(self._threads, "connection"):
                self._threads.connection.close()
            self._threads.connection = connection
            read_model = ReadModel(connection)
            # Until a replay is done, a generation may have been made with another engine than the one that is set.
            made_with = read_model.meta("engine") or EMBEDDED
            engine = self._engines.read(made_with, SqliteEngineTables(Database(connection)))
            self._threads.opened = (read_model, engine)
            self._threads.key = key
        opened: tuple[ReadModel, Engine] = self._threads.opened
        return opened

    def _shared_index(self, generation: int, path: Path) -> SharedIndex:
        # One for all threads: within a process SQLite maps it once.
        if self._mapped is None or self._mapped[0] != generation:
            self._mapped = (generation, SharedIndex(path))
        return self._mapped[1]
