"""How much room a disk has left beside that for bytes: for files, and for names in a folder."""

import os
from contextlib import suppress
from pathlib import Path

from events.disk.durable import FOLDER_MODE


def free_files(folder: Path) -> int | None:
    """
    Return how many more files and folders the disk of a folder takes; None where it sets no such limit.

    ext4 sets it when the disk is formatted; btrfs, for instance, sets none. Source: statvfs(3), `f_favail`.

    Raises:
        OSError: the disk does not say.
    """
    status = os.statvfs(folder)
    return status.f_favail if status.f_files else None


def try_folder(path: Path) -> None:
    """
    Make a folder and remove it; several processes may do so with the same path at once, or be killed there.

    Raises:
        OSError: the disk takes no more files, or the folder above takes no more names.
    """
    with suppress(FileExistsError):
        path.mkdir(mode=FOLDER_MODE)
    with suppress(FileNotFoundError):
        path.rmdir()
