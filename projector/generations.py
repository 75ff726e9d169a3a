"""
Generations of the read model, and which of them is live.

A replay fills the next generation aside; a rename of the file `CURRENT` makes it the live one. No database that
somebody may have open is ever renamed over.
"""

import fcntl
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from events import steps
from events.durable import create_file, fsync_folder, make_folder, open_lock_file, write_all

DATABASE = "readmodel.sqlite"
_CURRENT = "CURRENT"
_NUMBER = re.compile(r"[0-9]+")


class Generations:
    """The generations in one folder, `READ_MODEL_PATH`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def current(self) -> int | None:
        """Return the number of the live generation; None before the first."""
        try:
            return int((self.folder / _CURRENT).read_text("ascii"))
        except (FileNotFoundError, ValueError):
            return None

    def database(self, generation: int) -> Path:
        """Return where a generation's database is."""
        return self.folder / str(generation) / DATABASE

    def begin(self) -> int:
        """Make the folder of the next generation; hold the replay lock. What a dead replay left is removed."""
        make_folder(self.folder)
        current = self.current() or 0
        for number in self._numbers():
            if number > current:
                shutil.rmtree(self.folder / str(number))
        make_folder(self.folder / str(current + 1))
        return current + 1

    def publish(self, generation: int) -> None:
        """Make a generation the live one, durably, and remove the others; hold the replay lock."""
        aside = self.folder / f"{_CURRENT}.new"
        aside.unlink(missing_ok=True)
        fd = create_file(aside)
        try:
            write_all(fd, b"%d\n" % generation)
            os.fsync(fd)
        finally:
            os.close(fd)
        steps.reached("current_written_aside")
        aside.replace(self.folder / _CURRENT)
        fsync_folder(self.folder)
        steps.reached("current_flipped")
        self.sweep()

    def sweep(self) -> None:
        """Remove all generations but the live one; hold the replay lock."""
        current = self.current()
        for number in self._numbers():
            if current is not None and number != current:
                shutil.rmtree(self.folder / str(number), ignore_errors=True)

    @contextmanager
    def lock(self, name: str, *, wait: bool) -> Iterator[bool]:
        """
        Hold a lock among processes: `follow` for who writes the live generation, `replay` for who fills the next.

        Yields whether it is held: always with `wait`, without it only where nobody else has it.
        """
        make_folder(self.folder)
        fd = open_lock_file(self.folder / f".{name}.lock")
        try:
            try:
                fcntl.flock(fd, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            except BlockingIOError:
                yield False
            else:
                yield True
        finally:
            os.close(fd)

    def _numbers(self) -> list[int]:
        return [int(path.name) for path in self.folder.iterdir() if _NUMBER.fullmatch(path.name) and path.is_dir()]
