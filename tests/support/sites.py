"""A projector to test with, in this process: it works when a test calls it."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from threading import Event as Flag
from typing import Any

from events.folder_log.log import FolderLog
from events.log.erasure import Erasure
from events.log.erasure_request import request_erasure
from events.wire.shared_secrets import Secrets
from projector.engines.open import Engines
from projector.follow.follower import Follower
from projector.follow.replay import Replay
from projector.follow.traces import Untraced
from projector.projection.settings import ProjectionSettings
from projector.read_model.generations import Generations
from projector.read_model.open import open_generations
from projector.read_model.protocol import ReadModel
from projector.read_model.records import Fault
from projector.read_model.sqlite.database import Database
from projector.read_model.sqlite.generations import DATABASE, SqliteGenerations
from tests.support.read_models import live_database
from tests.support.samples import MARTA


class ProjectorSite:
    """
    A log and its read model in one folder, a follower, and both one-shot commands.

    `memories` is the read model, wherever it is kept; `generations` is the one in the folder, for tests of its files.
    `now_s` is the projector's clock. `received_at_s` is the log's, in Unix seconds; if it is None, the log uses the
    machine's clock. Tests read and change the tables only by `opened`, `execute` and `rows`.
    """

    def __init__(
        self,
        folder: Path,
        settings: ProjectionSettings | None = None,
        engines: Engines | None = None,
        *,
        log_keys: Sequence[str] = (),
        memories_at: str | None = None,
    ) -> None:
        self.folders = [folder / "payloads", folder / "readmodel"]
        self.now_s = 0.0
        self.received_at_s: float | None = None
        self.log = FolderLog(
            folder / "payloads", log_keys=Secrets(log_keys), is_watching=False, clock=self._received_at
        )
        self.generations = SqliteGenerations(folder / "readmodel")
        self.memories: Generations = self.generations if memories_at is None else open_generations(memories_at)
        self.settings = settings or ProjectionSettings()
        self.engines = engines
        self.traces: Untraced | None = None
        self.stop = Flag()
        self.on_progress: Callable[[int, int], None] = lambda *_: None
        self.follower = self._follower()

    def append(self, *bodies: bytes, source: str = "webhook") -> int:
        """Append events, and return the last one's position; 0 if there is none."""
        return max((self.log.append(body, source=source).position for body in bodies), default=0)

    def hold(self, *bodies: bytes) -> None:
        """Append events, and fold them."""
        self.append(*bodies)
        self.catch_up()

    def restart(self) -> None:
        """End the follower, and put a new one in its place, as the next process would have."""
        self.follower.close()
        self.follower = self._follower()

    def close(self) -> None:
        """End the follower, also where a test is cut short."""
        self.follower.close()

    def catch_up(self) -> None:
        """Catch up once, as `projector --once` does, with a follower of its own."""
        follower = self._follower()
        try:
            follower.catch_up()
        finally:
            follower.close()

    def replay(self) -> None:
        """Replay, as `projector replay` does."""
        Replay(self.log, self.memories, self.settings, engines=self.engines, clock_s=lambda: self.now_s).run()

    def request_erasure(self, caller: str = MARTA, *, at_s: float) -> int:
        """Request the erasure of a caller, and return the request's position."""
        return request_erasure(self.log, caller, clock_s=lambda: at_s).position

    def forget(self, caller: str = MARTA, *, at_s: float) -> Erasure:
        """Request the erasure of a caller, carry it out, and return the erasure."""
        position = self.request_erasure(caller, at_s=at_s)
        self.catch_up()
        account = self.account(position)
        assert account is not None
        return account

    def account(self, position: int) -> Erasure | None:
        """Return the erasure of the request at a position, once it is finished."""
        with self.read_model() as read_model:
            state = read_model.erasure(position)
        return state.account if state is not None and state.is_finished else None

    def dump(self) -> str:
        """Return the memories as `projector dump` prints them."""
        with self.read_model() as read_model:
            return "\n".join(read_model.dump()) + "\n"

    def replayed_dump(self) -> str:
        """Replay, and return the memories."""
        self.replay()
        return self.dump()

    def faults(self) -> list[Fault]:
        """Return the set-aside events."""
        with self.read_model() as read_model:
            return read_model.faults()

    def errors(self) -> list[str]:
        """Return the error of each set-aside event."""
        return [fault.error for fault in self.faults()]

    def call_count(self) -> int:
        """Return how many calls of Marta's are remembered."""
        with self.read_model() as read_model:
            view = read_model.view(MARTA)
        return view.call_count if view else 0

    def live(self) -> Path:
        """Return the folder of the live generation."""
        return self.generations.folder / str(self.generations.current())

    def database(self) -> Path:
        """Return the file of the live generation."""
        return self.live() / DATABASE

    def read_model(self) -> AbstractContextManager[ReadModel]:
        """Open the live generation for reading, even one that is marked as damaged."""
        return self.memories.read(self.memories.current() or 0)

    def opened(self) -> AbstractContextManager[Database]:
        """Open the database of the live generation, to write into it behind the projector's back."""
        return live_database(self.generations)

    def execute(self, sql: str, *parameters: object) -> None:
        """Execute SQL on the tables of the live generation."""
        with self.opened() as database:
            database.run(sql, *parameters)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Return rows of the tables of the live generation."""
        with self.opened() as database:
            return database.all(sql)

    def files_holding(self, *words: str) -> list[tuple[str, str]]:
        """Return each file of the log and of the read model that holds one of the words, whatever its case."""
        return files_holding(self.folders, words)

    def _follower(self) -> Follower:
        return Follower(
            self.log,
            self.memories,
            self.settings,
            engines=self.engines,
            clock_s=lambda: self.now_s,
            stop=self.stop,
            on_progress=lambda *progress: self.on_progress(*progress),
            traces=self.traces,
        )

    def _received_at(self) -> datetime:
        return datetime.now(UTC) if self.received_at_s is None else datetime.fromtimestamp(self.received_at_s, UTC)


def files_holding(folders: Iterable[Path], words: Iterable[str]) -> list[tuple[str, str]]:
    """Return each file, databases and their logs included, that holds one of the words, whatever its case."""
    needles = [word.lower().encode() for word in words]
    found = []
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            body = path.read_bytes().lower() if path.is_file() else b""
            held = [needle for needle in needles if needle in body or needle in path.name.lower().encode()]
            found += [(path.name, needle.decode()) for needle in held]
    return found
