"""The commands about callers as an operator types them."""

import json
import subprocess
from pathlib import Path

import pytest

from events.folder_log.log import FolderLog
from tests.support.erasures import requests_of
from tests.support.samples import MARTA, transcription
from tests.support.servers import Site
from tests.support.sites import ProjectorSite
from tests.support.starts.running import run_forked

pytestmark = [pytest.mark.slow, pytest.mark.server]

BEN = "+12025550199"


@pytest.fixture
def held(site: Site) -> Site:
    """A site that knows Marta and Ben."""
    projector = ProjectorSite(site.folder)
    projector.append(
        transcription("conv_marta", "My zebrak7.", user_name="Marta Lindqvist"),
        transcription("conv_ben", "My walrusk7.", caller=BEN),
    )
    projector.replay()
    return site


def _answer(site: Site, answer: str, *command: str) -> subprocess.CompletedProcess[str]:
    return run_forked(["projector", *command], folder=site.folder, env=site.env, read=answer.encode())


@pytest.mark.parametrize("command", [("forget", MARTA), ("--forget", MARTA)])
@pytest.mark.parametrize(("answer", "code"), [("n\n", 1), ("\n", 1), ("perhaps\nno\n", 1), ("", 2)])
def test_forget_asks_first(held: Site, command: tuple[str, ...], answer: str, code: int) -> None:
    """The command says whom it would erase; without a yes nothing is requested, and without an answer exit 2."""
    done = _answer(held, answer, *command)

    assert (done.returncode, done.stdout) == (code, "")
    assert "+12025550143  Marta Lindqvist  1 call" in done.stderr
    assert "nothing was erased" in done.stderr
    assert not requests_of(FolderLog(held.payloads))
    assert "zebrak7" in held.dump()


@pytest.mark.parametrize("command", [("forget", MARTA), ("--forget", MARTA), ("--forget", MARTA, "--yes")])
def test_forget_erases_after_a_yes(held: Site, command: tuple[str, ...]) -> None:
    """With a yes, typed or given as an option, the caller is erased."""
    done = _answer(held, "y\n", *command)

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["conversations"] == ["conv_marta"]
    assert "zebrak7" not in held.dump()


def test_forgetting_nobody_is_said(held: Site) -> None:
    """A number of whom nothing is held gives exit 1 and says nobody, also the second time, and before any memory."""
    for number in ("+12025550188", "user:nobody", "+12025550188"):
        done = held.run("projector", "forget", "--yes", number, check=False)
        assert done.returncode == 1
        assert "nobody" in done.stderr
    asked = _answer(held, "n\n", "forget", "+12025550187")
    assert asked.returncode == 1
    assert "nobody is known" in asked.stderr
    assert "zebrak7" in held.dump()


def test_callers_are_listed_and_found(held: Site) -> None:
    """`callers` lists everybody, finds a name, prints JSON, and exits 1 where nobody is found."""
    assert [line[:12] for line in held.run("projector", "callers").stdout.splitlines()] == [MARTA, BEN]
    (line,) = held.run("projector", "callers", "--search", "lindqvist", "--json").stdout.splitlines()
    assert json.loads(line) == {
        "caller": MARTA,
        "name": "Marta Lindqvist",
        "others": [],
        "call_count": 1,
        "first_call_at": "2025-11-12T12:00:00Z",
        "last_call_at": "2025-11-12T12:00:00Z",
    }
    nobody = held.run("projector", "callers", "--search", "zoe", check=False)
    assert (nobody.returncode, nobody.stdout) == (1, "")
    assert "no caller is found by 'zoe'" in nobody.stderr


def test_former_options_do_what_the_commands_do(held: Site) -> None:
    """For one release each option still does what its command does, and says which one that is."""
    for option, command in (
        (["--dump"], ["dump"]),
        (["--export", MARTA], ["export", MARTA]),
        (["--replay"], ["replay"]),
    ):
        old, new = held.run("projector", *option), held.run("projector", *command)
        assert old.stdout == new.stdout
        assert f"`projector {command[0]}`" in old.stderr
        assert "going away" not in new.stderr


def test_show_says_that_the_only_call_is_missing(site: Site) -> None:
    """Of a caller whose only call could not be folded, `show` says so, and not only that nothing is known."""
    log = FolderLog(site.payloads)
    lost = site.payloads / log.append(transcription("conv_lost", "I was lost."), source="webhook").path
    elsewhere = site.folder / "elsewhere"
    lost.rename(elsewhere)
    site.run("projector", "--once", check=False)
    unread = site.run("projector", "show", MARTA, check=False)
    assert unread.returncode == 1
    assert "1 event cannot be read, and may be of this caller" in unread.stderr

    elsewhere.rename(lost)
    failed = site.run("projector", "show", MARTA, check=False)
    assert failed.returncode == 1
    assert "1 event of this caller could not be folded: position 1" in failed.stderr
    assert "of this caller" not in site.run("projector", "show", BEN, check=False).stderr

    site.run("projector", "retry")
    log.append(transcription("conv_new", "Hello.", caller=BEN), source="webhook")
    waiting = site.run("projector", "show", BEN, check=False)
    assert waiting.returncode == 1
    assert "1 event of the log, perhaps of this caller, not folded yet" in waiting.stderr


@pytest.mark.parametrize("command", ["ingress", "projector", "events"])
def test_version_and_help_need_no_settings(tmp_path: Path, command: str) -> None:
    """`--version` and `--help` answer where nothing is set up yet."""
    site = Site(tmp_path)
    site.env = {"PATH": site.env["PATH"], "PAYLOAD_STORAGE_PATH": "/dev/null/x", "LOG_LEVEL": "loud"}
    assert site.run(command, "--version").stdout.startswith(f"{command} 0.")
    assert "--version" in site.run(command, "--help").stdout
    if command == "projector":
        assert "--yes" in site.run(command, "forget", "--help").stdout
