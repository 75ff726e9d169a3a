"""The SQLite file of OpenMemory's SDK: what the SDK has no call for, such as making it private, and wiping it."""

import fcntl
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

from events.disk.durable import create_file, fsync_folder, open_lock_file
from projector.engines.shutdown import Shutdown
from projector.errors import EngineError

_TABLES = frozenset({"memories", "vectors", "waypoints", "users", "embed_logs"})
# An add takes tens of milliseconds; a wipe writes the file anew.
_WAITS_FOR_WRITERS_S = 30.0
_POLL_S = 0.002
_BUSY_TIMEOUT_S = 5.0
# The SDK leaves these behind when it removes rows: some always, others when it is killed half-way.
_FORGET_LEFTOVERS = (
    "DELETE FROM vectors WHERE id NOT IN (SELECT id FROM memories)",
    "DELETE FROM waypoints WHERE src_id NOT IN (SELECT id FROM memories) OR dst_id NOT IN (SELECT id FROM memories)",
    "DELETE FROM embed_logs WHERE id NOT IN (SELECT id FROM memories)",
    "DELETE FROM users WHERE user_id NOT IN (SELECT user_id FROM memories WHERE user_id IS NOT NULL)",
)


def make_file(path: Path) -> None:
    """
    Make the file, if there is none: empty, and 0600 whatever the umask is.

    SQLite gives the same mode to the files that it makes beside it.
    """
    try:
        # From here on only SQLite opens it: closing any other descriptor of it would drop SQLite's locks.
        os.close(create_file(path))
    except FileExistsError:
        pass
    else:
        fsync_folder(path.parent)
    with _connected(path) as connection:
        connection.execute("PRAGMA journal_mode = WAL")


def is_complete(path: Path) -> bool:
    """Tell whether the file exists, with all tables that the SDK makes."""
    if not path.exists():
        return False
    with _connected(path) as connection:
        rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    return _TABLES.issubset(name for (name,) in rows)


def users(path: Path) -> set[str]:
    """Return all users who have rows; the SDK has no call for that."""
    with _connected(path) as connection:
        rows = connection.execute("SELECT DISTINCT user_id FROM memories WHERE user_id IS NOT NULL").fetchall()
    return {user_id for (user_id,) in rows}


def wipe(path: Path) -> None:
    """
    Remove every trace of removed rows from the file, and from the files that SQLite keeps beside it.

    Raises:
        EngineError: another process is reading; traces may be left. Try again.
    """
    with _connected(path) as connection:
        # While another process reads, a VACUUM would only pile up in the write-ahead log.
        _truncate_log(connection)
        connection.execute("BEGIN IMMEDIATE")
        for statement in _FORGET_LEFTOVERS:
            connection.execute(statement)
        connection.execute("COMMIT")
        connection.execute("VACUUM")
        _truncate_log(connection)


@contextmanager
def writing(path: Path, shutdown: Shutdown) -> Iterator[None]:
    """
    Hold the lock under which our processes add and repair rows, until the block ends.

    While it is held, no other process is in the middle of an addition: a row without vectors was left by a process
    that was killed. The lock ends with its process.

    Raises:
        EngineStoppedError: this process is to end.
        EngineError: another process held the lock for too long.
    """
    fd = open_lock_file(path.with_name(f"{path.name}.lock"))
    try:
        until = time.monotonic() + _WAITS_FOR_WRITERS_S
        while not _locked(fd):
            if time.monotonic() > until:
                raise EngineError("another process keeps writing to OpenMemory's file")
            shutdown.check()
            time.sleep(_POLL_S)
        yield
    finally:
        os.close(fd)


def _locked(fd: int) -> bool:
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def _connected(path: Path) -> Iterator[sqlite3.Connection]:
    uri = f"file:{quote(str(path))}?mode=rw"
    with closing(sqlite3.connect(uri, uri=True, isolation_level=None, timeout=_BUSY_TIMEOUT_S)) as connection:
        yield connection


def _truncate_log(connection: sqlite3.Connection) -> None:
    (is_busy, *_) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if is_busy:
        raise EngineError("another process is reading OpenMemory's file, which cannot be wiped meanwhile")
