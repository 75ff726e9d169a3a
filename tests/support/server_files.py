"""What lies in the files of PostgreSQL servers: words as they are, or compressed."""

import re
import zlib
from collections.abc import Iterator
from functools import partial

import psycopg

from tests.support.postgres import Cluster
from tests.support.waiting import wait_until

# How far a primary has written its WAL; how far a standby has replayed it.
_WRITTEN = """
SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_flush_lsn() END::text"""
_ZLIB = re.compile(rb"\x78[\x01\x5e\x9c\xda]")
_INFLATED_BYTES_MAX = 64 * 1024


def flush(*clusters: Cluster) -> None:
    """
    Have servers write into their files what they hold in memory; a standby comes after its primary.

    A standby writes what its primary changed before the last checkpoint that it has replayed, so it is waited for.
    """
    written = "0/0"
    for cluster in clusters:
        with psycopg.connect(cluster.url(), autocommit=True) as connection:
            wait_until(partial(_has_replayed, connection, written))
            connection.execute("CHECKPOINT")
            written, *_ = connection.execute(_WRITTEN).fetchone() or (written,)


def _has_replayed(connection: psycopg.Connection, written: str) -> bool:
    return connection.execute("SELECT %s <= pg_last_wal_replay_lsn()", [written]).fetchone() != (False,)


def files_with(*needles: bytes, of: tuple[Cluster, ...]) -> list[str]:
    """Return the files of some servers, tables, WAL and output, that hold one of some bytes, raw or in hex."""
    wanted = [form for needle in needles for form in (needle, needle.hex().encode())]
    return [name for name, content in _files(of) if any(each in content for each in wanted)]


def files_with_compressed(needle: bytes, *, of: tuple[Cluster, ...]) -> list[str]:
    """Return the files of some servers that hold bytes which decompress to something with `needle` in it."""
    return [name for name, content in _files(of) if any(needle in text for text in _inflated(content))]


def _files(of: tuple[Cluster, ...]) -> Iterator[tuple[str, bytes]]:
    for number, cluster in enumerate(of):
        for path in sorted(cluster.folder.rglob("*")):
            try:
                content = path.read_bytes() if path.is_file() else b""
            except FileNotFoundError:  # which the server has just removed
                continue
            yield f"{number}:{path.relative_to(cluster.folder)}", content


def _inflated(content: bytes) -> Iterator[bytes]:
    for found in _ZLIB.finditer(content):
        try:
            yield zlib.decompressobj().decompress(content[found.start() :], _INFLATED_BYTES_MAX)
        except zlib.error:
            continue
