"""Locks among processes, of which each is a file in one folder."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from events.disk.durable import make_folder, open_lock_file


class FileLocks:
    """The locks of one folder, which is made with the first of them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._held: dict[str, int] = {}

    @contextmanager
    def hold(self, name: str, *, wait: bool) -> Iterator[bool]:
        """Hold a lock until the block ends; yields whether it is held: always with `wait`, else only if it was free."""
        make_folder(self._folder)
        fd = open_lock_file(self._file(name))
        try:
            try:
                fcntl.flock(fd, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            except BlockingIOError:
                yield False
            else:
                self._held[name] = fd
                try:
                    yield True
                finally:
                    if self._held.get(name) == fd:  # else it was lost, and taken anew
                        del self._held[name]
        finally:
            os.close(fd)

    def still_holds(self, name: str) -> bool:
        """Tell whether a lock that was taken here keeps others out: not if somebody removed its file."""
        try:
            return os.path.samestat(os.fstat(self._held[name]), self._file(name).stat())
        except (KeyError, FileNotFoundError, NotADirectoryError):
            return False

    def _file(self, name: str) -> Path:
        return self._folder / f".{name}.lock"
