"""Servers of the tests' own; without PostgreSQL, the tests of this folder are skipped."""

from collections.abc import Iterator

import pytest

from tests.support.postgres import Cluster


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """One server for all tests that do not break it."""
    cluster = Cluster()
    yield cluster
    cluster.close()


@pytest.fixture
def own() -> Iterator[Cluster]:
    """A server of a test's own, to be broken."""
    cluster = Cluster()
    yield cluster
    cluster.close()


@pytest.fixture
def url(cluster: Cluster) -> Iterator[str]:
    """The location of an empty database."""
    with cluster.database() as url:
        yield url
