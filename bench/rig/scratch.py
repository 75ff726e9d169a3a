"""Folders to measure in, on the disk of the checkout, that are removed once all has been measured."""

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path


def scratch_folder(name: str) -> Path:
    """
    Return a new folder.

    It stays until the process ends. ext4 gives no inode away that was freed within the last minutes, and looks at each
    of them for every new file: whoever removes ten thousand files makes the next measurement several times slower.
    """
    return Path(tempfile.mkdtemp(dir=_parent(), prefix=f"{name}-"))


@cache
def _parent() -> Path:
    folder = Path(tempfile.mkdtemp(dir=".", prefix="bench-")).absolute()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
