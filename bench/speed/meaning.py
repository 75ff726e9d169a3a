"""
What searching by meaning costs: memory, time, what others' greetings wait for it, and when a call can be found by it.

Both ways run side by side on the same calls, and are asked in turns: by words alone, and with meaning. Each question
is new, so that its vector is made. `BENCH_MEANING_MEMORIES=300,10000` sets how many memories callers have. Their
vectors are made first, which takes some minutes for ten thousand.
"""

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median

from msgspec import Struct

from bench.rig.corpus import TURNS, call, caller, conversation_id, words, write_log
from bench.rig.load import client_data, drive, load_generator, request
from bench.rig.resident_memory import memory_of
from bench.rig.scratch import scratch_folder
from bench.rig.table import Table, percentile
from projector.engines.meaning.e5 import E5
from projector.engines.meaning.rows import unpack
from projector.read_model.open import vector_reader
from projector.read_model.tables.engine_tables import VectorTable
from tests.support.samples import AGENT
from tests.support.servers import SEARCH_DATA_KEY, Site

_MEMORIES_PER_CALL = TURNS + 4
_QUESTIONS, _GREETINGS, _SEARCHING, _GREETING = 100, 2000, 16, 4
_MIB = 1024 * 1024
_LOOK_EVERY_S, _PATIENCE_S = 0.005, 3600.0
_LONG_CALL_TURNS, _LONG_CALLS = 20, 5
_MUST_MS = {300: 45, 10_000: 80}


class _Running(Struct):
    way: str
    site: Site
    ingress: int


def run() -> None:
    """Measure both ways, and print a table for each measure."""
    sizes = [int(size) for size in os.environ.get("BENCH_MEANING_MEMORIES", "300").split(",")]
    model = E5()
    with ExitStack() as stack:
        both = [
            stack.enter_context(_site(scratch_folder("meaning"), way, sizes)) for way in ("by words", "with meaning")
        ]
        with_meaning = both[1]
        for who, size in enumerate(sizes):
            _wait_for_vectors(with_meaning.site, model, who, memories=size // _MEMORIES_PER_CALL * _MEMORIES_PER_CALL)
        _show_searches(both, sizes)
        _show_greetings(both)
        _show_memory(both)
        _show_delay(with_meaning.site, model, len(sizes))


@contextmanager
def _site(folder: Path, way: str, sizes: Sequence[int]) -> Iterator[_Running]:
    site = Site(folder, LOG_LEVEL="warning", SEMANTIC_SEARCH="on" if way == "with meaning" else "off")
    write_log(site.payloads, _calls(sizes))
    site.run("projector", "--once")
    with site.projector(), site.ingress() as ingress:
        if way == "with meaning":
            site.wait_until(lambda: site.recent_health()["meaning"]["is_used"], "ingress")
        yield _Running(way, site, ingress.pid)


def _calls(sizes: Sequence[int]) -> Iterator[tuple[str, bytes]]:
    number = 0
    for who, size in enumerate(sizes):
        for _ in range(size // _MEMORIES_PER_CALL):
            yield conversation_id(number), call(number, callers=1, first=who)
            number += 1


def _wait_for_vectors(site: Site, model: E5, who: int, *, memories: int) -> None:
    open_vectors = vector_reader(site.read_model, model.fingerprint).open
    until_s = time.monotonic() + _PATIENCE_S
    while (there := _vectors(open_vectors(), who, model)) < memories:
        assert time.monotonic() < until_s, f"{there} of {memories} memories have vectors"
        time.sleep(_LOOK_EVERY_S)


def _vectors(table: VectorTable | None, who: int, model: E5) -> int:
    return sum(len(row.head.ids) for row in unpack(table.of(caller(who)), model.dimensions)) if table else 0


def _show_searches(both: Sequence[_Running], sizes: Sequence[int]) -> None:
    table = Table("search: time to the answer to a new question, ms", "", "memories", "p50", "p99", "must")
    took: dict[tuple[str, int], list[float]] = {(each.way, size): [] for size in sizes for each in both}
    clients = {each.way: each.site.client() for each in both}
    for number in range(-10, _QUESTIONS):
        for who, size in enumerate(sizes):
            question = {"query": _question(number), "caller_id": caller(who), "agent_id": AGENT}
            for each in both:
                began = time.perf_counter()
                answer = clients[each.way].post(
                    "/webhook/search-data", json=question, headers={"x-api-key": SEARCH_DATA_KEY}
                )
                if number >= 0:  # negative numbers only warm up
                    took[each.way, size].append((time.perf_counter() - began) * 1000)
                assert not answer.raise_for_status().json()["degraded"]
    for client in clients.values():
        client.close()
    for (way, size), times in took.items():
        must = _MUST_MS.get(size, "") if way == "with meaning" else ""
        table.add(way, size, percentile(times, 0.5), percentile(times, 0.99), must)
    table.show()
    late = both[1].site.recent_health()["meaning"]["late"]
    print(f"{late} of {(_QUESTIONS + 10) * len(sizes)} questions were answered by words, as their vector was late.")


def _question(number: int) -> str:
    return f"What did the caller say about {words(10**6 + number, 8)}"


def _show_greetings(both: Sequence[_Running]) -> None:
    table = Table(
        f"greeting: {_GREETING} clients alone, and beside {_SEARCHING} that search, ms",
        *("", "alone p50", "p99", "beside p50", "p99", "ratio of p99", "must"),
    )
    with load_generator() as greeter, load_generator() as searcher:
        for each in both:
            port = each.site.port
            greetings = [client_data(caller(0))] * _GREETINGS
            greeter.submit(drive, port, greetings, _GREETING).result()  # only warms up
            alone = greeter.submit(drive, port, greetings, _GREETING).result().took_s
            searching = searcher.submit(drive, port, [_search(number) for number in range(400)], _SEARCHING)
            beside: list[float] = []
            while not searching.done():
                beside += greeter.submit(drive, port, greetings[:200], _GREETING).result().took_s
            searching.result()
            ms = [percentile(times, share) * 1000 for times in (alone, beside) for share in (0.5, 0.99)]
            table.add(each.way, *ms, ms[3] / ms[1], "1.5")
    table.show()


def _search(number: int) -> bytes:
    body = b'{"query":"%s","caller_id":"%s","agent_id":"%s"}'
    query = _question(10_000 + number).encode(), caller(0).encode(), AGENT.encode()
    return request("POST", "/webhook/search-data", {"x-api-key": SEARCH_DATA_KEY}, body % query)


def _show_memory(both: Sequence[_Running]) -> None:
    by_words, with_meaning = (memory_of(each.ingress).rss / _MIB for each in both)
    table = Table("Memory of ingress, MiB, resident", "by words", "with meaning", "more", "must")
    table.add(by_words, with_meaning, with_meaning - by_words, "110")
    table.show()


def _show_delay(site: Site, model: E5, who: int) -> None:
    took_s = []
    for number in range(_LONG_CALLS):
        body = call(10_000_000 + number, callers=1, first=who, turns=_LONG_CALL_TURNS)
        assert site.post_call(body).status_code == 200
        began = time.perf_counter()
        _wait_for_vectors(site, model, who, memories=(number + 1) * _LONG_CALL_TURNS)
        took_s.append(time.perf_counter() - began)
    table = Table(f"vectors of a call of {_LONG_CALL_TURNS} turns: seconds from the 200", "median", "longest", "must")
    table.add(median(took_s), max(took_s), "5")
    table.show()
