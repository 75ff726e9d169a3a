"""Four times what can be sustained, for a minute: what is refused, what is lost, and how callers are greeted."""

import os

from bench.holding import Held, held_by, watching
from bench.offering import Answers, conversation_id, greetings, offering, sustained, webhooks
from bench.scratch import scratch_folder
from bench.table import Table, percentile
from events.event import Event
from events.log import PayloadLog
from tests.e2e.servers import Site, kill_all

_FOR_S = float(os.environ.get("BENCH_OVERLOAD_S", "60"))
_TIMES = 4.0
_CALLERS = 1000
_PROBE_S, _IDLE_S = 10.0, 15.0
# Who wait for their answers, to learn how much can be sustained.
_CLIENTS = 64
_GREETINGS_PER_S = 50.0
_MIB = 1024 * 1024
_RATIO_MAX = 5.0


def run() -> None:
    """Print the table."""
    folder = scratch_folder("overload")
    site = Site(folder)
    with site.projector() as projector:
        with site.process("ingress") as ingress:
            site.wait_for_ingress(ingress)
            watched = {"ingress": ingress, "projector": projector}
            probed = sustained(site.port, webhooks(_CALLERS), clients=_CLIENTS, for_s=_PROBE_S, first=1)
            rate = probed.statuses[200] / probed.took_s
            _wait_until_idle(site)
            with offering(site.port, greetings(_CALLERS), rate=_GREETINGS_PER_S, for_s=_IDLE_S) as asked:
                idle: Answers = asked.recv()
            before = {name: held_by(process.pid) for name, process in watched.items()}
            with watching(watched) as most:
                load, beside = _overload(site, rate)
            kill_all(ingress)
        with site.ingress():
            pass
    lost = _lost(site, probed, load)
    verified = site.run("events", "verify", check=False)
    _show(rate, load, idle, beside, before, most, lost, verified.returncode)


def _overload(site: Site, rate: float) -> tuple[Answers, Answers]:
    with (
        offering(site.port, webhooks(_CALLERS), rate=rate * _TIMES, for_s=_FOR_S, first=10_000_000) as load,
        offering(site.port, greetings(_CALLERS), rate=_GREETINGS_PER_S, for_s=_FOR_S) as asked,
    ):
        return load.recv(), asked.recv()


def _wait_until_idle(site: Site) -> None:
    tail = PayloadLog(site.payloads).tail()
    assert tail is not None
    site.wait_until_folded(tail.position, patience_s=600)


def _lost(site: Site, *loads: Answers) -> int:
    events = PayloadLog(site.payloads).read()
    there = {event.receipt.conversation_id for event in events if isinstance(event, Event)}
    return sum(conversation_id(number) not in there for load in loads for number in load.acknowledged)


def _show(
    rate: float,
    load: Answers,
    idle: Answers,
    beside: Answers,
    before: dict[str, Held],
    most: dict[str, Held],
    lost: int,
    verified: int,
) -> None:
    offered = sum(load.statuses.values()) + load.late
    table = Table(f"Overload: {_TIMES:.0f} x the sustainable rate for {_FOR_S:.0f} s", "", "figure", "must")
    table.add(f"sustained before it, {_CLIENTS} clients, webhooks/s", rate, "")
    table.add("offered/s", offered / _FOR_S, f"{_TIMES * rate:,.0f}")
    table.add("acknowledged/s", load.statuses[200] / load.took_s, "")
    table.add("refused with 503, share", load.statuses[503] / offered, "")
    table.add("answered otherwise or never", offered - load.statuses[200] - load.statuses[503], "0")
    for status, name in ((200, "acknowledged"), (503, "refused")):
        for share in (0.5, 0.99):
            table.add(f"{name}, p{share * 100:.0f}, ms", _ms(load.taken_s.get(status, [0.0]), share), "")
    calm, strained = _ms(idle.taken_s[200], 0.99), _ms(beside.taken_s[200], 0.99)
    table.add("client-data p99, idle, ms", calm, "")
    table.add("client-data p99, under load, ms", strained, "")
    table.add("client-data p99, ratio", strained / calm, f"{_RATIO_MAX:.0f}")
    table.add("client-data not answered 200", sum(beside.statuses.values()) - beside.statuses[200], "0")
    for name, held in before.items():
        table.add(f"{name}, RSS idle, MiB", held.rss / _MIB, "")
        table.add(f"{name}, RSS at most, MiB", most[name].rss / _MIB, "bounded")
    table.add("acknowledged, but lost after kill -9", lost, "0")
    table.add("`events verify` ends with", verified, "0")
    table.show()


def _ms(values: list[float], share: float) -> float:
    return percentile(values, share) * 1000
