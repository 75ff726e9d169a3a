"""Real processes beside files of the log that the system refuses: whoever has another file is served as ever."""

import fcntl
import json
import os
from pathlib import Path

import pytest

from events.folder_log.log import FolderLog
from tests.support.broken_files import pipe
from tests.support.rights import close, held_to_rights, needs_rights, open_again
from tests.support.samples import MARTA, audio, transcription
from tests.support.servers import Site
from tests.support.strace import Fault, failing, injected, needs_strace

BEN, ANA = "+12025550199", "+12025550177"
BAD_PATH = "conv_bad/conv_bad_transcription.json"


def append(site: Site, *bodies: bytes) -> None:
    """Append events of a webhook."""
    for body in bodies:
        FolderLog(site.payloads).append(body, source="webhook")


def is_remembered(site: Site, caller: str) -> bool:
    """Return whether a caller is greeted by name."""
    return bool(site.call_start(caller)["dynamic_variables"]["is_returning_caller"])


@needs_strace
@pytest.mark.parametrize(("syscall", "error"), [("pread64", "EIO"), ("openat", "EIO"), ("openat", "EACCES")])
def test_bad_sector_stops_nobody_else(site: Site, tmp_path: Path, syscall: str, error: str) -> None:
    """
    While one file gives an error, both processes serve everybody else: calls are learnt, a caller is forgotten, and
    `/health` and `projector failures` say what is wrong. Afterwards a retry learns the call.
    """
    append(site, transcription("conv_ben", "hello", caller=BEN, first_name="Ben"))
    trace = tmp_path / "trace"
    with site.ingress(), site.projector() as projector:
        site.wait_until_folded(1)
        bad = site.payloads / BAD_PATH
        with failing(projector.pid, Fault(syscall, error), trace=trace, path=bad):
            append(site, transcription("conv_bad", "word"), transcription("conv_ana", "hello", caller=ANA))
            site.wait_until_folded(3)
            assert is_remembered(site, ANA)
            assert (site.health()["read_model"]["failures"], site.health()["degraded"]) == (1, ["failures"])
            listed = site.run("projector", "failures", check=False)
            reason = os.strerror({"EIO": 5, "EACCES": 13}[error])
            assert listed.stdout.startswith(f"2  transcription  conv_bad  {BAD_PATH} cannot be read: {reason}")
            site.run("projector", "forget", "--yes", BEN)
            assert not is_remembered(site, BEN)
            assert "projection_waiting" not in site.log("projector")
        assert injected(trace)
        site.run("projector", "retry", "2")
        assert is_remembered(site, MARTA)
        site.wait_until(lambda: site.health()["status"] == "ok")


@needs_strace
def test_process_out_of_descriptors_waits(site: Site, tmp_path: Path) -> None:
    """A process that can open no more files holds its place, sets nothing aside, and learns the call afterwards."""
    append(site, transcription("conv_ben", "hello", caller=BEN))
    with site.ingress(), site.projector() as projector:
        site.wait_until_folded(1)
        fault = Fault("openat", "EMFILE")
        with failing(projector.pid, fault, trace=tmp_path / "trace", path=site.payloads / BAD_PATH):
            append(site, transcription("conv_bad", "word"))
            site.wait_until(lambda: "projection_waiting" in site.log("projector"))
            assert site.health()["read_model"]["position"] == 1
        site.wait_until_folded(2)
        site.wait_until(lambda: site.health()["status"] == "ok")
        assert is_remembered(site, MARTA)


@needs_rights
def test_commands_go_on_past_files_of_another_user(site: Site) -> None:
    """
    Every command over a log with a file and a folder that it may not read does the rest, names both, and exits 1.
    """
    under = held_to_rights()
    append(site, transcription("conv_bad", "one"), audio("conv_bad"), transcription("conv_m", "two"))
    append(site, transcription("conv_closed", "x", caller=BEN), transcription("conv_ben", "y", caller=BEN))
    file, folder = site.payloads / BAD_PATH, site.payloads / "conv_closed"
    close(file)
    close(folder)
    try:
        for command in ("--once", "replay"):
            done = site.run("projector", command, check=False, under=under)
            assert done.returncode == 1
            assert [line.split("  ")[:4] for line in done.stdout.splitlines()] == [
                ["1", "transcription", "conv_bad", f"{BAD_PATH} cannot be read: Permission denied"],
                [
                    "4",
                    "transcription",
                    "conv_closed",
                    f"conv_closed/{folder.name}_transcription.json cannot be read: Permission denied",
                ],
            ]
        exported = json.loads(site.run("projector", "export", MARTA, under=under).stdout)
        assert [event["receipt"]["position"] for event in exported["events"]] == [3]
        assert [event["position"] for event in exported["unread"]] == [1, 4]

        verified = site.run("events", "verify", check=False, under=under)
        assert verified.returncode == 1
        assert [line.split("  ")[:3] for line in verified.stdout.splitlines() if line.startswith("unread")] == [
            ["unread", "1", BAD_PATH],
            ["unread", "4", "conv_closed/conv_closed_transcription.json"],
            ["unread", "-", "conv_closed"],
        ]
        assert "2 events could not be read: nothing is proven of them" in verified.stdout

        account = json.loads(site.run("projector", "forget", "--yes", MARTA, under=under).stdout)
        assert "conv_m" in account["conversations"]
        assert not (site.payloads / "conv_m").exists()
        assert file.exists()
    finally:
        open_again(file)
        open_again(folder)
    site.run("projector", "retry")
    assert not file.exists()  # it came in late, for a caller who was forgotten
    assert site.run("events", "verify", check=False).stdout.count("unread") == 0
    assert is_known(site, BEN)
    assert not is_known(site, MARTA)


@needs_rights
def test_erasure_that_may_not_remove_a_file_says_so(site: Site) -> None:
    """
    If the files of a forgotten caller lie in a folder that may not be written, the command says so and exits 1, the
    caller is no longer known, `/health` counts the erasure as unfinished, others are learnt; a retry then removes them.
    """
    under = held_to_rights()
    append(site, transcription("conv_m", "two"), transcription("conv_ben", "y", caller=BEN))
    folder = site.payloads / "conv_m"
    with site.ingress(), site.projector(under=under):
        site.wait_until_folded(2)
        folder.chmod(0o500)
        try:
            done = site.run("projector", "forget", "--yes", MARTA, check=False, under=under)
            assert done.returncode == 1
            assert "conv_m_transcription.json cannot be removed: Permission denied" in done.stderr
            assert "projector retry 4" in done.stderr
            assert not is_remembered(site, MARTA)
            append(site, transcription("conv_ana", "hello", caller=ANA))
            site.wait_until_folded(5)
            assert is_remembered(site, ANA)
            assert site.health()["degraded"] == ["failures"]
        finally:
            open_again(folder)
        site.run("projector", "retry", "4", under=under)
        assert not folder.exists()
        site.wait_until(lambda: site.health()["status"] == "ok")


@needs_rights
def test_import_goes_on_past_what_it_may_not_read_or_write(site: Site, tmp_path: Path) -> None:
    """An import names each file that it may not read, and each that the log may not take, and imports all others."""
    under = held_to_rights()
    append(site, transcription("conv_old", "one"))
    old = tmp_path / "old"
    for name in ("conv_1", "conv_2", "conv_old"):
        (old / name).mkdir(parents=True)
        (old / name / f"{name}_transcription.json").write_bytes(transcription(name, "another word"))
    close(old / "conv_1" / "conv_1_transcription.json")
    os.mkfifo(old / "conv_2" / "pipe.json")
    (site.payloads / "conv_old").chmod(0o500)
    try:
        done = site.run("events", "import", str(old), check=False, under=under)
    finally:
        open_again(site.payloads / "conv_old")
        open_again(old / "conv_1" / "conv_1_transcription.json")
    assert done.returncode == 1
    assert [line.split("  ")[:2] for line in done.stdout.splitlines() if line.startswith("failed")] == [
        ["failed", "conv_1/conv_1_transcription.json"],
        ["failed", "conv_old/conv_old_transcription.json"],
    ]
    assert "imported 1 event: transcription 1" in done.stdout


def test_pipe_in_place_of_a_file_holds_up_no_webhook(site: Site) -> None:
    """A webhook of a call whose name a pipe has taken is kept beside it, and so is everything after it."""
    append(site, transcription("conv_bad", "word"))
    pipe(site.payloads / BAD_PATH)
    with site.ingress(), site.projector():
        for body in (transcription("conv_bad", "word"), transcription("conv_ana", "hello", caller=ANA)):
            assert site.post_call(body).status_code == 200
        site.wait_until_folded(3)
        assert is_remembered(site, MARTA)
        assert is_remembered(site, ANA)


def is_known(site: Site, caller: str) -> bool:
    """Return whether anything is known of a caller."""
    return site.run("projector", "show", caller, check=False).returncode == 0


@needs_rights
@pytest.mark.parametrize("name", ["journal.jsonl", ".journal.lock"])
def test_health_says_that_the_journal_may_not_be_written(tmp_path: Path, name: str) -> None:
    """Where a webhook is refused because of the rights of the journal or of its lock, `/health` is 503 and says why."""
    site = Site(tmp_path)
    with site.ingress(under=held_to_rights()):
        assert site.post_call(transcription("conv_1", "hello")).status_code == 200
        (site.payloads / name).chmod(0o400)
        refused, health = site.post_call(transcription("conv_2", "hello")), site.health_answer()
        open_again(site.payloads / name)

        assert (refused.status_code, health.status_code) == (503, 503)
        assert "Permission denied" in health.json()["log"]["error"]
        assert site.post_call(transcription("conv_2", "hello")).status_code == 200
        assert site.health_answer().status_code == 200


def test_health_says_that_the_journal_is_kept_locked(tmp_path: Path) -> None:
    """While another process keeps the journal's lock, webhooks wait, and `/health` is 503."""
    site = Site(tmp_path)
    with site.ingress():
        assert site.post_call(transcription("conv_1", "hello")).status_code == 200
        with (site.payloads / ".journal.lock").open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            site.wait_until(lambda: site.get("/health").status_code == 503, "ingress")
        assert site.health_answer().status_code == 200
