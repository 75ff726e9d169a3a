"""Servers of the tests' own, and installations over them; without PostgreSQL, the tests of this folder are skipped."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.postgres import Cluster, set_few_partitions
from tests.support.servers import Site


@pytest.fixture
def url(cluster: Cluster) -> Iterator[str]:
    """The location of an empty database, with few partitions: each is a table to be made."""
    with cluster.database() as url:
        set_few_partitions(url)
        yield url


@pytest.fixture
def site(url: str, tmp_path: Path) -> Site:
    """An installation over a database of one server, which stands alone."""
    return Site(tmp_path, DATABASE_URL=url, DATABASE_STANDBYS="0", LOG_WAIT_S="5")
