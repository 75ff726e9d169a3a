"""
Waiting for an engine outside: for as long as there is time, and hardly any longer once this process is to end.

What is cut off so was done or was not; like everything that an engine is told, it is looked at, and done again, later.
"""

import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from threading import Event, Thread
from typing import TypeVar

from projector.errors import EngineStoppedError

T = TypeVar("T")
# Set once this process is to end: from then on no engine outside is asked anything more.
STOP = Event()
# How long what was asked before may still take.
_GRACE_S = 0.5
_POLL_S = 0.05


def check_stop() -> None:
    """
    Make sure that this process is not to end.

    Raises:
        EngineStoppedError: it is.
    """
    if STOP.is_set():
        raise EngineStoppedError("this process ends")


def pause(seconds: float) -> None:
    """
    Wait.

    Raises:
        EngineStoppedError: this process is to end.
    """
    STOP.wait(seconds)
    check_stop()


def begin(question: Callable[[], T]) -> Future[T]:
    """Ask something in a thread of its own, which holds up no end of the process, however long it takes."""
    answer = Future[T]()

    def ask() -> None:
        try:
            answer.set_result(question())
        except BaseException as error:  # noqa: BLE001 - handed to who waits
            answer.set_exception(error)

    Thread(target=ask, name="engine-request", daemon=True).start()
    return answer


def result_of(answer: Future[T], timeout_s: float | None) -> T:
    """
    Wait for an answer, and return it.

    Raises:
        EngineStoppedError: this process is to end, and the answer did not come soon enough for that.
        TimeoutError: it did not come in time.
    """
    until = None if timeout_s is None else time.monotonic() + timeout_s
    stopped_at: float | None = None
    while True:
        now = time.monotonic()
        left_s = _POLL_S if until is None else min(_POLL_S, until - now)
        if wait([answer], max(0.0, left_s)).done:
            return answer.result()
        if STOP.is_set():
            stopped_at = stopped_at or now
            if now - stopped_at >= _GRACE_S:
                raise EngineStoppedError("this process ends, and did not wait for an answer")
        if until is not None and now >= until:
            raise TimeoutError
