"""The file of OpenMemory's SDK, where its own calls do not suffice: made for us alone, listed, and wiped."""

import fcntl
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

from events.disk.durable import create_file, fsync_folder, open_lock_file
from projector.engines import shutdown as stopping
from projector.errors import EngineError

_TABLES = frozenset({"memories", "vectors", "waypoints", "users", "embed_logs"})
# An add takes tens of milliseconds; a wipe writes the file anew.
_WAITS_FOR_WRITERS_S = 30.0
_POLL_S = 0.002
_BUSY_TIMEOUT_S = 5.0
# What the SDK leaves behind of rows that are gone: always, or where it was killed in the middle.
_FORGET_LEFTOVERS = (
    "DELETE FROM vectors WHERE id NOT IN (SELECT id FROM memories)",
    "DELETE FROM waypoints WHERE src_id NOT IN (SELECT id FROM memories) OR dst_id NOT IN (SELECT id FROM memories)",
    "DELETE FROM embed_logs WHERE id NOT IN (SELECT id FROM memories)",
    "DELETE FROM users WHERE user_id NOT IN (SELECT user_id FROM memories WHERE user_id IS NOT NULL)",
)


def make_file(path: Path) -> None:
    """
    Make the file where it is not there: empty, 0600 whatever the umask.

    SQLite gives the files that it makes beside it the same mode.
    """
    try:
        # Never opened again by its name: to close it would let go of SQLite's locks on it.
        os.close(create_file(path))
    except FileExistsError:
        pass
    else:
        fsync_folder(path.parent)
    with _connected(path) as connection:
        connection.execute("PRAGMA journal_mode = WAL")


def is_complete(path: Path) -> bool:
    """Tell whether the file is there, with all the tables that the SDK makes."""
    if not path.exists():
        return False
    with _connected(path) as connection:
        rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    return _TABLES.issubset(name for (name,) in rows)


def users(path: Path) -> set[str]:
    """Return who has memories: the SDK lists none, and its history of nobody is empty."""
    with _connected(path) as connection:
        rows = connection.execute("SELECT DISTINCT user_id FROM memories WHERE user_id IS NOT NULL").fetchall()
    return {user_id for (user_id,) in rows}


def wipe(path: Path) -> None:
    """
    Leave in the file, and in those beside it, only what belongs to rows that are held.

    Raises:
        EngineError: somebody is reading; what was removed may still be there. Try again.
    """
    with _connected(path) as connection:
        # What is vacuumed while somebody reads would only pile up in the write-ahead log.
        _truncate_log(connection)
        connection.execute("BEGIN IMMEDIATE")
        for statement in _FORGET_LEFTOVERS:
            connection.execute(statement)
        connection.execute("COMMIT")
        connection.execute("VACUUM")
        _truncate_log(connection)


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """
    Keep every other process of ours from adding and mending until the block ends.

    A row that has no vectors by then was left by one that was killed. The lock ends with its process.
    """
    fd = open_lock_file(path.with_name(f"{path.name}.lock"))
    try:
        until = time.monotonic() + _WAITS_FOR_WRITERS_S
        while not _locked(fd):
            if time.monotonic() > until:
                raise EngineError("another process keeps writing to OpenMemory's file")
            stopping.check_stop()
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
        raise EngineError("somebody is reading OpenMemory's file, which cannot be wiped meanwhile")
