"""Projectors that help another one, in threads of a test."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event as Flag
from threading import Thread

from projector.follow.folding_beside import FoldingBeside
from projector.read_model.open import open_generations
from tests.support.sites import ProjectorSite
from tests.support.waiting import wait_until

_HELP_S = 0.05


@contextmanager
def helping(site: ProjectorSite, *, threads: int) -> Iterator[None]:
    """Have threads fold who waits until the block ends; each is known to who takes, for there must be memories."""
    stop, joined = Flag(), [Flag() for _ in range(threads)]

    def work(has_joined: Flag) -> None:
        generations = open_generations(site.memories.location)
        helper = FoldingBeside(site.log, generations, site.settings, clock_s=lambda: site.now_s, stop=stop)
        while not stop.is_set():
            helper.help(for_s=_HELP_S)
            has_joined.set()
        helper.close()

    started = [Thread(target=work, args=(flag,), daemon=True) for flag in joined]
    for thread in started:
        thread.start()
    try:
        wait_until(lambda: all(flag.is_set() for flag in joined))
        yield
    finally:
        stop.set()
        for thread in started:
            thread.join()
