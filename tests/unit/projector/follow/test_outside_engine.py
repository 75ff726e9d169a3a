"""Following with an outside engine, which may be emptied, and which another projector's replay changes too."""

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from projector.engines.protocol import OutsideEngine
from projector.errors import EngineError
from projector.follow.finishing.engine_watch import LOOK_INTERVAL_S
from projector.follow.follower import Follower
from projector.follow.replay import Replay
from projector.follow.replay_lock import ReplayLock
from projector.projection.settings import ProjectionSettings
from projector.read_model.sqlite.generations import SqliteGenerations
from projector.read_model.tables.engine_tables import EngineTables
from tests.support.openmemory.fake import FAKE, FakeEngines, FakeStore
from tests.support.samples import MARTA, transcription
from tests.support.sites import ProjectorSite

SETTINGS = ProjectionSettings(engine=FAKE)


class WatchedEngines(FakeEngines):
    """Engines that call a function just after an engine was opened, by how many were opened until then."""

    def __init__(self, store: FakeStore) -> None:
        super().__init__(store)
        self.opened = 0
        self.once_opened: dict[int, Callable[[], None]] = {}

    def outside(self, tables: EngineTables, name_log: Callable[[], str]) -> OutsideEngine:
        """Return the engine."""
        engine = super().outside(tables, name_log)
        self.opened += 1
        self.once_opened.get(self.opened, bool)()
        return engine


class Outside(ProjectorSite):
    """A site whose memories are found by an OpenMemory in memory."""

    def __init__(self, folder: Path) -> None:
        self.store = FakeStore()
        self.watched = self.engines = WatchedEngines(self.store)
        super().__init__(folder, SETTINGS, self.engines)

    def call(self, number: int, *said: str) -> None:
        """Append a call of Marta's."""
        self.append(transcription(f"conv_{number}", *said))

    def held(self) -> list[str]:
        """Return the ids of the memories that OpenMemory holds, repeated for each row."""
        rows = self.store.held.values()
        return sorted(str(row.metadata["memory_id"]) for row in rows if row.user_id == MARTA)

    def remembered(self) -> list[str]:
        """Return the ids of the memories of the read model."""
        return sorted(memory["id"] for memory in json.loads(self.dump())["memories"])


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Outside]:
    """A site with one call that was folded."""
    site = Outside(tmp_path)
    site.call(1, "We have a dog.")
    site.follower.catch_up()
    assert site.held() == site.remembered() != []
    yield site
    site.follower.close()


def test_fills_an_engine_that_was_emptied(site: Outside) -> None:
    """An engine that loses its memories while the projector follows is refilled before any further delivery."""
    site.store.held.clear()
    site.call(2, "We have a cat.")
    site.follower.catch_up()

    assert site.generations.current() == 2
    assert site.held() == site.remembered()


def test_asks_the_engine_now_and_then(site: Outside) -> None:
    """An engine that lost its memories is refilled even without a new call, and is not asked constantly."""
    site.store.held.clear()
    site.now_s += LOOK_INTERVAL_S - 1
    site.follower.catch_up()
    assert site.held() == []
    site.now_s += 1
    site.follower.catch_up()
    assert site.held() == site.remembered() != []


def test_needs_no_engine_while_there_is_nothing_to_tell_it(site: Outside) -> None:
    """An engine that is down is no fault until there is something to deliver."""
    site.store.is_down = True
    site.now_s += LOOK_INTERVAL_S
    site.follower.catch_up()
    site.call(2, "We have a cat.")
    with pytest.raises(EngineError, match="down"):
        site.follower.catch_up()


def test_tells_the_engine_nothing_while_somebody_else_replays(site: Outside) -> None:
    """
    While another projector replays, this one stores calls and erasures but delivers nothing to the engine. Afterwards
    it continues from the other's result.
    """
    others = SqliteGenerations(site.generations.folder)
    before = dict(site.store.held)
    with others.lock("replay", wait=False) as is_held:
        assert is_held
        site.call(2, "We have a cat.")
        site.request_erasure(at_s=2_000_000_000)
        site.follower.catch_up()
        assert site.store.held == before
        assert site.remembered() == []
    site.call(3, "We have a cow.")
    Replay(site.log, others, SETTINGS, engines=site.engines).run()
    assert site.generations.current() == 2
    site.follower.catch_up()

    assert site.generations.current() == 2
    assert site.held() == site.remembered()


def test_finishes_a_replay_that_somebody_else_began(site: Outside) -> None:
    """If another projector's replay ended halfway, a projector that waited for it replays itself, at once."""
    with SqliteGenerations(site.generations.folder).lock("replay", wait=False):
        site.follower.catch_up()
        site.store.held = {id_: row for id_, row in site.store.held.items() if row.user_id == MARTA}
    site.follower.catch_up()

    assert site.generations.current() == 2
    assert site.held() == site.remembered() != []


def test_finishes_no_erasure_over_a_replay_that_ended_half_way(site: Outside) -> None:
    """An erasure is not finished while the engine may hold rows of a killed replay: another replay comes first."""
    with SqliteGenerations(site.generations.folder).lock("replay", wait=False):
        site.request_erasure(at_s=2_000_000_000)
        site.follower.catch_up()
        site.store.held = {id_: row for id_, row in site.store.held.items() if row.user_id == MARTA}
    site.follower.catch_up()

    assert site.held() == site.remembered() == []


def test_looks_anew_once_it_is_its_turn(site: Outside) -> None:
    """
    A projector that waits for another's replay before its own checks again, and continues from the other's result.
    """
    others = SqliteGenerations(site.generations.folder)
    site.follower.close()
    later = Follower(site.log, SqliteGenerations(site.generations.folder), SETTINGS, engines=site.engines)
    ended = threading.Event()

    def go_on() -> None:
        later.catch_up()
        later.close()
        ended.set()

    lock = ReplayLock(others)
    with lock.hold():
        site.store.held.clear()
        waiting = threading.Thread(target=go_on)
        waiting.start()
        assert not ended.wait(0.3)
        Replay(site.log, others, SETTINGS, engines=site.engines, lock=lock).run()
    waiting.join()

    assert site.generations.current() == 2
    assert site.held() == site.remembered()


def test_puts_nothing_for_an_empty_log(tmp_path: Path) -> None:
    """For an empty log the engine is left alone and reported healthy; the first call fills it."""
    site = Outside(tmp_path)
    for _ in range(2):
        site.now_s += LOOK_INTERVAL_S
        site.follower.catch_up()
    assert (site.generations.current(), site.store.held) == (1, {})
    site.call(1, "We have a dog.")
    site.follower.catch_up()

    assert site.held() == site.remembered() != []
    assert len(site.store.held) == len(site.held()) + 1
    site.follower.close()


@pytest.mark.parametrize("opened", [1, 2])
def test_fills_the_engine_with_the_first_call_whenever_it_comes(tmp_path: Path, opened: int) -> None:
    """The first call of all may come just after the engine was opened for a log that is empty and has no name."""
    site = Outside(tmp_path)
    site.watched.once_opened[opened] = lambda: site.call(1, "We have a dog.")
    for _ in range(3):
        site.now_s += LOOK_INTERVAL_S
        site.follower.catch_up()

    assert site.held() == site.remembered() != []
    site.follower.close()


def test_learns_the_first_call_of_all_while_the_engine_is_down(tmp_path: Path) -> None:
    """A read model of an empty log folds its first calls even while the engine is down; later the engine is filled."""
    site = Outside(tmp_path)
    site.follower.catch_up()
    site.store.is_down = True
    for number in (1, 2):
        site.call(number, "We have a dog.")
        with pytest.raises(EngineError, match="down"):
            site.follower.catch_up()
        assert site.call_count() == number
    site.store.is_down = False
    site.follower.catch_up()

    assert site.held() == site.remembered() != []
    site.follower.close()


def test_sees_what_others_changed_since(site: Outside) -> None:
    """The engine looks up a caller's rows anew for each call, and does not rely on what it saw for the one before."""
    site.call(2, "We have a cat.")
    site.follower.catch_up()
    site.store.held = {
        id_: row for id_, row in site.store.held.items() if row.metadata.get("conversation_id") != "conv_2"
    }
    newer = transcription("conv_2", "We have a cat.", "And a cow.", event_timestamp=2_000_000_000)
    site.append(newer)
    site.follower.catch_up()

    assert site.held() == site.remembered()
