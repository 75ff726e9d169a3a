"""Opens files without waiting for one, and tells the fault of one file from one of the whole machine."""

import errno
import os
import stat
from io import BufferedReader
from pathlib import Path

# No descriptor, no memory, no room, a disk that became read-only: whatever file comes next fails as this one did.
_THE_MACHINES = frozenset(
    {errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EINTR}
)


def open_file(path: Path, *, follows_link: bool = True) -> BufferedReader:
    """Open a regular file for reading, as `open_descriptor` does."""
    return os.fdopen(open_descriptor(path, follows_link=follows_link), "rb")


def open_descriptor(path: Path | str, *, follows_link: bool = True) -> int:
    """
    Open a regular file for reading. Refuses a pipe or a device in its place, which could be waited for without end.

    Args:
        follows_link: False to refuse a symbolic link too.

    Raises:
        OSError: it cannot be opened, or is no regular file.
    """
    flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY
    fd = os.open(path, flags if follows_link else flags | os.O_NOFOLLOW)
    try:
        mode = os.fstat(fd).st_mode
        if stat.S_ISREG(mode):
            return fd
    except BaseException:
        os.close(fd)
        raise
    os.close(fd)
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    raise OSError(errno.EINVAL, "it is no regular file", str(path))


def is_one_files(error: OSError) -> bool:
    """Return whether an error may be that of one file alone; False where the machine refuses every file."""
    return error.errno not in _THE_MACHINES


def reason_of(error: OSError) -> str:
    """Return what the system said, without the path."""
    return error.strerror or str(error)
