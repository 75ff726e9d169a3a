"""How much memory both processes use: after few and after many calls, during a replay, and with large recordings."""

import os
from concurrent.futures import ThreadPoolExecutor

from bench.rig.corpus import call, caller, conversation_id, write_log
from bench.rig.resident_memory import MemoryUse, memory_of, watching
from bench.rig.scratch import scratch_folder
from bench.rig.table import Table
from events.folder_log.log import FolderLog
from tests.support.samples import audio
from tests.support.servers import Site

# BENCH_RESIDENT_CALLS="10000 100000" compares larger logs, and takes about ten times as long.
_CALLS = tuple(int(number) for number in os.environ.get("BENCH_RESIDENT_CALLS", "3000 30000").split())
_CALLS_OF_A_CALLER = 10
_LIVE, _QUESTIONS = 100, 500
_RECORDINGS, _MP3_BYTES = 8, 37_500_000  # 50 MB in base64
_MIB = 1024 * 1024
_PATIENCE_S = 1800.0


def run() -> None:
    """Measure both cases, and print a table for each."""
    few, many = (_after(calls) for calls in _CALLS)
    table = Table("Memory, MiB: resident, and in brackets without the pages of files", *_head())
    for name, before in few.items():
        after = many[name]
        growth = after.rss / before.rss
        table.add(name, _shown(before), _shown(after), growth, after.anonymous / before.anonymous, "1.1")
    table.show()
    calm, strained = _with_recordings()
    table = Table(f"Memory, MiB: {_RECORDINGS} recordings of 50 MB at once", "", "before", "at most", "more", "must")
    for name, before in calm.items():
        most = strained[name]
        table.add(name, _shown(before), _shown(most), (most.rss - before.rss) / _MIB, "60")
    table.show()


def _head() -> tuple[str, ...]:
    return "", *(f"{calls:,} calls" for calls in _CALLS), "ratio", "(ratio)", "must"


def _after(calls: int) -> dict[str, MemoryUse]:
    callers = calls // _CALLS_OF_A_CALLER
    folder = scratch_folder("resident")
    site = Site(folder)
    bodies = ((conversation_id(number), call(number, callers=callers)) for number in range(calls))
    write_log(site.payloads, bodies)
    site.run("projector", "--once")
    with site.ingress() as ingress, site.projector() as projector:
        for number in range(calls, calls + _LIVE):
            site.post_call(call(number, callers=callers))
        for number in range(_QUESTIONS):
            site.call_start(caller(number % callers))
            site.search("appointment", caller(number % callers))
        _wait_until_folded(site)
        held = {"ingress": memory_of(ingress.pid), "projector, following": memory_of(projector.pid)}
    with site.process("projector", "replay") as replay, watching({"": replay}) as most:
        replay.wait(_PATIENCE_S)
    held["projector, replaying"] = most[""]
    return held


def _with_recordings() -> tuple[dict[str, MemoryUse], dict[str, MemoryUse]]:
    folder = scratch_folder("resident")
    site = Site(folder)
    with site.ingress() as ingress, site.projector() as projector:
        watched = {"ingress": ingress, "projector": projector}
        for number in range(_LIVE):
            site.post_call(call(number, callers=_LIVE))
        _wait_until_folded(site)
        before = {name: memory_of(process.pid) for name, process in watched.items()}
        with watching(watched) as most, ThreadPoolExecutor(_RECORDINGS) as senders:
            recording = bytes(_MP3_BYTES)
            bodies = [audio(conversation_id(number), recording) for number in range(_RECORDINGS)]
            statuses = {answer.status_code for answer in senders.map(site.post_call, bodies)}
            assert statuses == {200}, statuses
            _wait_until_folded(site)
    return before, most


def _wait_until_folded(site: Site) -> None:
    tail = FolderLog(site.payloads).tail()
    assert tail is not None
    site.wait_until_folded(tail.position, patience_s=_PATIENCE_S)


def _shown(held: MemoryUse) -> str:
    return f"{held.rss / _MIB:.1f} ({held.anonymous / _MIB:.1f})"
