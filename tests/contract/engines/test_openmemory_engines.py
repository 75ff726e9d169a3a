"""What our engine writes into OpenMemory, and what a half-done or unanswered change leaves there."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
import pytest

from projector.domain.memories import Memory, Source
from projector.engines.open import Engines
from projector.engines.openmemory.engine import OpenMemoryEngine
from projector.engines.openmemory.server.store import ServerStore
from projector.engines.settings import EMBEDDED, OPENMEMORY
from projector.errors import EngineError
from projector.read_model.sqlite.tables.engines.openmemory_rows import OpenMemoryRows
from tests.contract.engines.kinds import LOG, Kind, emptied, opened, sqlite_generation
from tests.contract.engines.memories import ANA, BEN, DOG, SON_3, SON_4, found, ids, memory, put
from tests.support.openmemory.server import Fault, OpenMemoryServer
from tests.support.servers import loopback_client

TOLD = msgspec.structs.replace(
    memory("It makes me sad that Rex died."),
    sector="emotional",
    agent_id="agent_a",
    occurred_at_s=1_762_948_800,
    source=Source(turn=7, words="It makes me sad that Rex died.", asked="What is it?"),
)


def rows(engines: Engines, caller: str = ANA) -> list[dict[str, Any]]:
    """Return OpenMemory's own answer about the rows of a caller."""
    stored = engines.store(may_create=False).rows(caller)
    return [row_itself(engines, row.id) for row in stored]


def row_itself(engines: Engines, id_: str) -> dict[str, Any]:
    """Return OpenMemory's own answer about one row."""
    place = engines.settings
    if place.name == OPENMEMORY:
        path = Path(place.location)
        row: dict[str, Any] = engines._sdk.ask(path, lambda m: as_dict(m, id_), may_create=False)
        return row
    with loopback_client(headers={"x-api-key": place.key}) as client:
        answer = client.get(f"{place.location}/memory/{id_}")
    return dict(answer.raise_for_status().json())


async def as_dict(sdk: Any, id_: str) -> dict[str, Any]:
    row = await sdk.get(id_)
    decoded = {"tags": msgspec.json.decode(row["tags"]), "metadata": msgspec.json.decode(row["meta"])}
    return {**dict(row), **decoded}


def test_openmemory_is_told_what_a_memory_is(kind: Kind, engines: Engines) -> None:
    """OpenMemory keeps sector, tags and source beside the words, for a person who looks there."""
    if engines.settings.name == EMBEDDED:
        pytest.skip("embedded: its index is of our own making, and tells nobody")
    with emptied(engines) as engine:
        put(engine, TOLD, memory(TOLD.text, caller=BEN, key="of_ben"))
        (row,) = rows(engines)

    assert row["content"].startswith(TOLD.text)
    assert (row["user_id"], row["primary_sector"]) == (ANA, "emotional")
    assert set(row["tags"]) >= {"turn", "emotional", "agent:agent_a"}
    told = {
        "memory_id": TOLD.id,
        "conversation_id": "conv_1",
        "agent_id": "agent_a",
        "turn": 7,
        "kind": "turn",
        "sector": "emotional",
        "occurred_at": "2025-11-12T12:00:00Z",
    }
    assert told.items() <= row["metadata"].items()


def test_replay_leaves_no_row_of_who_is_gone(kind: Kind, engines: Engines) -> None:
    """After a replay OpenMemory holds no row of a caller or memory that was not in it, and no row twice."""
    if engines.settings.name == EMBEDDED:
        pytest.skip("embedded: each generation has an index of its own")
    with emptied(engines) as engine:
        gone = memory("My son is 5.", conversation="conv_gone")
        put(engine, SON_3, SON_4, gone, memory("My son is 3.", caller=BEN))
    with opened(engines) as engine:
        assert isinstance(engine, OpenMemoryEngine)
        engine.begin()
        put(engine, SON_4, DOG)
        engine.finish({ANA})
        store = engines.store(may_create=False)

        assert sorted(str(row.metadata["memory_id"]) for row in store.rows(ANA)) == sorted(ids(SON_4, DOG))
        assert store.rows(BEN) == []


TWIN = memory("My son is 3.", key="twin")


@pytest.mark.parametrize(("fault", "path"), [("lost", "/memory/add"), ("500", "/memory/add"), ("lost", "/memory/")])
@pytest.mark.parametrize("times", [3, 4, 5])
@pytest.mark.parametrize("change", [[SON_3, TWIN, DOG], [TWIN], []], ids=["more", "other", "none"])
def test_what_failed_half_way(fault: Fault, path: str, times: int, change: list[Memory]) -> None:
    """A change that was half done or not answered can be made again, or its caller forgotten, without leftover rows."""
    with OpenMemoryServer().serving() as server, sqlite_generation() as database:
        store = ServerStore(server.url, server.key, waits_s=(0.0, 0.0))
        tables = OpenMemoryRows(database)
        tables.create()
        engine = OpenMemoryEngine(tables, lambda: store, lambda: LOG)
        put(engine, SON_3, SON_4, memory("My son is 3.", caller=BEN))
        server.fail(fault, times=times, path=path)
        until_done(lambda: engine.replace(ANA, "conv_1", change))

        assert sorted(found(engine, "son dog")) == sorted(ids(*change, SON_4))
        assert len(store.rows(ANA)) == len(change) + 1

        server.fail(fault, times=times, path=path)
        with suppress(EngineError):
            engine.replace(ANA, "conv_1", [memory("Another."), memory("One more.")])
        until_done(lambda: engine.forget(ANA))

        assert (found(engine, "son dog"), store.rows(ANA)) == ([], [])
        assert len(store.rows(BEN)) == len(found(engine, "son", caller=BEN)) == 1


def until_done(change: Callable[[], None]) -> None:
    """Try again until it succeeds, as the projector does."""
    for _ in range(5):
        with suppress(EngineError):
            return change()
    raise AssertionError("it is never done")
