"""
What happens under four times the sustainable load for a minute: what is refused or lost, and how long greetings take.

A bare process that only answers is asked as often as ingress. If its answers become slower too, that is due to the
machine, which all processes share, and whose host may take the processor away for milliseconds.
"""

import asyncio
import multiprocessing
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvloop

from bench.rig.resident_memory import MemoryUse, memory_of, watching
from bench.rig.scratch import scratch_folder
from bench.rig.steady_load import Answers, conversation_id, greetings, offering, sustained, webhooks
from bench.rig.table import Table, percentile
from events.folder_log.log import FolderLog
from events.log.event import Event
from tests.support.servers import Site, free_port, kill_all

_FOR_S = float(os.environ.get("BENCH_OVERLOAD_S", "60"))
_TIMES = 4.0
_CALLERS = 1000
_PROBE_S, _IDLE_S = 10.0, 15.0
# Clients that wait for their answers: they find out how much load can be sustained.
_CLIENTS = 64
_GREETINGS_PER_S = 50.0
_MIB = 1024 * 1024
_ANSWER = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"
_RATIO_MAX = 5.0


def run() -> None:
    """Find the sustainable rate, send four times as much, kill ingress, and print the table."""
    folder = scratch_folder("overload")
    site = Site(folder)
    with _bare() as bare, site.projector() as projector:
        with site.process("ingress") as ingress:
            site.wait_for_ingress(ingress)
            watched = {"ingress": ingress, "projector": projector}
            began_s = time.perf_counter()
            probed = sustained(site.port, webhooks(_CALLERS), clients=_CLIENTS, for_s=_PROBE_S, first=1)
            _wait_until_idle(site)
            # A rate of acknowledged webhooks that the projector cannot keep up with is not sustainable.
            rate = probed.statuses[200] / (time.perf_counter() - began_s)
            idle = _greeted(site.port, bare, _IDLE_S)
            before = {name: memory_of(process.pid) for name, process in watched.items()}
            with watching(watched) as most:
                load, *strained = _overload(site, bare, rate)
            kill_all(ingress)
        with site.ingress():
            pass
    lost = _lost(site, probed, load)
    verified = site.run("events", "verify", check=False)
    _show(rate, probed, load, idle, strained, before, most, lost, verified.returncode)


def _overload(site: Site, bare: int, rate: float) -> list[Answers]:
    with offering(site.port, webhooks(_CALLERS), rate=rate * _TIMES, for_s=_FOR_S, first=10_000_000) as load:
        beside = _greeted(site.port, bare, _FOR_S)
        return [load.recv(), *beside]


def _greeted(port: int, bare: int, for_s: float) -> list[Answers]:
    """Send client-data requests to both ports, and return the results, those of ingress first."""
    with (
        offering(port, greetings(_CALLERS), rate=_GREETINGS_PER_S, for_s=for_s) as asked,
        offering(bare, greetings(_CALLERS), rate=_GREETINGS_PER_S, for_s=for_s) as asked_bare,
    ):
        return [asked.recv(), asked_bare.recv()]


class _Bare(asyncio.Protocol):
    """Sends the same answer to every request."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, _: bytes) -> None:
        self._transport.write(_ANSWER)  # type: ignore[attr-defined] # uvloop's are not subclasses


@contextmanager
def _bare() -> Iterator[int]:
    """Run a process that only answers; yields its port."""
    port = free_port()

    async def serve() -> None:
        server = await asyncio.get_running_loop().create_server(_Bare, "127.0.0.1", port)
        await server.serve_forever()

    process = multiprocessing.get_context("fork").Process(target=lambda: uvloop.run(serve()), daemon=True)
    process.start()
    try:
        yield port
    finally:
        process.kill()
        process.join()


def _wait_until_idle(site: Site) -> None:
    tail = FolderLog(site.payloads).tail()
    assert tail is not None
    site.wait_until_folded(tail.position, patience_s=600)


def _lost(site: Site, *loads: Answers) -> int:
    events = FolderLog(site.payloads).read()
    there = {event.receipt.conversation_id for event in events if isinstance(event, Event)}
    return sum(conversation_id(number) not in there for load in loads for number in load.acknowledged)


def _show(
    rate: float,
    probed: Answers,
    load: Answers,
    idle: list[Answers],
    strained: list[Answers],
    before: dict[str, MemoryUse],
    most: dict[str, MemoryUse],
    lost: int,
    verified: int,
) -> None:
    offered = sum(load.statuses.values()) + load.late
    table = Table(f"Overload: {_TIMES:.0f} x the sustainable rate for {_FOR_S:.0f} s", "", "figure", "must")
    table.add(f"acknowledged/s before it, {_CLIENTS} clients", probed.statuses[200] / probed.took_s, "")
    table.add("sustained: acknowledged and remembered/s", rate, "")
    table.add("offered/s", offered / _FOR_S, f"{_TIMES * rate:,.0f}")
    table.add("acknowledged/s", load.statuses[200] / load.took_s, "")
    table.add("refused with 503, share", load.statuses[503] / offered, "")
    table.add("answered otherwise or never", offered - load.statuses[200] - load.statuses[503], "0")
    for status, name in ((200, "acknowledged"), (503, "refused")):
        for share in (0.5, 0.99):
            table.add(f"{name}, p{share * 100:.0f}, ms", _ms(load.taken_s.get(status, [0.0]), share), "")
    for name, calm, loaded, must in zip(
        ("client-data", "a bare answer"), idle, strained, (f"{_RATIO_MAX:.0f}", ""), strict=True
    ):
        calm_ms, loaded_ms = _ms(calm.taken_s[200], 0.99), _ms(loaded.taken_s[200], 0.99)
        table.add(f"{name} p99, idle, ms", calm_ms, "")
        table.add(f"{name} p99, under load, ms", loaded_ms, "")
        table.add(f"{name} p99, ratio", loaded_ms / calm_ms, must)
    table.add("client-data not answered 200", sum(strained[0].statuses.values()) - strained[0].statuses[200], "0")
    for name, held in before.items():
        table.add(f"{name}, RSS idle, MiB", held.rss / _MIB, "")
        table.add(f"{name}, RSS at most, MiB", most[name].rss / _MIB, "bounded")
    table.add("acknowledged, but lost after kill -9", lost, "0")
    table.add("`events verify` ends with", verified, "0")
    table.show()


def _ms(values: list[float], share: float) -> float:
    return percentile(values, share) * 1000
