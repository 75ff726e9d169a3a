"""Logs once when the memory engine fails and once when it recovers, however often it is asked."""

import time
from collections.abc import Callable

from events.process.logging import get_logger

logger = get_logger("engine")
# An outage ends once nothing failed for this long: faults that come and go, as under load, are one outage.
_QUIET_S = 60.0


class OutageLog:
    """
    The outages of one kind of request. Note the outcome of each request, always in the same thread.

    Args:
        lost, back: the log's events for the begin and the end of an outage.
        clock_s: a monotonic clock, in seconds.
    """

    def __init__(self, *, lost: str, back: str, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._lost = lost
        self._back = back
        self._clock_s = clock_s
        self._failures = 0
        self._failed_at_s = 0.0

    def note_failure(self, reason: str) -> None:
        """Note a failed request; the reason must hold nothing of a caller."""
        if not self._failures:
            logger.warning(self._lost, reason=reason)
        self._failures += 1
        self._failed_at_s = self._clock_s()

    def note_success(self) -> None:
        """Note a request that was answered."""
        if self._failures and self._clock_s() - self._failed_at_s >= _QUIET_S:
            logger.warning(self._back, failures=self._failures)
            self._failures = 0
