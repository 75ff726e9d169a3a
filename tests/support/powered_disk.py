"""
A disk whose power can go: an ext4 file system in a file, behind a loop device.

`cut` has the file system write nothing more, not even its own journal: what it had not written by then is gone, as in a
power cut, and all that use it get EIO. Needs the right to mount, loop devices and ext4. What was written counts as
kept: a disk that loses what it said was flushed is not shown.

Source: `EXT4_IOC_SHUTDOWN`, fs/ext4/ext4.h of Linux; `_IOR('X', 125, __u32)`.
"""

import fcntl
import os
import shutil
import struct
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest

_SHUTDOWN = 0x8004587D
_NO_LOG_FLUSH = 2
_SIZE_BYTES = 1024 * 1024 * 1024  # a sparse file: it takes what is written to it
_PATIENCE_S = 60.0
_PROGRAMS = ("cp", "mkfs.ext4", "mount", "umount")


@cache
def why_not() -> str:
    """Return why no disk can lose its power here; empty if one can."""
    if missing := [name for name in _PROGRAMS if shutil.which(name) is None]:
        return f"{', '.join(missing)} is not installed"
    if os.geteuid() != 0:
        return "only the superuser may cut the power of a file system"
    with tempfile.TemporaryDirectory() as folder:
        try:
            with powered_disk(Path(folder), size_bytes=16 * 1024 * 1024) as disk:
                disk.cut()
        except (OSError, subprocess.CalledProcessError) as error:
            said = (getattr(error, "stderr", None) or str(error)).strip()
            return f"no ext4 may be mounted from a file here: {said}"
    return ""


needs_powered_disk = pytest.mark.usefixtures("powered_disk_works")


class PoweredDisk:
    """
    One disk, mounted at `folder`.

    Args:
        beside: a folder, in which the image lies beside the mount point.
    """

    def __init__(self, beside: Path, name: str, *, size_bytes: int) -> None:
        self.folder = beside / name
        self.is_mounted = False
        self._image = beside / f"{name}.img"
        self.folder.mkdir()
        with self._image.open("wb") as image:
            image.truncate(size_bytes)
        # All of its tables now: a thread of the system would write them while the disk is used.
        _run("mkfs.ext4", "-q", "-F", "-E", "lazy_itable_init=0,lazy_journal_init=0", str(self._image))
        self._mount()

    def cut(self) -> None:
        """
        Take the power away. Whoever keeps a file of it open must end before `restore`.

        An fsync that is under way meanwhile proves nothing, see `tests.torture.moments`.
        """
        fd = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.ioctl(fd, _SHUTDOWN, struct.pack("I", _NO_LOG_FLUSH))
        finally:
            os.close(fd)

    def restore(self) -> None:
        """Give the power back: mount what was written before it went."""
        self.unmount()
        # A copy: another mount namespace, such as that of a test beside us, may still hold the dead file system.
        before, self._image = self._image, self._image.with_suffix(f".{time.monotonic_ns()}")
        _run("cp", "--sparse=always", str(before), str(self._image))
        before.unlink()
        self._mount()

    def _mount(self) -> None:
        # The loop device goes with the mount.
        _run("mount", "-t", "ext4", "-o", "loop", str(self._image), str(self.folder))
        self.is_mounted = True

    def unmount(self) -> None:
        """Unmount it, once the last of the processes that were killed has let go of its files."""
        until_s = time.monotonic() + _PATIENCE_S
        while self.is_mounted:
            try:
                _run("umount", str(self.folder))
                self.is_mounted = False
            except subprocess.CalledProcessError:
                if time.monotonic() > until_s:
                    raise
                time.sleep(0.05)


@contextmanager
def powered_disk(beside: Path, name: str = "disk", *, size_bytes: int = _SIZE_BYTES) -> Iterator[PoweredDisk]:
    """Mount a disk of its own at `beside / name` until the block ends, whatever happens in it."""
    disk = PoweredDisk(beside, name, size_bytes=size_bytes)
    try:
        yield disk
        disk.unmount()
    finally:
        if disk.is_mounted:
            # Lazily, for whoever is left: nothing stays behind once they end.
            subprocess.run(["umount", "-l", str(disk.folder)], check=False)


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, text=True)
