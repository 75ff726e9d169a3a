"""What the tests of `ingress doctor` share."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.support.servers import Site

# Tests may write into memory, which a doctor finds to be wrong; this outlives a restart, and so lies on a disk.
_ON_DISK = Path("/var/tmp")  # noqa: S108 - a private folder is made in it


@contextmanager
def _folder_on_disk() -> Iterator[Path]:
    with TemporaryDirectory(prefix="elaoms-doctor-", dir=_ON_DISK if _ON_DISK.is_dir() else None) as folder:
        yield Path(folder)


@pytest.fixture
def site() -> Iterator[Site]:
    """An installation on a disk, without any call yet."""
    with _folder_on_disk() as folder:
        yield Site(folder)


@pytest.fixture(scope="module")
def running() -> Iterator[Site]:
    """An installation on a disk, whose two processes run."""
    with _folder_on_disk() as folder:
        site = Site(folder)
        with site.ingress(), site.projector():
            site.wait_until(lambda: "read_model" not in site.recent_health()["degraded"])
            yield site
