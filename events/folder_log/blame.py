"""Tells the fault of one file of the log from one of the whole log: its disk, or the machine."""

import os
from pathlib import Path

from events.disk.reading import is_one_files
from events.folder_log.layout import NAME

_END_BYTES = 4096


def raise_unless_one_files(folder: Path, error: OSError) -> None:
    """
    Return where an error is that of one file alone: the machine has what it needs, and the journal can be read.

    Call it where `error` is handled.

    Args:
        folder: the payload folder.

    Raises:
        OSError: the machine refuses every file (`error` itself), or the journal cannot be read either.
    """
    if not is_one_files(error):
        raise error
    fd = os.open(folder / NAME, os.O_RDONLY | os.O_CLOEXEC)
    try:
        begin = max(0, os.fstat(fd).st_size - _END_BYTES)
        if hasattr(os, "posix_fadvise"):
            # From the disk: the system may still have the journal in its memory when the disk is gone.
            os.posix_fadvise(fd, begin, 0, os.POSIX_FADV_DONTNEED)
        os.pread(fd, _END_BYTES, begin)
    finally:
        os.close(fd)
