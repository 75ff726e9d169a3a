"""What the projection of a call costs whose log and memories lie in PostgreSQL, beside folder and SQLite, in turns."""

import resource
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from time import perf_counter

import psycopg
from msgspec import Struct

from bench.rig import corpus
from bench.rig.scratch import scratch_folder
from bench.rig.servers import cpu_s, folder_bytes, servers, table_bytes
from bench.rig.table import Table
from events.open_log import open_log
from events.process import logging
from projector.follow.follower import Follower
from projector.projection.settings import ProjectionSettings
from projector.read_model.open import open_generations
from tests.support.postgres import Cluster

_CALLS_PER_CALLER, _CALLS, _ROUNDS = 10, 200, 5


class _Place(Struct):
    """Where log and memories lie, and what was measured of it, for each call: milliseconds, round by round."""

    log: str
    memories: str
    clusters: list[Cluster]
    wall_ms: list[float] = []
    cpu_ms: list[float] = []
    server_ms: list[float] = []


def run() -> None:
    """Project both in turns, as a follower does with calls that come in, and print the table."""
    logging.configure(level="error")
    folder = scratch_folder("database-projection")
    with ExitStack() as stack:
        clusters = stack.enter_context(servers())
        for name in ("log", "memories"):
            _make_database(clusters[0], name)
        places = {
            "folder, SQLite": _Place(str(folder / "payloads"), str(folder / "readmodel"), []),
            "PostgreSQL": _Place(clusters[0].url("log"), clusters[0].url("memories"), clusters),
        }
        numbers = iter(range(10**6))
        _project_all(places, numbers)  # the first round only warms up, and makes the generation
        for place in places.values():
            for kept in (place.wall_ms, place.cpu_ms, place.server_ms):
                kept.clear()
        before = {name: _bytes(place) for name, place in places.items()}
        for _ in range(_ROUNDS):
            _project_all(places, numbers)
        kept_bytes = {name: (_bytes(place) - before[name]) // (_ROUNDS * _CALLS) for name, place in places.items()}
    table = Table(
        f"A projection: {_CALLS_PER_CALLER} calls of each caller, ms a call",
        *("log and memories in", "ms", "cpu of the projector", "cpu of the server", "bytes of memories kept"),
    )
    for name, place in places.items():
        served = median(place.server_ms) if place.clusters else ""
        table.add(name, median(place.wall_ms), median(place.cpu_ms), served, kept_bytes[name])
    table.show()


def _project_all(places: dict[str, _Place], numbers: Iterator[int]) -> None:
    some = [next(numbers) for _ in range(_CALLS)]
    bodies = [corpus.call(number, callers=1, first=number // _CALLS_PER_CALLER) for number in some]
    for place in places.values():
        log = open_log(place.log, is_watching=False)
        for body in bodies:
            log.append(body, source="webhook")
        follower = Follower(log, open_generations(place.memories), ProjectionSettings())
        began, cpu_began, served_began = perf_counter(), _own_cpu_s(), cpu_s(place.clusters)
        try:
            follower.catch_up()
        finally:
            follower.close()
        place.wall_ms.append((perf_counter() - began) / _CALLS * 1000)
        place.cpu_ms.append((_own_cpu_s() - cpu_began) / _CALLS * 1000)
        place.server_ms.append((cpu_s(place.clusters) - served_began) / _CALLS * 1000)


def _own_cpu_s() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def _bytes(place: _Place) -> int:
    return table_bytes(place.memories) if place.clusters else folder_bytes(Path(place.memories))


def _make_database(cluster: Cluster, name: str) -> None:
    with psycopg.connect(cluster.url(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0".encode())
