"""One thread computes while the others wait for the disk: what many do at once starves whoever shares their process."""

import fcntl
import os
import threading
from types import TracebackType

_mine = threading.local()


class Gate:
    """
    Lets one thread in at a time; `with gate:` around work that mostly waits for a disk.

    Python runs one thread at a time and lets them take turns in no order of importance: beside thirty that append,
    the one that answers requests comes to its turn too seldom. While a thread that is in waits for the disk, or for
    one of the locks here, another one may come in, so that the waiting is shared as before. Nobody who is in waits
    for anybody who is not.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def __enter__(self) -> None:
        self._lock.acquire()
        _mine.gate = self._lock

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        _mine.gate = None
        self._lock.release()


class _Released:
    """Out of the gate, for those who are in; nothing for all others."""

    def __enter__(self) -> None:
        gate = getattr(_mine, "gate", None)
        if gate is not None:
            gate.release()

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        gate = getattr(_mine, "gate", None)
        if gate is not None:
            gate.acquire()


released = _Released()


class Lock:
    """A lock of threads that is waited for outside of the gate."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def __enter__(self) -> None:
        if not self._lock.acquire(blocking=False):
            with released:
                self._lock.acquire()

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        self._lock.release()


def fsync(fd: int) -> None:
    """Make a file, or the names in a folder, durable."""
    with released:
        os.fsync(fd)


def flock(fd: int) -> None:
    """Hold a file alone among all threads and processes, until its descriptor is closed."""
    with released:
        fcntl.flock(fd, fcntl.LOCK_EX)
