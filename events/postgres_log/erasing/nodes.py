"""The servers on which a log is kept, and what each shows of the WAL in its folder."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psycopg
from msgspec import Struct

from events.postgres_server.bounded import Connection
from events.postgres_server.connections import Connections
from events.postgres_server.hosts import locations_of

# How long to wait for one server: the others, and whoever waits for the end of an erasure, wait meanwhile.
_WAIT_S = 10.0

# A checkpoint writes whatever others have changed, as fast as the disk can.
_CHECKPOINT_S = 600.0

# Timeline, and the number of the segment in two halves; `.partial` is left by a promotion.
_SEGMENT = re.compile(r"[0-9A-F]{8}([0-9A-F]{8})([0-9A-F]{8})(?:\.partial)?")

# Files beside the segments that hold no WAL: histories and labels, and segments that are being made, all zeros.
_NO_WAL = re.compile(r".*\.(history|backup)|xlogtemp\.\d+")
_HALF = 2**32

# Who only keeps WAL, such as pg_receivewal, replays nothing: an archive is not the log's.
_ABOUT = """
SELECT pg_postmaster_start_time()::text, (SELECT system_identifier FROM pg_control_system()), pg_is_in_recovery(),
(SELECT setting::bigint FROM pg_settings WHERE name = 'wal_segment_size'),
has_function_privilege('pg_ls_waldir()', 'EXECUTE'),
(SELECT count(*) FROM pg_stat_replication WHERE replay_lsn IS NOT NULL OR state = 'startup'),
EXISTS (SELECT FROM pg_stat_wal_receiver WHERE status = 'streaming')
"""
_REACHED_PRIMARY = "SELECT (pg_current_wal_lsn() - '0/0')::bigint, (pg_current_wal_lsn() - '0/0')::bigint"
_REACHED_STANDBY = """
SELECT (coalesce(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()) - '0/0')::bigint,
(pg_last_wal_replay_lsn() - '0/0')::bigint
"""

# A crash in a rewriting leaves its file, which no table owns. A file that is merely not removed yet has no length.
_MAY_LIST = """
SELECT has_function_privilege('pg_ls_dir(text)', 'EXECUTE')
AND has_function_privilege('pg_stat_file(text, boolean)', 'EXECUTE')
"""
_STRAY_FILES = """
WITH place AS (
    SELECT regexp_replace(pg_relation_filepath(oid), '/[^/]*$', '') AS folder, reltablespace FROM pg_class
    WHERE oid = %s::regclass
)
SELECT folder || '/' || name FROM place, pg_ls_dir(folder) AS name
WHERE name ~ '^[0-9]+([.][0-9]+)?$' AND pg_filenode_relation(reltablespace, split_part(name, '.', 1)::oid) IS NULL
AND (pg_stat_file(folder || '/' || name, true)).size > 0 ORDER BY name
"""


class Look(Struct, frozen=True):
    """
    What a server shows of its WAL at one moment.

    `start` tells it from every other server, and from itself after a restart; `cluster` is the number that it shares
    with its standbys. `segments` are the numbers of the files of WAL; None where it does not show them to us. `written`
    is up to where it has received or written WAL, and `replayed` up to where that stands in its tables, in bytes from
    the beginning. `copies` is how many servers take WAL from it; `is_following` whether it takes WAL from one.
    """

    name: str
    start: str
    cluster: int
    is_standby: bool
    segment_bytes: int
    segments: frozenset[int] | None
    written: int
    replayed: int
    copies: int
    is_following: bool

    @property
    def current(self) -> int:
        """The number of the segment that is being written; all before it are written to their ends."""
        return self.written // self.segment_bytes

    def holding(self, ends_at: int) -> list[int]:
        """Return the segments that hold WAL from before a place."""
        assert self.segments is not None
        return sorted(number for number in self.segments if number <= (ends_at - 1) // self.segment_bytes)


class Node:
    """
    One server of the log's location.

    Args:
        name: what its operator calls it, without any secret.
        conninfo: leads to it, and to no other.
    """

    def __init__(self, name: str, conninfo: str) -> None:
        self.name = name
        self._connections = Connections(conninfo, wait_s=_WAIT_S, only_reads=True)

    def look(self) -> Look:
        """
        Look at the server.

        Raises:
            OSError: it cannot be reached, or does not answer.
        """
        return self._connections.read(self._look)

    def checkpoint(self) -> None:
        """
        Have it write a checkpoint, or a restartpoint, which lets go of WAL; nothing where we may not.

        Raises:
            OSError: it cannot be reached.
        """
        try:
            with self._autocommit() as connection, suppress(psycopg.errors.InsufficientPrivilege):
                connection.execute("CHECKPOINT")
        except psycopg.Error as error:
            raise ConnectionError(str(error)) from error

    def stray_files(self, table: str) -> list[str] | None:
        """
        Return the files beside a table's that belong to no table; None where it does not show them to us.

        Raises:
            OSError: it cannot be reached, or does not answer.
        """

        def work(connection: Connection) -> list[str] | None:
            row = connection.execute(_MAY_LIST).fetchone()
            if not (row and row[0]):
                return None
            return [name for (name,) in connection.execute(_STRAY_FILES, [table]).fetchall()]

        return self._connections.read(work)

    @contextmanager
    def _autocommit(self) -> Iterator[Connection]:
        with self._connections.open() as connection:
            connection.autocommit = True
            connection.until_s = time.monotonic() + _CHECKPOINT_S
            yield connection

    def _look(self, connection: Connection) -> Look:
        row = connection.execute(_ABOUT).fetchone()
        assert row is not None
        start, cluster, is_standby, segment_bytes, may_list, copies, is_following = row
        # Twice: a file that gets another name while the folder is read may be missed, and not by both.
        segments = _segments(connection, segment_bytes) | _segments(connection, segment_bytes) if may_list else None
        reached = connection.execute(_REACHED_STANDBY if is_standby else _REACHED_PRIMARY).fetchone()
        assert reached is not None
        written, replayed = reached
        return Look(
            name=self.name,
            start=start,
            cluster=cluster,
            is_standby=is_standby,
            segment_bytes=segment_bytes,
            segments=segments,
            written=written or 0,
            replayed=replayed or 0,
            copies=copies,
            is_following=is_following,
        )


def nodes_of(url: str) -> list[Node]:
    """Return the servers that a location names, in its order; they may be fewer, under several names."""
    return [Node(name, conninfo) for name, conninfo in locations_of(url)]


def _segments(connection: Connection, segment_bytes: int) -> frozenset[int]:
    """Return the numbers of the segments that a server has; a file that we do not know counts as the oldest of all."""
    segments = set()
    for (name,) in connection.execute("SELECT name FROM pg_ls_waldir()").fetchall():
        if found := _SEGMENT.fullmatch(name):
            high, low = (int(half, 16) for half in found.groups())
            segments.add(high * (_HALF // segment_bytes) + low)
        elif not _NO_WAL.fullmatch(name):
            segments.add(0)
    return frozenset(segments)
