"""What the tests of `ingress doctor` share."""

from collections.abc import Iterator

import pytest

from tests.support.servers import Site


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """An installation whose two processes run."""
    site = Site(tmp_path_factory.mktemp("site"))
    with site.ingress(), site.projector():
        site.wait_until(lambda: "read_model" not in site.recent_health()["degraded"])
        yield site
