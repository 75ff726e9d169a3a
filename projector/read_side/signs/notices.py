"""Small files that are written over and over, in place, so that they can be written on a full disk, too."""

import os
from pathlib import Path

from events.disk.durable import FILE_MODE


def write_over(path: Path, text: bytes, *, size_bytes: int) -> None:
    """
    Write a text over the one before, and fill it up with blanks.

    Args:
        size_bytes: of the file, which MUST stay the same, and hold the text.

    Raises:
        OSError: it cannot be written.
    """
    assert len(text) <= size_bytes
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, FILE_MODE)
    try:
        os.pwrite(fd, text.ljust(size_bytes), 0)
    finally:
        os.close(fd)
