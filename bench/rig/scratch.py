"""Temporary folders on the disk of the checkout. They are removed when the process ends."""

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path


def scratch_folder(name: str) -> Path:
    """
    Return a new folder, which stays until the process ends.

    Removing it earlier would disturb the next benchmark. ext4 does not reuse an inode that was freed within the last
    minutes, and looks at each of them for every new file: ten thousand removed files make it several times slower.
    """
    return Path(tempfile.mkdtemp(dir=_parent(), prefix=f"{name}-"))


@cache
def _parent() -> Path:
    folder = Path(tempfile.mkdtemp(dir=".", prefix="bench-")).absolute()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
