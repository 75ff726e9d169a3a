"""New folders of PostgreSQL servers, each made once and copied then: `initdb` takes half a second of a processor."""

import atexit
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from tempfile import mkdtemp

USER = "postgres"
# What a cluster and its long bodies take, several at a time.
_ROOM_BYTES = 2**30


class NewClusters:
    """
    Folders of servers that have never run.

    No two servers that are there at once come from one folder: a server is known by the identifier that lies in it.
    """

    def __init__(self) -> None:
        self._idle: list[Path] = []

    def take(self, within: Path | None, make: Callable[[Path], None]) -> Path:
        """Return a folder that nobody copies at present; `make` makes what is to be in it, if there is none."""
        if self._idle:
            return self._idle.pop()
        folder = Path(mkdtemp(prefix="elaoms-pg-new-", dir=within))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        make(folder)
        return folder

    def give_back(self, folder: Path) -> None:
        """Let the next server be made from a folder."""
        self._idle.append(folder)


def memory() -> Path | None:
    """Return a folder in memory; None where there is no room."""
    memory = Path("/dev/shm")  # noqa: S108 - a private folder is made in it
    return memory if memory.is_dir() and shutil.disk_usage(memory).free > _ROOM_BYTES else None


def run(*command: str) -> None:
    """Run a program to its end, as the user of servers."""
    done = subprocess.run(command, user=user_of_servers(), cwd="/", capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()


def give(folder: Path) -> None:
    """Give a folder to the user of servers."""
    if (user := user_of_servers()) is not None:
        shutil.chown(folder, user)


def user_of_servers() -> str | None:
    """Return who runs the server: somebody else if we are the superuser, which PostgreSQL refuses."""
    if os.geteuid() != 0:
        return None
    import pwd

    return pwd.getpwnam(USER).pw_name
