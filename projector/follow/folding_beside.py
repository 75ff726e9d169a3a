"""Folds callers that wait, beside the projector that follows; takes no event, appends nothing, finishes no erasure."""

import time
from collections.abc import Callable
from threading import Event as Flag

from events.log.protocol import EventLog
from events.process.logging import get_logger
from projector.engines.open import Engines
from projector.errors import ProjectionStoppedError, ProjectorError, ReadModelDamagedError
from projector.projection.folding.shared_folds import SharedFolds
from projector.projection.projection import Projection
from projector.projection.settings import ProjectionSettings
from projector.read_model.generations import Generations

logger = get_logger("projection")
_LOOK_AGAIN_S = 0.1


class FoldingBeside:
    """
    Folds in the live generation, and in one that another projector fills, where these can be shared.

    Args:
        engines: opens the memory engine.
        clock_s: the present in Unix seconds, for when to try faults again.
        stop: ends what is under way once it is set.
    """

    def __init__(
        self,
        log: EventLog,
        generations: Generations,
        settings: ProjectionSettings,
        engines: Engines | None = None,
        *,
        clock_s: Callable[[], float] = time.time,
        stop: Flag,
    ) -> None:
        self._log = log
        self._generations = generations
        self._settings = settings
        self._engines = engines or Engines(settings.engine)
        self._clock_s = clock_s
        self._stop = stop
        # By generation; None for one that was made with other settings.
        self._opened: dict[int, Projection | None] = {}

    def help(self, *, for_s: float) -> None:
        """Fold who waits, for some seconds; a fault is logged, and the rest left to others."""
        until_s = time.monotonic() + for_s
        while not self._stop.is_set() and time.monotonic() < until_s:
            try:
                folded = self._fold_some()
            except ProjectionStoppedError:
                return
            except Exception as error:  # whoever takes has the same fault, and says what it waits for
                logger.warning("helping_failed", error=str(error))
                if not isinstance(error, ProjectorError | OSError):
                    logger.exception("projection_failed")
                self.close()
                self._stop.wait(max(until_s - time.monotonic(), 0.0))
                return
            if not folded:
                self._stop.wait(_LOOK_AGAIN_S)

    def close(self) -> None:
        """Close all generations; the next `help` opens them again."""
        for number in list(self._opened):
            self._close(number)

    def _fold_some(self) -> int:
        there = self._generations.shared()
        for number in self._opened.keys() - set(there):
            self._close(number)
        for number in there:
            shared = self._shared(number)
            if shared is not None and (folded := self._fold_in(number, shared)):
                return folded
        return 0

    def _fold_in(self, number: int, shared: SharedFolds) -> int:
        try:
            return shared.fold_some()
        except ReadModelDamagedError as error:
            logger.warning("read_model_damaged", reason=str(error))
            if number == self._generations.current():
                self._generations.mark_damaged(number)  # who follows has it checked
            raise

    def _shared(self, number: int) -> SharedFolds | None:
        if number not in self._opened:
            try:
                self._opened[number] = self._open(number)
            except ReadModelDamagedError:
                if number == self._generations.current():
                    raise
                return None  # its tables are not made yet
        projection = self._opened[number]
        return projection.shared if projection is not None else None

    def _open(self, number: int) -> Projection | None:
        writer = self._generations.open(number)
        projection = Projection(
            writer,
            self._engines,
            self._settings,
            self._log,
            clock_s=self._clock_s,
            should_go_on=lambda: not self._stop.is_set(),
        )
        if projection.shared is None or writer.read_model.fingerprint() != self._settings.fingerprint():
            projection.close()
            return None
        projection.shared.join()
        return projection

    def _close(self, number: int) -> None:
        projection = self._opened.pop(number)
        if projection is not None:
            projection.close()
