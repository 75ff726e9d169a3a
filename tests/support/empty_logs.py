"""Databases with an empty log, each a copy of one: to make a log's tables takes a tenth of a second of a processor."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from events.open_log import open_log
from tests.support.postgres import SHARED, Cluster

_NAME = "empty_log"
_END_ALL = f"SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = '{_NAME}'"  # noqa: S608
# The object store of a log goes by it, so that no two logs share one.
_OWN_STORE = "UPDATE elaoms.body_store SET id = gen_random_uuid()::text"
_made_in: list[Cluster] = []


@contextmanager
def log_database() -> Iterator[str]:
    """Yield the location of an empty log in the shared cluster, in a database of its own."""
    cluster = SHARED.cluster()
    if cluster not in _made_in:
        _make(cluster)
    with cluster.database(like=_NAME) as url:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(_OWN_STORE)
        yield url


def _make(cluster: Cluster) -> None:
    with psycopg.connect(cluster.url(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {_NAME} TEMPLATE template0")
        open_log(cluster.url(_NAME))
        connection.execute(f"ALTER DATABASE {_NAME} ALLOW_CONNECTIONS false")  # nobody may be in what is copied
        connection.execute(_END_ALL)
    _made_in[:] = [cluster]
