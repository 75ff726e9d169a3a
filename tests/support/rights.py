"""Rights that count: files that a process may not read, also where the tests run as root."""

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest

# Root reads and writes whatever the mode of a file; without these it is like any other user.
_ROOTS_OWN = "-dac_override,-dac_read_search"

needs_rights = pytest.mark.usefixtures("rights_count")


def held_to_rights() -> list[str]:
    """Return the prefix of a command so that the modes of files count for it."""
    return ["setpriv", "--inh-caps=-all", f"--bounding-set={_ROOTS_OWN}", "--"] if os.geteuid() == 0 else []


@cache
def why_not() -> str:
    """Return why a process cannot be held to rights here; empty if one can."""
    prefix = held_to_rights()
    if prefix and shutil.which(prefix[0]) is None:
        return "the tests run as root, and setpriv is not installed"
    tried = subprocess.run([*prefix, "true"], check=False, capture_output=True, text=True)
    return f"a process may not lay down root's rights here: {tried.stderr.strip()}" if tried.returncode else ""


def close(path: Path) -> None:
    """Take every right on a file or a folder away."""
    path.chmod(0)


def open_again(path: Path) -> None:
    """Give the owner of a file or a folder every right on it."""
    path.chmod(0o700)
