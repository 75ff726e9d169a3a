"""Writes secrets into `.env`, which then only its owner may read."""

import os
from pathlib import Path

from dotenv import set_key, unset_key

_MODE = 0o600


def check_dotenv(path: Path) -> None:
    """
    Check that `.env` can be written, before a secret is made that is shown only once.

    Raises:
        OSError: it cannot.
    """
    real = Path(os.path.realpath(path))
    if real.exists():
        with real.open("r+b"):
            pass
    if not os.access(real.parent, os.W_OK | os.X_OK):
        raise PermissionError(f"{real.parent} is a folder that this user may not write into")


def write_secret(path: Path, name: str, value: str) -> None:
    """
    Set a variable in `.env`, and leave every other line as it is.

    Raises:
        OSError: the file could not be written.
    """
    real = Path(os.path.realpath(path))
    # Before the secret is in it: the file is replaced by a copy with the same mode.
    os.close(os.open(real, os.O_CREAT | os.O_RDWR, _MODE))
    real.chmod(_MODE)
    set_key(real, name, value, quote_mode="always", encoding="utf-8")
    real.chmod(_MODE)
    _sync(real)


def remove_line(path: Path, name: str) -> None:
    """Remove a variable from `.env`; raises as `write_secret` does."""
    real = Path(os.path.realpath(path))
    if real.exists():
        unset_key(real, name, encoding="utf-8")
        _sync(real)


def _sync(path: Path) -> None:
    for opened in (path, path.parent):
        descriptor = os.open(opened, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
