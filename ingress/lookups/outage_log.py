"""Whether the memory engine serves us: the log says so when that changes, however often it is found out."""

import time
from collections.abc import Callable

from events.process.logging import get_logger

logger = get_logger("engine")
# It is back once nothing failed for so long: what comes and goes, as it may under load, is no change each time.
_QUIET_S = 60.0


class OutageLog:
    """
    One thing that is asked of it again and again; note each outcome, all of them in one thread.

    Args:
        lost, back: what the log calls the two changes.
        clock_s: seconds, from whenever.
    """

    def __init__(self, *, lost: str, back: str, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._lost = lost
        self._back = back
        self._clock_s = clock_s
        self._failures = 0
        self._failed_at_s = 0.0

    def note_failure(self, reason: str) -> None:
        """Note that it failed, and why: in words that hold nothing of a caller."""
        if not self._failures:
            logger.warning(self._lost, reason=reason)
        self._failures += 1
        self._failed_at_s = self._clock_s()

    def note_success(self) -> None:
        """Note that it did what it was asked."""
        if self._failures and self._clock_s() - self._failed_at_s >= _QUIET_S:
            logger.warning(self._back, failures=self._failures)
            self._failures = 0
