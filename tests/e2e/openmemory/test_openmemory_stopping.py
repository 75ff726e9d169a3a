"""Both processes end on a signal while OpenMemory works, is slow, or does not answer at all."""

import json
import sqlite3
import subprocess
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path

import pytest

from tests.support.openmemory.fresh_sdk import needs_sdk
from tests.support.openmemory.installation import calls, held, remembered, site_of
from tests.support.openmemory.server import OpenMemoryServer
from tests.support.samples import AGENT, MARTA, transcription
from tests.support.servers import Site

# Each process waits at most 3 s for work under way, and a supervisor such as honcho kills after 5; on a starved machine
# the rest of an end takes longer. A process that waited for OpenMemory itself would wait for minutes.
_ENDS_WITHIN_S = 30
# The long call needs some 50 requests.
_ANSWERED_BEFORE_STOP = (2, 6, 10, 14)


def long_call() -> bytes:
    return transcription("conv_long", *[f"I said thing number {number}." for number in range(20)], caller=MARTA)


def stop(process: subprocess.Popen[bytes], site: Site, command: str) -> None:
    """Send a process SIGTERM, and assert that it ends soon, and in good order."""
    process.terminate()
    try:
        assert process.wait(_ENDS_WITHIN_S) == 0
    except subprocess.TimeoutExpired:
        raise AssertionError("it does not end:\n" + site.log(command)) from None
    assert "Traceback" not in site.log(command)


@pytest.mark.parametrize("is_replaying", [False, True])
def test_projector_ends_while_openmemory_hangs(
    tmp_path: Path, openmemory: OpenMemoryServer, *, is_replaying: bool
) -> None:
    """
    A projector that waits for an answer ends on a signal, even within a replay. The next one loses and doubles
    no memory.
    """
    site = site_of(tmp_path, openmemory)
    with site.ingress():
        bodies = list(calls())
        for body in bodies[:4]:
            site.post_call(body)
        if not is_replaying:
            site.run("projector", "--once")
        # A replay sends two questions, and one request to begin, before it adds a row.
        openmemory.fail("hang", path="/users/" if is_replaying else "/", times=100, after=14 if is_replaying else 4)
        with site.projector() as process:
            if not is_replaying:
                site.wait_until(lambda: "projector_started" in site.log("projector"))
                site.post_call(long_call())
            site.wait_until(lambda: openmemory.faults_left < 100)
            stop(process, site, "projector")
    openmemory.mend()
    site.run("projector", "--once")

    assert remembered(site)
    assert held(openmemory) == remembered(site)
    assert set(held(openmemory).values()) == {1}


@pytest.mark.parametrize("is_replaying", [False, True])
def test_projector_ends_between_two_requests(
    tmp_path: Path, openmemory: OpenMemoryServer, *, is_replaying: bool
) -> None:
    """
    A projector that gets a signal in the middle of a call, or of a caller in a replay, sends no further request.
    Wherever that was, the next one loses no memory, and holds none twice.
    """
    site = site_of(tmp_path, openmemory)
    with site.ingress():
        for body in calls():
            site.post_call(body)
        if not is_replaying:
            site.run("projector", "--once")
        site.post_call(long_call())
        openmemory.takes_s = 0.1
        for start, answered in enumerate(_ANSWERED_BEFORE_STOP):
            with site.projector() as process:
                site.wait_until(lambda: site.log("projector").count("projector_started") > start)  # noqa: B023 - called at once
                until = len(openmemory.requests) + answered
                site.wait_until(lambda: len(openmemory.requests) >= until)  # noqa: B023 - called at once
                stop(process, site, "projector")
            assert sum("I said thing" in row["content"] for row in openmemory.held.rows.values()) < 20
    openmemory.mend()
    site.run("projector", "--once")

    assert len([key for key in remembered(site) if key[0] == MARTA]) > 20
    assert held(openmemory) == remembered(site)
    assert set(held(openmemory).values()) == {1}


def test_ingress_ends_while_openmemory_hangs(tmp_path: Path, openmemory: OpenMemoryServer) -> None:
    """
    Ingress ends on a signal although it waits for two answers: to its first look, and to a search with more than half
    a minute left.
    """
    site = site_of(tmp_path, openmemory, SEARCH_DEADLINE_MS="60000")
    with site.ingress():
        site.post_call(long_call())
    site.run("projector", "--once")
    openmemory.fail("hang", path="/", times=100)
    with ThreadPoolExecutor(1) as caller, site.ingress() as process:
        site.wait_until(lambda: openmemory.faults_left <= 99)
        answer = caller.submit(site.search, "thing", MARTA, agent_id=AGENT)
        site.wait_until(lambda: openmemory.faults_left <= 98)
        stop(process, site, "ingress")
        assert answer.exception() is not None  # refused with a request to retry, or cut off


@needs_sdk
def test_projector_ends_while_the_sdk_works(tmp_path: Path) -> None:
    """
    A projector that adds a long call through the SDK ends on a signal, between two memories. The next one continues,
    and in the end each is held once.
    """
    path = tmp_path / "data" / "openmemory.db"
    site = Site(tmp_path, MEMORY_ENGINE="openmemory", OPENMEMORY_DB_PATH=str(path))

    def rows() -> list[str]:
        """Return the memory of each row; nothing before the tables exist."""
        if not path.exists():
            return []
        with closing(sqlite3.connect(path)) as connection, suppress(sqlite3.OperationalError):
            found = connection.execute("SELECT meta FROM memories WHERE user_id = ?", (MARTA,)).fetchall()
            return [json.loads(meta)["memory_id"] for (meta,) in found]
        return []

    with site.ingress():
        site.post_call(transcription("conv_1", "My son is 3.", caller=MARTA))
        site.run("projector", "--once")
        site.post_call(transcription("conv_2", *[f"My zebrak{n} is {n} years old." for n in range(60)], caller=MARTA))
    for more in (1, 5, 9):
        until = len(rows()) + more
        with site.projector() as process:
            site.wait_until(lambda: len(rows()) >= until)  # noqa: B023 - called at once
            stop(process, site, "projector")
        assert len(rows()) < 60
    site.run("projector", "--once")

    assert len(remembered(site)) > 60
    assert Counter((MARTA, memory_id) for memory_id in rows()) == remembered(site)
