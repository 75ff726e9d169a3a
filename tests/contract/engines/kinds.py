"""The kinds of engines that are held to the contract, and how a test gets an empty one of each."""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

from msgspec import Struct

from projector.engines.open import Engines
from projector.engines.openmemory.sdk.install import INSTALL, missing_modules
from projector.engines.protocol import Engine
from projector.engines.settings import EMBEDDED, OPENMEMORY, OPENMEMORY_SERVER, EngineSettings
from projector.read_model.sqlite.database import Database
from projector.read_model.sqlite.engine_tables import SqliteEngineTables
from projector.read_model.sqlite.schema import SCHEMA
from tests.contract.engines.memories import AnyEngine
from tests.support.openmemory import real
from tests.support.openmemory.fresh_sdk import released
from tests.support.openmemory.server import OpenMemoryServer

# Try everything on the slow engines as well, which takes them an hour rather than minutes.
IS_FULL = bool(os.environ.get("CONTRACT_FULL"))
# The callers whose memories are added.
LOG = "0123456789abcdef"


class Kind(Struct, frozen=True, kw_only=True):
    """
    One kind of engine that is held to the contract.

    Args:
        why_not: why it cannot be run here, as a sentence; empty if it can.
        engines: makes the engines of one process for one test, in a folder where it may make a file.
        is_slow: whether each change and each search takes tens of milliseconds.
        others_every: ask as another caller too, for one in this many memories: among some thousand rows a server
            searches for a second before it answers that there is nothing.
        may_be_short: whether among some thousand rows it may answer with fewer hits than exist, and say so.
    """

    name: str
    why_not: str = ""
    engines: Callable[[Path], AbstractContextManager[Engines]]
    is_slow: bool = True
    others_every: int = 1
    may_be_short: bool = False

    def few(self, count: int, of: int) -> int:
        """Return how many cases to try: all `of` them if a case costs nothing, or if everything is asked for."""
        return count if self.is_slow and not IS_FULL else of


@contextmanager
def _embedded(folder: Path) -> Iterator[Engines]:
    yield Engines(EngineSettings())


@contextmanager
def _openmemory(folder: Path) -> Iterator[Engines]:
    engines = Engines(EngineSettings(name=OPENMEMORY, location=str(folder / "openmemory.db")))
    with released(engines._sdk):
        yield engines


def _without_sdk() -> str:
    missing = missing_modules()
    return f"{' and '.join(missing)} cannot be imported: {INSTALL}" if missing else ""


@contextmanager
def _server_of_tests(folder: Path) -> Iterator[Engines]:
    with OpenMemoryServer().serving() as server:
        yield Engines(EngineSettings(name=OPENMEMORY_SERVER, location=server.url, key=server.key))


@contextmanager
def _real_server(folder: Path) -> Iterator[Engines]:
    with real.real_server() as settings:
        yield Engines(settings)


KINDS = (
    Kind(name="embedded", engines=_embedded, is_slow=False),
    Kind(name="openmemory", why_not=_without_sdk(), engines=_openmemory),
    Kind(name="openmemory-server, the tests' own", engines=_server_of_tests),
    Kind(
        name="openmemory-server, a real one",
        why_not=real.why_not(),
        engines=_real_server,
        others_every=10,
        may_be_short=True,
    ),
)


@contextmanager
def generation(path: Path | None = None) -> Iterator[Database]:
    """Make the database of a new generation, without the tables of its engine."""
    if path is None:
        with closing(Database.in_memory()) as database:
            database.script(SCHEMA)
            yield database
        return
    path.touch()
    with closing(Database.create(path)) as filled:
        filled.script(SCHEMA)
    Database.settle(path)
    with closing(Database.open(path, is_writing=True)) as database:
        yield database


@contextmanager
def opened(engines: Engines) -> Iterator[AnyEngine]:
    """Open an engine over a new generation; data that the engine keeps outside of it stays."""
    with generation() as database:
        yield new_engine(engines, database)


@contextmanager
def emptied(engines: Engines) -> Iterator[AnyEngine]:
    """Open an engine over a new generation, and empty it, wherever it keeps its data."""
    empty(engines)
    with opened(engines) as engine:
        yield engine


def empty(engines: Engines) -> None:
    """Remove every row of every user that an engine keeps outside of generations."""
    if engines.settings.is_outside:
        store = engines.store(may_create=True)
        for user_id in store.users():
            store.remove_all(user_id)


def new_engine(engines: Engines, database: Database) -> AnyEngine:
    """Make an engine's tables in a new generation, and open it for writing."""
    SqliteEngineTables(database).create(is_outside=engines.settings.is_outside)
    return writing_engine(engines, database)


def writing_engine(engines: Engines, database: Database) -> AnyEngine:
    """Open an engine over a generation that has its tables, as the projector does."""
    tables = SqliteEngineTables(database)
    return engines.indexed(tables) if engines.settings.name == EMBEDDED else engines.outside(tables, LOG)


def reading_engine(engines: Engines, database: Database) -> Engine:
    """Open an engine over a generation that has its tables, as ingress does."""
    return engines.read(engines.settings.name, SqliteEngineTables(database))


def told_of() -> Iterator[str]:
    """Yield a line for each engine: that it is held to the contract here, or why not."""
    for kind in KINDS:
        yield f"{kind.name}: {f'SKIPPED, {kind.why_not}' if kind.why_not else 'run'}"
