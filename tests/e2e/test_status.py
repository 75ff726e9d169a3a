"""`projector status` beside two running processes, and without them."""

import json
import signal
import subprocess
import sys

import pytest

from tests.support.samples import transcription
from tests.support.servers import Site

pytestmark = pytest.mark.server


def test_status_beside_a_running_projector(site: Site) -> None:
    """While both run, and a call was projected, the figures say so, and the exit code is 0; after SIGTERM it is 1."""
    with site.ingress(), site.projector():
        assert site.post_call(transcription("conv_1", "Hello.", "My son is 3.")).status_code == 200
        site.wait_until_folded(1)
        status = json.loads(site.run("projector", "status", "--json").stdout)
        screen = site.run("projector", "status").stdout

    assert status["is_well"] is True
    assert (status["log"]["events"], status["memories"]["behind"]) == (1, 0)
    assert status["memories"]["by_sector"] == {"episodic": 2}
    assert all(word in screen for word in ("Log", "transcription from webhook: 1", "Projector", "runs", "episodic: 2"))
    stopped = site.run("projector", "status", check=False)
    assert (stopped.returncode, "was stopped" in stopped.stdout) == (1, True)


def test_watch_looks_again_until_ctrl_c(site: Site) -> None:
    """With --watch --json each look is a line of its own; SIGINT ends it with 0."""
    command = [sys.executable, "-m", "projector", "status", "--watch", "--json", "--every", "0.2"]
    with subprocess.Popen(command, cwd=site.folder, env=site.env, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        looks = [json.loads(process.stdout.readline()) for _ in range(2)]
        process.send_signal(signal.SIGINT)
        process.stdout.read()
        assert process.wait(30) == 0
    assert looks[0]["at"] < looks[1]["at"]
    assert looks[0]["is_well"] is False


@pytest.mark.parametrize("more", [["--every", "0"], ["--every", "soon"], ["now"]])
def test_wrong_use_is_said(site: Site, more: list[str]) -> None:
    """An interval that is none, and a word too many, exit 2."""
    assert site.run("projector", "status", *more, check=False).returncode == 2


@pytest.mark.parametrize(
    "command",
    [
        ("status",),
        ("explain", "an_id"),
        ("show", "+12025550143", "--html", "page.html"),
        ("replay", "--dry-run"),
        ("replay", "--into", "aside"),
    ],
)
def test_looking_makes_no_folder(site: Site, command: tuple[str, ...]) -> None:
    """Where log and memories are not there, a command that only looks says so, exit 1, and makes neither."""
    done = site.run("projector", *command, check=False)
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    assert [path.name for path in site.folder.iterdir() if path.is_dir()] == []
