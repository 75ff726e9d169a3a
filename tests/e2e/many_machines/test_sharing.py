"""Each machine has a projector of its own: one takes the log, the others fold, and each is looked at by itself."""

from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path

import pytest

from projector.read_model.open import open_generations
from tests.support.postgres import why_not
from tests.support.samples import MARTA, transcription
from tests.support.servers import Site
from tests.support.waiting import wait_until

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not())


def test_projector_that_does_not_take_helps_and_takes_over(site: Site, url: str, tmp_path: Path) -> None:
    """The second one is known to fold, and no fault of its machine; once the first is killed, it takes the log."""
    other = Site(tmp_path / "other", **{name: site.env[name] for name in site.env if name.startswith(("DATA", "LOG"))})
    other.folder.mkdir()
    with ExitStack() as machines:
        machines.enter_context(site.ingress())
        machines.enter_context(other.ingress())
        first = machines.enter_context(site.projector())
        assert site.post_call(transcription("conv_1", "I am allergic to peanuts")).status_code == 200
        site.wait_until_folded(1)
        machines.enter_context(other.projector())
        wait_until(partial(has_company, url))
        for machine in (site, other):
            wait_until(
                partial(is_well, machine), describe=lambda: f"{site.get('/health').text}\n{other.get('/health').text}"
            )
        first.kill()
        assert site.post_call(transcription("conv_2", "I moved to Elm Street")).status_code == 200
        other.wait_until_folded(2)
        assert "Elm" in str(other.search("which street", MARTA))


def has_company(url: str) -> bool:
    """Return whether another projector folds in the live generation."""
    generations = open_generations(url)
    with closing(generations.open(generations.current() or 0)) as writer:
        assert writer.sharing is not None
        return writer.sharing.has_company()


def is_well(site: Site) -> bool:
    """Return whether the projector of a machine runs, and nothing is wrong there."""
    health = site.get("/health").json()
    return bool(health["projector"]["running"]) and health["degraded"] == []
