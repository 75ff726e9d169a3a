"""Replay: fold the whole log again into a new generation, aside, and make it the live one."""

import itertools
import time
from collections.abc import Callable, Iterator
from typing import TypeVar

from events.log import PayloadLog
from events.logging import get_logger
from projector.generations import Generations
from projector.projection import Projection, ProjectionSettings

log = get_logger("projection")
_EVENTS_PER_COMMIT = 1000
T = TypeVar("T")
# Told the stage (`events`, `callers`), how many are done, and of how many.
Progress = Callable[[str, int, int], None]


def replay(
    payloads: PayloadLog,
    generations: Generations,
    settings: ProjectionSettings,
    *,
    on_progress: Progress = lambda *_: None,
    clock_s: Callable[[], float] = time.time,
    should_go_on: Callable[[], bool] = lambda: True,
) -> bool:
    """
    Make a new generation from the log as it is now, and make it the live one.

    Whoever reads or follows the old one goes on meanwhile; what comes in later is for the follower. Return whether
    it was done: `should_go_on` may have ended it, and then nothing has changed.
    """
    with generations.lock("replay", wait=True):
        generation = generations.begin()
        log.info("replay_started", generation=generation)
        tail = payloads.tail()
        total = tail.position if tail else 0
        projection = Projection.create(generations.database(generation), settings, clock_s=clock_s)
        try:
            done = 0
            # No further than the log was when we began: under load it may grow as fast as we read.
            events = itertools.islice(payloads.read(), total)
            for batch in batched(events, _EVENTS_PER_COMMIT):
                if not should_go_on():
                    return False
                done += projection.take(batch, is_folding=False)
                on_progress("events", done, total)
            projection.fold_all(lambda folded, of: on_progress("callers", folded, of))
        finally:
            projection.close()
        generations.publish(generation)
        log.info("replay_finished", generation=generation, events=done)
        return True


def batched(items: Iterator[T], size: int) -> Iterator[list[T]]:
    """Yield the items in lists of `size` (`itertools.batched` is of Python 3.12)."""
    while batch := list(itertools.islice(items, size)):
        yield batch
