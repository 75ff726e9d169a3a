"""Connections to a database: each is looked at once, kept for whoever needs one next, closed if it fails."""

import time
import weakref
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

import psycopg
from msgspec import Struct
from psycopg.conninfo import conninfo_to_dict

from events.disk import steps
from events.disk.gate import released
from events.postgres_server.bounded import Connection, SilentServerError
from events.postgres_server.hosts import hosts_of
from events.postgres_server.in_words import cause_in_words, place_in_words
from events.postgres_server.location import read_location

T = TypeVar("T")

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

# The driver waits for no answer of a host for less than this.
_CONNECT_S_MIN = 2

# Whoever stands still while holding the lock that all others wait for is thrown out; who waits for it gives up first.
# And a transaction that takes a lock first sees what its former holder wrote, whatever the database's default is.
# That the wait for a standby was cancelled is told as a warning alone, so warnings must come through; and a reload of
# the server's configuration must not make the commits of a session that was looked at worth less.
_SESSION = """
SELECT set_config('idle_in_transaction_session_timeout', '60s', false), set_config('lock_timeout', '20s', false),
set_config('default_transaction_isolation', 'read committed', false),
set_config('client_min_messages', 'notice', false),
set_config('synchronous_commit', current_setting('synchronous_commit'), false)
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
    The connections of one process to one database; threads may share it, and each has one to itself while it works.

    Args:
        location: `postgresql://...`, which may hold a password.
        wait_s: how long to wait for a server that says nothing, in seconds; None is as the location says.
        only_reads: whether nothing is to be written: then a standby will do, or a server that is not fit for a log.

    Raises:
        UnfitServerError: the location is no URL of a database.
    """

    def __init__(self, location: str, *, wait_s: float | None = None, only_reads: bool = False) -> None:
        try:
            self.location = read_location(location)
        except ValueError as error:
            raise UnfitServerError(f"the location of the database cannot be read: {error}") from error
        self.url = self.location.url
        self._only_reads = only_reads
        self._wait_s = self.location.wait_s if wait_s is None else wait_s
        self._options = _options_of(self.url)
        self._idle: list[Connection] = []
        weakref.finalize(self, _close_all, self._idle)

    def __str__(self) -> str:
        """Return where the database is, without any secret."""
        return place_in_words(self._options)

    def read(self, work: Callable[[Connection], T], *, until_s: float | None = None) -> T:
        """
        Return what work in a transaction of its own returns; what it writes and does not commit is undone.

        Raises:
            OSError: the database cannot be reached, refuses, or says nothing. A retry is safe.
        """
        try:
            return self.run(work, until_s=until_s)
        except psycopg.Error as error:
            raise as_os_error(error) from error

    def run(self, work: Callable[[Connection], T], *, until_s: float | None = None) -> T:
        """
        Do as `read`, but raise what psycopg raises.

        A connection that was kept may have died since, with its server: then the work begins again on another one.

        Args:
            until_s: when to give up waiting for the server, by the monotonic clock; None is `wait_s` from now, and
                infinity is for work that may rightly take long.

        Raises:
            SilentServerError: the server did not answer in time. What it was told to commit may be committed.
        """
        until_s = time.monotonic() + self._wait_s if until_s is None else until_s
        patience_s = max(0.0, until_s - time.monotonic())
        with released:
            while True:
                connection, was_kept = self._take(until_s)
                connection.until_s, connection.wait_s = until_s, patience_s
                try:
                    result = work(connection)
                    connection.rollback()
                except SilentServerError:
                    # What else was kept leads to the same silent machine, and would be waited for in its turn.
                    _close_all(self._idle)
                    raise
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

    def open(self, *, wait_s: float | None = None) -> Connection:
        """
        Open one more connection, which the caller closes; raises what psycopg raises, and `UnfitServerError`.

        Args:
            wait_s: how long to wait for it, and then for each progress on it, in seconds; None is as for all others.
                The hosts of a location share it, and each may take two seconds more.
        """
        wait_s = self._wait_s if wait_s is None else wait_s
        until_s = time.monotonic() + wait_s
        limit = min(float(self._options["connect_timeout"]) or wait_s, wait_s / len(hosts_of(self._options)))
        options = self._options | {"connect_timeout": max(_CONNECT_S_MIN, int(limit))}
        connection = Connection.connect(**options, client_encoding="UTF8")
        connection.wait_s, connection.until_s = wait_s, max(until_s, time.monotonic() + _CONNECT_S_MIN)
        # What waited for the lock of the head is to see who had it, whatever the server's default is.
        connection.isolation_level = psycopg.IsolationLevel.READ_COMMITTED
        try:
            connection.execute(_SESSION)
            row = connection.execute(_LOOK).fetchone()
            connection.commit()
            assert row is not None
            if not self._only_reads:
                _Server(*row).check()
        except BaseException:
            connection.close()
            raise
        return connection

    def _take(self, until_s: float) -> tuple[Connection, bool]:
        while self._idle:
            with suppress(IndexError):  # another thread was faster
                connection = self._idle.pop()
                if not connection.closed:
                    return connection, True
        return self.open(wait_s=min(self._wait_s, max(0.0, until_s - time.monotonic()))), False

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
    return ConnectionError(f"the database of the log: {cause_in_words(str(error))}")


def _options_of(url: str) -> dict[str, Any]:
    if not _may_spill_password(url):
        with suppress(psycopg.Error, ValueError):  # whose words may repeat the whole location, password and all
            options: dict[str, Any] = _OPTIONS | conninfo_to_dict(url)
            int(options["connect_timeout"])  # the driver itself would take one that is no number for none
            return options
    raise UnfitServerError(
        "the location of the database cannot be read: is it postgresql://USER:PASSWORD@HOST/NAME, and is each"
        " special character in the password written as %XX?"
    )


def _may_spill_password(url: str) -> bool:
    """Return whether an @ or / of a password may be unescaped: its rest would pass for a host, which errors repeat."""
    server, _, name = url.partition("://")[2].partition("?")[0].partition("/")
    return server.count("@") > 1 or "@" in name


def _close_all(idle: list[Connection]) -> None:
    while idle:
        idle.pop().close()
