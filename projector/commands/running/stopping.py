"""Hears SIGTERM and SIGINT: asks what is under way to end, and ends the process where that takes too long."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event as Flag
from threading import Thread
from types import FrameType

_SIGNALS = (signal.SIGTERM, signal.SIGINT)
# How long what is under way may take to end by itself. A supervisor such as honcho kills after 5 s.
_ENDS_WITHIN_S = 1.5
# How long saying so may take: the other end of the output may not read.
_TELLS_WITHIN_S = 0.2
# A regular expression holds the interpreter, and lets no thread end the process. The kernel then ends it.
_KILLED_AFTER_S = 2.0


@contextmanager
def stopped_by_signals(
    stop: Flag, *, code: Callable[[int], int], tell: Callable[[], None], ends_within_s: float = _ENDS_WITHIN_S
) -> Iterator[list[int]]:
    """
    Set a flag on SIGTERM or SIGINT until the block ends; yields the numbers of the signals that have come.

    If the process has not ended soon after the first of them, it is ended, wherever it is. That loses no more than
    SIGKILL would, which is nothing: what it was writing is rolled back at the next start, and done again.

    Args:
        code: the exit code of a process that is ended so, by the signal's number.
        tell: says that it is ended.
    """
    signals: list[int] = []
    heard, ring = os.pipe()
    os.set_blocking(ring, False)

    def watch() -> None:
        # The pipe is rung the moment that a signal comes. A handler in Python waits for the main thread, which may be
        # in the middle of a statement of SQLite.
        while (number := os.read(heard, 1)) and number[0] not in _SIGNALS:
            pass
        os.close(heard)
        if not number:
            return  # the block has ended
        stop.set()
        time.sleep(ends_within_s)
        teller = Thread(target=tell, daemon=True)
        teller.start()
        teller.join(_TELLS_WITHIN_S)
        os._exit(code(number[0]))

    def note(number: int, _: FrameType | None) -> None:
        signals.append(number)
        stop.set()
        signal.setitimer(signal.ITIMER_REAL, _KILLED_AFTER_S)

    before = {number: signal.signal(number, note) for number in _SIGNALS}
    rung_before = signal.set_wakeup_fd(ring, warn_on_full_buffer=False)
    Thread(target=watch, daemon=True, name="stop").start()
    try:
        yield signals
    finally:
        signal.set_wakeup_fd(rung_before)
        os.close(ring)
        for number, handler in before.items():
            signal.signal(number, handler)
