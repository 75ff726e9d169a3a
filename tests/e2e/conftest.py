"""Fixtures of the end-to-end tests: an installation, and skips where the machine lacks something."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.support import powered_disk, rights, small_disk, strace
from tests.support.postgres import Cluster, set_few_partitions, why_not
from tests.support.servers import Site


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """An installation without any call yet."""
    return Site(tmp_path)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """An installation whose two processes run for all tests of a module."""
    site = Site(tmp_path_factory.mktemp("site"))
    with site.ingress(), site.projector():
        yield site


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """One server for all tests of a module that do not break it."""
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


@pytest.fixture(scope="module", params=["folders", "database"])
def served_by_either(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """As `served`, once with its log and memories in folders, and once in a database."""
    with ExitStack() as ends:
        env = {}
        if request.param == "database":
            if reason := why_not():
                pytest.skip(reason)
            cluster = Cluster()
            ends.callback(cluster.close)
            env = {"DATABASE_URL": ends.enter_context(cluster.database()), "DATABASE_STANDBYS": "0"}
            set_few_partitions(env["DATABASE_URL"])
        site = Site(tmp_path_factory.mktemp("site"), **env)
        ends.enter_context(site.ingress())
        ends.enter_context(site.projector())
        yield site


@pytest.fixture(scope="session")
def strace_works() -> None:
    """Skip if strace is missing, or may not trace our servers."""
    if reason := strace.why_not():
        pytest.skip(reason)


@pytest.fixture(scope="session")
def small_disk_works() -> None:
    """Skip if we may not mount a small disk."""
    if reason := small_disk.why_not():
        pytest.skip(reason)


@pytest.fixture(scope="session")
def powered_disk_works() -> None:
    """Skip if we may not mount a disk whose power can go."""
    if reason := powered_disk.why_not():
        pytest.skip(reason)


@pytest.fixture(scope="session")
def rights_count() -> None:
    """Skip if the modes of files cannot be made to count for our processes."""
    if reason := rights.why_not():
        pytest.skip(reason)
