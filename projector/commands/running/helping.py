"""What a projector does while another one follows: it folds, where the memories lie in a database; else it waits."""

from events.open_log import is_database, open_log
from projector.commands.settings import Settings
from projector.engines.open import Engines
from projector.follow.helper import Helper
from projector.read_model.open import open_generations


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
        self._helper: Helper | None = None

    def spend(self, seconds: float) -> None:
        """Spend some seconds, or less where this process is told to stop."""
        if not is_database(self._generations.location):
            self._engines.shutdown.wait(seconds)
            return
        if self._helper is None:
            settings, engines = self._settings, self._engines
            log = open_log(settings.log_location, log_keys=settings.log_keys, is_watching=False)
            self._helper = Helper(log, self._generations, settings.projection, engines, stop=engines.shutdown)
        self._helper.help(for_s=seconds)

    def close(self) -> None:
        """Close what was opened; the next `spend` opens it again."""
        if self._helper is not None:
            self._helper.close()
