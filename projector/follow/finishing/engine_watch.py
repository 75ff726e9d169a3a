"""Delivers pending changes to an outside engine, after checking that it still holds the earlier ones."""

from collections.abc import Callable, Collection

from events.process.logging import get_logger
from projector.errors import EngineError, EngineStoppedError, ProjectorError
from projector.follow.replay_lock import ReplayLock
from projector.projection.engine_sync import EngineSync

logger = get_logger("projection")
# How often the engine is asked while there is nothing to deliver: one request each time.
LOOK_INTERVAL_S = 60
HOLDS_OTHERS = "the memory engine does not hold the memories of this read model"


class EngineEmptyError(ProjectorError):
    """An outside engine holds other memories than were delivered: somebody emptied it, or began a replay."""


class EngineWatch:
    """
    Asks the engine before anything more is delivered, and now and then.

    Args:
        lock: shows whether another process may have replayed.
        clock_s: the present in Unix seconds.
    """

    def __init__(self, lock: ReplayLock, clock_s: Callable[[], float]) -> None:
        self._lock = lock
        self._clock_s = clock_s
        self._look_at_s = 0.0
        self._is_known = False
        self._contentions = lock.contentions
        self._has_failed = False
        self._forgotten: set[int] = set()

    def begin(self) -> None:
        """Note that a generation was opened."""
        self._is_known = False
        self._forgotten = set()

    def fits(self, sync: EngineSync) -> bool:
        """Ask the engine whether it holds what this generation was made with."""
        try:
            fits = sync.fits()
        except EngineError as error:
            if not (self._has_failed or isinstance(error, EngineStoppedError)):
                self._has_failed = True
                logger.warning("engine_failed", reason=str(error))
            raise
        self.note_looked()
        return fits

    def note_looked(self) -> None:
        """Note that the engine's state is known: it was asked, or filled, just now."""
        if self._has_failed:
            self._has_failed = False
            logger.info("engine_recovered")
        self._is_known = True
        self._contentions = self._lock.contentions
        self._look_at_s = self._clock_s() + LOOK_INTERVAL_S

    def is_due(self, sync: EngineSync) -> bool:
        """Tell whether there is anything to deliver, or whether it is time to ask the engine how it is."""
        return self._must_ask(sync) or self._clock_s() >= self._look_at_s

    def deliver(self, sync: EngineSync, requests: Collection[int], *, should_go_on: Callable[[], bool]) -> None:
        """
        Deliver what is in the outbox, and have the engine forget whom these requests name; hold the replay lock.

        Raises:
            EngineEmptyError: the engine does not fit.
            EngineError: it does not answer, though there is something to deliver.
        """
        must_ask = self._must_ask(sync) or bool(requests)
        try:
            # Each time: the last holder of the lock may have begun to fill the engine for another generation.
            fits = self.fits(sync)
        except EngineError:
            if must_ask:
                self._is_known = False
                raise
            self._look_at_s = self._clock_s() + LOOK_INTERVAL_S
            return
        if not fits:
            raise EngineEmptyError(HOLDS_OTHERS)
        if not self._forgotten.issuperset(requests):  # it takes long, and a wipe may have to wait for readers
            sync.forget(requests)
            self._forgotten |= set(requests)
        sync.deliver(should_go_on)

    def _must_ask(self, sync: EngineSync) -> bool:
        return sync.is_owing() or not self._is_known or self._lock.contentions != self._contentions
