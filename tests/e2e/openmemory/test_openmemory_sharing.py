"""
Programs that change one OpenMemory at the same time: a replay beside a projector, another installation, an operator.
"""

import os
import signal
import subprocess
import sys
from pathlib import Path

from projector.read_model.sqlite.generations import SqliteGenerations
from tests.support.openmemory.installation import BEN, calls, held, remembered, site_of
from tests.support.openmemory.server import OpenMemoryServer
from tests.support.samples import AGENT, MARTA, transcription
from tests.support.servers import Site
from tests.support.waiting import PATIENCE_S

ADMIN = {"x-api-key": "key-admin-of-a-test"}


def beside(site: Site, *command: str) -> "subprocess.Popen[bytes]":
    """Start another projector."""
    return subprocess.Popen([sys.executable, "-m", "projector", *command], cwd=site.folder, env=site.env)


def stop_while_idle(process: "subprocess.Popen[bytes]", site: Site) -> None:
    """Stop a projector while no other process waits for it."""
    while True:
        os.kill(process.pid, signal.SIGSTOP)
        with SqliteGenerations(site.read_model).lock("replay", wait=False) as is_free:
            if is_free:
                return
        os.kill(process.pid, signal.SIGCONT)


def replays(site: Site) -> int:
    """Return how many replays the projector has done."""
    return site.log("projector").count("replay_finished")


def test_fills_a_server_that_was_emptied_while_it_follows(tmp_path: Path, openmemory: OpenMemoryServer) -> None:
    """A server that lost everything is refilled with the next call; until then a search says that it is degraded."""
    site = site_of(tmp_path, openmemory)
    with site.ingress(), site.projector():
        for body in calls():
            site.post_call(body)
        site.wait_until_folded(8)
        openmemory.held.rows.clear()
        assert site.search("How old is your son?", MARTA, agent_id=AGENT)["degraded"]
        site.post_call(transcription("conv_Marta_9", "We have a dog.", caller=MARTA))
        site.wait_until(lambda: held(openmemory) == remembered(site))
        site.wait_until_folded(9)

        assert not site.search("How old is your son?", MARTA, agent_id=AGENT)["degraded"]
        site.wait_until(lambda: site.recent_health()["degraded"] == [])


def test_finishes_a_replay_that_was_killed_beside_it(tmp_path: Path, openmemory: OpenMemoryServer) -> None:
    """
    `--replay` beside a projector delays neither calls nor erasures. If it is killed halfway, that projector finishes
    it, with an erasure that came meanwhile: no row that the replay brought back stays.
    """
    site = site_of(tmp_path, openmemory, ADMIN_KEY="key-admin-of-a-test")
    with site.ingress(), site.projector():
        for body in calls():
            site.post_call(body)
        site.wait_until_folded(8)
        before = replays(site)
        openmemory.fail("hang", path="/users/%2B12025550199/summary")
        replay = beside(site, "replay")
        site.wait_until(lambda: not openmemory.faults_left)
        path = f"/callers/{MARTA}"
        assert site.request("DELETE", path, headers=ADMIN).status_code == 202
        assert site.post_call(transcription("conv_Ben_9", "We have a dog.", caller=BEN)).status_code == 200
        site.wait_until_folded(10, is_told=False)
        assert "Marta" not in site.call_start(MARTA)["dynamic_variables"]["greeting"]
        assert any(key[0] == MARTA for key in held(openmemory))
        replay.kill()
        replay.wait()
        site.wait_until(lambda: site.get(path, headers=ADMIN).status_code == 404)
        site.wait_until(lambda: replays(site) == before + 1)
        site.wait_until(lambda: site.recent_health()["degraded"] == [])

    assert MARTA not in str(openmemory.held.rows)
    assert held(openmemory) == remembered(site)


def test_follows_what_a_replay_made_beside_it(tmp_path: Path, openmemory: OpenMemoryServer) -> None:
    """A projector that lags behind, while another replays more events than it has read, undoes none of them."""
    site = site_of(tmp_path, openmemory)
    at_s = 1_762_948_800
    with site.ingress(), site.projector() as process:
        site.post_call(transcription("conv_Ben_1", "I have a cat.", caller=BEN, at_s=at_s))
        site.post_call(transcription("conv_Marta_1", "I have a dog.", caller=MARTA, at_s=at_s))
        site.wait_until_folded(2)
        before = replays(site)
        stop_while_idle(process, site)
        for number, what in ((2, "cow"), (3, "hen")):
            said = f"I have a {what}."
            site.post_call(transcription(f"conv_Marta_{number}", said, caller=MARTA, at_s=at_s + number * 86_400))
        openmemory.fail("hang", path="/users/%2B12025550199/summary")
        replay = beside(site, "replay")
        site.wait_until(lambda: not openmemory.faults_left)
        os.kill(process.pid, signal.SIGCONT)
        assert replay.wait(PATIENCE_S) == 0
        site.wait_until_folded(4)

        assert site.health()["degraded"] == []
        assert not site.search("Which animals?", MARTA, agent_id=AGENT, limit=20)["degraded"]
    assert replays(site) == before
    assert held(openmemory) == remembered(site)


def test_harms_no_other_installation(tmp_path: Path, openmemory: OpenMemoryServer) -> None:
    """Two installations share one server and a caller: neither removes, finds or hides the other's rows."""
    for name in ("ours", "theirs"):
        (tmp_path / name).mkdir()
    ours, theirs = (site_of(tmp_path / name, openmemory) for name in ("ours", "theirs"))
    with ours.ingress(), ours.projector(), theirs.ingress():
        for body in calls():
            ours.post_call(body)
        ours.wait_until_folded(8)
        before = dict(openmemory.held.rows)
        theirs.post_call(transcription("conv_other", "My son is 3 years old.", caller=MARTA))
        for command in ("--once", "replay", "--once"):
            theirs.run("projector", command)
            assert before.keys() <= openmemory.held.rows.keys()
        for site in (ours, theirs):
            assert site.health()["degraded"] == []
            found = site.search("How old is your son?", MARTA, agent_id=AGENT, limit=20)
            assert not found["degraded"]
            conversations = {memory["conversation_id"] for memory in found["memories"]} - {None}
            assert ("conv_other" in conversations, len(conversations)) == ((False, 4) if site is ours else (True, 1))
        theirs.run("projector", "forget", "--yes", MARTA)
        ours.run("projector", "replay")

        marks = {row["user_id"] for row in openmemory.held.rows.values()} - {MARTA, BEN}
        assert len(marks) == 2
        assert held(openmemory) == remembered(ours)
        assert remembered(theirs).total() == 0


def test_tells_what_is_left_where_rows_were_lost(tmp_path: Path, openmemory: OpenMemoryServer) -> None:
    """If someone removed a caller's rows, a search returns the remaining hits, then the newest, marked as degraded."""
    site = site_of(tmp_path, openmemory)
    with site.ingress():
        for body in calls():
            site.post_call(body)
        site.run("projector", "--once")
        for id_, row in list(openmemory.held.rows.items()):
            if row["user_id"] == MARTA and not row["content"].startswith("My son is 2"):
                del openmemory.held.rows[id_]
        found = site.search("How old is your son?", MARTA, agent_id=AGENT, limit=5)

    assert found["degraded"]
    assert found["memories"][0]["content"] == "My son is 2 years old."
    assert len({(m["content"], m["conversation_id"]) for m in found["memories"]}) == 5
