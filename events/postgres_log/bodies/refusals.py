"""Whether the object store took what this process put there of late."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from events.postgres_log.bodies.owned import StoreAwayError

_MINUTE_S = 60.0


class Refusals:
    """
    Knows for a minute why something could not be put, unless something was put since; threads may share it.

    Who only looks at a store does not see that it is full, or that nothing may be put there.

    Args:
        clock_s: a monotonic clock.
    """

    def __init__(self, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._clock_s = clock_s
        self._last: tuple[float, StoreAwayError] | None = None

    @contextmanager
    def noted(self) -> Iterator[None]:
        """Note how the one put of this block ends."""
        try:
            yield
        except StoreAwayError as error:
            self._last = self._clock_s(), error
            raise
        self._last = None

    def latest(self) -> StoreAwayError | None:
        """Return why the last put failed; None if it did not, or if that was more than a minute ago."""
        last = self._last
        return last[1] if last is not None and last[0] > self._clock_s() - _MINUTE_S else None
