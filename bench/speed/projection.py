"""
How long after the 200 of a webhook a search finds its memory: on an idle system, and at 50 calls/s.

The bare loop to compare with: one process writes a line; inotify wakes another, which reads the file of a webhook and
commits one row to SQLite; the first process reads the row.
"""

import ctypes
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from multiprocessing import get_context
from pathlib import Path

import httpx

from bench.rig.corpus import call, caller, conversation_id, write_log
from bench.rig.scratch import scratch_folder
from bench.rig.table import Table, percentile
from tests.support.servers import SEARCH_DATA_KEY, Site

_CALLERS, _CALLS_BEFORE = 1000, 10_000
_CALLS_PER_S, _BUSY_S = 50, 30
_PROBES, _PAUSE_S = 100, 0.05
# At 50 calls/s only every fourth call is searched for, because each search adds load.
_PROBED_OF = 4
_LOOK_EVERY_S, _BARE_LOOK_EVERY_S = 0.002, 0.0005
_PATIENCE_S = 30.0
_MUST_MS, _AIM_MS = 1500, 200
_IN_MODIFY = 2  # Source: inotify(7)


def run() -> None:
    """Post calls, search for their memories, and print how long it took to find them."""
    table = Table(
        f"Projection, live: ms from the 200 until search finds it; {_CALLS_BEFORE:,} calls before",
        *("", "p50", "p99", "bare p50", "bare p99", "p99 ratio", "p99 must reach", "aim"),
    )
    folder = scratch_folder("projection")
    site = Site(folder, LOG_LEVEL="warning")
    calls = ((conversation_id(number), call(number, callers=_CALLERS)) for number in range(_CALLS_BEFORE))
    write_log(site.payloads, calls)
    site.run("projector", "--once")
    numbers = iter(range(_CALLS_BEFORE, 10**6))
    with site.ingress(), site.projector(), site.client() as client, _bare_projector(folder) as bare_s:
        for _ in range(3):
            _found_after_s(site, client, next(numbers))
        idle, bare = list[float](), list[float]()
        for _ in range(_PROBES):
            idle.append(_found_after_s(site, client, next(numbers)))
            bare.append(bare_s())
            time.sleep(_PAUSE_S)
        _add(table, "idle", idle, bare)
        bare = []
        busy = _busy(site, client, numbers, meanwhile=lambda: bare.append(bare_s()))
        _add(table, f"{_CALLS_PER_S} calls/s", busy, bare)
    table.show()


def _add(table: Table, name: str, ours_s: list[float], bare_s: list[float]) -> None:
    ours, bare = ([1000 * percentile(values, 0.5), 1000 * percentile(values, 0.99)] for values in (ours_s, bare_s))
    table.add(name, *ours, *bare, ours[1] / bare[1], _MUST_MS, _AIM_MS)


def _busy(site: Site, client: httpx.Client, numbers: Iterator[int], *, meanwhile: Callable[[], None]) -> list[float]:
    """Post calls at an even rate, and return the seconds until each call that was searched for was found."""
    found, threads = list[float](), list[threading.Thread]()
    begin = time.monotonic()

    def look(number: int, since: float) -> None:
        found.append(_look(client, number, since))

    for at in range(_CALLS_PER_S * _BUSY_S):
        time.sleep(max(0.0, begin + at / _CALLS_PER_S - time.monotonic()))
        number = next(numbers)
        _post(site, client, number)
        if at % _PROBED_OF == 0:
            threads.append(threading.Thread(target=look, args=(number, time.monotonic())))
            threads[-1].start()
        elif at % _PROBED_OF == _PROBED_OF // 2:
            meanwhile()
    for thread in threads:
        thread.join()
    assert len(found) == len(threads)
    return found


def _found_after_s(site: Site, client: httpx.Client, number: int) -> float:
    _post(site, client, number)
    return _look(client, number, time.monotonic())


def _post(site: Site, client: httpx.Client, number: int) -> None:
    body = call(number, callers=_CALLERS).replace(b"I am calling", b"This is reference%d, I am calling" % number)
    answer = site.post_call(body, client=client)
    assert answer.status_code == 200, answer.text


def _look(client: httpx.Client, number: int, since: float) -> float:
    """Search for a word that only one call holds until it is found, and return the seconds since `since`."""
    question = {"caller_id": caller(number % _CALLERS), "query": f"reference{number}", "limit": 5}
    while time.monotonic() < since + _PATIENCE_S:
        answer = client.post("/webhook/search-data", json=question, headers={"x-api-key": SEARCH_DATA_KEY})
        if conversation_id(number) in answer.text:
            return time.monotonic() - since
        time.sleep(_LOOK_EVERY_S)
    raise AssertionError(f"{conversation_id(number)} is not found")


@contextmanager
def _bare_projector(folder: Path) -> Iterator[Callable[[], float]]:
    """Run a bare projector. Yields a function that gives it a webhook, and returns the seconds until its row exists."""
    journal, database, body = folder / "bare.journal", folder / "bare.sqlite", call(0, callers=1)
    journal.touch()
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE bodies (path TEXT PRIMARY KEY, body BLOB)")
        written = 0

        def once() -> float:
            nonlocal written
            written += 1
            path = folder / f"bare-{written}.json"
            path.write_bytes(body)
            with journal.open("a") as file:
                file.write(f"{path}\n")
            begin = time.monotonic()
            while not connection.execute("SELECT 1 FROM bodies WHERE path = ?", (str(path),)).fetchone():
                time.sleep(_BARE_LOOK_EVERY_S)
            return time.monotonic() - begin

        process = get_context("spawn").Process(target=_project_barely, args=(journal, database), daemon=True)
        process.start()
        try:
            once()
            yield once
        finally:
            process.terminate()
            process.join()


def _project_barely(journal: Path, database: Path) -> None:
    libc = ctypes.CDLL(None)
    inotify = libc.inotify_init1(0)
    libc.inotify_add_watch(inotify, os.fsencode(journal), _IN_MODIFY)
    with closing(sqlite3.connect(database, isolation_level=None)) as connection, journal.open() as lines:
        connection.execute("PRAGMA synchronous = NORMAL")
        while True:
            for line in lines:
                path = line.rstrip("\n")
                connection.execute("INSERT INTO bodies VALUES (?, ?)", (path, Path(path).read_bytes()))
            os.read(inotify, 4096)
