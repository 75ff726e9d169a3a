"""
How long a search takes, by the number of memories of the caller, and of all callers.

Asked through the webhook. The limit is a search on the same server for an unknown caller: it does everything but the
ranking.
"""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx

from bench.rig import corpus
from bench.rig.scratch import scratch_folder
from bench.rig.table import Table, percentile
from tests.support.samples import AGENT
from tests.support.servers import SEARCH_DATA_KEY, Site

_ROUNDS = 400
# One call of the corpus makes twelve memories: its turns, the first turn, the summary and the two collected values.
_MEMORIES_PER_CALL = corpus.TURNS + 4
_CALLS_OF_OTHERS = 5
_STORES = (10_000, 300_000)
_PASTS = (300, 10_000)
_STRANGER = "+12029999999"
_GROWTH_MAX, _GROWTH_AIM = 1.3, 1.05


def run() -> None:
    """Search stores of several sizes, and print the table."""
    with ExitStack() as stack:
        folder = scratch_folder("searching")
        times = _ask_in_turns({store: stack.enter_context(_site(folder / str(store), store)) for store in _STORES})
    table = Table(
        "search: time to the answer, ms",
        *("caller's memories", "of all", "p50", "p99", "stranger p50", "ratio", "growth of p50", "must", "aim"),
    )
    for past in _PASTS:
        small_p50 = percentile(times[_STORES[0], past], 0.5)
        for store in _STORES:
            mine, strangers = times[store, past], times[store, 0]
            p50, limit = percentile(mine, 0.5), percentile(strangers, 0.5)
            growth = (p50 / small_p50, _GROWTH_MAX, _GROWTH_AIM) if store != _STORES[0] else ("", "", "")
            table.add(past, store, p50, percentile(mine, 0.99), limit, p50 / limit, *growth)
    table.show()


def _caller(past: int) -> str:
    return corpus.caller(_PASTS.index(past))


@contextmanager
def _site(folder: Path, memories: int) -> Iterator[Site]:
    """Run ingress on a store of so many memories, including those of the two callers that are searched."""
    folder.mkdir()
    site = Site(folder, LOG_LEVEL="error")
    corpus.write_log(site.payloads, _calls(memories))
    site.run("projector", "--once")
    with site.ingress():
        yield site


def _calls(memories: int) -> Iterator[tuple[str, bytes]]:
    number = 0
    for which, past in enumerate(_PASTS):
        for _ in range(past // _MEMORIES_PER_CALL):
            yield corpus.conversation_id(number), corpus.call(number, callers=1, first=which)
            number += 1
    others = (memories - sum(_PASTS)) // _MEMORIES_PER_CALL
    for _ in range(others):
        of = len(_PASTS) + number // _CALLS_OF_OTHERS
        yield corpus.conversation_id(number), corpus.call(number, callers=1, first=of)
        number += 1


def _ask_in_turns(sites: dict[int, Site]) -> dict[tuple[int, int], list[float]]:
    """Return milliseconds by store size and by memories of the caller, 0 for a stranger. Each round asks for all."""
    times: dict[tuple[int, int], list[float]] = {(store, past): [] for store in sites for past in (0, *_PASTS)}
    clients = {store: site.client() for store, site in sites.items()}
    for number in range(-20, _ROUNDS):
        query = f"What did the caller say about {corpus.words(10**6 + number, 8)}"
        for (store, past), kept in times.items():
            took_ms = _ask(clients[store], query, _caller(past) if past else _STRANGER)
            if number >= 0:  # negative numbers only warm up
                kept.append(took_ms)
    for client in clients.values():
        client.close()
    return times


def _ask(client: httpx.Client, query: str, caller: str) -> float:
    question = {"query": query, "caller_id": caller, "agent_id": AGENT}
    began = time.perf_counter()
    answer = client.post("/webhook/search-data", json=question, headers={"x-api-key": SEARCH_DATA_KEY})
    took_ms = (time.perf_counter() - began) * 1000
    assert not answer.raise_for_status().json()["degraded"]
    return took_ms
