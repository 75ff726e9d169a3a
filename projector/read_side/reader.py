"""The door for readers: the live generation, and the memory engine that it was made with."""

import threading
from pathlib import Path

from projector.engines.open import Engines
from projector.engines.protocol import Engine
from projector.engines.settings import EMBEDDED
from projector.read_model.open import open_live_reader
from projector.read_model.protocol import ReadModel


class _Opened(threading.local):
    """What one thread has open."""

    read_model: ReadModel | None = None
    engine: Engine | None = None


class ReadModelReader:
    """
    Opens the live generation, and again when another one becomes live.

    Safe to share among threads: each has a connection of its own.

    Args:
        folder: `READ_MODEL_PATH`.
        engines: opens the memory engine.
    """

    def __init__(self, folder: Path, engines: Engines) -> None:
        self._live = open_live_reader(folder)
        self._engines = engines
        self._opened = _Opened()

    def open(self) -> tuple[ReadModel, Engine]:
        """
        Return the live generation and the engine over it.

        The engine is the one that the generation was made with: until a replay is done, not always the one that is set.

        Raises:
            ReadModelMissingError: there is none yet, or none that can be opened, or it is noted to be damaged.
            ReadModelDamagedError: it is damaged, and not noted yet: call `report_damage`.
            ReadModelBusyError: it cannot be read just now.
        """
        read_model, opened = self._live.open(), self._opened
        if opened.engine is None or opened.read_model is not read_model:
            opened.engine = self._engines.read(read_model.engine() or EMBEDDED, read_model.engine_tables)
            opened.read_model = read_model
        return read_model, opened.engine

    def generation(self) -> int | None:
        """Return the number of the live generation; None where there is none."""
        return self._live.generation()

    def report_damage(self) -> None:
        """Note that what this thread has open is damaged, for the projector and for other readers."""
        self._live.report_damage()

    def is_damaged(self) -> bool:
        """Tell whether the live generation is noted to be damaged."""
        return self._live.is_damaged()

    def close(self) -> None:
        """Close what this thread has open; the next `open` opens it again."""
        self._opened.read_model = self._opened.engine = None
        self._live.close()
