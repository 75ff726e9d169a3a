"""Both processes over an OpenMemory server that is down, slow, of the wrong kind, shortens, or is exchanged."""

import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest

from ingress.wording.found import CANNOT_LOOK
from projector.read_model.sqlite.generations import SqliteGenerations
from tests.support.openmemory.held import Held
from tests.support.openmemory.installation import BEN, calls, held, remembered, site_of
from tests.support.openmemory.server import KEY, OpenMemoryServer
from tests.support.read_models import live_database
from tests.support.samples import AGENT, MARTA, transcription
from tests.support.servers import Site, free_port
from tests.support.waiting import PATIENCE_S

# A replay of `calls` sends some 140 requests, and fewer if an earlier one left its memories.
_SERVED_BEFORE_KILL = (3, 8, 17, 30, 47, 68)


def test_greets_and_finds(tmp_path: Path, openmemory: OpenMemoryServer) -> None:
    """A call's memories are in OpenMemory, each once under its caller, and only that caller finds them."""
    site = site_of(tmp_path, openmemory)
    with site.ingress(), site.projector():
        for body in calls():
            assert site.post_call(body).status_code == 200
        site.wait_until_folded(8)
        found = site.search("How old is your son?", MARTA, agent_id=AGENT, limit=20)

        assert "Marta" in site.call_start(MARTA)["dynamic_variables"]["greeting"]
        site.wait_until(lambda: site.recent_health()["degraded"] == [])
    assert not found["degraded"]
    assert {m["content"] for m in found["memories"]} >= {f"My son is {number} years old." for number in range(4)}
    assert {m["conversation_id"].split("_")[1] for m in found["memories"] if m["conversation_id"]} == {"Marta"}
    assert held(openmemory) == remembered(site)
    assert set(held(openmemory).values()) == {1}


def test_learns_all_the_same_while_it_is_down(tmp_path: Path) -> None:
    """
    While OpenMemory is down nothing is lost, and nothing waits. Calls are taken and folded, and their callers greeted;
    searches answer with recent memories, marked as degraded; /health says so, and for how many callers. Once the server
    is back it gets all memories, each once. A search for one of these callers logs no warning of the engine.
    """
    server = OpenMemoryServer()
    with server.serving():
        site = site_of(tmp_path, server)
        with site.ingress(), site.projector():
            bodies = list(calls())
            for body in bodies[:2]:
                site.post_call(body)
            site.wait_until_folded(2)
    with site.ingress(), site.projector():
        # The server does not run: neither a start nor a webhook needs it.
        for body in bodies[2:]:
            assert site.post_call(body).status_code == 200
        site.wait_until_folded(8, is_told=False)
        site.wait_until(lambda: "projection_waiting" in site.log("projector").rsplit("projector_started", 1)[-1])
        found = site.search("How old is your son?", MARTA, agent_id=AGENT)
        now = site.health()

        assert "Marta" in site.call_start(MARTA)["dynamic_variables"]["greeting"]
        assert found["degraded"]
        assert "My son is 3 years old." in {m["content"] for m in found["memories"]}
        assert not any(memory["confident"] for memory in found["memories"])
        assert found["summary"] == CANNOT_LOOK
        assert "engine" in now["degraded"]
        assert "does not answer" in now["read_model"]["engine"]
        assert (now["read_model"]["behind"], now["read_model"]["owed"]) == (0, 2)
        assert now["status"] == "degraded"
        assert server.url.rsplit(":", 1)[-1] in site.log("projector")
        assert site.log("projector").count("engine_failed") == 1
        with server.serving():
            site.wait_until_folded(8)
            assert site.log("projector").count("engine_recovered") == 1
            assert held(server) == remembered(site)
            assert set(held(server).values()) == {1}
            assert not site.search("How old is your son?", MARTA, agent_id=AGENT)["degraded"]
    assert "have not reached OpenMemory yet" in site.log("ingress")
    assert "searches_degraded" not in site.log("ingress")
    assert KEY not in site.log("projector") + site.log("ingress")


def test_logs_once_that_it_is_lost(tmp_path: Path) -> None:
    """
    However many searches fail, and however often /health is asked, ingress logs one warning for each, with the reason.
    The line of each search has the reason too, and no line holds a caller's words or number.
    """
    server = OpenMemoryServer()
    with server.serving():
        site = site_of(tmp_path, server)
        with site.ingress():
            for body in calls():
                site.post_call(body)
        site.run("projector", "--once")
    with site.ingress():
        for _ in range(3):
            for caller in (MARTA, BEN):
                assert site.search("How old is your son?", caller, agent_id=AGENT)["degraded"]
            assert site.health()["degraded"] == ["engine"]
    lines = [json.loads(line) for line in site.log("ingress").splitlines() if line.startswith("{")]

    for name in ("searches_degraded", "engine_failed"):
        (line,) = [line for line in lines if line["event"] == name]
        assert (line["level"], "does not answer" in line["reason"]) == ("warning", True)
    answered = [line for line in lines if line["event"] == "webhook_answered" and "search" in line["path"]]
    assert ["does not answer" in line.get("degraded_by", "") for line in answered] == 6 * [True]
    assert not [words for words in (MARTA, BEN, "How old", "My son", KEY) if words in site.log("ingress")]


def test_command_alone_says_what_is_left(tmp_path: Path) -> None:
    """If OpenMemory is down and no projector runs, `--once` says what is folded, and what is still to be delivered."""
    server = OpenMemoryServer()
    with server.serving():
        site = site_of(tmp_path, server)
        with site.ingress():
            site.post_call(transcription("conv_1", "My son is 3."))
            site.run("projector", "--once")
            site.post_call(transcription("conv_2", "My son is 4."))
    done = site.run("projector", "--once", check=False)
    assert done.returncode == 1
    assert "the memory engine lacks the latest changes of 1 caller; the rest waits" in done.stderr
    assert "My son is 4." in site.dump()


def test_command_beside_a_projector_says_what_it_waits_for(tmp_path: Path) -> None:
    """
    If another projector cannot deliver to OpenMemory, `--once` does not wait in silence. If OpenMemory is down, it says
    so, and ends with 1; if OpenMemory refuses every row, it says once what is left, and ends when that is delivered.
    """
    server = OpenMemoryServer()
    with server.serving():
        site = site_of(tmp_path, server)
        with site.ingress():
            site.post_call(transcription("conv_0", "We have a bird."))
        site.run("projector", "--once")
    with site.ingress(), site.projector():
        site.post_call(transcription("conv_1", "We have a dog."))
        site.wait_until_folded(2, is_told=False)
        done = site.run("projector", "--once", check=False)
        assert done.returncode == 1
        assert "another projector follows this log" in done.stderr
        assert "the memory engine lacks the latest changes of 1 caller; the other projector also waits" in done.stderr
        assert "is it running, and is OPENMEMORY_PORT its port or URL?" in done.stderr
        with server.serving():
            server.fail("500", path="/memory/add", times=1000)
            with site.process("projector", "--once") as once:
                site.wait_until(lambda: "not yet: all events are folded" in site.log("projector"))
                server.mend()
                site.post_call(transcription("conv_2", "We have a cat."))  # makes the other one try again
                assert once.wait(PATIENCE_S) == 0
            assert held(server) == remembered(site)
    assert site.log("projector").count("not yet: ") == 1


def test_holds_no_lock_while_it_asks(tmp_path: Path, openmemory: OpenMemoryServer) -> None:
    """While the projector waits for an answer of OpenMemory, a command may write into the read model."""
    site = site_of(tmp_path, openmemory)
    with site.ingress(), site.projector() as process:
        for body in calls():
            site.post_call(body)
        site.wait_until_folded(8)
        openmemory.fail("hang", path="/memory/add", times=3)
        site.post_call(transcription("conv_next", "We have a dog.", caller=BEN))
        site.wait_until(lambda: openmemory.faults_left < 3)
        with live_database(SqliteGenerations(site.read_model)) as database:
            database.run("PRAGMA busy_timeout = 0")
            with database.transaction():
                pass
        process.kill()


def test_answers_in_time_while_it_hangs(tmp_path: Path, openmemory: OpenMemoryServer) -> None:
    """If OpenMemory does not answer, greetings do not wait at all, and a search no longer than its deadline."""
    site = site_of(tmp_path, openmemory, SEARCH_DEADLINE_MS="500")
    with site.ingress():
        for body in calls():
            site.post_call(body)
        site.run("projector", "--once")
        openmemory.fail("hang", times=100, path="/")

        assert site.search("How old is your son?", MARTA, agent_id=AGENT)["degraded"]
        assert "in time" in site.health()["read_model"]["engine"]
        assert "Marta" in site.call_start(MARTA)["dynamic_variables"]["greeting"]


@pytest.mark.parametrize("fault", ["500", "reset", "lost", "429"])
def test_loses_and_doubles_nothing_where_it_fails(tmp_path: Path, openmemory: OpenMemoryServer, fault: Any) -> None:
    """Whatever fails again and again while calls are projected, each memory is held once in the end."""
    site = site_of(tmp_path, openmemory)
    with site.ingress(), site.projector():
        for number, body in enumerate(calls()):
            openmemory.fail(fault, times=2)
            site.post_call(body)
            site.wait_until_folded(number + 1)

    assert held(openmemory) == remembered(site)
    assert set(held(openmemory).values()) == {1}


def test_moves_everything_by_a_replay(tmp_path: Path, openmemory: OpenMemoryServer) -> None:
    """
    With another MEMORY_ENGINE a replay moves every memory there, and back. The dump is the same to the byte, and until
    the replay ingress answers from the old engine.
    """
    site = Site(tmp_path)
    with site.ingress():
        for body in calls():
            site.post_call(body)
    site.run("projector", "--once")
    before = site.dump()
    site.env |= {"MEMORY_ENGINE": "openmemory-server", "OPENMEMORY_PORT": openmemory.url, "OPENMEMORY_KEY": KEY}
    with site.ingress():
        assert not site.search("How old is your son?", MARTA, agent_id=AGENT)["degraded"]
        words = "openmemory-server is set, but the memories are those of embedded until a replay has moved them"
        site.wait_until(lambda: site.recent_health()["read_model"]["engine"] == words)
        assert site.health()["degraded"] == ["engine"]
        site.run("projector", "replay")
        assert not site.search("How old is your son?", MARTA, agent_id=AGENT)["degraded"]
        site.wait_until(lambda: site.recent_health()["read_model"]["engine"] == "ok")

    assert site.dump() == before
    assert held(openmemory) == remembered(site)
    adds = sum(request.path == "/memory/add" for request in openmemory.requests)
    site.run("projector", "replay")
    # All rows were there; only the mark of the generation was missing.
    assert sum(request.path == "/memory/add" for request in openmemory.requests) == adds + 1
    site.env["MEMORY_ENGINE"] = "embedded"
    with site.ingress():
        found = site.search("How old is your son?", MARTA, agent_id=AGENT)
        assert found["degraded"]
        assert found["memories"]
        site.run("projector", "replay")
        assert not site.search("How old is your son?", MARTA, agent_id=AGENT)["degraded"]
    assert site.dump() == before


def test_replays_into_another_server(tmp_path: Path, openmemory: OpenMemoryServer) -> None:
    """The next start fills a server that lost its memories, or another server, without a command."""
    site = site_of(tmp_path, openmemory)
    with site.ingress():
        for body in calls():
            site.post_call(body)
    site.run("projector", "--once")
    openmemory.held.rows.clear()
    site.run("projector", "--once")
    assert held(openmemory) == remembered(site)
    with OpenMemoryServer().serving() as other:
        site.env["OPENMEMORY_PORT"] = other.url
        site.run("projector", "--once")
        assert held(other) == remembered(site)


def test_survives_being_killed_while_it_moves(tmp_path: Path, openmemory: OpenMemoryServer) -> None:
    """A projector that is killed again and again in the middle of a replay ends with each memory held once."""
    site = site_of(tmp_path, openmemory)
    with site.ingress():
        for body in calls():
            site.post_call(body)
    for served in _SERVED_BEFORE_KILL:
        openmemory.fail("hang" if served % 2 else "stuck", path="/", after=served)
        with site.projector() as process:
            site.wait_until(lambda: not openmemory.faults_left)
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
    site.run("projector", "--once")

    assert held(openmemory) == remembered(site)
    assert set(held(openmemory).values()) == {1}


def test_waits_for_a_server_to_start(tmp_path: Path) -> None:
    """
    A first start, and one that has to replay, wait for a server that is not there yet. They say once what is needed,
    and at each try that they still wait.
    """
    server = OpenMemoryServer()
    with server.serving():
        site = site_of(tmp_path, server)
    with site.ingress(), site.projector():
        site.post_call(transcription("conv_1", "My son is 3.", user_name="Marta"))
        site.wait_until(lambda: site.log("projector").count("projection_waiting") > 1)
        said = site.log("projector")
        assert "does not answer" in said
        assert (said.count("replay_needed"), said.count("replay_started")) == (1, 0)
        now = site.health()
        assert now["degraded"] == ["read_model"]
        assert "does not answer" in now["read_model"]["engine"]
        with server.serving():
            site.wait_until_folded(1)


def test_refuses_a_server_that_knows_one_user(tmp_path: Path) -> None:
    """
    A server that would merge all callers is refused with a message that says what to do, exit 2. Ingress still takes
    calls and greets.
    """
    with OpenMemoryServer(has_tenants=True).serving() as server:
        site = site_of(tmp_path, server)
        refused = site.run("projector", check=False)
        assert refused.returncode == 2
        assert "one user for each API key" in refused.stderr
        assert "MEMORY_ENGINE" in refused.stderr
        assert server.held.rows == {}
        with site.ingress():
            assert site.post_call(transcription("conv_1", "My son is 3.")).status_code == 200
            assert site.call_start(MARTA)["dynamic_variables"]["greeting"]
            assert site.search("son", MARTA)["degraded"]


def test_refuses_wrong_settings(tmp_path: Path, openmemory: OpenMemoryServer) -> None:
    """
    A wrong key, and an invalid address, end the projector with a message, exit 2. If no server listens at the address
    the projector waits, and a one-shot command ends with 1.
    """
    site = site_of(tmp_path, openmemory)
    for name, value, code, words in (
        ("OPENMEMORY_KEY", "not-the-key-at-all", 2, "refuses the key; set OPENMEMORY_KEY"),
        ("OPENMEMORY_KEY", "one,two", 2, "OPENMEMORY_KEY must be one key"),
        ("OPENMEMORY_KEY", "schlüssel", 2, "OPENMEMORY_KEY holds a character that no HTTP header can carry"),
        ("OPENMEMORY_PORT", "80 80", 2, "OPENMEMORY_PORT must be a port"),
        ("OPENMEMORY_PORT", str(free_port()), 1, "is OPENMEMORY_PORT its port or URL?"),
    ):
        before = site.env[name]
        site.env[name] = value
        done = site.run("projector", "--once", check=False)
        site.env[name] = before

        assert (done.returncode, words in done.stderr) == (code, True), done.stderr
        assert value not in done.stderr or name != "OPENMEMORY_KEY"


def test_tells_of_a_server_that_shortens(tmp_path: Path) -> None:
    """
    A server that keeps summaries only is reported on /health and by a replay. The memories that callers hear are still
    complete.
    """
    long = "I would like to say that " + "the parcel with the order number 4711 " * 20
    with OpenMemoryServer(Held(truncates=True)).serving() as server:
        site = site_of(tmp_path, server)
        with site.ingress(), site.projector():
            site.post_call(transcription("conv_1", long))
            site.wait_until_folded(1)
            found = site.search("parcel", MARTA, agent_id=AGENT)

            site.wait_until(lambda: "OM_USE_SUMMARY_ONLY" in site.recent_health()["read_model"]["engine"])
            assert site.health()["degraded"] == ["engine"]
        assert "OM_USE_SUMMARY_ONLY" in site.run("projector", "replay").stderr
        assert "4711" in found["memories"][0]["content"]
        assert site.run("projector", "dump").stdout.count("4711") >= 20


@pytest.mark.parametrize(
    ("said", "is_told"),
    [
        ("User profile initializing...", False),
        ("Active in Unknown Project using General. Focused on various files. (5 memories, 0 saves).", False),
        ("Prefers to be called in the afternoon.", True),
    ],
)
def test_tells_what_the_server_says_of_a_caller(
    tmp_path: Path, openmemory: OpenMemoryServer, said: str, *, is_told: bool
) -> None:
    """The server's summary is given if it says something about the caller, and never if it does not."""
    openmemory.held.users[MARTA] = said
    site = site_of(tmp_path, openmemory)
    with site.ingress():
        site.post_call(transcription("conv_1", "My son is 3.", user_name="Marta"))
        site.run("projector", "--once")
        summary = site.call_start(MARTA)["dynamic_variables"]["user_profile_summary"]

    assert (summary == said) == is_told
    assert summary
