"""The door for readers: the live generation, and the memory engine that it was made with."""

import threading
from pathlib import Path

from events.process.logging import get_logger
from projector.engines.open import Engines
from projector.engines.protocol import Engine
from projector.engines.registry import release_of
from projector.engines.settings import EMBEDDED
from projector.read_model.fingerprints import release_in
from projector.read_model.open import open_live_reader
from projector.read_model.protocol import ReadModel

logger = get_logger("engine")


class _Opened(threading.local):
    """What one thread has open."""

    read_model: ReadModel | None = None
    engine: Engine | None = None
    is_ours: bool = True


class ReadModelReader:
    """
    Opens the live generation, and again when another one becomes live.

    Safe to share among threads: each has a connection of its own.

    Args:
        location: the folder (`READ_MODEL_PATH`), or a database.
        engines: opens the memory engine.
    """

    def __init__(self, location: str | Path, engines: Engines) -> None:
        self._live = open_live_reader(location)
        self._engines = engines
        self._opened = _Opened()
        self._said: str | None = None

    def open(self) -> tuple[ReadModel, Engine]:
        """
        Return the live generation and the engine over it.

        The engine is the one that the generation was made with: until a replay is done, not always the one that is set.

        Raises:
            ReadModelMissingError: there is none yet, or none that can be opened, or it is noted to be damaged.
            ReadModelVersionError: another release wrote it.
            ReadModelDamagedError: it is damaged, and not noted yet: call `report_damage`.
            ReadModelBusyError: it cannot be read just now.
        """
        try:
            read_model, opened = self._live.open(), self._opened
        finally:
            self._say_gap()
        if opened.engine is None or opened.read_model is not read_model:
            name = read_model.engine() or EMBEDDED
            opened.is_ours = release_in(read_model.fingerprint()) == release_of(name)
            opened.engine = self._engines.read(name, read_model.engine_tables)
            opened.read_model = read_model
        return read_model, opened.engine

    def generation(self) -> int | None:
        """Return the number of the live generation; None where there is none."""
        return self._live.generation()

    def gap(self) -> str | None:
        """Return what to do where another release wrote the live generation, and this one cannot read it; else None."""
        return self._live.gap()

    def report_damage(self) -> None:
        """
        Note that what this thread has open is damaged, for the projector and for other readers.

        Not where another release wrote it: what this one cannot read may be right all the same.
        """
        if self._opened.is_ours:
            self._live.report_damage()
        else:
            self.close()

    def is_damaged(self) -> bool:
        """Tell whether the live generation is noted to be damaged."""
        return self._live.is_damaged()

    def _say_gap(self) -> None:
        gap = self._live.gap()
        if gap == self._said:
            return
        self._said = gap
        if gap is None:
            logger.info("releases_fit")
        else:
            logger.warning("releases_differ", reason=gap)

    def close(self) -> None:
        """Close what this thread has open; the next `open` opens it again."""
        self._opened.read_model = self._opened.engine = None
        self._live.close()
