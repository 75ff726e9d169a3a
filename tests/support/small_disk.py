"""A disk of a few megabytes that an ordinary user can fill: a tmpfs in a mount namespace of its own."""

import itertools
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

import pytest

SIZE_BYTES = 1024 * 1024
_BLOCK_BYTES = 4096


@cache
def why_not() -> str:
    """Return why no small disk can be mounted here; empty if one can."""
    if shutil.which("unshare") is None:
        return "unshare is not installed"
    with tempfile.TemporaryDirectory() as folder:
        tried = subprocess.run([*mounting(Path(folder)), "true"], check=False, capture_output=True, text=True)
    return f"no file system may be mounted here: {tried.stderr.strip()}" if tried.returncode else ""


needs_small_disk = pytest.mark.usefixtures("small_disk_works")


def mounting(folder: Path, *, size_bytes: int = SIZE_BYTES, files_max: int = 0) -> list[str]:
    """
    Return the prefix of a command so that it, and only it, finds a small empty disk at `folder`.

    Args:
        files_max: how many files and folders it takes, with its own; 0 for no limit.
    """
    script = f'mount -t tmpfs -o size={size_bytes},nr_inodes={files_max},mode=0700 small "$0" && exec "$@"'
    return ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script, str(folder)]


class SmallDisk:
    """The small disk of a running process, seen from outside."""

    def __init__(self, process: int, folder: Path) -> None:
        self.folder = Path(f"/proc/{process}/root") / folder.relative_to("/")
        self._ballast = self.folder / "ballast"

    def fill(self, *, but_bytes: int = 0) -> None:
        """Fill it to the last block, then free this many bytes."""
        with self._ballast.open("ab", buffering=0) as ballast:
            try:
                while True:
                    ballast.write(b"\0" * _BLOCK_BYTES)
            except OSError:
                ballast.truncate(max(0, ballast.tell() - but_bytes))

    def fill_files(self, *, but_files: int) -> None:
        """Make empty files until it takes no more, then remove this many."""
        self._ballast.mkdir()
        made = []
        try:
            for number in itertools.count():
                path = self._ballast / str(number)
                path.touch()
                made.append(path)
        except OSError:
            for path in made[len(made) - but_files :]:
                path.unlink()

    def empty(self) -> None:
        """Free the room again."""
        if self._ballast.is_dir():
            shutil.rmtree(self._ballast)
        else:
            self._ballast.unlink()
