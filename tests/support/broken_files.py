"""Files that the system refuses to read: by what lies in their place, or by what it says when they are opened."""

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


def directory(path: Path) -> None:
    """Put a directory in place of a file."""
    path.unlink()
    path.mkdir()


def pipe(path: Path) -> None:
    """Put a pipe in place of a file: who opens it as a file waits for a writer, without end."""
    path.unlink()
    os.mkfifo(path)


def endless_device(path: Path) -> None:
    """Put a link to a device in place of a file, whose bytes never end."""
    path.unlink()
    path.symlink_to("/dev/zero")


def loop(path: Path) -> None:
    """Put a link to itself in place of a file."""
    path.unlink()
    path.symlink_to(path.name)


def long_name(path: Path) -> None:
    """Put a link in place of a file, to a name that is too long for any file system."""
    path.unlink()
    path.symlink_to("x" * 300)


def dangling_link(path: Path) -> None:
    """Put a link to nothing in place of a file."""
    path.unlink()
    path.symlink_to("nowhere")


def vanished(path: Path) -> None:
    """Remove a file."""
    path.unlink()


Break = Callable[[Path], None]
# Each with what is said of it.
BREAKS: dict[Break, str] = {
    directory: "cannot be read: Is a directory",
    pipe: "cannot be read: it is no regular file",
    endless_device: "cannot be read: it is no regular file",
    loop: "cannot be read: Too many levels of symbolic links",
    long_name: "cannot be read: File name too long",
    dangling_link: "is missing",
    vanished: "is missing",
}


class Refusal:
    """
    Makes the opening of files fail in this process, as rights and bad sectors do.

    `paths` are those that fail, or all below one of them. Tests may change them.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch, error: int, *paths: Path) -> None:
        self.paths = set(paths)
        self._error = error
        self._os_open, self._path_open = os.open, Path.open
        monkeypatch.setattr(os, "open", self._open)
        monkeypatch.setattr(Path, "open", lambda path, *more, **named: self._open_path(path, *more, **named))

    def _open(self, path: Any, *more: Any, **named: Any) -> int:
        self._check(path)
        return self._os_open(path, *more, **named)

    def _open_path(self, path: Path, *more: Any, **named: Any) -> Any:
        self._check(path)
        return self._path_open(path, *more, **named)

    def _check(self, path: Any) -> None:
        if isinstance(path, str | os.PathLike) and self.paths & {Path(path), *Path(path).parents}:
            raise OSError(self._error, os.strerror(self._error), str(path))


ONE_FILES = [
    *(errno.EACCES, errno.EIO, errno.EPERM, errno.ELOOP, errno.ENAMETOOLONG, errno.EINVAL, errno.ESTALE),
    *(errno.ENXIO, errno.ENODEV, errno.EAGAIN, errno.EBUSY, errno.EOVERFLOW, errno.ETIMEDOUT),
]
THE_MACHINES = [errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOSPC, errno.EDQUOT, errno.EROFS]
