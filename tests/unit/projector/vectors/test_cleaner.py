"""Vectors of what was erased go while others are served, and nobody says that before it is so."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from projector.errors import ReadModelBusyError, ReadModelDamagedError
from projector.read_model.sqlite.generations import SqliteGenerations
from projector.vectors.cleaner import Cleaner
from tests.support.samples import NOON_S, transcription
from tests.support.steps import dying_at
from tests.support.vector_site import VectorSite, found_in, traces_of
from tests.support.waiting import wait_until

BEN = "+12025550144"
_LATER_S = NOON_S + 1000


@pytest.fixture
def vectors(tmp_path: Path) -> Iterator[VectorSite]:
    """A log with a call of Marta's, and its vectors."""
    vectors = VectorSite(tmp_path)
    vectors.site.hold(transcription("conv_1", "I have a dog called Rex."))
    vectors.fill()
    yield vectors
    vectors.site.follower.close()
    vectors.close()


class _Failing(SqliteGenerations):
    """Generations whose vectors cannot be cleaned until `errors` is empty; `cleanings` counts the tries."""

    def __init__(self, folder: Path, *errors: Exception) -> None:
        super().__init__(folder)
        self.errors = list(errors)
        self.cleanings = 0

    def clean_beside(self, generation: int, *, should_go_on: Callable[[], bool]) -> None:
        self.cleanings += 1
        if self.errors:
            raise self.errors.pop(0)
        assert should_go_on()


class _Said:
    """Keeps what a logger is told of erasures, in `lines`."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, list[int], str]] = []

    def warning(self, event: str, *, requests: list[int], reason: str, retry_in_s: float) -> None:
        assert retry_in_s >= 0
        self.lines.append((event, requests, reason))


def cleaned_in_the_end(cleaner: Cleaner, removed: dict[int, int]) -> None:
    """Ask again and again, as the follower does, until all requests are clean."""
    wait_until(lambda: cleaner.cleaned(1, removed, is_waiting=False) == list(removed))


def account_stands(vectors: VectorSite, position: int) -> bool:
    """Tell whether all that a request covers is gone from the log and from the memories."""
    with vectors.site.read_model() as read_model:
        state = read_model.erasure(position)
    return state is not None and state.account is not None


def test_calls_are_learned_while_the_vectors_are_locked(vectors: VectorSite) -> None:
    """The follower waits for no lock of the vectors; until it has cleaned them, the erasure is not finished."""
    traces = traces_of(vectors, "conv_1")
    follower = vectors.site.follower
    with vectors.table.changing():
        request = vectors.site.request_erasure(at_s=_LATER_S)
        wait_until(lambda: follower.catch_up(is_following=True) == 0 and account_stands(vectors, request))
        for number in range(3):
            vectors.site.append(transcription(f"conv_ben_{number}", "I have a cat.", caller=BEN, at_s=_LATER_S))
            assert follower.catch_up(is_following=True) == 1
            with vectors.site.read_model() as read_model:
                assert read_model.caller_of(f"conv_ben_{number}") == BEN
        assert vectors.site.account(request) is None

    vectors.site.restart()
    vectors.site.follower.catch_up(is_following=True)
    wait_until(lambda: vectors.site.follower.catch_up(is_following=True) == 0 and vectors.site.account(request))
    vectors.table.close()
    assert not any(found_in(vectors.folder / "vectors", trace) for trace in traces)


def test_failure_is_said_and_tried_again(vectors: VectorSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cleaning that fails is logged with its requests, fails nobody else, and is made again."""
    generations = _Failing(vectors.folder, OSError("no space left"), ReadModelBusyError("a reader is in the way"))
    cleaner = Cleaner(generations, should_go_on=lambda: True, retry_s=0.0)
    said = _Said()
    monkeypatch.setattr("projector.vectors.cleaner.logger", said)

    cleaned_in_the_end(cleaner, {7: 3})

    assert generations.cleanings == 3
    assert said.lines == [
        ("erasures_waiting", [7], "no space left"),
        ("erasures_waiting", [7], "a reader is in the way"),
    ]


def test_failure_is_not_tried_again_at_once(vectors: VectorSite) -> None:
    """After a cleaning that failed there is a pause, however often the follower asks."""
    generations = _Failing(vectors.folder, OSError("no space left"))
    cleaner = Cleaner(generations, should_go_on=lambda: True)

    wait_until(lambda: not cleaner.cleaned(1, {7: 3}, is_waiting=False) and generations.cleanings)
    assert [cleaner.cleaned(1, {7: 3}, is_waiting=False) for _ in range(100)] == [[]] * 100

    assert generations.cleanings == 1


@pytest.mark.parametrize("error", [ReadModelDamagedError("a row is damaged"), ValueError("our own fault")])
def test_damage_and_our_own_faults_are_the_followers(vectors: VectorSite, error: Exception) -> None:
    """The follower gets what another cleaning cannot mend, and acts as it does for its own work."""
    cleaner = Cleaner(_Failing(vectors.folder, error), should_go_on=lambda: True)

    with pytest.raises(type(error), match=str(error)):
        cleaned_in_the_end(cleaner, {7: 3})


@pytest.mark.parametrize("is_waiting", [False, True])
def test_what_is_clean_stays_so_until_more_is_removed(vectors: VectorSite, *, is_waiting: bool) -> None:
    """Vectors are cleaned once for what a request covers, and again where more was removed for it since."""
    generations = _Failing(vectors.folder)
    cleaner = Cleaner(generations, should_go_on=lambda: True)

    def clean(removed: dict[int, int]) -> int:
        wait_until(lambda: cleaner.cleaned(1, removed, is_waiting=is_waiting) == list(removed))
        return generations.cleanings

    assert [clean({7: 3}), clean({7: 3}), clean({7: 3, 8: 1}), clean({7: 4}), clean({8: 1})] == [1, 1, 2, 3, 3]


def test_one_who_gives_up_removes_nothing_later(vectors: VectorSite) -> None:
    """A cleaning that waits for the lock, and is given up, lets it go: another generation may be live by then."""
    before = set(threading.enumerate())
    cleaner = Cleaner(vectors.site.generations, should_go_on=lambda: True)
    with vectors.table.changing():
        vectors.site.execute("DELETE FROM memories")
        assert cleaner.cleaned(1, {7: 3}, is_waiting=False) == []
        cleaner.close()

    wait_until(lambda: before.issuperset(threading.enumerate()))
    assert [stamp.conversation_id for stamp in vectors.table.stamps()] == ["conv_1"]


@pytest.mark.parametrize("step", ["vectors_removed", "vectors_written_anew"])
@pytest.mark.parametrize("then", ["restart", "replay"])
def test_projector_that_dies_in_a_cleaning_is_followed_by_another(vectors: VectorSite, step: str, then: str) -> None:
    """Wherever it dies, the next one leaves no byte, and only then says that the erasure is finished."""
    traces = traces_of(vectors, "conv_1")
    request = vectors.site.request_erasure(at_s=_LATER_S)
    with dying_at(step):
        vectors.site.catch_up()
    vectors.site.restart()
    if then == "replay":
        vectors.site.replay()
    assert vectors.site.account(request) is None

    vectors.site.catch_up()

    assert vectors.site.account(request) is not None
    vectors.table.close()
    assert not any(found_in(vectors.folder / "vectors", trace) for trace in traces)


@pytest.mark.parametrize("live", ["gone", "damaged"])
def test_replay_of_what_cannot_be_read_finishes_no_erasure(vectors: VectorSite, live: str) -> None:
    """Where nobody can tell what the live generation has finished, the vectors are cleaned for all requests again."""
    request = vectors.site.request_erasure(at_s=_LATER_S)
    with dying_at("vectors_removed"):
        vectors.site.catch_up()
    if live == "gone":
        vectors.site.database().unlink()
    else:
        vectors.site.database().write_bytes(b"no database" * 1000)
    vectors.site.replay()
    assert vectors.site.account(request) is None

    vectors.site.catch_up()

    assert vectors.site.account(request) is not None


def test_call_that_turns_out_to_be_of_who_was_forgotten_leaves_no_vector(vectors: VectorSite) -> None:
    """What is removed for a request that was finished already is cleaned as well."""
    request = vectors.site.request_erasure(at_s=_LATER_S)
    follower = vectors.site.follower
    wait_until(lambda: follower.catch_up(is_following=True) == 0 and vectors.site.account(request))
    vectors.site.append(transcription("conv_late", "My cat is called Tom.", caller=BEN, event_timestamp=NOON_S))
    follower.catch_up(is_following=True)
    vectors.fill()
    traces = traces_of(vectors, "conv_late", BEN)
    vectors.site.append(transcription("conv_late", "My cat is called Tom.", event_timestamp=NOON_S + 60))

    follower.catch_up(is_following=True)
    wait_until(lambda: follower.catch_up(is_following=True) == 0 and vectors.site.account(request))

    vectors.table.close()
    assert "Tom" not in vectors.site.dump()
    assert not any(found_in(vectors.folder / "vectors", trace) for trace in traces)
