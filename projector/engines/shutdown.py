"""The end of this process: from then on no outside engine is asked anything, and hardly any answer is waited for."""

import time
from concurrent.futures import Future, wait
from threading import Event
from typing import TypeVar

from projector.errors import EngineStoppedError

T = TypeVar("T")
# How long a request that is under way when the process ends may still take.
_GRACE_S = 0.5
_POLL_S = 0.05


class Shutdown(Event):
    """
    A flag that is set once this process is to end.

    A request that is cut off may or may not have been carried out. That is safe: all changes are idempotent, and the
    next start delivers them again.
    """

    def check(self) -> None:
        """
        Do nothing, unless the process is to end.

        Raises:
            EngineStoppedError: it is.
        """
        if self.is_set():
            raise EngineStoppedError("this process ends")

    def pause(self, seconds: float) -> None:
        """
        Wait.

        Raises:
            EngineStoppedError: the process is to end; raised as soon as that is known.
        """
        self.wait(seconds)
        self.check()

    def result_of(self, answer: Future[T], timeout_s: float | None) -> T:
        """
        Wait for an answer, and return it.

        Raises:
            EngineStoppedError: the process is to end, and the answer did not come within the time that is left then.
            TimeoutError: the answer did not come in time.
        """
        until_s = None if timeout_s is None else time.monotonic() + timeout_s
        stopped_at_s: float | None = None
        while True:
            now_s = time.monotonic()
            left_s = _POLL_S if until_s is None else min(_POLL_S, until_s - now_s)
            if wait([answer], max(0.0, left_s)).done:
                return answer.result()
            if self.is_set():
                stopped_at_s = stopped_at_s or now_s
                if now_s - stopped_at_s >= _GRACE_S:
                    raise EngineStoppedError("this process ends, and did not wait for an answer")
            if until_s is not None and now_s >= until_s:
                raise TimeoutError
