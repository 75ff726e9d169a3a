"""A command that was started by a fork does what one does that was started by its name."""

import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.support.samples import transcription
from tests.support.servers import Site
from tests.support.waiting import PATIENCE_S

pytestmark = [pytest.mark.server, pytest.mark.slow]
# Python reads it before our code runs, so that no fork has it.
COLD = {"PYTHONUNBUFFERED": "1"}


@pytest.mark.parametrize(
    "command",
    [
        ("events", "verify"),
        ("events", "--version"),
        ("projector", "nonsense"),
        ("projector", "show", "+12025550199"),
        ("projector", "dump"),
        ("ingress", "--help"),
    ],
)
def test_ends_as_a_cold_start_does(tmp_path: Path, command: tuple[str, ...]) -> None:
    """Exit code and both outputs are the same."""
    site = Site(tmp_path)
    with site.ingress():
        site.post_call(transcription("conv_1", "I like tea."))
    site.run("projector", "--once")
    forked = site.run(*command, check=False)
    site.env |= COLD
    cold = site.run(*command, check=False)
    assert (forked.returncode, forked.stdout, forked.stderr) == (cold.returncode, cold.stdout, cold.stderr)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("settings", [{}, COLD])
def test_dies_of_a_signal_as_a_cold_start_does(tmp_path: Path, number: int, settings: dict[str, str]) -> None:
    """The process is killed by its own id, alone in a session of its own, and its exit code says of what."""
    site = Site(tmp_path, **settings)
    with site.ingress() as process:
        arguments = Path(f"/proc/{process.pid}/cmdline").read_bytes().split(b"\0")
        assert (b"tests.support.starts.starter" in arguments) is not bool(settings)
        assert arguments[0] == sys.executable.encode()
        process.send_signal(number)
        assert process.wait(30) == (-signal.SIGKILL if number == signal.SIGKILL else 0)
        assert process.poll() == process.returncode


def test_is_signalled_while_somebody_waits(tmp_path: Path) -> None:
    """One thread of a test waits for the process, another one ends it."""
    site = Site(tmp_path)
    with site.ingress() as process, ThreadPoolExecutor() as pool:
        waiting = [pool.submit(process.wait, PATIENCE_S) for _ in range(3)]
        process.terminate()
        assert [each.result() for each in waiting] == [0, 0, 0]
