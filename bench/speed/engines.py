"""
How long each memory engine takes to put a memory and to search, at a thousand memories.

`openmemory` is measured if its SDK is installed, `openmemory-server` if `OPENMEMORY_TEST_URL` names one
(`OPENMEMORY_TEST_KEY` is its key). At the end the benchmark removes its callers from the engine.
"""

import os
import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

from bench.rig import corpus
from bench.rig.scratch import scratch_folder
from bench.rig.table import Table, percentile
from events.log.receipt import Receipt
from events.wire.reading.webhook import read_webhook
from events.wire.webhooks import PostCallTranscription
from projector.domain.calls import CallSettings, call_of
from projector.domain.fold import FoldSettings, fold
from projector.domain.memories import Memory, by_conversation
from projector.engines.open import Engines
from projector.engines.openmemory.sdk.install import missing_modules
from projector.engines.protocol import Engine, IndexedEngine, OutsideEngine
from projector.engines.settings import OPENMEMORY, OPENMEMORY_SERVER, EngineSettings
from projector.read_model.sqlite.database import Database
from projector.read_model.sqlite.engine_tables import SqliteEngineTables
from projector.read_model.sqlite.schema import make_tables

_CALLERS, _CALLS_PER_CALLER = 20, 5
_SEARCHES, _LIMIT = 100, 5


def run() -> None:
    """Fill each engine, search it, and print the table."""
    callers = {corpus.caller(number): _memories(number) for number in range(_CALLERS)}
    count = sum(map(len, callers.values()))
    table = Table(
        f"Engines, {count:,} memories of {_CALLERS} callers; ms",
        *("engine", "put p50, a memory", "put p95", "search p50", "search p95", f"own words in {_LIMIT}"),
    )
    for settings in _engines(scratch_folder("engines")):
        with closing(sqlite3.connect(scratch_folder("engine") / "db.sqlite", isolation_level=None)) as connection:
            make_tables(Database(connection), is_outside=settings.is_outside)
            engines, tables = Engines(settings), SqliteEngineTables(Database(connection))
            engine = engines.outside(tables, lambda: "of the bench") if settings.is_outside else engines.indexed(tables)
            put_ms = _put(engine, connection, callers)
            search_ms, found = _search(engine, callers)
            table.add(
                *(settings.name, percentile(put_ms, 0.5), percentile(put_ms, 0.95)),
                *(percentile(search_ms, 0.5), percentile(search_ms, 0.95), found),
            )
            for caller in callers:
                engine.forget(caller)
    table.show()


def _engines(folder: Path) -> Iterator[EngineSettings]:
    yield EngineSettings()
    if missing := missing_modules():
        print(f"{OPENMEMORY} is not measured: {', '.join(missing)} cannot be imported")
    else:
        yield EngineSettings(name=OPENMEMORY, location=str(folder / "openmemory.db"))
    if url := os.environ.get("OPENMEMORY_TEST_URL"):
        yield EngineSettings(name=OPENMEMORY_SERVER, location=url, key=os.environ.get("OPENMEMORY_TEST_KEY", ""))
    else:
        print(f"{OPENMEMORY_SERVER} is not measured: OPENMEMORY_TEST_URL is not set")


def _memories(caller: int) -> list[Memory]:
    bodies = [corpus.call(number, callers=1, first=caller, turns=6) for number in range(_CALLS_PER_CALLER)]
    calls = []
    for number, body in enumerate(bodies):
        own = body.replace(corpus.conversation_id(number).encode(), b"conv_%d_%d" % (caller, number))
        webhook = read_webhook(own).webhook
        assert isinstance(webhook, PostCallTranscription)
        calls.append(call_of(webhook, _receipt(webhook.data.conversation_id), CallSettings()))
    return list(fold(calls, FoldSettings()).memories)


def _receipt(conversation_id: str) -> Receipt:
    return Receipt(
        position=1,
        received_at=datetime(2026, 1, 2, tzinfo=UTC),
        kind="transcription",
        conversation_id=conversation_id,
        path="",
        sha256="",
        size=0,
        source="webhook",
    )


def _put(
    engine: IndexedEngine | OutsideEngine, connection: sqlite3.Connection, callers: dict[str, list[Memory]]
) -> list[float]:
    """Return the milliseconds for each memory. As in production, each conversation is one transaction."""
    took_ms = []
    for caller, memories in callers.items():
        for conversation_id, some in by_conversation(memories).items():
            began = perf_counter()
            connection.execute("BEGIN")
            engine.replace(caller, conversation_id, some)
            connection.execute("COMMIT")
            took_ms += [(perf_counter() - began) * 1000 / len(some)] * len(some)
    return took_ms


def _search(engine: Engine, callers: dict[str, list[Memory]]) -> tuple[list[float], float]:
    """Ask for memories by their own words; return the milliseconds of each search, and the share that found theirs."""
    dice = random.Random(7)
    took_ms, found = [], 0
    for _ in range(_SEARCHES):
        caller = dice.choice(list(callers))
        memory = dice.choice([each for each in callers[caller] if each.kind == "turn"])
        began = perf_counter()
        hits = engine.search(caller, memory.text, limit=_LIMIT, agent_id=None)
        took_ms.append((perf_counter() - began) * 1000)
        found += memory.id in {hit.memory_id for hit in hits}
    return took_ms, found / _SEARCHES
