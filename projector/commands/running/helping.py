"""What a projector does while another one follows: it folds, where the memories lie in a database; else it waits."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from events.open_log import is_database, open_log
from projector.commands.settings import Settings
from projector.engines.open import Engines
from projector.follow.helper import Helper
from projector.read_model.open import open_generations


@contextmanager
def helping(settings: Settings, engines: Engines) -> Iterator[Callable[[float], None]]:
    """Yield what spends some seconds, or less where it is told to stop."""
    generations = open_generations(settings.memories_location)
    helper: Helper | None = None

    def spend(seconds: float) -> None:
        nonlocal helper
        if not is_database(generations.location):
            engines.shutdown.wait(seconds)
            return
        if helper is None:
            log = open_log(settings.log_location, log_keys=settings.log_keys, is_watching=False)
            helper = Helper(log, generations, settings.projection, engines, stop=engines.shutdown)
        helper.help(for_s=seconds)

    try:
        yield spend
    finally:
        if helper is not None:
            helper.close()
