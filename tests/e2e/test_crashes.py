"""What survives when processes are killed."""

import fcntl
import os
import random
import signal
import subprocess
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import httpx
import psutil
import pytest

from events.folder_log.log import FolderLog
from tests.support.samples import transcription
from tests.support.servers import Site, kill_all, loopback_client, signed
from tests.support.starts.running import run_forked
from tests.support.waiting import PATIENCE_S

_CALLS = 200
_KILLS = 8


def test_no_acknowledged_call_is_lost_when_the_server_is_killed(tmp_path: Path) -> None:
    """Every call answered 200 is in the log, complete and once, and becomes memories, however often SIGKILL comes."""
    site = Site(tmp_path, INGRESS_WORKERS="2", LOG_LEVEL="warning")
    acknowledged: set[str] = set()
    for kill in range(_KILLS):
        bodies = {f"conv_{kill}_{n}": transcription(f"conv_{kill}_{n}", f"This is call {n}.") for n in range(_CALLS)}
        with site.process("ingress") as process:
            site.wait_for_ingress(process)
            acknowledged |= _post_until_killed(site, process, bodies, after=random.Random(kill).randrange(20, 180))
    with site.ingress():  # a start settles every draft that the last kill left in doubt
        pass

    events = site.events()
    receipts = Counter(event.receipt.conversation_id for event in events)
    assert len(acknowledged) > _KILLS * 10
    assert acknowledged <= receipts.keys()
    assert set(receipts.values()) == {1}
    assert not list((site.payloads / ".incoming").glob("*.body"))
    site.run("projector", "--once")
    dump = site.dump()
    assert all(f'"conversation_id":"{id_}"' in dump for id_ in acknowledged)


def _post_until_killed(
    site: Site, process: subprocess.Popen[bytes], bodies: dict[str, bytes], *, after: int
) -> set[str]:
    acknowledged: set[str] = set()

    def post(id_: str) -> None:
        try:
            answer = client.post(f"{site.url}/webhook/post-call", content=bodies[id_], headers=signed(bodies[id_]))
        except httpx.TransportError:
            return
        if answer.status_code == 200:
            acknowledged.add(id_)
        if len(acknowledged) >= after and process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)

    with loopback_client() as client, ThreadPoolExecutor(32) as threads:
        list(threads.map(post, bodies))
    kill_all(process)
    return acknowledged


# Appends one body in a process of its own, and dies at the step that it is given; `torn`: with half of its receipt
# written.
_APPEND_AND_DIE = """
import os, signal, sys
from pathlib import Path
from events.disk import steps
from events.folder_log.log import FolderLog

folder, last = Path(sys.argv[1]), sys.argv[2]
journal = folder / "journal.jsonl"
whole = journal.stat().st_size

def reached(step):
    if (step, last) == ("receipt_written", "torn"):
        os.truncate(journal, (whole + journal.stat().st_size) // 2)
    elif step != last:
        return
    os.kill(os.getpid(), signal.SIGKILL)

steps.reached = reached
FolderLog(folder).append(sys.stdin.buffer.read(), source="webhook")
"""
_STEPS = ["draft_sealed", "body_linked", "torn", "receipt_synced"]


def _die_while_appending(site: Site, body: bytes, step: str) -> None:
    FolderLog(site.payloads).append(transcription("conv_before", "before"), source="webhook")
    done = run_forked(["-c", _APPEND_AND_DIE, str(site.payloads), step], read=body)
    assert done.returncode == -signal.SIGKILL, done.stderr


@pytest.mark.parametrize("step", _STEPS)
def test_start_finishes_what_a_dead_worker_had_whole(site: Site, step: str) -> None:
    """A body that was complete when its worker died is one event after a restart, with one receipt and no draft."""
    body = transcription("conv_doubt", "whole")
    _die_while_appending(site, body, step)

    with site.ingress():
        assert [event.receipt.conversation_id for event in site.events()] == ["conv_before", "conv_doubt"]
        assert not list((site.payloads / ".incoming").glob("*.body"))
    assert (site.payloads / "conv_doubt").joinpath("conv_doubt_transcription.json").read_bytes() == body


@pytest.mark.parametrize("step", _STEPS)
def test_same_bytes_to_another_worker_settle_the_doubt(site: Site, step: str) -> None:
    """A retry of a body that a dead worker left in doubt is answered 200: one receipt, one memory."""
    body = transcription("conv_doubt", "I said this once.")
    with site.ingress(), site.projector():
        _die_while_appending(site, body, step)
        answers = [site.post_call(body) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [200, 200]
        site.wait_until_folded(2)
        found = site.search("said this once", "+12025550143")
        assert found["memories"][0]["content"] == "I said this once."
    with site.ingress():  # and the start after it has nothing to add
        assert [event.receipt.conversation_id for event in site.events()] == ["conv_before", "conv_doubt"]


def test_start_leaves_a_body_alone_that_another_worker_streams(site: Site) -> None:
    """A starting worker does not take a body for abandoned that another worker still streams."""
    body = b'{"type":"post_call_audio","data":{"conversation_id":"conv_slow","full_audio":"' + b"QUJD" * 10**6 + b'"}}'
    halves = [body[: len(body) // 2], body[len(body) // 2 :]]

    def slowly() -> object:
        yield halves[0]
        site.wait_until(lambda: list((site.payloads / ".incoming").glob("*.body")), "ingress")
        with other.ingress():
            yield halves[1]

    with site.ingress():
        other = Site(site.folder)
        answer = site.post("/webhook/post-call", content=slowly(), headers=signed(body))

    assert answer.status_code == 200, answer.text
    assert [event.body() for event in site.events()] == [body]


def test_stop_finishes_appends_in_time(site: Site) -> None:
    """On SIGTERM every accepted call is finished, and the process is gone within four seconds."""
    bodies = [transcription(f"conv_{number}", "bye") for number in range(300)]
    answered: list[int] = []
    with site.process("ingress") as process:
        site.wait_for_ingress(process)

        def post(body: bytes) -> None:
            try:
                answered.append(
                    client.post(f"{site.url}/webhook/post-call", content=body, headers=signed(body)).status_code
                )
            except httpx.TransportError:
                return
            if len(answered) == 50:
                process.terminate()

        with loopback_client() as client, ThreadPoolExecutor(16) as threads:
            list(threads.map(post, bodies))
        process.wait(PATIENCE_S)
        assert process.returncode == 0

    assert set(answered) == {200}
    assert len(site.events()) >= len(answered)


def test_stop_does_not_wait_for_a_body_that_never_ends(site: Site) -> None:
    """A client that sends half a body and then nothing does not delay the stop, and leaves no draft."""
    body = transcription("conv_half", "x" * 3_000_000)
    site.env["BODY_IDLE_TIMEOUT_S"] = "600"  # longer than this test waits
    with site.process("ingress") as process:
        site.wait_for_ingress(process)
        connection = httpx.HTTPTransport()

        def half() -> object:
            yield body[: len(body) // 2]
            process.terminate()
            process.wait(PATIENCE_S)
            yield body[len(body) // 2 :]

        request = httpx.Request("POST", f"{site.url}/webhook/post-call", content=half(), headers=signed(body))  # type: ignore[arg-type]
        with suppress(httpx.TransportError):
            assert connection.handle_request(request).status_code >= 500
        connection.close()

    assert site.events() == []
    assert not list((site.payloads / ".incoming").iterdir())


@pytest.mark.parametrize("workers", ["1", "2"])
def test_stop_does_not_wait_for_a_lock_that_another_process_keeps(tmp_path: Path, workers: str) -> None:
    """
    On SIGTERM ingress ends by itself, though webhooks wait for a process that was stopped with the journal's lock.

    None of them was acknowledged; the next start settles what became of each.
    """
    site = Site(tmp_path, INGRESS_WORKERS=workers)
    bodies = [transcription(f"conv_{number}", "bye") for number in range(8)]
    answered: list[int] = []

    def post(body: bytes) -> None:
        with suppress(httpx.TransportError):
            answered.append(site.post_call(body).status_code)

    with site.process("ingress") as process, ThreadPoolExecutor(8) as threads:
        site.wait_for_ingress(process)
        assert site.post_call(bodies[0]).status_code == 200
        with (site.payloads / ".journal.lock").open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            posting = [threads.submit(post, body) for body in bodies[1:]]
            site.wait_until(lambda: len(list(site.payloads.glob("conv_*"))) > 1, "ingress")
            process.terminate()
            process.wait(PATIENCE_S)
            for future in posting:
                future.result()
    assert process.returncode == 0
    assert 200 not in answered

    with site.ingress():
        assert {site.post_call(body).status_code for body in bodies} == {200}
    assert len(site.events()) == len(bodies)


def test_workers_end_with_the_process_that_started_them(tmp_path: Path) -> None:
    """A killed supervisor leaves no worker behind that would hold the port: a restart serves."""
    site = Site(tmp_path, INGRESS_WORKERS="2")
    with site.process("ingress") as process:
        site.wait_for_ingress(process)
        workers = psutil.Process(process.pid).children(recursive=True)
        process.kill()
        process.wait(PATIENCE_S)
        _, alive = psutil.wait_procs(workers, timeout=PATIENCE_S)
        assert alive == []
        with site.ingress():
            assert site.post_call(transcription("conv_next", "next")).status_code == 200
