"""File system steps that survive a power cut, and files that only their owner can read."""

import os
import stat
from pathlib import Path

from events.disk.gate import fsync

FILE_MODE = 0o600
FOLDER_MODE = 0o700


def fsync_folder(folder: Path) -> None:
    """Make the names in a folder durable; the fsync of a file does not make its name durable."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fsync(fd)
    finally:
        os.close(fd)


def fsync_file(path: Path) -> None:
    """Make what another program wrote into a file durable."""
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fsync(fd)
    finally:
        os.close(fd)


def create_file(path: Path) -> int:
    """
    Create a file for reading and writing, 0600 whatever the umask, and return its descriptor.

    Raises:
        FileExistsError: a file of that name exists.
    """
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, FILE_MODE)
    keep_to_owner(fd)
    return fd


def open_lock_file(path: Path) -> int:
    """Open a file to hold a lock on, 0600 whatever the umask, and return its descriptor; makes a missing one."""
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, FILE_MODE)
    keep_to_owner(fd)
    return fd


def keep_to_owner(fd: int) -> None:
    """Give an open file the mode 0600 where it has another one: a look costs less than a change."""
    if stat.S_IMODE(os.fstat(fd).st_mode) != FILE_MODE:
        os.fchmod(fd, FILE_MODE)


def make_folder(folder: Path, *, is_durable: bool = False) -> None:
    """
    Make a folder and its parents, 0700 whatever the umask; leaves an existing folder as it is.

    Args:
        is_durable: whether to make the new names durable; otherwise the caller must.
    """
    try:
        folder.mkdir(FOLDER_MODE)
    except FileExistsError:
        return
    except FileNotFoundError:
        make_folder(folder.parent, is_durable=is_durable)
        folder.mkdir(FOLDER_MODE, exist_ok=True)
    if stat.S_IMODE(folder.stat().st_mode) != FOLDER_MODE:
        folder.chmod(FOLDER_MODE)
    if is_durable:
        fsync_folder(folder.parent)


def begin_writing(fd: int) -> None:
    """
    Ask the system to begin writing a file to the disk; does nothing where a system has no call for that.

    Makes nothing durable. Where two files are fsynced one after the other, the second then has its blocks on the disk
    by the first fsync, and that one fsync commits both to the file system's own journal.
    """
    if hasattr(os, "posix_fadvise"):
        os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)


def write_all(fd: int, data: bytes | bytearray) -> None:
    """Write all of `data`: a single write may take less, for instance on a disk that is filling up."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(fd, rest) :]
