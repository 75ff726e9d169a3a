"""
How long a search takes whose memories lie in PostgreSQL, beside SQLite: a caller of 300 memories, asked in turns.

Asked as ingress does once it has read the question; also the processor time of who searches and of the server.
"""

import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TypeVar

import msgspec

from bench.rig import corpus
from bench.rig.scratch import scratch_folder
from bench.rig.servers import cpu_s, servers
from bench.rig.table import Table, percentile
from events.folder_log.log import FolderLog
from events.process import logging
from events.wire.webhooks import SearchDataRequest
from ingress.searching.asking import Asking
from ingress.searching.finding import find
from projector.engines.open import Engines
from projector.follow.follower import Follower
from projector.projection.settings import ProjectionSettings
from projector.read_model.open import open_generations
from projector.read_side.reader import ReadModelReader
from tests.support.samples import AGENT

_MEMORIES, _MEMORIES_PER_CALL = 300, corpus.TURNS + 4
_OTHERS, _CALLS_OF_OTHERS = 200, 5
_WARM_UP, _ROUNDS = 20, 300
_RATIO_MAX = "2"
T = TypeVar("T")


def run() -> None:
    """Search both in turns, and print the table."""
    logging.configure(level="error")
    folder = scratch_folder("database-search")
    corpus.write_log(folder / "payloads", [(corpus.conversation_id(number), body) for number, body in _calls()])
    with ExitStack() as stack:
        clusters = stack.enter_context(servers())
        places = {"SQLite": str(folder / "readmodel"), "PostgreSQL": clusters[0].url()}
        for place in places.values():
            _project(folder / "payloads", place)
        readers = {name: ReadModelReader(place, Engines(ProjectionSettings().engine)) for name, place in places.items()}
        wall_ms: dict[str, list[float]] = {name: [] for name in readers}
        cpu_ms: dict[str, list[float]] = {name: [] for name in readers}
        before_s = 0.0
        for number in range(-_WARM_UP, _ROUNDS):
            if number == 0:
                before_s = cpu_s(clusters)
            for name, reader in readers.items():
                wall, cpu = _timed(lambda reader=reader, number=number: _search(reader, number))  # type: ignore[misc]
                if number >= 0:
                    wall_ms[name].append(wall)
                    cpu_ms[name].append(cpu)
        server_ms = (cpu_s(clusters) - before_s) / _ROUNDS * 1000
    table = Table(
        f"A search: a caller of {_MEMORIES} memories, ms",
        *("memories in", "p50", "p99", "of SQLite's p50", "must", "cpu of ingress", "cpu of the server"),
    )
    first = percentile(wall_ms["SQLite"], 0.5)
    for name, took in wall_ms.items():
        p50, is_server = percentile(took, 0.5), name == "PostgreSQL"
        ratio: tuple[float | str, str] = (p50 / first, _RATIO_MAX) if is_server else ("", "")
        cpu = percentile(cpu_ms[name], 0.5)
        table.add(name, p50, percentile(took, 0.99), *ratio, cpu, server_ms if is_server else "")
    table.show()


def _calls() -> list[tuple[int, bytes]]:
    own = _MEMORIES // _MEMORIES_PER_CALL
    calls = [(number, corpus.call(number, callers=1)) for number in range(own)]
    others = range(own, own + _OTHERS)
    return calls + [(each, corpus.call(each, callers=1, first=1 + each // _CALLS_OF_OTHERS)) for each in others]


def _project(payloads: Path, place: str) -> None:
    follower = Follower(FolderLog(payloads, is_watching=False), open_generations(place), ProjectionSettings())
    try:
        follower.catch_up()
    finally:
        follower.close()


def _search(reader: ReadModelReader, number: int) -> None:
    read_model, engine = reader.open()
    question = msgspec.convert(
        {
            "query": f"What did the caller say about {corpus.words(10**6 + number, 8)}",
            "caller_id": corpus.caller(0),
            "agent_id": AGENT,
        },
        SearchDataRequest,
    )
    asking = Asking(question=question, region="US", at_s=int(time.time()))
    found = find(asking, read_model, engine, until_s=time.monotonic() + 60, pause=lambda: None)
    assert found.view is not None
    assert not found.degraded


def _timed(work: Callable[[], T]) -> tuple[float, float]:
    """Return the milliseconds that some work took, and those of this process' processor time."""
    began, cpu_began = time.perf_counter(), time.process_time()
    work()
    return (time.perf_counter() - began) * 1000, (time.process_time() - cpu_began) * 1000
