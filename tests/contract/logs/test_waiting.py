"""A reader can wait for the next append, and a stop ends the wait."""

import threading
import time
from collections.abc import Callable

import pytest

from events.log.protocol import EventLog
from events.open_log import open_log
from tests.support.logs import CALL, LATER, OTHER, append, bodies

_PATIENCE_S = 20.0


def run(task: Callable[[], None]) -> threading.Thread:
    """Run a task in a thread."""
    thread = threading.Thread(target=task, daemon=True)
    thread.start()
    return thread


@pytest.mark.parametrize("is_watching", [True, False], ids=["watching", "looking"])
def test_append_ends_a_wait(location: str, is_watching: bool) -> None:
    """A reader that waits, and then reads, gets each event that another process appends."""
    log, writer, stop = open_log(location, is_watching=is_watching), open_log(location), threading.Event()
    found: list[bytes] = []
    has_read = threading.Semaphore(0)

    def follow() -> None:
        while len(found) < 3:
            log.wait(stop)
            if len(found) < len(read := bodies(log)):
                found[:] = read
                has_read.release()

    thread = run(follow)
    for body in (CALL, OTHER, LATER):
        append(writer, body)
        assert has_read.acquire(timeout=_PATIENCE_S)
    thread.join(_PATIENCE_S)
    assert found == [CALL, OTHER, LATER]


@pytest.mark.parametrize("is_watching", [True, False], ids=["watching", "looking"])
def test_stop_ends_a_wait(location: str, is_watching: bool) -> None:
    """A stop ends a reader's wait, and it does not wait again."""
    log, stop = open_log(location, is_watching=is_watching), threading.Event()
    waits = threading.Semaphore(0)

    def follow() -> None:
        while not stop.is_set():
            waits.release()
            log.wait(stop)

    thread = run(follow)
    assert waits.acquire(timeout=_PATIENCE_S)
    stop.set()
    thread.join(_PATIENCE_S)
    assert not thread.is_alive()
    begun_s = time.monotonic()
    log.wait(stop)
    assert time.monotonic() - begun_s < _PATIENCE_S


def test_wait_may_be_for_another_stop(log: EventLog) -> None:
    """A log whose wait was stopped can be waited on again, with another stop."""
    first, second = threading.Event(), threading.Event()
    first.set()
    log.wait(first)
    thread = run(lambda: log.wait(second))
    append(log, CALL)
    thread.join(_PATIENCE_S)
    assert not thread.is_alive()
