"""
How long it takes to forget a caller with many calls, and how long others wait for their own calls meanwhile.

The name is unknown to a greeting as soon as the request is projected. What the calls left is removed after that, while
calls of others are posted and searched for. Each erasure stands beside the same on an idle system, and beside the bare
removal of as many folders.
"""

import os
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx

from bench.rig.corpus import call, caller, conversation_id, lengthen, write_log
from bench.rig.scratch import scratch_folder
from bench.rig.table import Table, percentile
from tests.support.servers import CLIENT_DATA_KEY, SEARCH_DATA_KEY, Site

_ERASED = tuple(int(count) for count in os.environ.get("BENCH_ERASURE_CALLS", "3000,10000").split(","))
# Events of other kinds, which make the journal long.
_JOURNAL = int(os.environ.get("BENCH_ERASURE_JOURNAL", "500000"))
_CALLERS, _CALLS = 1000, int(os.environ.get("BENCH_ERASURE_OTHERS", "10000"))
_WHO = 5000
_PROBES, _PAUSE_S, _LOOK_EVERY_S = 100, 0.05, 0.002
_PATIENCE_S = 300.0
_ADMIN_KEY = "key-admin"
_MUST_S, _MUST_RATIO = 30.0, 1.5


def run() -> None:
    """Forget one caller after the other, and print how long that took, and others meanwhile."""
    table = Table(
        f"Erasure of one caller; {_CALLS:,} calls of {_CALLERS:,} others, {_JOURNAL:,} events in the journal",
        *("calls erased", "name gone, ms", "all gone, s", "must, s", "bare, s"),
        *("others idle p50, ms", "p99", "meanwhile p50, ms", "p99", "longest", "p50 ratio", "must"),
    )
    for number, calls in enumerate(_ERASED):
        table.add(f"{calls:,}", *_measured(scratch_folder(f"erasure-{number}"), calls))
    table.show()


def _measured(folder: Path, calls: int) -> Iterator[float | str]:
    site = Site(folder, LOG_LEVEL="info", ADMIN_KEY=_ADMIN_KEY)
    others = ((conversation_id(number), call(number, callers=_CALLERS)) for number in range(_CALLS))
    theirs = (
        (conversation_id(number), call(number, callers=1, first=_WHO)) for number in range(_CALLS, _CALLS + calls)
    )
    write_log(site.payloads, (one for some in (others, theirs) for one in some))
    lengthen(site.payloads, to=_JOURNAL)
    site.run("projector", "--once")
    bare_s = _removed_after_s(site.payloads, folder / "bare", calls)
    numbers = iter(range(_CALLS * 10, _CALLS * 100))
    idle, meanwhile = list[float](), list[float]()
    with site.ingress(), site.projector(), site.client() as client:
        for _ in range(3):
            _found_after_s(site, client, next(numbers))
        for _ in range(_PROBES):
            idle.append(_found_after_s(site, client, next(numbers)))
            time.sleep(_PAUSE_S)
        with _Forgetting(site) as forgetting:
            while not forgetting.has_ended():
                meanwhile.append(_found_after_s(site, client, next(numbers)))
                time.sleep(_PAUSE_S)
    yield from (forgetting.unknown_s * 1000, forgetting.finished_s, _MUST_S, bare_s)
    yield from (1000 * percentile(idle, share) for share in (0.5, 0.99))
    yield from (1000 * percentile(meanwhile, share) for share in (0.5, 0.99, 1.0))
    yield from (percentile(meanwhile, 0.5) / percentile(idle, 0.5), _MUST_RATIO)


class _Forgetting:
    """Asks for an erasure, and looks in a thread of its own until the name, and then all else, is gone."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._thread = threading.Thread(target=self._run)
        self._error: Exception | None = None
        self.unknown_s = self.finished_s = 0.0

    def __enter__(self) -> "_Forgetting":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.join()
        if self._error is not None:
            raise self._error

    def has_ended(self) -> bool:
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            self._forget()
        except Exception as error:  # noqa: BLE001 - raised at the end of the block
            self._error = error

    def _forget(self) -> None:
        begin_s = time.monotonic()
        with self._site.client() as client:
            asking = threading.Thread(
                target=self._site.request,
                args=("DELETE", f"/callers/{caller(_WHO)}"),
                kwargs={"headers": {"x-api-key": _ADMIN_KEY}},
            )
            asking.start()
            while _knows(client):
                assert time.monotonic() < begin_s + _PATIENCE_S, "the caller is still known"
                time.sleep(_LOOK_EVERY_S)
            self.unknown_s = time.monotonic() - begin_s
            asking.join()
            while "erasures_finished" not in self._site.log("projector"):
                assert time.monotonic() < begin_s + _PATIENCE_S, "the request is not finished"
                time.sleep(0.1)
            self.finished_s = time.monotonic() - begin_s


def _knows(client: httpx.Client) -> bool:
    answer = client.post(
        "/webhook/client-data", json={"caller_id": caller(_WHO)}, headers={"x-api-key": CLIENT_DATA_KEY}
    )
    return f"Caller {_WHO}" in answer.text


def _found_after_s(site: Site, client: httpx.Client, number: int) -> float:
    body = call(number, callers=_CALLERS).replace(b"I am calling", b"This is reference%d, I am calling" % number)
    answer = site.post_call(body, client=client)
    assert answer.status_code == 200, answer.text
    since_s = time.monotonic()
    question = {"caller_id": caller(number % _CALLERS), "query": f"reference{number}", "limit": 5}
    while time.monotonic() < since_s + _PATIENCE_S:
        answer = client.post("/webhook/search-data", json=question, headers={"x-api-key": SEARCH_DATA_KEY})
        if conversation_id(number) in answer.text:
            return time.monotonic() - since_s
        time.sleep(_LOOK_EVERY_S)
    raise AssertionError(f"{conversation_id(number)} is not found")


def _removed_after_s(payloads: Path, aside: Path, count: int) -> float:
    """Return the seconds that the bare removal of copies of some folders takes, and one fsync."""
    aside.mkdir()
    for number in range(_CALLS, _CALLS + count):
        shutil.copytree(payloads / conversation_id(number), aside / conversation_id(number))
    os.sync()
    begin_s = time.monotonic()
    for folder in aside.iterdir():
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()
    fd = os.open(aside, os.O_RDONLY)
    os.fsync(fd)
    os.close(fd)
    return time.monotonic() - begin_s
