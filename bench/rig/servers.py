"""PostgreSQL to measure: servers on the disk of the checkout, the processor time that they take, and their bytes."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psutil
import psycopg

from bench.rig.scratch import scratch_folder
from tests.support.postgres import Cluster


@contextmanager
def servers(*, standbys: int = 0) -> Iterator[list[Cluster]]:
    """Run a primary, and synchronous standbys of it, until the block ends."""
    folder = scratch_folder("servers")
    for each in (folder, folder.parent):  # the servers are another user's
        each.chmod(0o711)
    with ExitStack() as stack:
        clusters = [Cluster(within=folder)]
        stack.callback(clusters[0].close)
        for _ in range(standbys):
            clusters.append(Cluster(of=clusters[0], within=folder))
            stack.callback(clusters[-1].close)
        if standbys:
            clusters[0].demand_standby()
        yield clusters


def cpu_s(clusters: list[Cluster]) -> float:
    """Return the processor time of servers so far, in seconds, with those of their processes that have ended."""
    total = 0.0
    for cluster in clusters:
        first, *others = cluster.processes()
        times = first.cpu_times()
        total += times.user + times.system + times.children_user + times.children_system
        for process in others:
            try:
                times = process.cpu_times()
            except psutil.NoSuchProcess:
                continue
            total += times.user + times.system
    return total


def table_bytes(url: str) -> int:
    """Return the size of a database, in bytes: tables and indexes, without WAL."""
    return _number(url, "SELECT pg_database_size(current_database())")


def wal_bytes(url: str) -> int:
    """Return how many bytes of WAL a server has written."""
    return _number(url, "SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint")


def folder_bytes(folder: Path) -> int:
    """Return the room that a folder takes on the disk, in bytes."""
    return sum(path.lstat().st_blocks * 512 for path in (folder, *folder.rglob("*")))


def _number(url: str, sql: str) -> int:
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(sql).fetchone()
    assert row is not None
    number: int = row[0]
    return number
