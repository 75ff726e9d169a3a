"""What calls taught is remembered as recorded, to the byte: superseded, taken back, corrected, merged, kept out."""

import random
from pathlib import Path

import pytest

from tests.golden.learned_stories import LEARNED, Told, learned_dump, told_in
from tests.support.read_models import check_sound
from tests.support.sites import ProjectorSite

pytestmark = pytest.mark.parametrize("story", LEARNED, ids=lambda story: story.name)


def test_replay_gives_the_golden_dump(story: Path, tmp_path: Path) -> None:
    """Replaying a story gives exactly the recorded memories."""
    assert learned_dump(told_in(story), tmp_path) == (story / "dump.json").read_text()


def test_order_does_not_matter(story: Path, tmp_path: Path) -> None:
    """The same in another order gives the same memories; of corrections the later one counts, so these keep theirs."""
    events = told_in(story)
    corrections = [event for event in events if event.source == "correction"]
    chance = random.Random(story.name)
    for number in range(4):
        chance.shuffle(events)
        shuffled = _with_corrections_in_order(events, corrections)
        assert learned_dump(shuffled, tmp_path / str(number)) == (story / "dump.json").read_text()


def test_following_gives_the_golden_dump(story: Path, tmp_path: Path) -> None:
    """Folded one by one as they come, the events give the same."""
    site = ProjectorSite(tmp_path)
    for event in told_in(story):
        site.append(event.body, source=event.source)
        site.follower.catch_up()
    site.follower.close()
    check_sound(site.database())
    assert site.dump() == (story / "dump.json").read_text()


def _with_corrections_in_order(events: list[Told], corrections: list[Told]) -> list[Told]:
    left = iter(corrections)
    return [next(left) if event.source == "correction" else event for event in events]
