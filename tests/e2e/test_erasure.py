"""Erasing and exporting callers with real processes, alone and beside others at work."""

import json
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

import httpx
import pytest

from events.folder_log.log import FolderLog
from events.log.event import Event
from projector.read_model.sqlite.generations import SqliteGenerations
from tests.support.erasures import assert_accounted_for, erasures_of, requests_of
from tests.support.samples import AGENT_LINE, MARTA, audio, transcription
from tests.support.servers import Site, loopback_client, signed
from tests.support.sites import ProjectorSite, files_holding
from tests.support.waiting import PATIENCE_S

BEN = "+12025550199"


def _hold(site: Site) -> None:
    projector = ProjectorSite(site.folder)
    projector.append(
        transcription("conv_marta", "My zebrak7.", summary="About zebrak7."),
        audio("conv_marta"),
        transcription("conv_ben", "My walrusk7.", caller=BEN),
        b"\xff 202-555-0143 zebrak7",
    )
    projector.replay()


def _wait_for_request(site: Site) -> None:
    site.wait_until(lambda: requests_of(FolderLog(site.payloads)))


def _forget(site: Site, caller: str = MARTA) -> dict[str, Any]:
    account: dict[str, Any] = json.loads(site.run("projector", "--forget", caller).stdout)
    return account


def _assert_forgotten(site: Site) -> None:
    assert files_holding([site.payloads, site.read_model], ["zebrak7", MARTA[2:], "555-0143"]) == []
    assert "walrusk7" in site.dump()
    assert_accounted_for(FolderLog(site.payloads))


@pytest.mark.parametrize("is_followed", [False, True])
def test_command_forgets_a_caller(site: Site, *, is_followed: bool) -> None:
    """The command prints the erasure, whether it does the work or a running projector does; twice is no fault."""
    _hold(site)
    if is_followed:
        with site.ingress(), site.projector():
            site.wait_until_folded(4)
            first, second, stranger = _forget(site), _forget(site, "(202) 555-0143"), _forget(site, "+12025550111")
    else:
        first, second, stranger = _forget(site), _forget(site, "(202) 555-0143"), _forget(site, "+12025550111")

    assert first["conversations"] == ["conv_marta"]
    assert [event["position"] for event in first["events"]] == [1, 2, 4]
    assert first["counts"]["log.unreadable"] == 1
    for account in (second, stranger):
        assert (account["conversations"], account["events"], account["counts"]) == ([], [], {})
    _assert_forgotten(site)
    assert site.run("projector", "--once").stdout == ""


@pytest.mark.parametrize(
    ("option", "number"), [("--forget", ""), ("--forget", "12"), ("--forget", "user:"), ("--export", "anonymous")]
)
def test_what_is_no_caller_is_used_wrongly(site: Site, option: str, number: str) -> None:
    """A value that cannot name a caller is reported, exit 2, and nothing is appended."""
    done = site.run("projector", option, number, check=False)
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    assert not (site.payloads / "journal.jsonl").exists()


def test_export_is_the_caller_alone_and_then_nothing(site: Site) -> None:
    """The command prints one JSON document with all events of that caller and no other; after the erasure, exit 1."""
    _hold(site)
    held = site.run("projector", "--export", MARTA).stdout
    assert [event["receipt"]["position"] for event in json.loads(held)["events"]] == [1, 2, 4]
    assert "walrusk7" not in held
    _forget(site)
    done = site.run("projector", "--export", MARTA, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert "nothing is held" in done.stderr


def test_agents_own_line_is_said_to_stay(site: Site) -> None:
    """Of a number that is an agent's line, the commands say that calls of others on that line stay."""
    _hold(site)
    done = site.run("projector", "--export", AGENT_LINE, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert "nothing is held" in done.stderr
    assert "an agent's own line" in done.stderr
    done = site.run("projector", "--forget", AGENT_LINE)
    assert json.loads(done.stdout)["events"] == []
    assert "an agent's own line" in done.stderr
    assert "an agent's own line" not in site.run("projector", "--forget", MARTA).stderr
    assert "walrusk7" in site.dump()


# Replays, and stops when the new generation is complete but not live yet, until a file lets it continue.
_REPLAY_SLOWLY = """
import sys, time
from pathlib import Path
from events.disk import steps
from projector.__main__ import main

def reached(step):
    if step == "generation_filled":
        Path("filled").touch()
        while not Path("go").exists():
            time.sleep(0.01)

steps.reached = reached
sys.argv = ["projector", "--replay"]
main()
"""


@pytest.mark.parametrize("is_followed", [False, True])
def test_replay_under_way_brings_nobody_back(site: Site, *, is_followed: bool) -> None:
    """A generation that a replay filled before the request loses the caller's words before the request is finished."""
    _hold(site)
    with site.process("projector") if is_followed else site.process("projector", "--once"):
        slow = subprocess.Popen([sys.executable, "-c", _REPLAY_SLOWLY], cwd=site.folder, env=site.env)
        try:
            site.wait_until((site.folder / "filled").exists)
            with site.process("projector", "--forget", MARTA) as forgetting:
                _wait_for_request(site)
                time.sleep(0.3)
                assert forgetting.poll() is None
                (site.folder / "go").touch()
                assert slow.wait(PATIENCE_S) == 0
                assert forgetting.wait(PATIENCE_S) == 0
        finally:
            slow.kill()
            slow.wait()
    _assert_forgotten(site)
    assert SqliteGenerations(site.read_model).current() == 2  # the replay's


def test_forgotten_caller_is_never_greeted_by_name_again(site: Site) -> None:
    """Once a greeting knows nothing of the caller, none does, though a replay that began before goes live."""
    _hold(site)
    with site.ingress(), site.projector():
        site.wait_until_folded(4)
        assert site.call_start(MARTA)["dynamic_variables"]["is_returning_caller"]
        slow = subprocess.Popen([sys.executable, "-c", _REPLAY_SLOWLY], cwd=site.folder, env=site.env)
        try:
            site.wait_until((site.folder / "filled").exists)
            with site.process("projector", "--forget", MARTA) as forgetting:
                site.wait_until(lambda: not site.call_start(MARTA)["dynamic_variables"]["is_returning_caller"])
                (site.folder / "go").touch()
                while slow.poll() is None or forgetting.poll() is None:
                    assert not site.call_start(MARTA)["dynamic_variables"]["is_returning_caller"]
                    assert "zebrak7" not in str(site.search("zebrak7", MARTA))
                assert (slow.wait(PATIENCE_S), forgetting.wait(PATIENCE_S)) == (0, 0)
        finally:
            slow.kill()
            slow.wait()
        assert not site.call_start(MARTA)["dynamic_variables"]["is_returning_caller"]
    _assert_forgotten(site)


class _Load:
    """Webhooks of an erased caller's conversation, and of other callers, as fast as ingress answers."""

    def __init__(self, site: Site, client: httpx.Client) -> None:
        self._site, self._client = site, client
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=send, args=(n,)) for n in range(3) for send in (self._of_marta, self._of_others)
        ]
        self.answers: Counter[int] = Counter()
        self.kept: list[str] = []
        self.late = 0

    def __enter__(self) -> "_Load":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def wait_for(self, late: int) -> None:
        """Wait until this many versions of the erased caller's call were answered."""
        while self.late < late and all(thread.is_alive() for thread in self._threads):
            time.sleep(0.05)

    def _of_marta(self, thread: int) -> None:
        number = 0
        while not self._stop.is_set():
            number += 1
            version = transcription("conv_marta", f"My zebrak7 {thread} {number}.", event_timestamp=number)
            self._post(version)
            self.late += 1
            if number % 5 == 0:  # and the same bytes again, which may be gone, or going
                self._post(version)

    def _of_others(self, thread: int) -> None:
        number = 0
        while not self._stop.is_set():
            number += 1
            id_ = f"conv_other_{thread}_{number}"
            self._post(transcription(id_, f"I am {id_}.", caller=f"+1202555{1000 + number % 50}"))
            self.kept.append(id_)

    def _post(self, body: bytes) -> None:
        url = f"{self._site.url}/webhook/post-call"
        self.answers[self._client.post(url, content=body, headers=signed(body)).status_code] += 1


def test_load_upon_the_very_conversation_loses_nothing_of_others(site: Site) -> None:
    """
    While versions of an erased call keep coming, each is answered 200 and removed; other callers' are all kept.

    Each answered webhook has its receipt; an erasure lists each of the erased caller.
    """
    _hold(site)
    client = loopback_client()
    with client, site.ingress(), site.projector(), _Load(site, client) as load:
        for _ in range(2):
            _forget(site)
        load.wait_for(120)
    site.run("projector", "--once")

    assert set(load.answers) == {200}
    _assert_each_kept_once(site, load.kept)
    events = [event for event in FolderLog(site.payloads).read() if isinstance(event, Event)]
    assert sum(event.receipt.conversation_id == "conv_marta" for event in events) >= 120
    _assert_forgotten(site)


def _assert_each_kept_once(site: Site, kept: list[str]) -> None:
    log = FolderLog(site.payloads)
    listed = {event.position for erasure in erasures_of(log) for event in erasure.events}
    events = [event for event in log.read() if isinstance(event, Event) and event.place.position not in listed]
    left = Counter(event.receipt.conversation_id for event in events)
    assert all(left[id_] == 1 for id_ in kept)
    assert left["conv_marta"] == 0
    dump = site.dump()
    assert all(f'"conversation_id":"{id_}"' in dump for id_ in kept)


def test_lost_key_is_said_in_one_line(site: Site) -> None:
    """A garbage key is reported by `projector failures` and by the command that needs it, in one line each."""
    _hold(site)
    _forget(site)
    (site.payloads / ".erasure.key").write_text("garbage")
    once = site.run("projector", "--once", check=False)
    assert once.returncode == 1
    failures = site.run("projector", "failures", check=False)
    assert (failures.returncode, len(failures.stdout.splitlines())) == (1, 1)
    assert "restore it from the backup" in failures.stdout
    forgetting = site.run("projector", "--forget", BEN, check=False)
    assert forgetting.returncode == 1
    assert "holds no key" in forgetting.stderr
    assert len(forgetting.stderr.splitlines()) == 1
    assert "walrusk7" in site.dump()


def test_log_that_is_gone_is_said(site: Site, tmp_path: Path) -> None:
    """A request fails if the log vanished: the command says so, and no new log hides the old one."""
    _hold(site)
    (site.payloads / "journal.jsonl").rename(tmp_path / "elsewhere")
    done = site.run("projector", "--forget", MARTA, check=False)
    assert done.returncode == 1
    assert "is gone" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (site.payloads / "journal.jsonl").exists()
