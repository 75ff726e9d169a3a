"""Threads that are held, and writers that die, at a step of an append."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from events.disk import steps

_PATIENCE_S = 20.0


class Held:
    """Threads that are held at a step; `arrived` counts those that have reached it."""

    def __init__(self) -> None:
        self.arrived = threading.Semaphore(0)
        self._may_go_on = threading.Event()

    def wait(self) -> None:
        """Hold the thread that has reached the step."""
        self.arrived.release()
        assert self._may_go_on.wait(_PATIENCE_S)

    def release(self) -> None:
        """Let all held threads continue."""
        self._may_go_on.set()


@contextmanager
def held_at(step: str, *threads: threading.Thread) -> Iterator[Held]:
    """Hold each of the threads at a step, until it is released or the block ends."""
    held, before = Held(), steps.reached

    def reached(name: str) -> None:
        before(name)
        if name == step and threading.current_thread() in threads:
            held.wait()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("events.disk.steps.reached", reached)
        try:
            yield held
        finally:
            held.release()


@contextmanager
def dying_at(step: str) -> Iterator[None]:
    """Interrupt this thread at a step; it leaves behind what a killed process leaves."""
    before, thread = steps.reached, threading.current_thread()

    def reached(name: str) -> None:
        before(name)
        if name == step and threading.current_thread() is thread:
            raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("events.disk.steps.reached", reached)
        with pytest.raises(KeyboardInterrupt):
            yield
