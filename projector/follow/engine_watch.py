"""Telling a memory engine outside what it is owed, if it still holds what it was told before."""

from collections.abc import Callable, Collection

from events.process.logging import get_logger
from projector.errors import EngineError, EngineStoppedError, ProjectorError
from projector.follow.replay_lock import ReplayLock
from projector.projection.engine_sync import EngineSync

logger = get_logger("projection")
# How often it is asked while there is nothing to tell it: one request each time.
LOOK_INTERVAL_S = 60
HOLDS_OTHERS = "the memory engine does not hold the memories of this read model"


class EngineEmptyError(ProjectorError):
    """A memory engine outside holds other memories than it was told: somebody emptied it, or began a replay."""


class EngineWatch:
    """
    Asks it before it is told anything more, and now and then.

    Args:
        lock: which tells whether somebody else may have replayed.
        clock_s: the present in Unix seconds.
    """

    def __init__(self, lock: ReplayLock, clock_s: Callable[[], float]) -> None:
        self._lock = lock
        self._clock_s = clock_s
        self._look_at_s = 0.0
        self._is_known = False
        self._has_failed = False
        self._forgotten: set[int] = set()

    def begin(self) -> None:
        """Note that another generation was opened, or that of a log that had no name before."""
        self._is_known = False
        self._forgotten = set()

    def fits(self, sync: EngineSync) -> bool:
        """Ask it."""
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
        """Note that it is known how the engine is: it was asked, or filled, just now."""
        if self._has_failed:
            self._has_failed = False
            logger.info("engine_recovered")
        self._is_known = True
        self._lock.was_anothers = False
        self._look_at_s = self._clock_s() + LOOK_INTERVAL_S

    def is_due(self, sync: EngineSync) -> bool:
        """Tell whether it is to be told something, whether nobody knows how it is, or whether it is time to ask."""
        return self._must_ask(sync) or self._clock_s() >= self._look_at_s

    def tell(self, sync: EngineSync, requests: Collection[int], *, should_go_on: Callable[[], bool]) -> None:
        """
        Tell it what it is owed, and have it forget whom these requests name; hold the replay lock.

        Raises:
            EngineEmptyError: it does not fit.
            EngineError: it does not answer, though it is to be told something.
        """
        must_ask = self._must_ask(sync) or bool(requests)
        try:
            # Each time: whoever held the lock before may have begun to fill it for another generation.
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
        sync.settle(should_go_on)

    def _must_ask(self, sync: EngineSync) -> bool:
        return sync.is_owing() or not self._is_known or self._lock.was_anothers
