"""The projector beside a running ingress: under load, with a broken doorbell, a restored journal, a lost read model."""

import json
import shutil
import signal
import sqlite3
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from events.folder_log.log import FolderLog
from projector.read_model.sqlite.generations import SqliteGenerations
from tests.support.samples import CAPTURED, MARTA, MP3, audio, transcription
from tests.support.servers import Site, loopback_client, signed
from tests.support.waiting import PATIENCE_S

_WRITERS = 8


@pytest.mark.parametrize(("is_watching", "events"), [("true", 3_000), ("false", 600)])
def test_every_webhook_becomes_a_memory_under_load(tmp_path: Path, is_watching: str, events: int) -> None:
    """Thousands of webhooks of several writers all become memories while the projector runs, by watching or polling."""
    site = Site(tmp_path, FILE_WATCHER=is_watching, LOG_LEVEL="warning", INGRESS_WORKERS="2")

    def write(writer: int) -> None:
        with loopback_client(base_url=site.url) as client:
            for number in range(writer, events, _WRITERS):
                caller = f"+1202555{number % 500:04d}"
                body = transcription(f"conv_{number}", f"Word {number}.", caller=caller, at_s=1_700_000_000 + number)
                assert client.post("/webhook/post-call", content=body, headers=signed(body)).status_code == 200

    with site.ingress(), site.projector():
        with ThreadPoolExecutor(_WRITERS) as writers:
            list(writers.map(write, range(_WRITERS)))
        site.wait_until_folded(events)
    live = site.dump()
    remembered = {memory["text"] for memory in json.loads(live)["memories"] if memory["kind"] == "turn"}
    assert remembered == {f"Word {number}." for number in range(events)}
    site.run("projector", "replay")
    assert site.dump() == live


def test_restored_journal_is_noticed_and_replayed(site: Site) -> None:
    """A journal that was restored from a backup and then grew differently is replayed, never continued."""
    first, second, third = (transcription(f"conv_{n}", f"Word {n}.") for n in range(3))
    backup = site.folder / "journal.backup"
    with site.ingress(), site.projector():
        site.post_call(first)
        site.wait_until_folded(1)
        shutil.copy(site.payloads / "journal.jsonl", backup)
        site.post_call(second)
        site.wait_until_folded(2)
        shutil.copy(backup, site.payloads / "journal.jsonl")
        assert site.post_call(third).json()["data"]["position"] == 2
        site.wait_until(lambda: "Word 2." in _found(site, "word"))

        assert _found(site, "word") == {"Word 0.", "Word 2."}
        assert "journal_replaced" in site.log("projector")
        assert site.post_call(second).json()["data"]["position"] == 3  # whose file was there, without a receipt
        site.wait_until_folded(3)
        assert _found(site, "word") == {"Word 0.", "Word 1.", "Word 2."}
    live = site.dump()
    site.run("projector", "replay")
    assert site.dump() == live


def test_replay_during_traffic_loses_nothing_and_fails_no_request(site: Site) -> None:
    """While the read model is replayed again and again, every webhook and every question is answered 200."""
    failed: list[str] = []
    posted = 0
    is_over = threading.Event()

    def post() -> None:
        nonlocal posted
        while not is_over.is_set():
            answer = site.post_call(transcription(f"conv_{posted}", f"Word {posted}.", at_s=1_700_000_000 + posted))
            if answer.status_code != 200:
                failed.append(answer.text)
            posted += 1

    def ask() -> None:
        site.post_call(transcription("conv_first", "Zebra.", first_name="Marta", caller="+12025550111"))
        site.wait_until(lambda: _found(site, "zebra", caller="+12025550111") == {"Zebra."})
        while not is_over.is_set():
            greeting = site.call_start("+12025550111")["dynamic_variables"]["greeting"]
            found = _found(site, "zebra", caller="+12025550111")
            if "Marta" not in greeting or found != {"Zebra."}:
                failed.append(f"{greeting} {found}")

    with site.ingress(), site.projector(), ThreadPoolExecutor(2) as threads:
        doing = [threads.submit(post), threads.submit(ask)]
        try:
            for _ in range(5):
                site.run("projector", "replay")
        finally:
            is_over.set()
        for done in doing:
            done.result()
        site.wait_until_folded(posted + 1)
    assert failed == []
    live = site.dump()
    assert live.count('"kind":"turn"') == posted + 1
    site.run("projector", "replay")
    assert site.dump() == live


@pytest.mark.parametrize("damage", ["deleted", "truncated", "garbage", "no CURRENT"])
def test_lost_read_model_is_replayed_and_never_fails_a_call(site: Site, damage: str) -> None:
    """With the read model gone or damaged, callers are greeted as unknown until the projector has replayed."""
    with site.ingress():
        with site.projector():
            site.post_call(CAPTURED.read_bytes())
            site.wait_until_folded(1)
        _damage(site.read_model, damage)

        start = site.call_start(MARTA)["dynamic_variables"]
        found = site.search("name", MARTA)
        assert start["greeting"] in {
            "Hello! How can I help you today?",
            "Welcome back, Marta! How can I help you today?",
        }
        assert isinstance(found["memories"], list)
        assert site.get("/health").status_code == 200
        assert site.post_call(transcription("conv_meanwhile", "hello")).status_code == 200

        with site.projector():
            site.wait_until(lambda: "Marta" in site.call_start(MARTA)["dynamic_variables"]["greeting"])
            site.wait_until_folded(2)


def test_locked_read_model_does_not_hold_up_a_call(site: Site) -> None:
    """A process that locks the read model for long costs callers their greeting, and nothing else."""
    with site.ingress():
        site.post_call(CAPTURED.read_bytes())
        site.run("projector", "--once")
        connection = sqlite3.connect(SqliteGenerations(site.read_model).database(1), isolation_level=None)
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("BEGIN EXCLUSIVE")
        try:
            assert site.call_start(MARTA)["type"] == "conversation_initiation_client_data"
            assert isinstance(site.search("name", MARTA)["memories"], list)
            assert site.post_call(transcription("conv_meanwhile", "hello")).status_code == 200
        finally:
            connection.close()


def test_read_model_is_missing_until_the_projector_runs(site: Site) -> None:
    """An ingress that runs alone takes webhooks, greets callers as unknown, and says what is missing."""
    with site.ingress():
        assert site.post_call(CAPTURED.read_bytes()).status_code == 200
        assert site.call_start(MARTA)["dynamic_variables"]["is_returning_caller"] is False
        assert site.search("name", MARTA) == site.search("name", None)
        health = site.health_answer()
        assert health.status_code == 200
        assert health.json()["degraded"] == ["read_model"]
        assert health.json()["status"] == "degraded"


def test_read_model_path_that_is_a_file_degrades_and_never_fails(site: Site) -> None:
    """If no read model can be made, webhooks are taken, callers are greeted, and the projector waits and says why."""
    site.read_model.write_text("a file")
    with site.ingress(), site.projector() as projector:
        assert site.post_call(CAPTURED.read_bytes()).status_code == 200
        assert site.call_start(MARTA)["dynamic_variables"]["is_returning_caller"] is False
        assert site.get("/health").status_code == 200
        site.wait_until(lambda: "projector_waiting" in site.log("projector"))
        assert projector.poll() is None
        site.read_model.unlink()
        site.wait_until_folded(1)


def test_changed_settings_are_replayed_at_start(site: Site) -> None:
    """A projector that starts with another region replays, with the result of having had it from the start."""
    body = transcription("conv_national", "Guten Tag", caller="030 123456")
    FolderLog(site.payloads).append(body, source="webhook")
    site.run("projector", "--once")
    assert '"caller":"conversation:conv_national"' in site.dump()

    site.env["DEFAULT_REGION"] = "DE"
    site.run("projector", "--once")
    assert '"caller":"+4930123456"' in site.dump()


def test_second_projector_waits_for_the_first(site: Site) -> None:
    """Of two projectors one follows; the other waits, and takes over when the first is gone."""
    with site.ingress(), site.projector() as first:
        site.post_call(transcription("conv_1", "one"))
        site.wait_until_folded(1)
        with site.projector() as second:
            site.wait_until(lambda: "another projector follows" in site.log("projector"))
            assert second.poll() is None
            first.send_signal(signal.SIGKILL)
            site.post_call(transcription("conv_2", "two"))
            site.wait_until_folded(2)
            once = site.run("projector", "--once")
            assert "another projector follows" in once.stderr


def test_projector_ends_on_sigterm_alone(site: Site) -> None:
    """The following projector ends with 0 on SIGTERM, and on nothing else."""
    with site.projector() as process:
        site.wait_until(lambda: "replay_finished" in site.log("projector"))
        process.terminate()
        assert process.wait(PATIENCE_S) == 0


def test_event_that_cannot_be_folded_is_set_aside_and_listed(site: Site) -> None:
    """
    A webhook that cannot be folded is kept and listed with its reason, and stops no other; once restored, it is folded.
    """
    log = FolderLog(site.payloads)
    bad = log.append(transcription("conv_bad", "I was altered."), source="webhook")
    (site.payloads / bad.path).write_bytes(b"altered")
    lost = log.append(transcription("conv_lost", "I was lost."), source="webhook")
    log.append(transcription("conv_good", "I am fine."), source="webhook")
    file = site.payloads / lost.path
    file.rename(site.folder / "elsewhere")

    once = site.run("projector", "--once", check=False)
    assert once.returncode == 1
    assert "conv_bad" in once.stdout
    assert "is missing" in once.stdout
    assert "I am fine." in site.dump()
    assert "I was lost." not in site.dump()
    faults = json.loads(site.run("projector", "failures", "--json", check=False).stdout)
    assert [fault["place"]["position"] for fault in faults] == [1, 2]

    (site.folder / "elsewhere").rename(file)
    again = site.run("projector", "retry", "2", check=False)
    assert again.returncode == 0, again.stdout
    assert site.run("projector", "retry", check=False).returncode == 1  # the first one still fails
    assert "I was lost." in site.dump()
    assert site.run("projector", "retry", "99", check=False).returncode == 1
    replay = site.run("projector", "replay", check=False)
    assert replay.returncode == 1
    assert "conv_bad" in replay.stdout
    assert "conv_lost" not in replay.stdout


def test_what_could_not_be_read_is_listed_and_holds_nothing_up(site: Site) -> None:
    """
    An odd value costs that value: the call is learned, `failures` names what was left out, and `/health` counts it.

    A body that cannot be read at all is listed with its file, and `/health` is degraded by `unreadable`.
    """
    odd = json.loads(transcription("conv_odd", "I am fine."))
    odd["data"]["agent_name"] = 5
    odd["data"]["transcript"].append(None)
    with site.ingress(), site.projector():
        assert site.post_call(json.dumps(odd).encode()).status_code == 200
        site.wait_until(lambda: site.health()["read_model"]["partly_read"] == 1)
        assert site.health()["degraded"] == []
        assert site.post_call(b"\xff what is this").json()["data"]["kind"] == "unreadable"
        site.wait_until(lambda: site.health()["degraded"] == ["unreadable"])
        assert site.health()["read_model"]["unreadable"] == site.health()["read_model"]["unreadable_lately"] == 1
    assert "I am fine." in site.dump()
    assert site.run("projector", "--once").stdout == ""
    listed = site.run("projector", "failures", check=False)
    assert listed.returncode == 1
    called, unreadable = listed.stdout.splitlines()
    assert called == (
        "1  transcription  conv_odd  folded without what could not be read: data.agent_name, data.transcript[2]"
    )
    assert unreadable.startswith("2  unreadable  -  _unreadable/")
    in_json = json.loads(site.run("projector", "failures", "--json", check=False).stdout)
    assert [event["left_out"] for event in in_json] == [["data.agent_name", "data.transcript[2]"], []]


def test_altered_file_is_never_folded(site: Site) -> None:
    """A file that does not match its receipt is named, and no memory is made of it."""
    receipt = FolderLog(site.payloads).append(transcription("conv_1", "I owe you ten."), source="webhook")
    file = site.payloads / receipt.path
    file.write_bytes(file.read_bytes().replace(b"ten", b"six"))

    once = site.run("projector", "--once", check=False)
    assert once.returncode == 1
    assert "does not match its receipt" in once.stdout
    assert "I owe you" not in site.dump()


def test_recording_is_written_beside_its_event(site: Site) -> None:
    """The MP3 of a call is there to be listened to, and AUDIO_MP3=false saves the space."""
    FolderLog(site.payloads).append(audio("conv_audio"), source="webhook")
    site.env["AUDIO_MP3"] = "false"
    site.run("projector", "--once")
    mp3 = site.payloads / "conv_audio" / "conv_audio_audio.mp3"
    assert not mp3.exists()

    site.env["AUDIO_MP3"] = "true"
    site.run("projector", "replay")
    assert mp3.read_bytes() == MP3
    assert mp3.stat().st_mode & 0o777 == 0o600


def test_show_reads_well(site: Site) -> None:
    """A caller is shown with name, since when, how often, facts with source, and calls; an unknown one is an error."""
    FolderLog(site.payloads).append(CAPTURED.read_bytes(), source="webhook")
    site.run("projector", "--once")

    shown = site.run("projector", "show", "(202) 555-0143").stdout
    assert shown.startswith("Marta Lindqvist (+12025550143)\n1 call, since 12 November 2025")
    assert "Last name, said on 12 November 2025: Lindqvist  [conv_4201k9wfkvjyf60aevvp97zch524]" in shown
    stranger = site.run("projector", "show", "+12025550999", check=False)
    assert stranger.returncode == 1
    assert "nothing is known" in stranger.stderr


def test_dump_without_a_read_model_says_what_to_do(site: Site) -> None:
    """Before the first fold, the projector names the command that folds."""
    done = site.run("projector", "dump", check=False)
    assert done.returncode == 1
    assert "projector --once" in done.stderr


def _damage(folder: Path, damage: str) -> None:
    database = SqliteGenerations(folder).database(1)
    match damage:
        case "deleted":
            shutil.rmtree(folder)
        case "truncated":
            database.write_bytes(database.read_bytes()[:5000])
        case "garbage":
            database.write_bytes(b"no database" * 1000)
        case "no CURRENT":
            (folder / "CURRENT").unlink()


def _found(site: Site, query: str, *, caller: str = MARTA) -> set[str]:
    return {
        memory["content"]
        for memory in site.search(query, caller, limit=20)["memories"]
        if memory["sector"] == "episodic"
    }


def test_wrong_use_is_said_in_words(site: Site) -> None:
    """Options that exclude each other exit 2, and help names every command."""
    done = site.run("projector", "--once", "replay", check=False)
    assert done.returncode == 2
    helped: subprocess.CompletedProcess[str] = site.run("projector", "--help")
    for word in ("--once", "replay", "dump", "show", "failures", "retry"):
        assert word in helped.stdout


def test_says_the_end_of_the_chain_in_each_days_log(site: Site) -> None:
    """The projector logs the head that /health shows: once when it has caught up, and again each day."""
    with site.ingress(), site.projector():
        site.post_call(transcription("conv_1", "one"))
        site.wait_until_folded(1)
        head = site.health()["log"]["head"]
        site.wait_until(lambda: "journal_head" in site.log("projector"))
    said = [json.loads(line) for line in site.log("projector").splitlines() if "journal_head" in line]
    assert [(line["position"], line["sha256"]) for line in said] == [(1, head)]
