"""Connections to the database of a log: each is looked at once, kept for whoever needs one next, closed if it fails."""

import weakref
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeAlias, TypeVar

import psycopg
from msgspec import Struct
from psycopg.conninfo import conninfo_to_dict

from events.disk import steps
from events.disk.gate import released

T = TypeVar("T")
Connection: TypeAlias = psycopg.Connection[tuple[Any, ...]]

# What we ask for where the location does not say. A machine that is gone ends no connection: it falls silent.
_OPTIONS = {
    "connect_timeout": "10",
    "application_name": "elaoms",
    "keepalives_idle": "5",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "20000",
}
_VERSION_MIN = 150_000

# Whoever stands still while holding the lock that all others wait for is thrown out; who waits for it gives up first.
_SESSION = """
SELECT set_config('idle_in_transaction_session_timeout', '60s', false), set_config('lock_timeout', '20s', false)
"""
_LOOK = """
SELECT current_setting('server_version_num')::integer, current_setting('server_encoding'), current_setting('fsync'),
current_setting('full_page_writes'), current_setting('synchronous_commit'), current_setting('statement_timeout'),
pg_is_in_recovery()
"""


class _Server(Struct, frozen=True):
    """What a server says of itself, as it says it."""

    version: int
    encoding: str
    fsync: str
    full_page_writes: str
    synchronous_commit: str
    statement_timeout: str
    is_in_recovery: bool

    def check(self) -> None:
        """
        Check that a commit here means what we promise.

        Raises:
            psycopg.OperationalError: it is a standby; it may become the primary.
            UnfitServerError: it would not keep what it says it keeps.
        """
        if self.is_in_recovery:
            raise psycopg.OperationalError("it is a standby, which takes no events")
        faults = [words for is_fault, words in self._faults() if is_fault]
        if faults:
            raise UnfitServerError(f"the database of the log cannot be used: {'; '.join(faults)}")

    def _faults(self) -> tuple[tuple[bool, str], ...]:
        return (
            (
                self.version < _VERSION_MIN,
                f"PostgreSQL 15 is the oldest that keeps a log, and this is {self.version // 10_000}",
            ),
            (self.encoding != "UTF8", f"the database's encoding must be UTF8, and is {self.encoding}"),
            (self.fsync != "on", "fsync is off: a power cut would undo what was committed"),
            (self.full_page_writes != "on", "full_page_writes is off: a power cut could damage the tables"),
            (
                self.synchronous_commit not in {"on", "remote_apply"},
                f"synchronous_commit is {self.synchronous_commit}: a commit would not wait for the standby's disk",
            ),
            (self.statement_timeout != "0", "statement_timeout is set: it could cut an append off"),
        )


class InDoubtError(psycopg.OperationalError):
    """A commit returned, but not because it is durable on all servers. It may be undone: ask again."""


class UnfitServerError(OSError):
    """The server would not keep what it says it keeps. A retry helps once its operator has changed that."""


class Connections:
    """
    The connections of one process to one log; threads may share it, and each has one to itself while it works.

    Args:
        url: `postgresql://...`, which may hold a password.

    Raises:
        UnfitServerError: the location is no URL of a database.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._options = _options_of(url)
        self._idle: list[Connection] = []
        weakref.finalize(self, _close_all, self._idle)

    def __str__(self) -> str:
        """Return where the database is, without any secret."""
        parts = self._options
        user = f"{parts['user']}@" if "user" in parts else ""
        port = f":{parts['port']}" if "port" in parts else ""
        return f"postgresql://{user}{parts.get('host', '')}{port}/{parts.get('dbname', '')}"

    def read(self, work: Callable[[Connection], T]) -> T:
        """
        Return what work in a transaction of its own returns; what it writes and does not commit is undone.

        Raises:
            OSError: the database cannot be reached, or refuses. A retry is safe.
        """
        try:
            return self.run(work)
        except psycopg.Error as error:
            raise as_os_error(error) from error

    def run(self, work: Callable[[Connection], T]) -> T:
        """
        Do as `read`, but raise what psycopg raises.

        A connection that was kept may have died since, with its server: then the work begins again on another one.
        """
        with released:
            while True:
                connection, was_kept = self._take()
                try:
                    result = work(connection)
                    connection.rollback()
                except psycopg.Error:
                    was_lost = connection.broken
                    connection.close()
                    if not (was_kept and was_lost):
                        raise
                except Exception:
                    self._undo(connection)
                    raise
                except BaseException:
                    connection.close()
                    raise
                else:
                    self._idle.append(connection)
                    return result

    def open(self) -> Connection:
        """Open one more connection, which the caller closes; raises what psycopg raises, and `UnfitServerError`."""
        connection = psycopg.connect(**self._options, client_encoding="UTF8")
        # What waited for the lock of the head is to see who had it, whatever the server's default is.
        connection.isolation_level = psycopg.IsolationLevel.READ_COMMITTED
        try:
            connection.execute(_SESSION)
            row = connection.execute(_LOOK).fetchone()
            connection.commit()
            assert row is not None
            _Server(*row).check()
        except BaseException:
            connection.close()
            raise
        return connection

    def _take(self) -> tuple[Connection, bool]:
        while self._idle:
            with suppress(IndexError):  # another thread was faster
                connection = self._idle.pop()
                if not connection.closed:
                    return connection, True
        return self.open(), False

    def _undo(self, connection: Connection) -> None:
        try:
            connection.rollback()
        except psycopg.Error:
            connection.close()
        else:
            self._idle.append(connection)


def commit(connection: Connection) -> None:
    """
    Commit: once this returns, what the transaction wrote is on the disk of the server, and of its synchronous standby.

    Raises:
        InDoubtError: somebody cancelled the wait for the standby. The server then says that it committed, with a
            warning.
        psycopg.Error: it is not known whether it was committed.
    """
    warnings: list[str] = []

    def note(diagnostic: psycopg.errors.Diagnostic) -> None:
        if diagnostic.severity_nonlocalized == "WARNING":
            warnings.append(diagnostic.message_primary or "a warning")

    connection.add_notice_handler(note)
    steps.reached("committing")
    try:
        connection.commit()
    finally:
        connection.remove_notice_handler(note)
    if warnings:
        raise InDoubtError("; ".join(warnings))
    steps.reached("committed")


def as_os_error(error: psycopg.Error) -> OSError:
    """Return the error that others get in place of the driver's; it names the cause, and holds no password."""
    return ConnectionError(f"the database of the log: {' '.join(str(error).split())}")


def _options_of(url: str) -> dict[str, Any]:
    try:
        return _OPTIONS | conninfo_to_dict(url)
    except psycopg.Error:  # not its words: they may repeat the whole location, password and all
        raise UnfitServerError(
            "the location of the log's database cannot be read: is it postgresql://USER:PASSWORD@HOST/NAME, and is each"
            " special character in the password written as %XX?"
        ) from None


def _close_all(idle: list[Connection]) -> None:
    while idle:
        idle.pop().close()
