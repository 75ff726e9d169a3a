"""A projector follows a log in PostgreSQL as it follows a folder: the same memories, and the same forgetting."""

from pathlib import Path

import msgspec
import psycopg
import pytest

from events.errors import DamagedEventError
from events.log.erasure import Erasure, read_erasure
from events.log.erasure_request import request_erasure
from events.log.event import Event
from events.log.protocol import EventLog
from events.open_log import open_log
from projector.commands.forgetting.forget import forget_caller
from projector.errors import ErasurePendingError
from projector.follow.follower import Follower
from projector.follow.replay import Replay
from projector.projection.settings import ProjectionSettings
from projector.read_model.generations import Generations
from projector.read_model.open import open_generations, open_read_model
from tests.golden.learned_stories import LEARNED, told_in
from tests.golden.stories import STORIES, events_of
from tests.support.logs import append, events
from tests.support.postgres import why_not
from tests.support.samples import MARTA, transcription
from tests.support.waiting import wait_until

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not())


def dump_of(generations: Generations) -> str:
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
    assert dump_of(followed(log, tmp_path / "followed")) == expected
    assert dump_of(replayed(open_log(url), tmp_path / "replayed")) == expected


@pytest.mark.parametrize("story", LEARNED, ids=lambda story: story.name)
def test_learned_log_gives_the_golden_dump(story: Path, url: str, tmp_path: Path) -> None:
    """So do what models said and what persons corrected."""
    log = open_log(url)
    for told in told_in(story):
        log.append(told.body, source=told.source)
    assert dump_of(replayed(log, tmp_path)) == (story / "dump.json").read_text()


def test_caller_is_forgotten(url: str, tmp_path: Path) -> None:
    """
    A caller who asks to be forgotten is gone from the memories and from the bodies, the erasure is an event, a late
    call is erased too, and a replay remembers no more.
    """
    log = open_log(url)
    log.append(transcription("conv_1", "I keep a heliotrope"), source="webhook")
    log.append(transcription("conv_2", "I have no flowers", caller="+12025550144"), source="webhook")
    generations = followed(log, tmp_path / "live")
    assert "heliotrope" in dump_of(generations)
    request_erasure(log, MARTA, clock_s=lambda: 1_800_000_000.0)
    late = log.append(transcription("conv_3", "another heliotrope"), source="webhook")
    live = dump_of(followed(log, tmp_path / "live"))

    assert "heliotrope" not in live
    assert "flowers" in live
    there = events(log)
    assert [event.place.position for event in there if is_gone(event)] == [1, late.position]
    assert any(isinstance(read_erasure(event), Erasure) for event in there if not is_gone(event))
    assert dump_of(replayed(open_log(url), tmp_path / "again")) == live


def test_request_is_finished_only_once_no_server_keeps_a_word(url: str, tmp_path: Path) -> None:
    """
    While a server may still keep what was removed, the request is not finished: a command says why, a following
    projector goes on. Once it keeps nothing, the request is finished.
    """
    log = open_log(url)
    append(log, transcription("conv_1", "I keep a heliotrope"), transcription("conv_2", "mine", caller="+12025550144"))
    generations = followed(log, tmp_path)
    with psycopg.connect(url) as dump:
        dump.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        dump.execute("SELECT 1")
        with pytest.raises(ErasurePendingError, match=r"done: .* Not yet: .* still holds 1 removed rows") as pending:
            forget_caller(log, generations, ProjectionSettings(), MARTA)
        account = msgspec.json.decode(pending.value.account, type=Erasure)
        assert account.conversations == ("conv_1",)
        follower = Follower(log, generations, ProjectionSettings(), clock_s=lambda: 0.0)
        for _ in range(3):
            follower.catch_up(is_following=True)
        assert unfinished(generations) == 1
        append(log, transcription("conv_3", "more", caller="+12025550144"))
        wait_until(lambda: follower.catch_up(is_following=True))
        follower.close()
        assert "conv_3" in dump_of(generations)
    followed(log, tmp_path)
    assert unfinished(generations) == 0


def test_late_call_of_who_was_forgotten_is_wiped_too(url: str, tmp_path: Path) -> None:
    """What is removed after a look at the servers has a look of its own: it may be a call that came late."""
    log = open_log(url)
    append(log, transcription("conv_1", "I keep a heliotrope"))
    generations = followed(log, tmp_path)
    follower = Follower(log, generations, ProjectionSettings(), clock_s=lambda: 0.0)
    request_erasure(log, MARTA, clock_s=lambda: 1_800_000_000.0)
    with psycopg.connect(url, autocommit=True) as connection:
        wait_until(lambda: follower.catch_up(is_following=True) == 0 and unfinished(generations) == 0)
        assert remnants(connection) == 0
        append(log, transcription("conv_3", "another heliotrope"))
        wait_until(lambda: follower.catch_up(is_following=True) == 0 and "conv_3" not in keys(connection))
        wait_until(lambda: follower.catch_up(is_following=True) == 0 and remnants(connection) == 0)
    follower.close()


def keys(connection: psycopg.Connection[tuple[str]]) -> set[str]:
    return {owner for (owner,) in connection.execute("SELECT owner FROM elaoms.keys")}


def test_replay_forgets_no_remnants(url: str, tmp_path: Path) -> None:
    """Memories that were made anew, which no request waits for, have what is left in the log wiped all the same."""
    log = open_log(url)
    append(log, transcription("conv_1", "I keep a heliotrope"))
    followed(log, tmp_path / "live")
    with psycopg.connect(url, autocommit=True) as other:
        other.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        other.execute("SELECT 1")
        with pytest.raises(ErasurePendingError):
            forget_caller(log, open_generations(tmp_path / "live"), ProjectionSettings(), MARTA)
        other.execute("ROLLBACK")
        assert remnants(other) == 1
        generations = replayed(log, tmp_path / "again")
        follower = Follower(log, generations, ProjectionSettings(), clock_s=lambda: 0.0)
        wait_until(lambda: follower.catch_up(is_following=True) == 0 and remnants(other) == 0)
        follower.close()


def unfinished(generations: Generations) -> int:
    with open_read_model(generations) as read_model:
        return read_model.unfinished_erasures(requested_until_s=2**53)


def remnants(connection: psycopg.Connection[tuple[int]]) -> int:
    row = connection.execute("SELECT count(*) FROM elaoms.remnants").fetchone()
    assert row is not None
    return row[0]
