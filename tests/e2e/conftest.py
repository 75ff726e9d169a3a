"""What end-to-end tests share: an installation, and whether what they need of the machine is there."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import small_disk, strace
from tests.support.servers import Site


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """An installation that nobody has called yet."""
    return Site(tmp_path)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """An installation whose two processes run for all tests of a module."""
    site = Site(tmp_path_factory.mktemp("site"))
    with site.ingress(), site.projector():
        yield site


@pytest.fixture(scope="session")
def strace_works() -> None:
    """Skip where strace is missing, or may not look at our servers."""
    if reason := strace.why_not():
        pytest.skip(reason)


@pytest.fixture(scope="session")
def small_disk_works() -> None:
    """Skip where we may not mount a small disk."""
    if reason := small_disk.why_not():
        pytest.skip(reason)
