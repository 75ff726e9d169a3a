"""A database and a bucket of the tests' own; without PostgreSQL, the tests of this folder are skipped."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from events.open_log import with_body_store
from events.postgres_log.log import PostgresLog
from tests.support.object_store import ObjectStore
from tests.support.postgres import why_not


@pytest.fixture(scope="session", autouse=True)
def needed() -> None:
    """Skip where there is no PostgreSQL."""
    if reason := why_not():
        pytest.skip(reason)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ObjectStore]:
    """An empty bucket, and its server."""
    store = ObjectStore(tmp_path / "store")
    yield store
    store.close()


@pytest.fixture
def location(url: str, store: ObjectStore) -> str:
    """The location of an empty log whose long bodies go into the bucket."""
    return with_body_store(url, store.url())


@pytest.fixture
def log(location: str) -> PostgresLog:
    """That log."""
    return PostgresLog(location)


@pytest.fixture
def impatient(location: str) -> PostgresLog:
    """That log, for those who have seen enough of a bucket that is away."""
    return PostgresLog(location, wait_s=4)
