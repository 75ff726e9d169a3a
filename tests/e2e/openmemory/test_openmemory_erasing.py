"""Erasing a caller with an OpenMemory server: our rows, other programs' rows, and a server that is down."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.openmemory.installation import BEN, calls, held, remembered, site_of
from tests.support.openmemory.server import OpenMemoryServer
from tests.support.samples import AGENT, MARTA, transcription
from tests.support.servers import Site
from tests.support.sites import files_holding
from tests.support.waiting import PATIENCE_S

_ADMIN = {"x-api-key": "key-admin-of-a-test"}


def filled(folder: Path, server: OpenMemoryServer) -> Site:
    """Return an installation that has delivered all calls to that server."""
    site = site_of(folder, server, ADMIN_KEY="key-admin-of-a-test")
    with site.ingress():
        for body in calls():
            site.post_call(body)
    site.run("projector", "--once")
    return site


def put_by_another(server: OpenMemoryServer, caller: str) -> str:
    """Add a row of a caller as another program does, and return its id."""
    row: str = server.held.add(caller, f"Noted elsewhere of {caller}.", [], {"source": "crm"})["id"]
    return row


def of(server: OpenMemoryServer, caller: str) -> list[dict[str, Any]]:
    """Return all rows of a caller, including other programs' rows."""
    return [row for row in server.held.rows.values() if row["user_id"] == caller]


def assert_forgotten(site: Site, server: OpenMemoryServer) -> None:
    """Assert that nothing is left of Marta, anywhere, and everything of Ben."""
    assert of(server, MARTA) == []
    assert files_holding([site.payloads, site.read_model], [MARTA[2:]]) == []
    assert held(server) == remembered(site)
    assert {caller for caller, _ in held(server)} == {BEN}


def test_forgets_a_caller(tmp_path: Path, openmemory: OpenMemoryServer) -> None:
    """
    An erasure removes every row of that caller in OpenMemory, including other programs' rows, and none of the others.
    The command says what it cannot remove from a server.
    """
    site = filled(tmp_path, openmemory)
    put_by_another(openmemory, MARTA)
    of_ben = put_by_another(openmemory, BEN)
    done = site.run("projector", "forget", "--yes", MARTA)

    assert "may keep freed pages of its database" in done.stderr
    assert of_ben in openmemory.held.rows
    del openmemory.held.rows[of_ben]
    assert_forgotten(site, openmemory)


def test_forgets_at_once_while_it_is_down(tmp_path: Path) -> None:
    """
    While OpenMemory is down an erased caller is treated as unknown at once, and leaves the log, even with earlier
    deliveries pending. The request is finished once OpenMemory is back and has removed the rows.
    """
    server = OpenMemoryServer()
    with server.serving():
        site = filled(tmp_path, server)
    with site.ingress(), site.projector():
        site.post_call(transcription("conv_Ben_next", "We have a dog.", caller=BEN))
        assert site.request("DELETE", f"/callers/{MARTA}", headers=_ADMIN).status_code == 202
        site.wait_until(lambda: not list(site.payloads.glob("conv_Marta_*")))

        assert "Marta" not in site.call_start(MARTA)["dynamic_variables"]["greeting"]
        assert site.search("How old is your son?", MARTA, agent_id=AGENT)["memories"] == []
        assert "We have a dog." in site.dump()
        assert MARTA not in site.dump()
        assert "erasures_finished" not in site.log("projector")
        assert of(server, MARTA)
        with server.serving():
            site.wait_until(lambda: "erasures_finished" in site.log("projector"))
            assert_forgotten(site, server)


@pytest.mark.parametrize("has_projector", [False, True])
def test_command_says_what_is_done(tmp_path: Path, *, has_projector: bool) -> None:
    """
    While OpenMemory is down the command prints what was removed and what was not, says that no new request is needed,
    and ends with 1. A later run does the rest.
    """
    server = OpenMemoryServer()
    with server.serving():
        site = filled(tmp_path, server)
    with site.ingress():
        if has_projector:
            with site.projector():
                done = site.run("projector", "forget", "--yes", MARTA, check=False)
        else:
            done = site.run("projector", "forget", "--yes", MARTA, check=False)

    assert done.returncode == 1
    assert json.loads(done.stdout)["counts"]["log.transcription"] == 4
    assert "done: the caller is no longer greeted" in done.stderr
    assert "Not yet: the memory engine" in done.stderr
    assert "You need not ask again: the request, event 9, is in the log" in done.stderr
    assert MARTA not in site.dump()
    with server.serving():
        site.run("projector", "--once")
        assert_forgotten(site, server)


def test_command_beside_a_projector_says_what_it_waits_for(tmp_path: Path, openmemory: OpenMemoryServer) -> None:
    """
    If another projector does the work and OpenMemory answers but removes nothing, the command says once what is done
    and what is left. It ends with 0 when nothing is left.
    """
    site = filled(tmp_path, openmemory)
    with site.ingress(), site.projector():
        site.wait_until(lambda: "journal_head" in site.log("projector"))
        openmemory.fail("500", times=1000)
        with site.process("projector", "forget", "--yes", MARTA) as forget:
            site.wait_until(lambda: "not yet: the caller is no longer greeted" in site.log("projector"))
            openmemory.mend()
            site.post_call(transcription("conv_Ben_next", "We have a dog.", caller=BEN))
            assert forget.wait(PATIENCE_S) == 0
    assert site.log("projector").count("not yet: ") == 1
    assert_forgotten(site, openmemory)


def test_forgets_what_came_back_with_a_backup(tmp_path: Path, openmemory: OpenMemoryServer) -> None:
    """After a restore of OpenMemory's own backup, another erasure removes rows that the log no longer knows."""
    site = filled(tmp_path, openmemory)
    backup = dict(openmemory.held.rows)
    site.run("projector", "forget", "--yes", MARTA)
    openmemory.held.rows = backup
    again = site.run("projector", "forget", "--yes", MARTA, check=False)
    assert again.returncode == 1

    assert json.loads(again.stdout)["counts"] == {}
    assert "the memory engine holds nothing either" in again.stderr
    assert_forgotten(site, openmemory)


def test_puts_again_what_came_after_the_request(tmp_path: Path) -> None:
    """
    A caller who calls again before OpenMemory removed their rows loses the old rows, and the new call is remembered.
    """
    server = OpenMemoryServer()
    with server.serving():
        site = filled(tmp_path, server)
        put_by_another(server, MARTA)
    with site.ingress():
        site.run("projector", "forget", "--yes", MARTA, check=False)
        site.post_call(transcription("conv_new", "I am back.", at_s=4_000_000_000))
        site.post_call(transcription("conv_newer", "It is me again.", at_s=None, event_timestamp=4_000_000_000))
    with server.serving():
        site.run("projector", "--once")

    assert {row["metadata"].get("conversation_id") for row in of(server, MARTA)} <= {"conv_new", "conv_newer", "-"}
    assert held(server) == remembered(site)


def test_moved_call_takes_nobody_elses_rows(tmp_path: Path, openmemory: OpenMemoryServer) -> None:
    """If a newer version gives a call to another caller, other programs' rows of the first caller stay, and ours go."""
    site = site_of(tmp_path, openmemory)
    by_another = put_by_another(openmemory, MARTA)
    openmemory.held.users[MARTA] = "Prefers the afternoon."
    with site.ingress(), site.projector():
        site.post_call(transcription("conv_1", "My son is 3.", event_timestamp=1_762_948_900))
        site.wait_until_folded(1)
        assert len(of(openmemory, MARTA)) > 1
        site.post_call(transcription("conv_1", "My son is 3.", caller=BEN, event_timestamp=1_762_949_000))
        site.wait_until_folded(2)

        assert [row["id"] for row in of(openmemory, MARTA)] == [by_another]
    assert {caller for caller, _ in remembered(site)} == {BEN}
    assert len(of(openmemory, BEN)) == len(remembered(site))


def test_replay_forgets_who_was_forgotten_elsewhere(tmp_path: Path, openmemory: OpenMemoryServer) -> None:
    """
    A caller who was erased while another engine was set is erased here by the replay, including other programs' rows.
    """
    site = filled(tmp_path, openmemory)
    put_by_another(openmemory, MARTA)
    site.env["MEMORY_ENGINE"] = "embedded"
    site.run("projector", "--once")
    site.run("projector", "forget", "--yes", MARTA)
    assert of(openmemory, MARTA)
    site.env["MEMORY_ENGINE"] = "openmemory-server"
    site.run("projector", "--once")

    assert_forgotten(site, openmemory)


def test_says_what_the_server_itself_may_keep(tmp_path: Path, openmemory: OpenMemoryServer) -> None:
    """The command that erases a caller says that a server keeps data that only its owner can remove."""
    site = filled(tmp_path, openmemory)

    def said() -> str:
        return str(site.request("DELETE", f"/callers/{MARTA}", headers=_ADMIN).json()["message"])

    with site.ingress(), site.projector():
        site.wait_until(lambda: "what the OpenMemory server itself may keep" in said())
    # It exits 1, for nothing is held any more.
    assert "may keep freed pages" in site.run("projector", "forget", "--yes", MARTA, check=False).stderr


def test_is_finished_by_no_replay_that_was_killed(tmp_path: Path, openmemory: OpenMemoryServer) -> None:
    """Rows of an erased caller that a killed replay brought back do not stay."""
    site = filled(tmp_path, openmemory)
    with site.ingress(), site.projector():
        openmemory.fail("hang", path="/memory/all", times=1)
        replay = subprocess.Popen([sys.executable, "-m", "projector", "replay"], cwd=site.folder, env=site.env)
        site.wait_until(lambda: not openmemory.faults_left)
        site.request("DELETE", f"/callers/{MARTA}", headers=_ADMIN)
        replay.kill()
        replay.wait()
        site.wait_until(lambda: not of(openmemory, MARTA))
        site.wait_until(lambda: "projection_waiting" in site.log("projector") or "_finished" in site.log("projector"))
    site.run("projector", "--once")

    assert_forgotten(site, openmemory)
