"""Projectors in processes of their own, over one database; see `tests.support.following`."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from events.log.protocol import EventLog
from events.open_log import open_log
from projector.read_model.generations import Generations
from projector.read_model.open import open_generations, open_read_model
from tests.support.starts.talking import TalkingProcess
from tests.support.waiting import wait_until


class Projector(TalkingProcess):
    """A projector in a process of its own."""

    def wait_for(self, word: str) -> None:
        """Wait until it says a word."""
        while (line := self.line()) is not None:
            if line == word:
                return
        pytest.fail(f"the projector ended before it said {word!r}")

    def go_on(self) -> None:
        """Have it go on from where it hangs."""
        self.tell("")


@contextmanager
def projector(url: str, *, hang_at: str = "", times: int = 1) -> Iterator[Projector]:
    """Run a projector until the block ends."""
    one = Projector(["tests.support.following", url, hang_at, str(times)])
    try:
        one.wait_for("ready")
        yield one
    finally:
        one.kill()


def append(log: EventLog, *bodies: bytes) -> None:
    for body in bodies:
        log.append(body, source="webhook")


def is_caught_up(log: EventLog, generations: Generations) -> bool:
    """Tell whether all is taken and folded."""
    if generations.current() is None:
        return False
    with open_read_model(generations) as read_model:
        return read_model.place() == log.tail() and not read_model.waiting()


def remembered(url: str) -> str:
    """Return the dump, once all that is in the log is taken and folded."""
    log, generations = open_log(url), open_generations(url)
    wait_until(lambda: is_caught_up(log, generations))
    with open_read_model(generations) as read_model:
        return "\n".join(read_model.dump()) + "\n"
