"""Takes the turn of asking from a following projector, and leaves it when a person says so."""

import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from threading import Event as Flag
from types import FrameType

from events.process.command import say
from projector.commands.settings import Settings
from projector.extracting.process import LOCK, WANTED_LOCK
from projector.read_model.open import open_generations

# A shell reports this plus the signal's number for a process that was ended by a signal.
_ENDED_BY_SIGNAL = 128
_PAUSE_S = 0.2


def take_turn(stack: ExitStack, settings: Settings, stop: Flag) -> None:
    """Wait until no other process asks; a following projector leaves us the turn once its answers are there."""
    generations = open_generations(settings.memories_location)
    has_said = False
    for name in (WANTED_LOCK, LOCK):
        while not stop.is_set():
            lock = ExitStack()
            if lock.enter_context(generations.lock(name, wait=False)):
                stack.enter_context(lock)
                break
            lock.close()
            if not has_said:
                has_said = True
                say("projector", "another process asks just now; waiting until what it has asked is answered")
            stop.wait(_PAUSE_S)


@contextmanager
def stopped_by_signals(then: str) -> Iterator[Flag]:
    """
    Yield what the first SIGINT or SIGTERM sets; the second one ends at once.

    Args:
        then: what a person is told when the first one comes.
    """
    stop = Flag()

    def note(number: int, _: FrameType | None) -> None:
        if stop.is_set():
            os._exit(_ENDED_BY_SIGNAL + number)
        stop.set()
        say("projector", f"{then}; once more to end at once")

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
