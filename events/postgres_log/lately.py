"""How long the slowest append of the last minute took."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_MINUTE_S = 60.0


class Lately:
    """
    Times what threads do, and knows the longest of the last minute, also of what is not done yet.

    Args:
        clock_s: a monotonic clock.
    """

    def __init__(self, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._clock_s = clock_s
        self._lock = threading.Lock()
        self._begun: dict[int, float] = {}
        # When each ended, and how long it took; each took less than those before it, which ended sooner.
        self._done: list[tuple[float, float]] = []

    @contextmanager
    def timed(self) -> Iterator[None]:
        """Time a block of this thread."""
        me, began_s = threading.get_ident(), self._clock_s()
        with self._lock:
            self._begun[me] = began_s
        try:
            yield
        finally:
            now_s = self._clock_s()
            with self._lock:
                del self._begun[me]
                kept = [one for one in self._done if one[1] > now_s - began_s and one[0] > now_s - _MINUTE_S]
                self._done = [*kept, (now_s, now_s - began_s)]

    def longest_s(self) -> float:
        """Return how long the longest took, in seconds; 0 where there was none."""
        now_s = self._clock_s()
        with self._lock:
            under_way = [now_s - began_s for began_s in self._begun.values()]
            done = [took_s for at_s, took_s in self._done if at_s > now_s - _MINUTE_S]
        return max(under_way + done, default=0.0)
