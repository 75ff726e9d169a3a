"""Every memory engine finds the right memories after a replay or a crash, and from another process."""

from pathlib import Path

from projector.domain.memories import Memory
from projector.engines.open import Engines
from projector.engines.openmemory.engine import OpenMemoryEngine
from tests.contract.engines.kinds import (
    beside,
    emptied,
    empty,
    generation,
    new_engine,
    opened,
    reading_engine,
    writing_engine,
)
from tests.contract.engines.memories import ANA, BEN, DOG, SON_3, SON_4, AnyEngine, found, ids, memory, put

SON_OF_BEN = memory("My son is 3.", caller=BEN)


def filled(engine: AnyEngine, *memories: Memory) -> None:
    """Fill an engine as a replay does."""
    begin(engine)
    put(engine, *memories)
    if isinstance(engine, OpenMemoryEngine):
        engine.finish({m.caller for m in memories})


def begin(engine: AnyEngine) -> None:
    """Begin to fill an engine as a replay does; an engine within the read model also starts with a new index."""
    if isinstance(engine, OpenMemoryEngine):
        engine.begin()


def is_well(engine: AnyEngine) -> bool:
    """Return whether an engine holds what it was filled with, and reports no fault of its own."""
    return (not isinstance(engine, OpenMemoryEngine) or engine.fits()) and engine.health(timeout_s=10) == "ok"


def test_is_well_once_it_is_filled(engine: AnyEngine) -> None:
    """An engine that works and was filled by a replay says so, even if there was nothing to fill it with."""
    filled(engine)
    assert is_well(engine)
    filled(engine, SON_3)
    assert is_well(engine)


def test_is_filled_anew(engines: Engines) -> None:
    """
    A replay leaves exactly its own memories, each once, including those that were held before and are given again.
    """
    with emptied(engines) as engine:
        filled(engine, SON_3, SON_4, SON_OF_BEN)
    for _ in range(2):
        with opened(engines) as engine:
            filled(engine, SON_4, DOG)

            assert sorted(found(engine, "son dog")) == sorted(ids(SON_4, DOG))
            assert found(engine, "son", caller=BEN) == []
            assert is_well(engine)


def test_is_filled_anew_after_a_replay_that_ended_half_way(engines: Engines) -> None:
    """A replay that began and never ended does no harm: the next one holds each memory once."""
    with emptied(engines) as engine:
        filled(engine, SON_3, SON_4)
    with opened(engines) as engine:
        begin(engine)
        put(engine, DOG, SON_3)
    with opened(engines) as engine:
        filled(engine, SON_3, SON_4, DOG)

        assert sorted(found(engine, "son dog")) == sorted(ids(SON_3, SON_4, DOG))


def test_replaces_what_a_crash_undid(engines: Engines) -> None:
    """Memories of a rolled-back transaction may be added again: each is held once."""
    empty(engines)
    with generation(engines) as database:
        engine = new_engine(engines, database)
        put(engine, SON_3)
        database.run("BEGIN")
        put(engine, memory("My son is 3.", key="again"), SON_4, SON_OF_BEN)
        database.run("ROLLBACK")
        for again in (engine, writing_engine(engines, database)):
            put(again, SON_3, memory("My son is 3.", key="again"), SON_4, SON_OF_BEN)

            assert sorted(found(again, "son")) == sorted(ids(SON_3, memory("", key="again"), SON_4))
            assert found(again, "son", caller=BEN) == [SON_OF_BEN.id]


def test_finds_nothing_that_a_crash_undid(engines: Engines) -> None:
    """Memories of a rolled-back transaction are not found, nor after the engine gets others."""
    empty(engines)
    with generation(engines) as database:
        engine = new_engine(engines, database)
        put(engine, SON_4)
        database.run("BEGIN")
        put(engine, SON_3, SON_OF_BEN)
        database.run("ROLLBACK")

        for again in (engine, writing_engine(engines, database)):
            assert found(again, "son") == [SON_4.id]
            assert found(again, "son", caller=BEN) == []
        put(engine, DOG)
        engine.forget(BEN)
        assert sorted(found(engine, "son dog")) == sorted(ids(SON_4, DOG))
        assert found(engine, "son", caller=BEN) == []


def test_is_read_by_others(engines: Engines, tmp_path: Path) -> None:
    """A memory that the projector adds is found at once by a process that opens the same generation only to read."""
    empty(engines)
    path = tmp_path / "readmodel.sqlite"
    with generation(engines, path) as writing, beside(writing, path, engines) as reading:
        engine = new_engine(engines, writing)
        put(engine, SON_3)
        reader = reading_engine(engines, reading)
        assert found(reader, "son") == [SON_3.id]
        put(engine, SON_3, SON_4)
        assert sorted(found(reader, "son")) == sorted(ids(SON_3, SON_4))
        engine.replace(ANA, "conv_1", [])
        assert found(reader, "son") == [SON_4.id]
        engine.forget(ANA)
        assert found(reader, "son") == []
