"""What was erased is removed in slices: others are learned in between, and nobody hears of the caller meanwhile."""

import gc
import itertools
import threading
import warnings
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from events.folder_log.log import FolderLog
from events.log.event import DamagedLine, Event
from events.log.receipt import Place
from projector.engines.lexical.engine import EmbeddedEngine
from projector.errors import ReadModelBusyError
from projector.follow.follower import Follower
from projector.projection.erasing.removal import Removal
from projector.projection.projection import Projection
from projector.read_model.sqlite.database import Database
from projector.read_model.sqlite.files.pages import Pages
from projector.read_model.sqlite.soundness import check_soundness
from projector.read_model.sqlite.tables.erasing.erased import Erased
from tests.support.erasures import assert_accounted_for, erasures_of
from tests.support.samples import MARTA, audio, transcription
from tests.support.sites import ProjectorSite
from tests.support.waiting import PATIENCE_S

BEN = "+12025550199"
NOW_S = 1_800_000_000
CALLS = 60


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ProjectorSite]:
    """A site where Marta has called many times, and Ben once; a slice takes as little as it can."""
    monkeypatch.setattr("projector.projection.erasing.work._SLICE_S", 0.0)
    monkeypatch.setattr("projector.projection.erasing.work._CONVERSATIONS", 7)
    monkeypatch.setattr("projector.projection.erasing.removal._FOLDERS", 7)
    site = ProjectorSite(tmp_path)
    site.received_at_s = NOW_S - 10
    calls = [transcription(f"conv_{n:02d}", f"My zebrak{n}.", at_s=NOW_S - 1000 + n) for n in range(CALLS)]
    site.hold(*calls, audio("conv_01"), transcription("conv_ben", "My walrusk7.", caller=BEN))
    yield site
    site.follower.close()


def follow(site: ProjectorSite) -> None:
    """Take one step, as the running projector does again and again."""
    site.follower.catch_up(is_following=True)


def follow_to_the_end(site: ProjectorSite, request: int) -> int:
    """Take steps until a request is finished, and return how many those were."""
    for steps in range(1, 1000):
        follow(site)
        if site.account(request) is not None:
            return steps
    raise AssertionError("the request is never finished")


def assert_unknown(site: ProjectorSite, *, conversations: tuple[str, ...] = (), caller: str = MARTA) -> None:
    """Assert that no reader gets anything of a caller, and that the generation is sound as it is."""
    with site.read_model() as read_model:
        assert read_model.view(caller) is None
        assert read_model.recent(caller, agent_id=None, limit=9) == list(read_model.all_memories(caller)) == []
        assert read_model.conversations(caller) == list(conversations)
        assert read_model.missed_calls(caller) == []
        engine = EmbeddedEngine(read_model.engine_tables)
        assert engine.search(caller, "zebrak7", limit=9, agent_id=None) == []
        assert caller not in "".join(read_model.dump())
    check_soundness(
        site.database(),
        lambda checked: EmbeddedEngine(checked.engine_tables).check(),
        is_outside=False,
    )


def test_caller_is_gone_at_once_and_all_else_little_by_little(site: ProjectorSite) -> None:
    """After the first step nobody hears of the caller; the rows and the files go in many steps, each of them sound."""
    request = site.request_erasure(at_s=NOW_S)
    follow(site)
    assert_unknown(site)
    assert site.files_holding("zebrak59")
    (left,) = site.rows("SELECT count(*) FROM calls")
    assert 0 < left[0] - 1 < CALLS
    taken = 0
    while site.account(request) is None:
        follow(site)
        assert_unknown(site)
        taken += 1
        assert taken < 100
    assert taken > CALLS // 7
    (erasure,) = erasures_of(site.log)
    assert len(erasure.conversations) == CALLS
    assert erasure.counts["read_model.calls"] == erasure.counts["log.transcription"] == CALLS
    assert erasure.counts["read_model.memories.turn"] == CALLS
    assert erasure.counts["log.recordings"] == 1
    assert site.files_holding("zebrak", MARTA[2:]) == []
    assert "walrusk7" in site.dump()
    assert_accounted_for(site.log)


def test_others_are_learned_between_two_slices(site: ProjectorSite) -> None:
    """A call that comes in while a caller is being erased is learned in the next step, whichever slice is under way."""
    request = site.request_erasure(at_s=NOW_S)
    number = 0
    while site.account(request) is None:
        number += 1
        site.append(transcription(f"conv_other{number}", f"My otterk{number}.", caller=BEN))
        follow(site)
        assert f"otterk{number}." in site.dump()
    assert number > CALLS // 7
    live = site.dump()
    assert live.count('"kind":"turn"') == number + 1
    site.replay()
    assert site.dump() == live
    assert site.files_holding("zebrak") == []


@pytest.mark.slow
def test_erasure_goes_on_while_more_comes_in_than_is_projected(
    site: ProjectorSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where two events come in for each that is projected, a request is carried out all the same, and listed once."""
    monkeypatch.setattr("projector.follow.follower._EVENTS_PER_COMMIT", 1)
    request = site.request_erasure(at_s=NOW_S)
    take, number = Projection.take, itertools.count()

    def take_and_append(projection: Projection, batch: list[Event | DamagedLine]) -> int:
        site.append(*(transcription(f"conv_more_{next(number)}", "More.", caller=BEN) for _ in range(2 * len(batch))))
        return take(projection, batch)

    monkeypatch.setattr(Projection, "take", take_and_append)
    follow_to_the_end(site, request)
    tail = site.log.tail()
    with site.read_model() as read_model:
        place = read_model.place()
    assert tail is not None
    assert place is not None
    assert place.position < tail.position
    monkeypatch.undo()
    site.catch_up()
    assert len(erasures_of(site.log)) == 1
    assert_unknown(site)


def test_caller_who_calls_again_meanwhile_is_known_once_that_is_done(site: ProjectorSite) -> None:
    """A new call of a caller who is being erased is kept, told to nobody until all else is gone, and then a memory."""
    request = site.request_erasure(at_s=NOW_S)
    follow(site)
    site.received_at_s = NOW_S + 20
    site.append(transcription("conv_again", "Hello, I am newk7.", at_s=NOW_S + 5))
    follow(site)
    assert_unknown(site, conversations=("conv_again",))
    follow_to_the_end(site, request)
    assert "newk7" in site.dump()
    with site.read_model() as read_model:
        view = read_model.view(MARTA)
    assert view is not None
    assert view.call_count == 1
    live = site.dump()
    site.replay()
    assert site.dump() == live
    assert site.files_holding("zebrak") == []


@pytest.mark.slow
def test_late_events_meanwhile_are_removed_too(site: ProjectorSite) -> None:
    """Late versions, recordings and calls that come in between two slices are listed once, and removed."""
    request = site.request_erasure(at_s=NOW_S)
    site.received_at_s = NOW_S + 20
    late = [
        transcription("conv_00", "My late zebrak7.", event_timestamp=NOW_S),
        audio("conv_59", b"ID3zebrak7"),
        transcription("conv_late", "My zebrak7, late.", at_s=NOW_S - 5),
        transcription("conv_58", "My zebrak7 of Ben.", caller=BEN),
    ]
    number = 0
    while site.account(request) is None:
        site.append(late[number % 4].replace(b"zebrak7", b"zebrak%d" % (100 + number)))
        number += 1
        follow(site)
        assert_unknown(site)
    follow_until_idle(site)
    assert site.files_holding("zebrak", MARTA[2:]) == []
    assert_accounted_for(site.log)
    assert len([event for event in site.log.read() if isinstance(event, Event)]) > number


def test_late_events_wait_for_files_that_go_slower_than_they_come(
    site: ProjectorSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many late events come in while files are removed, one erasure lists them; a new request comes first."""
    site.forget(at_s=NOW_S)
    ended, threads = Removal.has_ended, list[Removal]()

    def slowly(removal: Removal, **_: object) -> bool:
        threads.append(removal)
        return threads.count(removal) > CALLS and ended(removal, timeout_s=PATIENCE_S)

    monkeypatch.setattr(Removal, "has_ended", slowly)
    site.received_at_s = NOW_S + 20
    number = itertools.count()

    def follow_late(request: int | None, steps: int = 1000) -> None:
        for _ in range(steps):
            site.append(transcription("conv_00", f"My late zebrak{next(number)}.", event_timestamp=NOW_S))
            follow(site)
            if request is not None and site.account(request) is not None:
                return
        assert request is None

    follow_late(None, steps=3 * CALLS)
    listed = [len(erasure.events) for erasure in erasures_of(site.log)[1:]]
    assert len(listed) == 3
    assert min(listed[1:]) >= CALLS
    follow_late(site.request_erasure(BEN, at_s=NOW_S), steps=3 * CALLS)
    monkeypatch.undo()
    follow_until_idle(site)
    assert site.files_holding("zebrak", "walrusk7", MARTA[2:]) == []
    assert_accounted_for(site.log)


def follow_until_idle(site: ProjectorSite) -> None:
    """Take steps until the log no longer grows, and no file is left to remove."""
    quiet, tail = 0, site.log.tail()
    while quiet < 3 * CALLS or is_removing(site):
        follow(site)
        quiet = quiet + 1 if site.log.tail() == tail else 0
        tail = site.log.tail()


def test_requests_that_wait_share_one_search(site: ProjectorSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many requests wait, each body of no conversation is read once for all of them."""
    strays = [b"\xff +1202555%04d strayk%d" % (number, number) for number in range(10)]
    site.append(*strays, b"\xff +12025550143 and +12025550199 strayk7")
    site.catch_up()
    read: list[str] = []
    chunks = Event.chunks

    def counted(event: Event) -> Iterator[bytes]:
        if event.receipt.path.startswith("_unreadable"):
            read.append(event.receipt.path)
        return chunks(event)

    monkeypatch.setattr(Event, "chunks", counted)
    requests = [site.request_erasure(caller, at_s=NOW_S) for caller in (MARTA, BEN, "+12025550007", "+12025550111")]
    site.catch_up()
    assert len(read) == len(strays) + 1
    erasures = {erasure.request: erasure for erasure in erasures_of(site.log)}
    assert erasures.keys() == set(requests)
    assert [erasures[request].counts.get("log.unreadable", 0) for request in requests] == [1, 0, 1, 0]
    assert site.files_holding("strayk7") == []
    assert len(site.files_holding("strayk")) == len(strays) - 1


def test_journal_is_not_read_for_a_request(site: ProjectorSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a request removes is found by the index: the log is read from where it was followed, and no earlier."""
    site.hold(b"\xff %s of no conversation" % MARTA.encode())
    after: list[Place | None] = []
    read = FolderLog.read

    def noted(log: FolderLog, place: Place | None = None) -> Iterator[object]:
        after.append(place)
        return read(log, place)

    monkeypatch.setattr(FolderLog, "read", noted)
    site.forget(at_s=NOW_S)
    assert after
    assert all(place is not None and place.position >= CALLS + 3 for place in after)


@pytest.mark.slow
def test_wipe_that_fails_is_made_again(site: ProjectorSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the files cannot be wiped, calls are learned, the caller is unknown, and the request waits."""
    request = site.request_erasure(at_s=NOW_S)
    # It is open by then, and again for its daily check: at the start such a fault is waited for.
    follow(site)
    follow(site)

    def fail(*_: object, **__: object) -> None:
        raise ReadModelBusyError("disk I/O error")

    with monkeypatch.context() as patch:
        patch.setattr("projector.read_model.sqlite.database.Database.move_log", fail)
        for number in range(60):
            site.append(transcription(f"conv_other{number}", f"My otterk{number}.", caller=BEN))
            follow(site)
            assert f"otterk{number}." in site.dump()
        assert_unknown(site)
        assert site.account(request) is None
        with pytest.raises(ReadModelBusyError):
            site.catch_up()
    site.catch_up()
    assert site.account(request) is not None
    assert site.files_holding("zebrak") == []


def test_reader_holds_up_the_end_of_an_erasure_and_nothing_else(site: ProjectorSite) -> None:
    """While a reader of an older state is in the way, calls are learned, the caller is unknown, the request waits."""
    with closing(Database.open(site.database(), is_writing=False)) as reader, reader.snapshot():
        reader.value("SELECT count(*) FROM memories")
        request = site.request_erasure(at_s=NOW_S)
        for number in range(60):
            site.append(transcription(f"conv_other{number}", f"My otterk{number}.", caller=BEN))
            follow(site)
            assert f"otterk{number}." in site.dump()
        assert_unknown(site)
        assert site.account(request) is None
        site.follower.close()
        assert site.files_holding("zebrak0.")
    follow(site)
    assert site.account(request) is not None
    assert site.files_holding("zebrak") == []


def test_erasure_costs_what_the_caller_left_and_not_what_others_did(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For a caller of three calls about as many pages are wiped beside 400 calls of others as beside 40."""
    wiped: list[int] = []
    wipe = Pages.wipe

    def counted(pages: Pages, numbers: Iterable[int]) -> None:
        wiped.extend(known := list(numbers))
        wipe(pages, known)

    monkeypatch.setattr(Pages, "wipe", counted)
    cost = []
    for others in (40, 400):
        site = ProjectorSite(tmp_path / str(others))
        site.append(
            *(transcription(f"conv_{n}", f"My otterk{n}.", caller=f"+12025551{n:03}") for n in range(others)),
            *(transcription(f"conv_marta{n}", f"My zebrak{n}.") for n in range(3)),
        )
        site.catch_up()
        wiped.clear()
        site.forget(at_s=NOW_S)
        cost.append(len(wiped))
        assert site.files_holding("zebrak") == []
    assert cost[0] * 0.5 < cost[1] < cost[0] * 1.5


def test_replay_meanwhile_ends_in_the_same_state(site: ProjectorSite) -> None:
    """A replay by hand between two slices goes live without the caller, and the rest is removed from there."""
    request = site.request_erasure(at_s=NOW_S)
    for _ in range(3):
        follow(site)
    site.replay()
    assert_unknown(site)
    follow_to_the_end(site, request)
    assert len(erasures_of(site.log)) == 1
    assert site.files_holding("zebrak", MARTA[2:]) == []
    assert_accounted_for(site.log)


class _Killed(BaseException):
    """Ends a process like a kill: no handler of errors sees it."""


def follow_for_ever(follower: Follower) -> None:
    while True:
        follower.catch_up(is_following=True)


@pytest.mark.parametrize("step", range(0, 40, 3))
def test_kill_between_any_two_slices_ends_in_the_same_state(
    site: ProjectorSite, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    """A projector that is killed at some step of a long erasure goes on where it was, and lists each thing once."""
    request = site.request_erasure(at_s=NOW_S)
    reached: list[str] = []

    def die(name: str) -> None:
        if name.startswith(("erased", "caller_f", "log_s", "batch", "log_m", "read_model_w")):
            reached.append(name)
            if len(reached) == step + 1:
                raise _Killed

    before = set(threading.enumerate())
    with monkeypatch.context() as patch:
        patch.setattr("events.disk.steps.reached", die)
        follower = Follower(site.log, site.generations, site.settings)
        with pytest.raises(_Killed):
            follow_for_ever(follower)
    for thread in set(threading.enumerate()) - before:
        thread.join(PATIENCE_S)
    with warnings.catch_warnings(action="ignore", category=ResourceWarning):
        del follower  # who is killed closes nothing
        gc.collect()
    site.catch_up()
    assert site.account(request) is not None
    (erasure,) = erasures_of(site.log)
    assert erasure.counts["log.transcription"] == CALLS
    assert site.files_holding("zebrak", MARTA[2:]) == []
    assert site.errors() == []
    assert_accounted_for(site.log)


@pytest.mark.parametrize("has_called", [False, True])
def test_calls_and_their_request_may_come_in_one_batch(site: ProjectorSite, *, has_called: bool) -> None:
    """Calls that are projected together with the request that covers them go like any other, and damage nothing."""
    site.follower.catch_up()
    caller = BEN if has_called else "+12025550111"
    site.append(*(transcription(f"conv_new{n}", f"My zebrak{n}.", caller=caller) for n in range(3)))
    request = site.request_erasure(caller, at_s=NOW_S)
    follow(site)
    assert_unknown(site, caller=caller)
    assert site.generations.current() == 1
    follow_to_the_end(site, request)
    assert site.generations.current() == 1
    assert len(erasures_of(site.log)[0].conversations) == 3 + has_called
    assert_accounted_for(site.log)


def is_removing(site: ProjectorSite) -> bool:
    """Tell whether files are still to be removed that an erasure lists."""
    with site.opened() as database:
        return Erased(database).removal() is not None
