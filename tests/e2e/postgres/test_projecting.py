"""A projector follows a log in PostgreSQL as it follows a folder: the same memories, and the same forgetting."""

from pathlib import Path

import pytest

from events.errors import DamagedEventError
from events.log.erasure import Erasure, read_erasure
from events.log.erasure_request import request_erasure
from events.log.event import Event
from events.log.protocol import EventLog
from events.open_log import open_log
from projector.follow.follower import Follower
from projector.follow.replay import Replay
from projector.projection.settings import ProjectionSettings
from projector.read_model.generations import Generations
from projector.read_model.open import open_generations, open_read_model
from tests.golden.learned_stories import LEARNED, told_in
from tests.golden.stories import STORIES, events_of
from tests.support.logs import events
from tests.support.postgres import why_not
from tests.support.samples import MARTA, transcription

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not())


def dump(generations: Generations) -> str:
    with open_read_model(generations) as read_model:
        return "\n".join(read_model.dump()) + "\n"


def followed(log: EventLog, folder: Path) -> Generations:
    """Return a read model that a follower has brought to the log's end."""
    generations = open_generations(folder)
    follower = Follower(log, generations, ProjectionSettings(), clock_s=lambda: 0.0)
    try:
        follower.catch_up()
    finally:
        follower.close()
    return generations


def replayed(log: EventLog, folder: Path) -> Generations:
    """Return a read model that a replay has made."""
    generations = open_generations(folder)
    Replay(log, generations, ProjectionSettings(), clock_s=lambda: 0.0).run()
    return generations


def is_gone(event: Event) -> bool:
    try:
        event.body()
    except DamagedEventError:
        return True
    return False


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_recorded_log_gives_the_golden_dump(story: Path, url: str, tmp_path: Path) -> None:
    """Webhooks that were appended to a database give exactly the recorded memories, followed or replayed."""
    log = open_log(url)
    for body in events_of(story):
        log.append(body, source="webhook")
    expected = (story / "dump.json").read_text()
    assert dump(followed(log, tmp_path / "followed")) == expected
    assert dump(replayed(open_log(url), tmp_path / "replayed")) == expected


@pytest.mark.parametrize("story", LEARNED, ids=lambda story: story.name)
def test_learned_log_gives_the_golden_dump(story: Path, url: str, tmp_path: Path) -> None:
    """So do what models said and what persons corrected."""
    log = open_log(url)
    for told in told_in(story):
        log.append(told.body, source=told.source)
    assert dump(replayed(log, tmp_path)) == (story / "dump.json").read_text()


def test_caller_is_forgotten(url: str, tmp_path: Path) -> None:
    """
    A caller who asks to be forgotten is gone from the memories and from the bodies, the erasure is an event, a late
    call is erased too, and a replay remembers no more.
    """
    log = open_log(url)
    log.append(transcription("conv_1", "I keep a heliotrope"), source="webhook")
    log.append(transcription("conv_2", "I have no flowers", caller="+12025550144"), source="webhook")
    generations = followed(log, tmp_path / "live")
    assert "heliotrope" in dump(generations)
    request_erasure(log, MARTA, clock_s=lambda: 1_800_000_000.0)
    late = log.append(transcription("conv_3", "another heliotrope"), source="webhook")
    live = dump(followed(log, tmp_path / "live"))

    assert "heliotrope" not in live
    assert "flowers" in live
    there = events(log)
    assert [event.place.position for event in there if is_gone(event)] == [1, late.position]
    assert any(isinstance(read_erasure(event), Erasure) for event in there if not is_gone(event))
    assert dump(replayed(open_log(url), tmp_path / "again")) == live
