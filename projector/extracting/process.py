"""
The process that asks models: see `projector.extracting.worker`.

It reads from stdin whom to ask, in one line. Once the projector closes stdin, or dies, it asks nothing more, waits for
the answers that are under way, appends them, and ends: they are paid for. Meanwhile no other process asks.
"""

import os
import select
import signal
import sys
import time
from contextlib import suppress
from threading import Event as Flag
from threading import Thread

import msgspec

from events.process import logging
from projector.extracting.asking.faults import THE_WORLDS
from projector.extracting.messages import Start
from projector.extracting.opening import Opened, learning_of, opened, say_learning
from projector.read_model.generations import Generations
from projector.read_model.open import open_generations

# Who holds the first one asks. Who holds the second wants to, and comes before who has only been told to by settings.
LOCK, WANTED_LOCK = "extract", "extract-wanted"
logger = logging.get_logger("projection")
_NICENESS = 10
_LOOK_EVERY_S = 0.5
_SAY_EVERY_S = 2.0
_RETRY_S = 1.0


def main() -> None:
    """Ask until the projector closes stdin."""
    for number in (signal.SIGINT, signal.SIGTERM):  # a terminal sends them to the whole group
        signal.signal(number, signal.SIG_IGN)
    with suppress(OSError):
        os.nice(_NICENESS)
    line = sys.stdin.buffer.readline()
    if not line:  # the projector has ended already
        return
    start = msgspec.json.decode(line, type=Start)
    logging.configure(level=start.log_level)
    stop = Flag()
    Thread(target=_wait_for_the_end, args=(stop,), daemon=True).start()
    said = ""
    while not stop.is_set():
        try:
            _ask_if_alone(start, stop)
        except THE_WORLDS as error:
            if str(error) != said:
                said = str(error)
                logger.warning("extraction_waiting", reason=said, retry_in_s=_RETRY_S)
        stop.wait(_RETRY_S)


def _ask_if_alone(start: Start, stop: Flag) -> None:
    """Ask until told to stop, or until a command wants to; at once nothing where another process asks."""
    generations = open_generations(start.read_model)
    with generations.lock(WANTED_LOCK, wait=False) as is_free:
        if not is_free:
            return
    with generations.lock(LOCK, wait=False) as is_held:
        if not is_held:
            return
        with opened(start, clock_s=time.time, should_go_on=_is_projector_there) as now:
            _say(start, now)
            try:
                _ask(start, now, generations, stop)
            finally:
                now.asker.close()
                _say(start, now)


def _ask(start: Start, now: Opened, generations: Generations, stop: Flag) -> None:
    said_at_s = time.monotonic()
    while not stop.is_set():
        with generations.lock(WANTED_LOCK, wait=False) as is_free:
            if not is_free or not generations.still_holds(LOCK):
                return
        now.taker.step()
        if not now.asker.step(wait_s=_LOOK_EVERY_S) and not now.taker.is_taking:
            stop.wait(_LOOK_EVERY_S)
        if time.monotonic() - said_at_s >= _SAY_EVERY_S:
            said_at_s = time.monotonic()
            _say(start, now)


def _say(start: Start, now: Opened) -> None:
    with suppress(*THE_WORLDS):
        say_learning(start.folder, learning_of(start, now, at_s=time.time()))


def _is_projector_there() -> bool:
    """Tell whether anybody could still write to stdin: known at once, whatever the threads of this process do."""
    # Asked for nothing, poll reports only that the other end of the pipe is closed.
    end = select.poll()
    end.register(sys.stdin.fileno(), 0)
    return not end.poll(0)


def _wait_for_the_end(stop: Flag) -> None:
    with suppress(OSError):
        while sys.stdin.buffer.read(1):
            pass
    stop.set()


if __name__ == "__main__":
    main()
