"""A projector to test with, in this process: it follows when it is told to."""

from collections.abc import Callable
from pathlib import Path
from threading import Event as Flag
from typing import TypeVar

from events.folder_log.log import FolderLog
from projector.engines.open import Engines
from projector.follow.follower import Follower
from projector.projection.settings import ProjectionSettings
from projector.read_model.records import Fault
from projector.read_model.sqlite.generations import SqliteGenerations
from projector.read_model.sqlite.reading import SqliteReadModel
from tests.support.read_models import live_database, live_read_model
from tests.support.samples import MARTA

T = TypeVar("T")


class Site:
    """A log, its generations and a follower, in one folder."""

    def __init__(
        self, folder: Path, settings: ProjectionSettings | None = None, engines: Engines | None = None
    ) -> None:
        self.log = FolderLog(folder / "payloads", is_watching=False)
        self.generations = SqliteGenerations(folder / "readmodel")
        self.now_s = 0.0
        self.stop = Flag()
        self.settings = settings or ProjectionSettings()
        self.follower = Follower(
            self.log,
            self.generations,
            self.settings,
            engines=engines,
            clock_s=lambda: self.now_s,
            stop=self.stop,
        )

    def execute(self, sql: str, *parameters: object) -> None:
        """Do something to the live read model."""
        with live_database(self.generations) as database:
            database.run(sql, *parameters)

    def faults(self) -> list[Fault]:
        """Return what was set aside."""
        return self._read(lambda read_model: read_model.faults())

    def call_count(self) -> int:
        """Return how often Marta is remembered to have called."""
        return self._read(lambda read_model: view.call_count if (view := read_model.view(MARTA)) else 0)

    def _read(self, question: Callable[[SqliteReadModel], T]) -> T:
        with live_read_model(self.generations) as read_model:
            return question(read_model)

    def live(self) -> Path:
        """Return the folder of the live generation."""
        return self.generations.folder / str(self.generations.current())

    def dump(self) -> list[str]:
        """Return what is remembered."""
        return self._read(lambda read_model: list(read_model.dump()))
