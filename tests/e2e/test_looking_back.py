"""`projector replay --into`, `replay --dry-run` and `projector diff`, beside a running projector."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.samples import MARTA, NOON_S, transcription
from tests.support.servers import Site
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.slow, pytest.mark.server]


@pytest.fixture
def held(site: Site) -> Site:
    """An installation that learned from a call."""
    with site.ingress():
        assert site.post_call(transcription("conv_1", "Hello.", first_name="Marta", city="Lund")).status_code == 200
    site.run("projector", "--once")
    return site


def state(site: Site) -> dict[str, bytes]:
    """Return each file of the log, and the memories."""
    files = {str(path): path.read_bytes() for path in site.payloads.rglob("*") if path.is_file()}
    return files | {"dump": site.dump().encode(), "live": (site.read_model / "CURRENT").read_bytes()}


def left(site: Site) -> list[Path]:
    return list(site.folder.rglob(".dry-run-*"))


def test_memories_of_a_day_lie_in_a_folder_of_their_own(held: Site) -> None:
    """Into a new folder, as of a day; log and live memories stay as they are, and diff tells what came since."""
    before = state(held)
    held.run("projector", "replay", "--until", "2020-01-31", "--into", "then")
    held.run("projector", "replay", "--into", "now")
    assert state(held) == before

    assert held.run("projector", "diff", "now").stdout == ""
    done = held.run("projector", "diff", "then", check=False)
    assert (done.returncode, done.stdout.splitlines()[0]) == (1, f"{MARTA}  Marta  (added)")
    assert "+ fact City: Lund" in done.stdout
    told = json.loads(held.run("projector", "diff", "now", "then", "--json", check=False).stdout)
    assert (told["caller"], told["state"]) == (MARTA, "removed")
    held.env["READ_MODEL_PATH"] = str(held.folder / "now")
    assert "Marta" in held.run("projector", "show", MARTA).stdout


def test_dry_run_says_what_a_setting_would_do(held: Site) -> None:
    """With today's settings nothing differs, exit 0; with another one each caller does, exit 1; nothing is left."""
    before = state(held)
    assert held.run("projector", "replay", "--dry-run").stdout == ""
    held.env["NAME_FIELDS"] = "none_such"
    done = held.run("projector", "replay", "--dry-run", check=False)
    assert (done.returncode, "~ name: not known, before Marta" in done.stdout) == (1, True)
    del held.env["NAME_FIELDS"]
    assert (state(held), left(held)) == (before, [])


def test_dry_run_that_is_ended_leaves_nothing(held: Site) -> None:
    """SIGTERM ends it within seconds and leaves nothing; what a killed one left is removed by the next."""
    with held.ingress():
        for number in range(200):
            held.post_call(transcription(f"conv_x{number}", *["Words."] * 50, at_s=NOON_S + number))
    command = [sys.executable, "-m", "projector", "replay", "--dry-run"]
    ended = []
    for number in (signal.SIGKILL, signal.SIGTERM):
        with subprocess.Popen(command, cwd=held.folder, env=held.env, stderr=subprocess.DEVNULL) as process:
            wait_until(lambda: left(held))
            process.send_signal(number)
        ended.append(f".dry-run-{process.pid}")
    assert ended[1] not in [path.name for path in left(held)]
    held.run("projector", "replay", "--dry-run", check=False)
    assert left(held) == []


@pytest.mark.parametrize(
    "arguments",
    [
        ("replay", "--until", "2026-01-01"),
        ("replay", "--until", "soon", "--into", "then"),
        ("replay", "--dry-run", "--into", "then"),
        ("replay", "--json"),
        ("replay", "--into", "payloads"),
        ("replay", "--into", "readmodel/then"),
        ("replay", "--into", "."),
        ("replay", "--into", "circle"),
        ("diff",),
        ("diff", "no_such_folder"),
        ("--replay", "--until", "2026-01-01"),
        ("--until", "2026-01-01", "--into", "then"),
    ],
)
def test_wrong_use_changes_nothing(held: Site, arguments: tuple[str, ...]) -> None:
    """What would put the live memories back to a day, overwrite something, or makes no sense: exit 2."""
    (held.folder / "circle").symlink_to("circle")
    before = sorted(held.folder.iterdir())
    done = held.run("projector", *arguments, check=False)
    assert (done.returncode, "Traceback" in done.stderr) == (2, False)
    assert sorted(held.folder.iterdir()) == before


def test_former_option_does_the_same(held: Site) -> None:
    """`--replay --until DATE --into DIR` works for this release, as the command does."""
    held.run("projector", "--replay", "--until", "2020-01-31", "--into", "then")
    assert held.run("projector", "diff", "then", check=False).returncode == 1
