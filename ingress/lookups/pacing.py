"""
Keeps long searches from taking all of the interpreter: one computes at a time, and rests again and again.

A thread that computes gives the interpreter away only after 5 ms, each time that another one asks for it, and a
greeting changes threads several times.
"""

import threading
import time
from collections.abc import Callable
from types import TracebackType

from projector.errors import EngineError

# A search that has computed for this long is a long one. Those of most callers end before.
_SHORT_S = 0.002
# How long a long search computes without a rest, and how long it rests where nobody else is seen to wait: whoever has
# just come in gets the interpreter meanwhile.
_SLICE_S = 0.001
_GLANCE_S = 0.00005


class Pace:
    """
    The pace of one search: call it at least once a millisecond, in one thread, until the block ends.

    Args:
        gate: held by the one long search that may compute.
        is_busy: tells whether somebody else waits for an answer: then a long search rests as long as it computes.
        until_s: a moment of `time.monotonic`, in seconds, until which a search waits for other long ones.
    """

    def __init__(self, gate: threading.Lock, is_busy: Callable[[], bool], *, until_s: float) -> None:
        self._gate = gate
        self._is_busy = is_busy
        self._until_s = until_s
        self._is_long = False
        self._began_s = self._resumed_s = 0.0

    def __enter__(self) -> "Pace":
        self._began_s = time.thread_time()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        if self._is_long:
            self._gate.release()

    def __call__(self) -> None:
        """
        Rest, where it is time.

        Raises:
            EngineError: other long searches went on for too long.
        """
        if self._is_long:
            worked_s = time.perf_counter() - self._resumed_s
            if worked_s < _SLICE_S:
                return
            time.sleep(worked_s if self._is_busy() else _GLANCE_S)
        elif time.thread_time() - self._began_s < _SHORT_S:
            return
        else:
            self._is_long = self._gate.acquire(timeout=max(0.0, self._until_s - time.monotonic()))
            if not self._is_long:
                raise EngineError("the search waited too long for others")
        self._resumed_s = time.perf_counter()
