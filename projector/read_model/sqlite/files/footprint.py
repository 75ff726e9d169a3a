"""How the files of a database look from outside."""

import os
from contextlib import suppress
from pathlib import Path

import msgspec
from msgspec import Struct

from events.disk.durable import create_file, write_all
from projector.errors import ReadModelDamagedError

_SHM_HEADER_BYTES = 136  # Source: SQLite, "WAL-mode File Format", 2.1: both copies of the header, and the locks


class _File(Struct, frozen=True):
    inode: int
    size: int
    modified_at_ns: int


class Footprint(Struct, frozen=True):
    """
    How the files of a database look from outside, after we wrote into them; None for a file that is not there.

    While the projector has the database open, no other process replaces, removes or shrinks these.
    """

    database: _File | None
    wal: _File | None
    shm_inode: int | None

    @classmethod
    def of(cls, database: Path) -> "Footprint":
        """Return how the files look now."""
        shm = _look_at(database.with_name(database.name + "-shm"))
        wal = _look_at(database.with_name(database.name + "-wal"))
        return cls(_look_at(database), wal, shm.inode if shm else None)

    def is_same_files(self, other: object) -> bool:
        """Tell whether all files are there, and are those of `other`, whatever was written into them."""
        return isinstance(other, Footprint) and None not in self._inodes() and self._inodes() == other._inodes()

    def _inodes(self) -> tuple[int | None, ...]:
        return (
            self.database.inode if self.database else None,
            self.wal.inode if self.wal else None,
            self.shm_inode,
        )


class Left:
    """
    A note beside a database of how its files looked when the projector closed them.

    Args:
        database: the file of the database.
    """

    def __init__(self, database: Path) -> None:
        self._database = database
        self._path = database.with_name("LEFT")

    def note(self) -> None:
        """Note how they look; without a note they are checked, so it is no fault if there is no room for one."""
        with suppress(OSError):
            self._path.unlink(missing_ok=True)
            fd = create_file(self._path)
            try:
                write_all(fd, msgspec.json.encode(self._now()))
            finally:
                os.close(fd)

    def take(self) -> bool:
        """Tell whether they look as they were noted, and remove the note."""
        try:
            noted = msgspec.json.decode(self._path.read_bytes(), type=tuple[_File | None, _File | None])
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
            return False
        self._path.unlink(missing_ok=True)
        return noted == self._now()

    def _now(self) -> tuple[_File | None, _File | None]:
        now = Footprint.of(self._database)
        # Who only reads may make an empty log, and remove it.
        return now.database, now.wal if now.wal is not None and now.wal.size else None


class SharedIndex:
    """
    The `-shm` of a database that this process has open.

    SQLite keeps it mapped. If it is cut short, as by a copy over it, a process that touches it dies of SIGBUS.
    """

    def __init__(self, database: Path) -> None:
        self._path = database.with_name(database.name + "-shm")
        self._inode = self._bytes = 0

    def check(self) -> None:
        """
        Look whether it can be touched; call it before the database is.

        Raises:
            ReadModelDamagedError: it was cut short; now it has its size again, and holds nothing.
        """
        try:
            now = self._path.stat()
            if now.st_ino == self._inode and now.st_size < self._bytes:
                os.truncate(self._path, self._bytes)
                with self._path.open("r+b", buffering=0) as file:
                    # Without a header SQLite makes it anew; with one it would trust what is not there any more.
                    file.write(bytes(_SHM_HEADER_BYTES))
                raise ReadModelDamagedError("a file of the database was cut short")
        except FileNotFoundError:
            return  # what we have mapped is still there, only without a name
        self._inode, self._bytes = now.st_ino, now.st_size


def _look_at(path: Path) -> _File | None:
    try:
        stat = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    return _File(stat.st_ino, stat.st_size, stat.st_mtime_ns)
