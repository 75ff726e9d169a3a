"""The commands give the golden dumps, as the code in one process does."""

from pathlib import Path

import pytest

from tests.golden.stories import STORIES, events_of
from tests.support.servers import Site


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_command_gives_the_golden_dump(story: Path, site: Site) -> None:
    """`ingress`, then `projector replay` and `--dump`, give exactly the golden file, and `--once` the same."""
    with site.ingress():
        for body in events_of(story):
            assert site.post_call(body).status_code == 200
    site.run("projector", "--once")
    live = site.dump()
    site.run("projector", "replay")

    assert live == site.dump() == (story / "dump.json").read_text()
