"""Opening engines: one OpenMemory for a whole process, and the engine of a generation that is no longer set."""

import time
from collections.abc import Iterator

import pytest

from projector.engines.open import Engines
from projector.engines.settings import OPENMEMORY, OPENMEMORY_SERVER, EngineSettings
from projector.engines.shutdown import Shutdown
from projector.errors import EngineError, EngineStoppedError
from projector.read_model.sqlite.engine_tables import SqliteEngineTables
from tests.contract.engines.memories import ANA
from tests.support.openmemory.server import KEY, OpenMemoryServer
from tests.support.read_models import empty_database


@pytest.fixture
def tables() -> Iterator[SqliteEngineTables]:
    """The tables of a generation that was made with an outside engine, and holds one row of Ana's."""
    with empty_database(is_outside=True) as database:
        database.run("INSERT INTO openmemory_rows VALUES (?, 'conv_1', 'm', 0, 'row', NULL, 1, 0, 300)", ANA)
        yield SqliteEngineTables(database)


def test_opens_one_connection_pool_for_all_who_ask() -> None:
    """All engines of a process share one connection pool, which is expensive to open."""
    engines = Engines(EngineSettings(name=OPENMEMORY_SERVER, location="http://127.0.0.1:1"))

    assert engines.store(may_create=True) is engines.store(may_create=False)


@pytest.mark.parametrize("name", [OPENMEMORY, OPENMEMORY_SERVER])
def test_says_that_the_engine_of_a_generation_is_no_longer_set(tables: SqliteEngineTables, name: str) -> None:
    """
    Until a replay is done, a search in an engine that the settings no longer name raises an error that says what to do.
    """
    engine = Engines(EngineSettings()).read(name, tables)

    assert engine.search("+12025550199", "dog", limit=5, agent_id=None) == []
    with pytest.raises(EngineError, match=f"still come from {name}.*projector replay"):
        engine.search(ANA, "dog", limit=5, agent_id=None)


def test_ends_requests_once_the_process_is_to_end(tables: SqliteEngineTables) -> None:
    """A process that shuts down sends a server no new request, and waits only a moment for the open ones."""
    shutdown = Shutdown()
    with OpenMemoryServer().serving() as server:
        engines = Engines(EngineSettings(name=OPENMEMORY_SERVER, location=server.url, key=KEY), shutdown)
        store = engines.store(may_create=False)
        store.check()
        shutdown.set()
        began_s = time.monotonic()
        with pytest.raises(EngineStoppedError):
            store.check()
        with pytest.raises(EngineStoppedError):
            engines.read(OPENMEMORY_SERVER, tables).search(ANA, "dog", limit=5, agent_id=None)
        assert time.monotonic() - began_s < 5
