"""Recorded logs give the recorded memories, to the byte."""

import random
from pathlib import Path

import pytest

from tests.golden.stories import STORIES, dump_of, events_of


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_replay_gives_the_golden_dump(story: Path, tmp_path: Path) -> None:
    """Replaying a recorded log gives exactly the recorded memories."""
    assert dump_of(events_of(story), tmp_path) == (story / "dump.json").read_text()


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_order_does_not_matter(story: Path, tmp_path: Path) -> None:
    """The same webhooks in another order give the same memories."""
    bodies = events_of(story)
    random.Random(story.name).shuffle(bodies)

    assert dump_of(bodies, tmp_path) == (story / "dump.json").read_text()
