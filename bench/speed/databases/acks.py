"""
How many webhooks are durable per second in a folder, on one server, and with a synchronous standby on the same disk.

All are appended to as ingress does, without HTTP, by a process each, in turns. Also what an append costs: processor
time of who appends and of the servers, and bytes on the disk.
"""

from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from multiprocessing import get_context
from pathlib import Path
from statistics import median

from msgspec import Struct

from bench.rig.appending import Appended, append_all
from bench.rig.scratch import scratch_folder
from bench.rig.servers import cpu_s, folder_bytes, servers, table_bytes, wal_bytes
from bench.rig.table import Table
from tests.support.postgres import Cluster

_CLIENTS, _CALLS, _ROUNDS = 32, 600, 7
_SHARE_MIN = {"one server": "1.5", "with a standby": "0.8"}


class _Place(Struct):
    """A log that is measured, the servers behind it, and what was measured of it, round by round."""

    location: str
    clusters: list[Cluster]
    process: ProcessPoolExecutor
    rounds: list[Appended] = []
    servers_cpu_ms: list[float] = []


def run() -> None:
    """Append to all three in turns, and print both tables."""
    with ExitStack() as stack:
        single = stack.enter_context(servers())
        pair = stack.enter_context(servers(standbys=1))
        folder = scratch_folder("database-acks") / "payloads"
        locations: dict[str, tuple[str, list[Cluster]]] = {
            "folder": (str(folder), []),
            "one server": (single[0].url(), single),
            "with a standby": (pair[0].url(), pair),
        }
        places = {
            name: _Place(location, clusters, stack.enter_context(_process()))
            for name, (location, clusters) in locations.items()
        }
        _round(places, 0)  # the first round only warms up
        for place in places.values():
            place.rounds.clear()
            place.servers_cpu_ms.clear()
        before = {name: _bytes(place) for name, place in places.items()}
        for number in range(1, _ROUNDS + 1):
            _round(places, number)
        after = {name: _bytes(place) for name, place in places.items()}
    _show_speed(places)
    table = Table(
        "An append: the captured payload of 12.8 kB; on each server",
        *("log", "cpu of ingress, ms", "cpu of servers, ms", "bytes kept", "bytes of WAL"),
    )
    calls = _ROUNDS * _CALLS
    for name, place in places.items():
        kept, wal = ((now - then) // calls for now, then in zip(after[name], before[name], strict=True))
        cpu_ms = median(each.cpu_ms for each in place.rounds)
        table.add(name, cpu_ms, median(place.servers_cpu_ms), kept, wal)
    table.show()


def _show_speed(places: dict[str, _Place]) -> None:
    table = Table(f"Durable acks per second, {_CLIENTS} clients", "log", "acks/s", "of the folder's", "must")
    for name, place in places.items():
        shares = [one.per_s / other.per_s for one, other in zip(place.rounds, places["folder"].rounds, strict=True)]
        table.add(name, median(each.per_s for each in place.rounds), median(shares), _SHARE_MIN.get(name, ""))
    table.show()


def _process() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(1, mp_context=get_context("spawn"))


def _round(places: dict[str, _Place], number: int) -> None:
    names = [f"conv_{number}_{call:05d}" for call in range(_CALLS)]
    for place in places.values():
        before_s = cpu_s(place.clusters)
        place.rounds.append(place.process.submit(append_all, place.location, names, _CLIENTS).result())
        place.servers_cpu_ms.append((cpu_s(place.clusters) - before_s) / _CALLS * 1000)


def _bytes(place: _Place) -> tuple[int, int]:
    if place.clusters:
        return table_bytes(place.location), wal_bytes(place.location)
    return folder_bytes(Path(place.location)), 0
