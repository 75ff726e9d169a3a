"""
What one more call costs by how many its caller has made: until readers see its memories, and processor time.

Once where models stated nothing of the calls before, and once where they stated five things of each.

Each size is a site of its own; all of them run, and take one call each in turns, so that other work on the machine
slows them alike. `BENCH_HISTORY_CALLS=10,1000,5000` sets the sizes.
"""

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median

import msgspec
import psutil
from msgspec import Struct

from bench.rig.corpus import call, caller, conversation_id, write_log
from bench.rig.scratch import scratch_folder
from bench.rig.table import Table, percentile
from projector.read_model.generations import LiveReader
from projector.read_model.open import open_live_reader
from tests.support.extractions import statement
from tests.support.servers import Site

_ROUNDS, _WARM_ROUNDS, _PAUSE_S = 100, 5, 0.1
_LOOK_EVERY_S, _PATIENCE_S = 0.001, 60.0
_GROWTH_MUST = 1.5
# Statements of each call before, the sizes, and how much more the greatest may take.
_STATED, _STATED_CALLS, _STATED_GROWTH_MUST = 5, (10, 1000), 1.3


class Running(Struct):
    """A site whose one caller has made `calls` calls, and what its further calls cost so far."""

    site: Site
    reader: LiveReader
    projector: psutil.Process
    ingress: psutil.Process
    calls: int
    took_ms: list[float]
    projector_ms: list[float]
    ingress_ms: list[float]


def run() -> None:
    """Post calls in turns, and print both tables."""
    sizes = [int(size) for size in os.environ.get("BENCH_HISTORY_CALLS", "10,1000,5000").split(",")]
    _measure(sizes, "", 0, _GROWTH_MUST)
    _measure(_STATED_CALLS, f", where models stated {_STATED} things of each", _STATED, _STATED_GROWTH_MUST)


def _measure(sizes: Sequence[int], stated_words: str, stated: int, growth_must: float) -> None:
    folder = scratch_folder("history")
    with ExitStack() as stack:
        running = [stack.enter_context(_site(folder / str(size), size, stated)) for size in sizes]
        for number in range(-_WARM_ROUNDS, _ROUNDS):
            for each in running:
                _post(each, is_counted=number >= 0)
            time.sleep(_PAUSE_S)
    table = Table(
        f"One more call of a caller{stated_words}: ms from the 200 until readers see it, and ms of processor time",
        *("calls before", "p50", "p99", "growth of p50", "projector", "growth", "must", "ingress"),
    )
    first = running[0]
    for size, each in zip(sizes, running, strict=True):
        p50, cpu_ms = median(each.took_ms), sum(each.projector_ms) / _ROUNDS
        growth, cpu_growth = p50 / median(first.took_ms), cpu_ms / (sum(first.projector_ms) / _ROUNDS)
        p99, ingress_ms = percentile(each.took_ms, 0.99), sum(each.ingress_ms) / _ROUNDS
        table.add(f"{size:,}", p50, p99, growth, cpu_ms, cpu_growth, growth_must, ingress_ms)
    table.show()


@contextmanager
def _site(folder: Path, size: int, stated: int) -> Iterator[Running]:
    """Run both processes on a log of so many calls, all of one caller, and of so many statements of each."""
    folder.mkdir()
    site = Site(folder, LOG_LEVEL="warning")
    write_log(site.payloads, ((conversation_id(number), call(number, callers=1)) for number in range(size)))
    if stated:
        answers = folder / "answers.jsonl"
        answers.write_bytes(b"\n".join(_answer(number, stated) for number in range(size)))
        site.run("events", "import-extractions", str(answers))
    site.run("projector", "--once")
    reader = open_live_reader(site.read_model)
    with site.ingress() as ingress, site.projector() as projector:
        yield Running(site, reader, psutil.Process(projector.pid), psutil.Process(ingress.pid), size, [], [], [])
    reader.close()


def _answer(number: int, stated: int) -> bytes:
    """Return what a model would state of the first turns of a call, as a line for the import."""
    turns = msgspec.json.decode(call(number, callers=1))["data"]["transcript"]
    said = [(index, turn["message"]) for index, turn in enumerate(turns) if turn["role"] == "user"]
    statements = [
        statement("I like tea.", index, quote=words, value=words.strip("."), content=f"The caller likes {words}")
        for index, words in said[:stated]
    ]
    return msgspec.json.encode(
        {
            "conversation_id": conversation_id(number),
            "prompt_version": 1,
            "provider": "bench",
            "model": "bench",
            "completed_at": 1,
            "answer": {"memories": statements},
        }
    )


def _post(running: Running, *, is_counted: bool) -> None:
    """Post the next call, wait until readers see it, and note what it cost."""
    projector_s, ingress_s = _cpu_s(running.projector), _cpu_s(running.ingress)
    answer = running.site.post_call(call(running.calls, callers=1))
    assert answer.status_code == 200, answer.text
    running.calls += 1
    began = time.perf_counter()
    while _seen(running.reader) < running.calls:
        assert time.perf_counter() < began + _PATIENCE_S
        time.sleep(_LOOK_EVERY_S)
    took_s = time.perf_counter() - began
    time.sleep(_PAUSE_S)  # what follows the commit is part of the cost
    if is_counted:
        running.took_ms.append(took_s * 1000)
        running.projector_ms.append((_cpu_s(running.projector) - projector_s) * 1000)
        running.ingress_ms.append((_cpu_s(running.ingress) - ingress_s) * 1000)


def _seen(reader: LiveReader) -> int:
    view = reader.open().view(caller(0))
    return view.call_count if view else 0


def _cpu_s(process: psutil.Process) -> float:
    times = [each.cpu_times() for each in (process, *process.children(recursive=True))]
    return sum(time.user + time.system for time in times)
