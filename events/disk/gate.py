"""Let one appender thread compute at a time: otherwise they starve the request handlers of the interpreter lock."""

import fcntl
import os
import threading
from types import TracebackType

_mine = threading.local()


class Gate:
    """
    Lets one thread in at a time; put `with gate:` around work that mostly waits for a disk.

    Python runs one thread at a time, and gives turns without regard to importance: beside thirty appender threads, the
    thread that answers requests gets its turn too seldom. While the thread inside waits for the disk, or for a lock of
    this module, another one may enter, so that the waits still overlap. A thread inside never waits for one outside,
    so there is no deadlock.
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
    """Leaves the gate for the length of a block; does nothing in a thread that is not inside, or has left already."""

    def __enter__(self) -> None:
        gate = getattr(_mine, "gate", None)
        if gate is not None:
            _mine.left = getattr(_mine, "left", 0) + 1
            if _mine.left == 1:
                gate.release()

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        gate = getattr(_mine, "gate", None)
        if gate is not None:
            _mine.left -= 1
            if _mine.left == 0:
                gate.acquire()


released = _Released()


class Lock:
    """A lock between threads; a thread waits for it outside of the gate."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def __enter__(self) -> None:
        if not self._lock.acquire(blocking=False):
            with released:
                self._lock.acquire()

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        self._lock.release()


def fsync(fd: int) -> None:
    """Make a file, or the names in a folder, durable; waits outside of the gate."""
    with released:
        os.fsync(fd)


def flock(fd: int) -> None:
    """Lock a file against all other threads and processes until its descriptor is closed; waits outside of the gate."""
    with released:
        fcntl.flock(fd, fcntl.LOCK_EX)
