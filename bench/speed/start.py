"""
How long a process takes from its start to its first answer, with many calls in the log.

The bare start to compare with is an interpreter that imports the libraries that the process needs. The first answer of
ingress is a `/health` or a greeting. That of the projector is its first folded event, after a clean stop or after a
kill. `BENCH_START_CALLS` sets the number of calls.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from statistics import median

from bench.rig.corpus import call, caller, conversation_id, write_log
from bench.rig.scratch import scratch_folder
from bench.rig.table import Table
from events.folder_log.log import FolderLog
from projector.read_model.open import open_generations, open_read_model
from tests.support.servers import CLIENT_DATA_KEY, Site

_CALLS = int(os.environ.get("BENCH_START_CALLS", "20000"))
_CALLERS = max(1, _CALLS // 10)
_ROUNDS = 5
_LOOK_EVERY_S, _PATIENCE_S = 0.002, 300.0
_MUST_S, _AIM_S = 2.0, 0.7
_BARE_INGRESS = "import litestar, uvicorn, httptools, uvloop, structlog, msgspec, phonenumbers, click, sqlite3"
_BARE_PROJECTOR = "import watchfiles, structlog, msgspec, phonenumbers, click, sqlite3"


def run() -> None:
    """Start each process several times, and print how long it took."""
    table = Table(f"Start, {_CALLS:,} calls in the log: seconds", "", "ours", "bare", "ratio", "must reach", "aim")
    folder = scratch_folder("start")
    site = Site(folder, LOG_LEVEL="warning")
    write_log(site.payloads, ((conversation_id(number), call(number, callers=_CALLERS)) for number in range(_CALLS)))
    site.run("projector", "--once")
    # One more event for each start, for the projector to fold.
    numbers = iter(range(_CALLS, _CALLS + 10**6))
    starts: tuple[tuple[str, Callable[[], float], str], ...] = (
        ("ingress, GET /health", partial(_ingress_s, site, _health), _BARE_INGRESS),
        ("ingress, greeting of a known caller", partial(_ingress_s, site, _greeting), _BARE_INGRESS),
        ("projector, after a clean stop", partial(_projector_s, site, numbers, signal.SIGTERM), _BARE_PROJECTOR),
        ("projector, after a kill", partial(_projector_s, site, numbers, signal.SIGKILL), _BARE_PROJECTOR),
    )
    for label, start, bare in starts:
        start()
        ours, beside = list[float](), list[float]()
        for _ in range(_ROUNDS):
            ours.append(start())
            beside.append(_bare_s(site, bare))
        table.add(label, median(ours), median(beside), median(ours) / median(beside), _MUST_S, _AIM_S)
    table.show()


def _ingress_s(site: Site, is_answered: Callable[[Site], bool]) -> float:
    begin = time.monotonic()
    with site.process("ingress") as process:
        return _wait(lambda: is_answered(site), begin, process)


def _projector_s(site: Site, numbers: Iterator[int], end: signal.Signals) -> float:
    """Return the seconds until a projector has folded a call that came in before its start; then send it `end`."""
    body = call(next(numbers), callers=_CALLERS)
    receipt = FolderLog(site.payloads).append(body, source="webhook")
    begin = time.monotonic()
    with site.process("projector") as process, open_read_model(open_generations(site.read_model)) as read_model:

        def is_folded() -> bool:
            place = read_model.place()
            return place is not None and place.position >= receipt.position

        took_s = _wait(is_folded, begin, process)
        process.send_signal(end)
        process.wait(60)
    return took_s


def _bare_s(site: Site, imports: str) -> float:
    begin = time.monotonic()
    subprocess.run([sys.executable, "-c", imports], cwd=site.folder, env=site.env, check=True)
    return time.monotonic() - begin


def _wait(is_there: Callable[[], bool], begin: float, process: "subprocess.Popen[bytes]") -> float:
    while time.monotonic() < begin + _PATIENCE_S:
        if is_there():
            return time.monotonic() - begin
        assert process.poll() is None, "the process ended"
        time.sleep(_LOOK_EVERY_S)
    raise AssertionError("the process does not answer")


def _health(site: Site) -> bool:
    return b" 200 " in _answer(site, b"GET /health HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n")


def _greeting(site: Site) -> bool:
    body = b'{"caller_id":"%s"}' % caller(1).encode()
    head = (
        f"POST /webhook/client-data HTTP/1.1\r\nHost: bench\r\nConnection: close\r\nX-Api-Key: {CLIENT_DATA_KEY}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    answer = _answer(site, head.encode() + body)
    assert not answer or b"Caller 1" in answer, answer
    return bool(answer)


def _answer(site: Site, request: bytes) -> bytes:
    """Return the answer of ingress; empty as long as it does not listen."""
    with suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", site.port)) as connection:
        connection.sendall(request)
        answer = b""
        while part := connection.recv(65536):
            answer += part
        return answer
    return b""
