"""
How long a greeting at the start of a call takes, compared with the same question for a caller who is not known.

The unknown caller is the limit: all that a request costs by itself, and a look that finds nothing.
"""

import random
from pathlib import Path

from bench.rig.corpus import call, caller, conversation_id, write_log
from bench.rig.load import client_data, drive, load_generator
from bench.rig.scratch import scratch_folder
from bench.rig.table import Table, percentile
from tests.support.servers import Site

_CALLERS = 10_000
_CLIENTS = 16
_ROUNDS = 7
_QUESTIONS = 1000


def run() -> None:
    """Measure both in alternating rounds, and print their percentiles."""
    title = f"Greeting: client-data, {_CLIENTS} clients, {_CALLERS:,} callers, ms"
    table = Table(title, "percentile", "client-data", "unknown caller", "ratio", "must", "aim")
    folder = scratch_folder("greeting")
    greetings, unknown = _measured(folder)
    for share, must, aim in ((0.5, "-", "-"), (0.99, "3", "1.5")):
        greeting, limit = (percentile(taken, share) for taken in (greetings, unknown))
        table.add(f"p{share * 100:.0f}", greeting * 1000, limit * 1000, greeting / limit, must, aim)
    table.show()


def _measured(folder: Path) -> tuple[list[float], list[float]]:
    site = Site(folder)
    calls = range(_CALLERS)
    write_log(site.payloads, ((conversation_id(n), call(n, callers=_CALLERS, turns=2)) for n in calls))
    site.run("projector", "--once")
    dice = random.Random(4)
    greetings: list[float] = []
    unknown: list[float] = []
    with site.ingress(), load_generator() as load:
        for round_ in range(_ROUNDS + 1):
            asked = [client_data(caller(dice.randrange(_CALLERS))) for _ in range(_QUESTIONS)]
            strangers = [client_data(caller(_CALLERS + dice.randrange(_CALLERS))) for _ in range(_QUESTIONS)]
            for requests, answers in ((asked, greetings), (strangers, unknown)):
                done = load.submit(drive, site.port, requests, _CLIENTS).result()
                if round_:  # the first round only warms up
                    answers.extend(done.took_s)
    return greetings, unknown
