"""The kinds of engines that are held to the contract, and how a test gets an empty one of each."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from functools import partial
from pathlib import Path

import psycopg
from msgspec import Struct

from projector.domain.memories import Memory
from projector.engines.lexical.engine import EmbeddedEngine
from projector.engines.meaning.e5 import E5, why_not
from projector.engines.meaning.encoder import Encoder
from projector.engines.meaning.questions import Questions
from projector.engines.meaning.search import Meaning
from projector.engines.open import Engines
from projector.engines.openmemory.sdk.install import INSTALL, missing_modules
from projector.engines.protocol import Engine, IndexedEngine
from projector.engines.settings import EMBEDDED, ON, OPENMEMORY, OPENMEMORY_SERVER, EngineSettings
from projector.read_model.open import open_vectors, vector_reader
from projector.read_model.postgres.sql.database import Database as PostgresDatabase
from projector.read_model.postgres.sql.partitions import make_partitions
from projector.read_model.postgres.tables.engines.engine_tables import PostgresEngineTables
from projector.read_model.sqlite.database import Database
from projector.read_model.sqlite.engine_tables import SqliteEngineTables
from projector.read_model.sqlite.schema import SCHEMA
from projector.read_model.tables.engine_tables import EngineTables, VectorTable
from projector.vectors.filling import Filling
from tests.contract.engines.in_postgres import FEW_PARTITIONS, InPostgres
from tests.contract.engines.memories import AnyEngine
from tests.support.encoders import HeldMemories, StandIn
from tests.support.openmemory import real
from tests.support.openmemory.fresh_sdk import released
from tests.support.openmemory.server import OpenMemoryServer
from tests.support.postgres import SHARED
from tests.support.postgres import why_not as why_no_postgres
from tests.support.waiting import PATIENCE_S, wait_until

AnyDatabase = Database | PostgresDatabase
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
        claims_meaning: whether it finds what means the same in other words.
    """

    name: str
    why_not: str = ""
    engines: Callable[[Path], AbstractContextManager[Engines]]
    is_slow: bool = True
    others_every: int = 1
    may_be_short: bool = False
    claims_meaning: bool = False

    def few(self, count: int, of: int) -> int:
        """Return how many cases to try: all `of` them if a case costs nothing, or if everything is asked for."""
        return count if self.is_slow and not IS_FULL else of


@contextmanager
def _embedded(folder: Path) -> Iterator[Engines]:
    yield Engines(EngineSettings())


@contextmanager
def _embedded_in_postgres(_: Path) -> Iterator[Engines]:
    yield InPostgres(SHARED.cluster().url() + FEW_PARTITIONS)


@contextmanager
def _by_meaning_in_postgres(_: Path) -> Iterator[Engines]:
    with psycopg.connect(SHARED.cluster().url(), autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS elaoms_memories.vectors")
    with _by_meaning(SHARED.cluster().url() + FEW_PARTITIONS, StandIn) as engines:
        yield engines


@contextmanager
def _by_meaning(location: Path | str, load: Callable[[], Encoder]) -> Iterator[Engines]:
    questions = Questions(load)
    questions.prepare()
    wait_until(lambda: questions.encoder is not None, describe=lambda: questions.why_not)
    meaning = Meaning(questions, partial(vector_reader, location), deadline_s=PATIENCE_S)
    with closing(meaning), ExitStack() as tables:
        yield _Understanding(location, meaning, tables)


class _Understanding(Engines):
    """Engines that make the vectors of what they are given at once, as the projector's worker does later."""

    def __init__(self, location: Path | str, meaning: Meaning, tables: ExitStack) -> None:
        super().__init__(EngineSettings(semantic=ON), meaning=meaning)
        self._location = location
        self._tables = tables

    def indexed(self, tables: EngineTables) -> IndexedEngine:
        encoder = self.meaning.questions.encoder if self.meaning is not None else None
        assert encoder is not None
        vectors = self._tables.enter_context(closing(open_vectors(self._location, encoder.fingerprint)))
        return _Embedded(tables, self.meaning, vectors, encoder)


class _Embedded(EmbeddedEngine):
    def __init__(self, tables: EngineTables, meaning: Meaning | None, vectors: VectorTable, encoder: Encoder) -> None:
        super().__init__(tables, meaning)
        self._held: dict[tuple[str, str], Sequence[Memory]] = {}
        held = HeldMemories(self._held)
        self._filling = Filling(lambda: held, vectors, encoder)

    def replace(self, caller: str, conversation_id: str, memories: Sequence[Memory]) -> None:
        super().replace(caller, conversation_id, memories)
        self._held[caller, conversation_id] = memories
        self._fill((caller, conversation_id))

    def forget(self, caller: str) -> None:
        super().forget(caller)
        for key in [key for key in self._held if key[0] == caller]:
            del self._held[key]
        self._fill((caller, None))

    def _fill(self, changed: tuple[str, str | None]) -> None:
        self._filling.note([changed])
        while self._filling.step():
            pass


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
    Kind(
        name="embedded, by meaning",
        engines=lambda folder: _by_meaning(folder, StandIn),
        claims_meaning=True,
    ),
    # Each change and each question goes to a server: less is tried.
    Kind(name="embedded, in PostgreSQL", why_not=why_no_postgres(), engines=_embedded_in_postgres),
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

# What is found by words is the same wherever vectors are.
VECTORS_IN_POSTGRES = Kind(
    name="embedded, by meaning, with vectors in PostgreSQL",
    why_not=why_no_postgres(),
    engines=_by_meaning_in_postgres,
    claims_meaning=True,
)

# With the model that we ship with, which takes a while for each text.
SHIPPED = Kind(
    name="embedded, by the model we ship with",
    why_not=why_not(),
    engines=lambda folder: _by_meaning(folder, E5),
    claims_meaning=True,
)


@contextmanager
def generation(engines: Engines, path: Path | None = None) -> Iterator[AnyDatabase]:
    """Make a new generation, without the tables of its engine, where the engines look for it."""
    if isinstance(engines, InPostgres):
        with engines.generation() as there:
            yield there
    else:
        with sqlite_generation(path) as database:
            yield database


@contextmanager
def sqlite_generation(path: Path | None = None) -> Iterator[Database]:
    """Make a new generation in SQLite, without the tables of its engine; in memory, if it is to have no file."""
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
def beside(database: AnyDatabase, path: Path, engines: Engines) -> Iterator[AnyDatabase]:
    """Open the same generation once more, as a process does that only reads."""
    if isinstance(engines, InPostgres):
        with closing(engines.connection()) as reading:
            reading.choose(database.value("SELECT current_schema()"))
            yield reading
        return
    with closing(Database.open(path, is_writing=False)) as opened_to_read:
        yield opened_to_read


@contextmanager
def opened(engines: Engines) -> Iterator[AnyEngine]:
    """Open an engine over a new generation; data that the engine keeps outside of it stays."""
    with generation(engines) as database:
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


def new_engine(engines: Engines, database: AnyDatabase) -> AnyEngine:
    """Make an engine's tables in a new generation, and open it for writing."""
    tables = _tables(database)
    tables.create(is_outside=engines.settings.is_outside)
    if isinstance(database, PostgresDatabase):
        make_partitions(database, database.value("SELECT current_schema()"))
    return writing_engine(engines, database)


def writing_engine(engines: Engines, database: AnyDatabase) -> AnyEngine:
    """Open an engine over a generation that has its tables, as the projector does."""
    tables = _tables(database)
    return engines.indexed(tables) if engines.settings.name == EMBEDDED else engines.outside(tables, lambda: LOG)


def reading_engine(engines: Engines, database: AnyDatabase) -> Engine:
    """Open an engine over a generation that has its tables, as ingress does."""
    return engines.read(engines.settings.name, _tables(database))


def _tables(database: AnyDatabase) -> SqliteEngineTables | PostgresEngineTables:
    return PostgresEngineTables(database) if isinstance(database, PostgresDatabase) else SqliteEngineTables(database)


def told_of() -> Iterator[str]:
    """Yield a line for each engine: that it is held to the contract here, or why not."""
    for kind in (*KINDS, VECTORS_IN_POSTGRES, SHIPPED):
        yield f"{kind.name}: {f'SKIPPED, {kind.why_not}' if kind.why_not else 'run'}"
