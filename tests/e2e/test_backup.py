"""Backing up a live log by the commands of docs/backup.md, and restoring it."""

import re
import shutil
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest

from events.folder_log.log import FolderLog
from events.log.event import Event
from tests.support.rights import close, held_to_rights, needs_rights
from tests.support.samples import audio, transcription
from tests.support.servers import Site
from tests.support.waiting import PATIENCE_S

_PAGE = (Path(__file__).parent.parent.parent / "docs" / "backup.md").read_text()


class Load:
    """Callers who ring without end; it records which calls were acknowledged."""

    def __init__(self, site: Site) -> None:
        self.acknowledged: list[bytes] = []
        self._site = site
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._ring, args=(number,)) for number in range(4)]

    @contextmanager
    def running(self) -> Iterator[None]:
        """Ring until the block ends."""
        for thread in self._threads:
            thread.start()
        try:
            yield
        finally:
            self._stop.set()
            for thread in self._threads:
                thread.join()

    def wait_for_more(self, count: int) -> None:
        """Wait until this many more are acknowledged."""
        goal = len(self.acknowledged) + count
        self._site.wait_until(lambda: len(self.acknowledged) >= goal, "ingress")

    def _ring(self, number: int) -> None:
        with self._site.client() as client:
            call = 0
            while not self._stop.is_set():
                call += 1
                conversation_id = f"conv_{number}_{call}"
                for body in (transcription(conversation_id, f"call {call}"), audio(conversation_id)):
                    if self._site.post_call(body, client=client).status_code == 200:
                        self.acknowledged.append(body)


def commands(*, is_rsync: bool) -> list[str]:
    """Return the commands of the page that copy a live log, in their order."""
    _, copying, instead, *_ = blocks()
    lines: list[str] = copying.splitlines()
    assert lines[3].startswith("rsync ")
    return lines if is_rsync else [*lines[:3], instead.strip(), *lines[4:]]


def blocks() -> list[str]:
    """Return the commands of each block of the page."""
    return [textwrap.dedent(block) for block in re.findall(r"```sh\n(.*?)```", _PAGE, re.DOTALL)]


def prepared(site: Site, backup: Path) -> dict[str, str]:
    """Return the environment of a shell in which the first block of the page was run, for another copy."""
    path = f"{Path(sys.executable).parent}:{site.env['PATH']}"
    names = {"LOG": str(site.payloads), "BACKUP": str(backup), "HEAD": str(backup.with_name("head.jsonl"))}
    return site.env | {"PATH": path} | names


@pytest.mark.parametrize("is_rsync", [True, False], ids=["rsync", "cp"])
def test_copy_of_a_live_log_loses_nothing(site: Site, tmp_path: Path, is_rsync: bool) -> None:
    """
    A log that is copied while calls come in, journal first, lacks no call that was acknowledged before.

    Verifying the live log finds nothing, and verifying the copy at most files without receipts. Once these are adopted,
    it finds nothing either, and the copy is a log that can be replayed.
    """
    if is_rsync and shutil.which("rsync") is None:
        pytest.skip("there is no rsync")
    backup = tmp_path / "backup"
    load = Load(site)
    with site.ingress(), load.running():
        load.wait_for_more(40)
        before = list(load.acknowledged)
        head = site.health()["log"]["head"]
        for command in commands(is_rsync=is_rsync):
            subprocess.run(["sh", "-ec", command], env=prepared(site, backup), check=True, timeout=PATIENCE_S)
            load.wait_for_more(20)
        live = site.run("events", "verify", "--head", head)
        assert live.stdout.splitlines()[-1].endswith("nothing is wrong")
        load.wait_for_more(1)
    site.env |= {"PAYLOAD_STORAGE_PATH": str(backup / "payloads"), "READ_MODEL_PATH": str(tmp_path / "restored")}

    found = site.run("events", "verify", "--json", "--head", head, check=False).stdout.splitlines()
    assert {msgspec.json.decode(line)["what"] for line in found[:-1]} == {"extra"}

    adopted = site.run("events", "import", str(backup / "payloads"))
    assert f"imported {len(found) - 1} events" in adopted.stdout
    site.run("events", "verify", "--head", head)
    copied = {event.body() for event in FolderLog(backup / "payloads").read() if isinstance(event, Event)}
    assert set(before) <= copied <= set(load.acknowledged)
    site.run("projector", "replay")


@needs_rights
@pytest.mark.parametrize("is_rsync", [True, False], ids=["rsync", "cp"])
def test_copy_goes_on_past_a_file_that_cannot_be_read(site: Site, tmp_path: Path, is_rsync: bool) -> None:
    """A file that the one who copies may not read is missing in the copy, which holds all others and says so."""
    if is_rsync and shutil.which("rsync") is None:
        pytest.skip("there is no rsync")
    log = FolderLog(site.payloads)
    for number in range(3):
        log.append(transcription(f"conv_{number}", "word"), source="import")
    bad = "conv_1/conv_1_transcription.json"
    close(site.payloads / bad)
    backup = tmp_path / "backup"
    for command in commands(is_rsync=is_rsync):
        prefix = [*held_to_rights(), "sh", "-c", command]
        subprocess.run(prefix, env=prepared(site, backup), check=False, timeout=PATIENCE_S)
    site.env |= {"PAYLOAD_STORAGE_PATH": str(backup / "payloads")}
    found = site.run("events", "verify", "--json", check=False).stdout.splitlines()
    decoded = [msgspec.json.decode(line) for line in found[:-1]]
    assert [(finding["what"], finding["path"]) for finding in decoded] == [("missing", bad)]


def test_log_is_restored_by_the_commands_of_the_page(site: Site, tmp_path: Path) -> None:
    """
    Pasted one block after the other into one shell, they copy a log, and put the copy in the place of a broken one.

    The memories are the same then.
    """
    home = tmp_path / "elaoms"
    home.mkdir()
    (home / ".venv").symlink_to(Path(sys.executable).parents[1])
    names = ("ELEVENLABS_POST_CALL_KEY", "PAYLOAD_STORAGE_PATH", "READ_MODEL_PATH")
    (home / ".env").write_text("".join(f'{name}="{site.env[name]}"\n' for name in names))
    log = FolderLog(site.payloads)
    for number in range(3):
        log.append(transcription(f"conv_{number}", f"Word {number}."), source="import")
    site.run("projector", "--once")
    before = site.dump()

    first, copying, instead, check, *restoring = blocks()
    if shutil.which("rsync") is None:
        copying = "\n".join(line for line in copying.splitlines() if not line.startswith("rsync ")) + "\n" + instead
    breaking = 'rm -r "$LOG/conv_1" && : > "$LOG/journal.jsonl"\n'
    script = "\n".join(["set -euo pipefail", first, copying, check, breaking, *restoring])
    assert "events import" in script
    assert "projector replay" in script
    bare = {"PATH": site.env["PATH"], "SEMANTIC_SEARCH": "off", "AUDIT_LOG_PATH": str(tmp_path / "audit.jsonl")}
    done = subprocess.run(
        ["bash", "-c", script], cwd=home, env=bare, capture_output=True, text=True, check=False, timeout=PATIENCE_S
    )
    assert done.returncode == 0, f"{script}\n{done.stdout}\n{done.stderr}"
    assert site.dump() == before
    assert (tmp_path / "elaoms-backup").stat().st_mode & 0o077 == 0
    assert (site.payloads.parent / f"{site.payloads.name}.old").is_dir()
