"""An installation is made beside the one in use, and takes its place at once."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_SCRIPT = Path(__file__).parents[3] / ".ci" / "install"
# Makes an environment that holds a copy of itself; `pip` fails if it is told to.
_PYTHON = """#!/bin/sh
case "$1 $2" in
"-m venv") mkdir -p "$3/bin" && cp "$0" "$3/bin/python" ;;
"-m pip") exit ${PIP_FAILS:-0} ;;
esac
"""
pytestmark = pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="only /proc tells which files are in use")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder with the script and an interpreter that installs nothing."""
    (tmp_path / ".ci").mkdir()
    shutil.copy(_SCRIPT, tmp_path / ".ci" / "install")
    (tmp_path / "python").write_text(_PYTHON)
    (tmp_path / "python").chmod(0o755)
    return tmp_path


def install(checkout: Path, **env: str) -> int:
    """Install, and return the exit code."""
    command = [str(checkout / ".ci" / "install"), str(checkout / "python")]
    return subprocess.run(command, env=os.environ | env, capture_output=True, check=False).returncode


@contextmanager
def running_from(environment: Path) -> Iterator[None]:
    """Run a program whose file lies in an environment."""
    program = environment / "bin" / "sleep"
    shutil.copy(shutil.which("sleep") or "", program)
    with subprocess.Popen([program, "600"]) as process:
        try:
            yield
        finally:
            process.kill()


def test_installation_leaves_the_former_one_to_who_runs_from_it(checkout: Path) -> None:
    """What a process runs from keeps its files through any number of installations, and goes once nobody does."""
    assert install(checkout) == 0
    first = (checkout / ".venv").resolve()
    assert (checkout / ".venv").is_symlink()
    with running_from(first):
        for _ in range(3):
            assert install(checkout) == 0
        assert (checkout / ".venv").resolve() != first
        assert (first / "bin" / "python").exists()
        assert len(list((checkout / ".venvs").iterdir())) == 3  # the first, the former, and the new one
    assert install(checkout) == 0
    assert not first.exists()


def test_installation_that_fails_changes_nothing(checkout: Path) -> None:
    """Where a package cannot be had, the installation in use stays, and nothing half-made is left."""
    assert install(checkout) == 0
    first = (checkout / ".venv").resolve()
    assert install(checkout, PIP_FAILS="1") != 0
    assert (checkout / ".venv").resolve() == first
    assert list((checkout / ".venvs").iterdir()) == [first]


def test_folder_of_an_earlier_release_is_switched(checkout: Path) -> None:
    """A `.venv` that is a folder, as earlier releases made it, is set aside, and not cleared under its processes."""
    (checkout / ".venv" / "bin").mkdir(parents=True)
    (checkout / ".venv" / "bin" / "old").touch()
    assert install(checkout) == 0
    assert (checkout / ".venv").is_symlink()
    assert len(list((checkout / ".venvs").glob("former-*/bin/old"))) == 1
