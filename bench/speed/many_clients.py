"""How many webhooks of many clients are durable per second, compared with a bare writer that also shares fsyncs."""

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

import psutil
from msgspec import Struct

from bench.rig.bare_append import BareWriter
from bench.rig.load import captured, drive, load_generator, post_call
from bench.rig.scratch import scratch_folder
from bench.rig.table import Table
from tests.support.servers import Site

# Many short rounds, ours and the bare writer's in turns: other work on the machine then slows both alike.
_CALLS = 300
_ROUNDS = 7


class Rate(Struct):
    """The result of a round: calls per second, and the processor time of the writer and of the client, ms per call."""

    per_s: float
    writer_cpu_ms: float
    client_cpu_ms: float = 0.0


def run() -> None:
    """Print the rates for few and many clients, one worker and two."""
    table = Table(
        "Durable acks per second: the captured payload; processor time (2 cores: 2 ms each ms) in ms per ack",
        *("workers, clients", "acks/s", "bare", "ratio", "must", "aim", "server cpu", "load's cpu", "bare cpu"),
    )
    for workers in (1, 2):
        for clients in (32, 100):
            folder = scratch_folder("acks")
            ours, bare = _measured(folder, workers, clients)
            per_s, bare_per_s = median(rate.per_s for rate in ours), median(rate.per_s for rate in bare)
            ratio = median(one.per_s / other.per_s for one, other in zip(ours, bare, strict=True))
            table.add(
                *(f"{workers}, {clients}", per_s, bare_per_s, ratio, "0.4", "0.8"),
                *(median(rate.writer_cpu_ms for rate in ours), median(rate.client_cpu_ms for rate in ours)),
                median(rate.writer_cpu_ms for rate in bare),
            )
    table.show()


def _measured(folder: Path, workers: int, clients: int) -> tuple[list[Rate], list[Rate]]:
    site = Site(folder, INGRESS_WORKERS=str(workers))
    ours, bare = [], []
    with (
        site.ingress() as process,
        load_generator() as load,
        ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as writers,
    ):
        for round_ in range(_ROUNDS + 1):
            names = [f"conv_{round_}_{number:05d}" for number in range(_CALLS)]
            requests = [post_call(captured(name)) for name in names]
            before = _cpu_s(process.pid)
            done = load.submit(drive, site.port, requests, clients).result()
            cpu_s = _cpu_s(process.pid) - before
            ours.append(Rate(_CALLS / done.wall_s, cpu_s / _CALLS * 1000, done.cpu_s / _CALLS * 1000))
            bare.append(_bare(writers, folder / "bare", names, workers, clients))
    return ours[1:], bare[1:]  # the first round only warms up


def _bare(processes: ProcessPoolExecutor, folder: Path, names: list[str], workers: int, clients: int) -> Rate:
    shares = [names[number::workers] for number in range(workers)]
    rounds = list(processes.map(_write, [folder] * workers, shares, [clients // workers] * workers))
    wall_s = max(ended for _, ended, _ in rounds) - min(began for began, _, _ in rounds)
    return Rate(len(names) / wall_s, sum(cpu_s for _, _, cpu_s in rounds) / len(names) * 1000)


def _write(folder: Path, names: Sequence[str], threads: int) -> tuple[float, float, float]:
    """Write bodies from several threads; return when that began and ended, and its processor time."""
    writer = BareWriter(folder)
    bodies = [captured(name) for name in names]
    with ThreadPoolExecutor(threads) as pool:
        began, cpu_began = perf_counter(), process_time()
        list(pool.map(writer.append, names, bodies))
        return began, perf_counter(), process_time() - cpu_began


def _cpu_s(pid: int) -> float:
    process = psutil.Process(pid)
    times = [each.cpu_times() for each in (process, *process.children(recursive=True))]
    return sum(time.user + time.system for time in times)
