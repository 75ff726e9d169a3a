"""While the server is away, every process waits for it; once it is back, they go on by themselves."""

from pathlib import Path

import pytest

from tests.support.postgres import Cluster, set_few_partitions, why_not
from tests.support.samples import transcription
from tests.support.servers import Site
from tests.support.waiting import PATIENCE_S

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not())


def test_projectors_wait_for_the_server(own: Cluster, tmp_path: Path) -> None:
    """Of two projectors, neither ends while the server is away, and one of them folds what comes in afterwards."""
    set_few_partitions(own.url())
    settings = {"DATABASE_URL": own.url(), "DATABASE_STANDBYS": "0", "LOG_WAIT_S": f"{PATIENCE_S:.0f}"}
    site, other = Site(tmp_path, **settings), Site(tmp_path / "other", **settings)
    other.folder.mkdir()
    with site.ingress(), site.projector() as one, other.projector() as two:
        assert site.post_call(transcription("conv_1", "I am allergic to peanuts")).status_code == 200
        site.wait_until_folded(1)
        own.kill()
        site.wait_until(lambda: "projector_waiting" in site.log("projector"))
        other.wait_until(lambda: "refused" in other.log("projector"))
        own.start()
        assert site.post_call(transcription("conv_2", "I moved to Elm Street")).status_code == 200
        site.wait_until_folded(2)
        assert [one.poll(), two.poll()] == [None, None]
