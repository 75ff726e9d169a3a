"""What requests without any secret cost, of each kind, and how long greetings take beside all kinds of them."""

import os
import time

import psutil

from bench.rig.corpus import call, conversation_id, write_log
from bench.rig.scratch import scratch_folder
from bench.rig.steady_load import greetings, offering, sustained
from bench.rig.strangers import kinds
from bench.rig.table import Table, percentile
from tests.support.servers import Site

_CALLERS = 1000
_CLIENTS = 8
_KIND_S = float(os.environ.get("BENCH_STRANGERS_KIND_S", "0.5"))
_FOR_S = float(os.environ.get("BENCH_STRANGERS_S", "20"))
_ROUNDS = 3
_STRANGERS_PER_S, _GREETINGS_PER_S = 200.0, 50.0
_COST_MAX_MS, _RATIO_MAX = "0.3", "2"


def run() -> None:
    """Measure the cost of each kind, then the greetings in alternating rounds, and print both tables."""
    site = Site(scratch_folder("strangers"), ADMIN_KEY="key-admin-of-the-bench")
    write_log(site.payloads, ((conversation_id(n), call(n, callers=_CALLERS, turns=2)) for n in range(_CALLERS)))
    site.run("projector", "--once")
    with site.ingress() as ingress:
        process = psutil.Process(ingress.pid)
        costs = Table(
            f"Strangers: processor time of a request, the least of {_ROUNDS} rounds, ms",
            "kind",
            "status",
            "ms",
            "must be below",
        )
        rounds = [
            {name: _cost(process, site.port, request) for name, request in kinds().items()} for _ in range(_ROUNDS)
        ]
        for name in rounds[0]:
            # What shares the processor's caches with ingress makes it seem slower, and nothing makes it seem faster.
            status, cost_s = min(taken[name] for taken in rounds)
            costs.add(name, str(status), cost_s * 1000, _COST_MAX_MS)
        costs.show()
        _greetings(site.port).show()


def _cost(process: psutil.Process, port: int, request: bytes) -> tuple[int, float]:
    sustained(port, lambda _: request, clients=_CLIENTS, for_s=0.1)  # warms up
    before_s = _spent_s(process)
    answers = sustained(port, lambda _: request, clients=_CLIENTS, for_s=_KIND_S)
    spent_s = _spent_s(process) - before_s
    ((status, answered), *others) = answers.statuses.most_common()
    assert not any(times for _, times in others), f"not all answers are alike: {answers.statuses}"
    return status, spent_s / answered


def _spent_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


def _greetings(port: int) -> Table:
    idle: list[float] = []
    beside: list[float] = []
    for _ in range(_ROUNDS):
        idle += _taken_s(port)
        sent = list(kinds().values())
        with offering(port, lambda number: sent[number % len(sent)], rate=_STRANGERS_PER_S, for_s=_FOR_S) as strangers:  # noqa: B023
            time.sleep(0.5)
            beside += _taken_s(port, for_s=_FOR_S - 1)
            answers = strangers.recv()
        assert not answers.statuses[0], answers.statuses
    title = f"Greetings beside {_STRANGERS_PER_S:.0f} requests a second of every such kind, ms"
    table = Table(title, "percentile", "idle", "beside", "ratio", "must")
    for share, must in ((0.5, ""), (0.99, _RATIO_MAX)):
        calm, strained = percentile(idle, share) * 1000, percentile(beside, share) * 1000
        table.add(f"p{share * 100:.0f}", calm, strained, strained / calm, must)
    return table


def _taken_s(port: int, *, for_s: float = _FOR_S) -> list[float]:
    with offering(port, greetings(_CALLERS), rate=_GREETINGS_PER_S, for_s=for_s) as asked:
        answers = asked.recv()
    assert set(answers.statuses) <= {200, 0}, answers.statuses
    return list(answers.taken_s[200])
