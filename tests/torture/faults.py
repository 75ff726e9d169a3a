"""
The faults, one function each: it runs the servers, causes the fault under load, and returns how often.

`FAULTS` is the table of all of them. Each function ends with a server that has started once more, so that recovery has
run; `verdict` then looks for the acknowledged calls.
"""

import os
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial

import psutil

from events.folder_log.layout import NAME as JOURNAL
from events.folder_log.log import FolderLog
from events.log.erasure_request import request_erasure
from tests.support.servers import kill_all
from tests.support.small_disk import SmallDisk, mounting
from tests.support.strace import Fault, failing, injected
from tests.torture.stage import Stage, caller_of

_PATIENCE_S = 60.0
_DISK_BYTES = 32 * 1024 * 1024
# Every n-th call fails: an append opens seven files and makes six fsyncs, one link, and at most one journal.
_WHEN = {"openat": "5+19", "write": "1+2", "fsync": "4+17", "link": "2+3", "mkdir": "2+3"}


def kill_ingress(stage: Stage) -> int:
    """SIGKILL ingress in the midst of its load, and start it again, many times."""
    kills = 20
    with stage.site.projector(), stage.load():
        for kill in range(kills):
            with stage.site.ingress() as process:
                stage.wait_for_acknowledged(_some(kill, 20, 80))
                os.killpg(process.pid, signal.SIGKILL)
        with stage.site.ingress():
            stage.wait_for_acknowledged(20)
    return kills


def kill_a_worker(stage: Stage) -> int:
    """SIGKILL one of two workers, again and again; the other continues, and a new one starts."""
    kills = 15
    stage.site.env["INGRESS_WORKERS"] = "2"
    with stage.site.projector(), stage.site.ingress() as process, stage.load():
        for kill in range(kills):
            stage.wait_for_acknowledged(_some(kill, 20, 80))
            victim = random.Random(kill).choice(_workers(process, 2))
            stage.wait_for_acknowledged(5)
            # On a starved machine the supervisor kills a worker that takes more than five seconds to start.
            with suppress(psutil.NoSuchProcess):
                victim.kill()
                victim.wait(_PATIENCE_S)
        stage.wait_for_acknowledged(20)
    _start_once_more(stage)
    return kills


def kill_projector(stage: Stage) -> int:
    """SIGKILL the projector while it folds new calls, and start it again, many times."""
    kills = 20
    with stage.site.ingress(), stage.load():
        for kill in range(kills):
            with stage.site.projector() as projector:
                folded = _position(stage)
                stage.wait_for_acknowledged(_some(kill, 20, 60))
                until = time.monotonic() + _PATIENCE_S
                while _position(stage) <= folded and time.monotonic() < until:
                    time.sleep(0.005)
                stage.wait_for_acknowledged(5)
                kill_all(projector)
        stage.wait_for_acknowledged(20)
    return kills


def kill_erasing(stage: Stage) -> int:
    """
    SIGKILL the projector while it erases callers whose calls still come in; the next projector finishes the erasures.
    """
    kills = 20
    erased: list[int] = []
    with stage.site.ingress(), stage.load():
        for kill in range(kills):
            with stage.site.projector() as projector:
                stage.wait_for_acknowledged(_some(kill, 20, 60))
                known = [int(id_.removeprefix("conv_")) for id_ in list(stage.acknowledged)]
                erased.append(random.Random(kill).choice(known))
                request_erasure(FolderLog(stage.site.payloads), caller_of(erased[-1]))
                time.sleep(random.Random(kill).uniform(0, 0.1))
                kill_all(projector)
        stage.wait_for_acknowledged(20)
    stage.site.run("projector", "--once")
    for number in erased:
        stage.forget(number)
    return kills


def stop_ingress(stage: Stage) -> int:
    """SIGTERM ingress in the midst of its load: it must end by itself, with success."""
    stops = 12
    with stage.site.projector(), stage.load():
        for stop in range(stops):
            with stage.site.ingress() as process:
                stage.wait_for_acknowledged(_some(stop, 20, 80))
                process.terminate()
                if process.wait(10):
                    stage.problems.append(f"ingress ended with {process.returncode}")
        with stage.site.ingress():
            stage.wait_for_acknowledged(20)
    return stops


def send_three_times(stage: Stage) -> int:
    """Send each call twice at the same moment, to either of two workers, and once more when both were answered."""
    calls = 1000
    stage.site.env["INGRESS_WORKERS"] = "2"
    stage.copies = 2
    with stage.site.projector(), stage.site.ingress(), stage.load():
        stage.wait_for_acknowledged(calls)
    _start_once_more(stage)
    return 2 * len(stage.acknowledged)


def replay(stage: Stage) -> int:
    """Replay the log while it grows and a projector follows it."""
    replays = 10
    with stage.site.projector(), stage.site.ingress(), stage.load():
        stage.wait_for_acknowledged(200)
        for _ in range(replays):
            with stage.site.process("projector", "replay") as replaying:
                stage.wait_for_acknowledged(60)
                if replaying.wait(_PATIENCE_S):
                    stage.problems.append(f"a replay ended with {replaying.returncode}")
    return replays


def fail_calls(stage: Stage, *, syscall: str, error: str) -> int:
    """Make system calls of ingress fail now and then, for some time, and let it recover, several times."""
    faults = 0
    # With a fault elsewhere sockets would fail too; the full disk covers writes to drafts.
    path = stage.site.payloads / JOURNAL if syscall == "write" else None
    with stage.site.projector(), stage.site.ingress() as process, stage.load():
        stage.wait_for_acknowledged(40)
        for time_ in range(3):
            trace = stage.site.folder / f"trace-{time_}"
            with failing(process.pid, Fault(syscall, error, _WHEN[syscall]), trace=trace, path=path):
                stage.wait_for_answers(80)
            faults += len(injected(trace))
            stage.wait_for_acknowledged(40)
    _start_once_more(stage)
    return faults


def fill_the_disk(stage: Stage) -> int:
    """Fill the log's disk in the midst of the load, and make room again, many times."""
    fillings = 10
    folder = stage.site.payloads
    folder.mkdir()
    with stage.site.ingress(under=mounting(folder, size_bytes=_DISK_BYTES)) as process, stage.load():
        disk = SmallDisk(process.pid, folder)
        for filling in range(fillings):
            stage.wait_for_acknowledged(40)
            disk.fill(but_bytes=4096 * (filling % 4))
            stage.wait_for_answers(100)
            disk.empty()
        stage.wait_for_acknowledged(40)
        stage.pause()
        # The disk disappears with its server; the log then continues in an ordinary folder.
        shutil.copytree(disk.folder, folder, dirs_exist_ok=True)
    _start_once_more(stage)
    return fillings


def _some(seed: int, low: int, high: int) -> int:
    return random.Random(seed).randrange(low, high)


def _start_once_more(stage: Stage) -> None:
    with stage.site.ingress():
        pass


def _workers(process: subprocess.Popen[bytes], count: int) -> list[psutil.Process]:
    """Return the workers, once there are this many."""
    until = time.monotonic() + _PATIENCE_S
    while time.monotonic() < until:
        children = psutil.Process(process.pid).children()
        workers = [child for child in children if any("spawn_main" in word for word in _words(child))]
        if len(workers) == count:
            return workers
        time.sleep(0.02)
    raise AssertionError("the workers that were killed do not come back")


def _words(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline() if process.status() != psutil.STATUS_ZOMBIE else []
    except psutil.NoSuchProcess:
        return []


def _position(stage: Stage) -> int:
    health = stage.site.get("/health").json()
    position: int = health["read_model"]["position"]
    return position


FAULTS: dict[str, Callable[[Stage], int]] = {
    "SIGKILL of ingress": kill_ingress,
    "SIGKILL of one of two workers": kill_a_worker,
    "SIGKILL of the projector": kill_projector,
    "SIGKILL while callers are erased": kill_erasing,
    "SIGTERM of ingress": stop_ingress,
    "each call sent three times": send_three_times,
    "replay under load": replay,
    "full disk": fill_the_disk,
    **{
        f"{error} on {syscall}": partial(fail_calls, syscall=syscall, error=error)
        for syscall in _WHEN
        for error in ("ENOSPC", "EDQUOT", "EIO", "EINTR")
    },
}
