"""Moments in which an answer proves nothing: while the power of a disk goes."""

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Moments:
    """
    The spans in which power was cut, by the monotonic clock of this machine.

    Linux (6.18) may answer an fsync that is under way when `EXT4_IOC_SHUTDOWN` comes as if it had succeeded, and keeps
    nothing of it: measured, some 10 % of those under way, all of which returned once the cut had begun. A machine
    without power answers nobody. So what was asked before a span ended, and answered after it began, is in doubt.
    """

    def __init__(self) -> None:
        self._spans: list[tuple[float, float]] = []

    @contextmanager
    def cutting(self) -> Iterator[None]:
        """Note that power is cut until the block ends."""
        began_s = time.monotonic()
        self._spans.append((began_s, math.inf))
        try:
            yield
        finally:
            self._spans[-1] = (began_s, time.monotonic())

    def met(self, asked_s: float, answered_s: float) -> bool:
        """Tell whether something was under way in one of the spans, given when it was asked and answered."""
        return any(asked_s <= ended_s and answered_s >= began_s for began_s, ended_s in list(self._spans))
