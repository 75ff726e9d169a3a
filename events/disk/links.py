"""Where a path leads once its symbolic links are followed."""

import errno
import os
from pathlib import Path


def real_path(path: Path) -> Path:
    """
    Return the absolute path to which a path leads, without symbolic links; it need not be there.

    `Path.resolve` raises `RuntimeError` for a circle up to Python 3.12, and nothing from 3.13 on.

    Raises:
        OSError: its symbolic links lead in a circle.
    """
    real = Path(os.path.realpath(path))
    if any(each.is_symlink() for each in (real, *real.parents)):  # they are left where they cannot be followed
        raise OSError(errno.ELOOP, "its symbolic links lead in a circle", str(path))
    return real
