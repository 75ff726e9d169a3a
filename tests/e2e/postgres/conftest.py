"""Servers of the tests' own; without PostgreSQL, the tests of this folder are skipped."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.postgres import Cluster, set_few_partitions
from tests.support.sites import ProjectorSite


@pytest.fixture
def memories_url(cluster: Cluster) -> Iterator[str]:
    """The location of an empty database for memories, with few partitions: each is a table to be made."""
    with cluster.database() as url:
        set_few_partitions(url)
        yield url


@pytest.fixture
def site(memories_url: str, tmp_path: Path) -> Iterator[ProjectorSite]:
    """A log in a folder, and memories in a database."""
    with closing(ProjectorSite(tmp_path, memories_at=memories_url)) as site:
        yield site
