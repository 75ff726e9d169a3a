"""One open database: statements in, rows out, and SQLite's errors turned into ours."""

import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import quote

from events.disk.durable import fsync_file, fsync_folder
from projector.errors import EngineError, ReadModelBusyError, ReadModelDamagedError, ReplayStoppedError

Row: TypeAlias = tuple[Any, ...]

_BUSY_TIMEOUT_S = 5.0
_LOG_BYTES_MAX = 64 * 1024 * 1024
_STEPS_BETWEEN_LOOKS = 10_000
# What shows that the database is damaged. A disk's I/O error in general may pass.
_CODES = frozenset(
    {
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_FORMAT,
        sqlite3.SQLITE_NOTADB,
        sqlite3.SQLITE_TOOBIG,  # we write nothing that large: a length that was damaged
    }
)

# An I/O error of the disk in general may pass; these say that a file is shorter than it was, or is not there.
_EXTENDED_CODES = frozenset({sqlite3.SQLITE_IOERR_SHORT_READ, sqlite3.SQLITE_READONLY_DBMOVED})

# SQLite and its Python binding have no codes of their own for these.
_WORDS = ("no such table", "no such column", "no such index", "no such module", "decode to UTF-8")
# The binding decodes SQLite's own messages, in which a damaged schema is quoted.
_ERRORS = (sqlite3.Error, UnicodeDecodeError)


class Database:
    """
    One connection to the database of a generation.

    Every method may raise `ReadModelDamagedError`, where SQLite finds the file corrupt, and `ReadModelBusyError` for
    every other fault: a lock, a full disk, an I/O error, a file that is gone. A retry is safe after the second. `found`
    is for `RareRows`: what the transaction under way has found of tables; None outside of one.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.found: dict[str, bool] | None = None

    @classmethod
    def open(cls, path: Path, *, is_writing: bool, busy_timeout_s: float | None = None) -> "Database":
        """
        Open a database that exists, and read from it once.

        Args:
            busy_timeout_s: how many seconds a statement waits for a lock of another process; None for five.
        """
        if not path.is_file() and path.exists():
            raise ReadModelDamagedError("no file lies in the place of the database")  # SQLite would wait for a pipe
        timeout_s = _BUSY_TIMEOUT_S if busy_timeout_s is None else busy_timeout_s
        return cls._opened(path, is_writing=is_writing, timeout_s=timeout_s)

    @classmethod
    def open_beside(cls, path: Path) -> "Database":
        """Open a database that this process writes, to move its log; it waits for no lock."""
        return cls._opened(path, is_writing=True, timeout_s=0.0)

    @classmethod
    def _opened(cls, path: Path, *, is_writing: bool, timeout_s: float) -> "Database":
        database = cls(_connect(path, mode="rw" if is_writing else "ro", timeout_s=timeout_s))
        try:
            if is_writing:
                database._make_writable()
            database.row("SELECT value FROM meta LIMIT 1")
        except BaseException:
            database.close()
            raise
        return database

    @classmethod
    def create(cls, path: Path, *, cache_kib: int | None = None) -> "Database":
        """
        Open an empty file to fill it aside: until it is settled, a power cut may take any of it.

        Args:
            cache_kib: how many KiB of pages to hold in memory; None for SQLite's own choice.
        """
        database = cls(_connect(path))
        database._make_writable()
        # Whatever SQLite was built with: `Pages` must tell pages apart.
        database.run("PRAGMA auto_vacuum = NONE")
        # Each page is written once, rather than into a log first, and no commit waits for the disk.
        database.run("PRAGMA journal_mode = MEMORY")
        database.run("PRAGMA synchronous = OFF")
        if cache_kib is not None:
            database.run(f"PRAGMA cache_size = -{cache_kib}")
        return database

    @classmethod
    def settle(cls, path: Path) -> None:
        """Make a database that was filled aside durable, and one that readers need not wait for while it is written."""
        with closing(cls(_connect(path))) as database:
            database.run("PRAGMA journal_mode = WAL")
        fsync_file(path)
        fsync_folder(path.parent)

    @classmethod
    def in_memory(cls) -> "Database":
        """Open an empty database in memory."""
        return cls(sqlite3.connect(":memory:", isolation_level=None))

    def close(self) -> None:
        """Close the connection."""
        try:
            self._connection.close()
        except _ERRORS as error:
            raise _ours(error) from error

    def rows(self, sql: str, *parameters: object) -> Iterator[Row]:
        """Yield the rows of a query as they are read."""
        try:
            yield from self._connection.execute(sql, parameters)
        except _ERRORS as error:
            raise _ours(error) from error

    def all(self, sql: str, *parameters: object) -> list[Row]:
        """Return all rows of a query."""
        try:
            return self._connection.execute(sql, parameters).fetchall()
        except _ERRORS as error:
            raise _ours(error) from error

    def row(self, sql: str, *parameters: object) -> Row | None:
        """Return the first row of a query; None where there is none."""
        try:
            row: Row | None = self._connection.execute(sql, parameters).fetchone()
        except _ERRORS as error:
            raise _ours(error) from error
        return row

    def value(self, sql: str, *parameters: object) -> Any:
        """Return the first column of the first row; None where there is no row."""
        row = self.row(sql, *parameters)
        return row[0] if row else None

    def run(self, sql: str, *parameters: object) -> int:
        """Execute a statement, and return how many rows it changed."""
        try:
            return self._connection.execute(sql, parameters).rowcount
        except _ERRORS as error:
            raise _ours(error) from error

    def run_many(self, sql: str, rows: Iterable[Row]) -> None:
        """Execute a statement once for each row of parameters."""
        try:
            self._connection.executemany(sql, rows)
        except _ERRORS as error:
            raise _ours(error) from error

    def script(self, statements: str) -> None:
        """Execute statements that take no parameters and are no part of a transaction."""
        try:
            self._connection.executescript(statements)
        except _ERRORS as error:
            raise _ours(error) from error

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Hold the write lock until the block ends; commit what it wrote, or roll it back where it raises."""
        self.run("BEGIN IMMEDIATE")
        self.found = {}
        try:
            yield
            self.run("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self.run("ROLLBACK")
            raise
        finally:
            self.found = None

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Let all queries of the block see one moment, that of the first of them."""
        if self._connection.in_transaction:
            yield
            return
        self.run("BEGIN")
        try:
            yield
        finally:
            if self._connection.in_transaction:
                self.run("ROLLBACK")

    @contextmanager
    def deadline(self, until_s: float | None) -> Iterator[None]:
        """
        Interrupt a query of the block that is not done by then.

        Args:
            until_s: a moment of `time.monotonic`, in seconds; None for no deadline.

        Raises:
            EngineError: it was interrupted.
        """
        if until_s is None:
            yield
            return
        with self._interrupting(lambda: time.monotonic() > until_s, EngineError("the search took too long")):
            yield

    @contextmanager
    def while_going_on(self, should_go_on: Callable[[], bool]) -> Iterator[None]:
        """
        Interrupt a query of the block once `should_go_on` says no.

        Raises:
            ReplayStoppedError: it was interrupted.
        """
        stopped = ReplayStoppedError("stopped before its end")
        with self._interrupting(lambda: not should_go_on(), stopped):
            yield

    def move_log(self) -> int | None:
        """
        Move the write-ahead log into the database's file, and wait for no reader.

        Returns:
            how many pages the log has, of which each may be there several times; None if a reader still needs a part.
        """
        is_busy, in_log, moved = self.row("PRAGMA wal_checkpoint(PASSIVE)") or (1, 0, 0)
        return None if is_busy or in_log != moved else max(0, in_log)

    def truncate_log(self) -> bool:
        """Move the write-ahead log into the database's file and leave none of it; return whether that was done."""
        return not self.value("PRAGMA wal_checkpoint(TRUNCATE)")

    def data_version(self) -> int:
        """Return a number that changes once another connection has committed something."""
        return int(self.value("PRAGMA data_version"))

    def drop_cache(self) -> None:
        """Hold no page in memory."""
        self.run("PRAGMA shrink_memory")

    def _make_writable(self) -> None:
        # A projection can be made again: what a power cut takes of it comes back with the next catch-up.
        self.run("PRAGMA synchronous = NORMAL")
        # What was deleted must not come back, checksum and all, where a pointer to it is damaged; and not FAST, which
        # leaves what is on the pages that it frees.
        self.run("PRAGMA secure_delete = ON")
        # `LogMover` does, which wipes the pages.
        self.run("PRAGMA wal_autocheckpoint = 0")
        # A log that grew behind a reader is cut to this when it is begun anew: closing does not remove it.
        self.run(f"PRAGMA journal_size_limit = {_LOG_BYTES_MAX}")
        # What a transaction notes to undo a statement lies in no file.
        self.run("PRAGMA temp_store = MEMORY")

    @contextmanager
    def _interrupting(self, is_due: Callable[[], bool], error: Exception) -> Iterator[None]:
        self._connection.set_progress_handler(is_due, _STEPS_BETWEEN_LOOKS)
        try:
            yield
        except ReadModelBusyError as busy:
            if getattr(busy.__cause__, "sqlite_errorcode", None) == sqlite3.SQLITE_INTERRUPT:
                raise error from busy
            raise
        finally:
            self._connection.set_progress_handler(None, 0)


def _connect(path: Path, *, mode: str = "rw", timeout_s: float = _BUSY_TIMEOUT_S) -> sqlite3.Connection:
    address = f"file:{quote(str(path.absolute()))}?mode={mode}"
    try:
        return sqlite3.connect(address, uri=True, isolation_level=None, timeout=timeout_s, check_same_thread=False)
    except _ERRORS as error:
        raise _ours(error) from error


def _ours(error: Exception) -> ReadModelDamagedError | ReadModelBusyError:
    """Return what an error of SQLite means to the projector and to ingress."""
    if is_damage(error):
        return ReadModelDamagedError(describe(error))
    return ReadModelBusyError(describe(error))


def is_damage(error: Exception) -> bool:
    """Tell whether an error of SQLite shows that the database is damaged: only a replay mends it."""
    if isinstance(error, UnicodeDecodeError):  # of a message of SQLite's that quotes a damaged schema
        return True
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    return code & 0xFF in _CODES or code in _EXTENDED_CODES or any(words in str(error) for words in _WORDS)


def describe(error: Exception) -> str:
    """Return what an error says, for a log: never the bytes that could not be read."""
    if isinstance(error, UnicodeDecodeError) or "decode to UTF-8" in str(error):
        return "a text is not UTF-8"
    return str(error) or type(error).__name__
