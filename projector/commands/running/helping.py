"""What a projector does while another one follows: it folds, where the memories lie in a database; else it waits."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from events.disk.durable import make_folder
from events.open_log import is_database, open_log
from projector.commands.settings import Settings
from projector.engines.open import Engines
from projector.follow.folding_beside import FoldingBeside
from projector.read_model.open import open_generations
from projector.read_side.signs.heartbeat import Pulse, beating


class Helping:
    """
    Spends the time until this projector follows itself; `close` before it does: who folds is known by its connection.

    Args:
        engines: of this process.
    """

    def __init__(self, settings: Settings, engines: Engines) -> None:
        self._settings = settings
        self._engines = engines
        self._generations = open_generations(settings.memories_location)
        self._helper: FoldingBeside | None = None

    def spend(self, seconds: float) -> None:
        """Spend some seconds, or less where this process is told to stop."""
        if not is_database(self._generations.location):
            self._engines.shutdown.wait(seconds)
            return
        if self._helper is None:
            settings, engines = self._settings, self._engines
            log = open_log(settings.log_location, log_keys=settings.log_keys, is_watching=False)
            self._helper = FoldingBeside(log, self._generations, settings.projection, engines, stop=engines.shutdown)
        self._helper.help(for_s=seconds)

    def close(self) -> None:
        """Close what was opened; the next `spend` opens it again."""
        if self._helper is not None:
            self._helper.close()


@contextmanager
def beating_beside_others(settings: Settings, pulse: Pulse) -> Iterator[None]:
    """Beat until the block ends where projectors share a database: each of them works, and is looked at by itself."""
    if settings.database is None:
        yield
        return
    with suppress(OSError):  # no generation makes it there; without it, each beat says what is wrong
        make_folder(settings.read_model_folder)
    with beating(settings.read_model_folder, pulse):
        yield
