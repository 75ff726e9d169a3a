"""The gate lets one appender thread compute while the others wait for the disk."""

import fcntl
import os
import threading
import time
from pathlib import Path

import pytest

from events.disk import gate
from events.disk.gate import Gate, Lock, flock, fsync
from tests.support.waiting import PATIENCE_S


class Waits:
    """A stand-in for a wait: it counts the threads that wait, and those that pass the gate meanwhile."""

    def __init__(self) -> None:
        self.waiting = threading.Semaphore(0)
        self.end = threading.Event()

    def __call__(self, *_: object) -> None:
        self.waiting.release()
        assert self.end.wait(PATIENCE_S)


def started(*works: object) -> list[threading.Thread]:
    threads = [threading.Thread(target=work) for work in works]  # type: ignore[arg-type]
    for thread in threads:
        thread.start()
    return threads


def join(threads: list[threading.Thread]) -> None:
    for thread in threads:
        thread.join(PATIENCE_S)
        assert not thread.is_alive()


def assert_open(door: Gate) -> None:
    """Assert that another thread may enter the gate."""

    def come_in() -> None:
        with door:
            pass

    join(started(come_in))


def test_lets_one_in_at_a_time() -> None:
    """However many threads work, the gate never holds two at once."""
    door, inside, most = Gate(), 0, 0

    def work() -> None:
        nonlocal inside, most
        for _ in range(2000):
            with door:
                inside += 1
                most = max(most, inside)
                inside -= 1

    join(started(*[work] * 8))
    assert (most, inside) == (1, 0)


@pytest.mark.parametrize("call", [lambda: fsync(0), lambda: flock(0)], ids=["fsync", "flock"])
def test_who_waits_for_the_disk_leaves_the_gate_to_others(call: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """Any number of threads wait for the disk at once; each computes alone once its wait is over."""
    door, waits = Gate(), Waits()
    inside, most = 0, 0
    monkeypatch.setattr("events.disk.gate.os.fsync", waits)
    monkeypatch.setattr("events.disk.gate.fcntl.flock", waits)

    def work() -> None:
        nonlocal inside, most
        with door:
            call()  # type: ignore[operator]
            inside += 1
            most = max(most, inside)
            time.sleep(0.001)  # the others come back from the disk meanwhile
            inside -= 1

    threads = started(*[work] * 5)
    for _ in threads:
        assert waits.waiting.acquire(timeout=PATIENCE_S)
    waits.end.set()
    join(threads)
    assert (most, inside) == (1, 0)
    assert_open(door)


def test_who_waits_for_a_lock_leaves_the_gate_to_others() -> None:
    """
    A thread that holds the lock may leave the gate and enter it again while others wait for the lock, without deadlock.
    """
    door, lock, done = Gate(), Lock(), []
    is_held = threading.Event()
    reader, writer = os.pipe()

    def first() -> None:
        with door, lock:
            is_held.set()
            with gate.released:
                os.read(reader, 1)
            done.append(1)

    def second() -> None:
        assert is_held.wait(PATIENCE_S)
        with door:
            os.write(writer, b"x")
            with lock:
                done.append(2)

    join(started(first, second))
    os.close(reader)
    os.close(writer)
    assert done == [1, 2]


def test_gate_is_left_once_whoever_leaves_it_again() -> None:
    """A thread that has left the gate may wait for a disk there; it enters again at the end of the outermost block."""
    door = Gate()
    with door:
        with gate.released:
            with gate.released:
                assert_open(door)
            assert_open(door)
        assert door._lock.locked()
    assert_open(door)


def test_error_of_the_disk_leaves_all_as_it_was(tmp_path: Path) -> None:
    """A failed fsync raises its error, and the next thread finds the gate open."""
    door = Gate()
    fd = os.open(tmp_path / "file", os.O_RDWR | os.O_CREAT)
    os.close(fd)
    for _ in range(2):
        with pytest.raises(OSError, match="Bad file descriptor"), door:
            fsync(fd)
    assert_open(door)


def test_does_nothing_for_who_is_not_in(tmp_path: Path) -> None:
    """Threads that never entered a gate fsync and lock as usual."""
    with (tmp_path / "file").open("w") as file:
        flock(file.fileno())
        fsync(file.fileno())
        with (tmp_path / "file").open("w") as other, pytest.raises(BlockingIOError):
            fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
