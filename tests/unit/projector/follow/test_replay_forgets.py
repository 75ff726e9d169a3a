"""A replay that goes live knows nobody whom a request in the log covers, whenever the request came in."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from events.folder_log.log import FolderLog
from events.log.erasure_request import request_erasure
from tests.support.erasures import assert_accounted_for, erasures_of
from tests.support.samples import MARTA, transcription
from tests.support.sites import ProjectorSite
from tests.support.waiting import PATIENCE_S

BEN = "+12025550199"
NOW_S = 1_800_000_000


@pytest.fixture
def site(tmp_path: Path) -> ProjectorSite:
    """A site where Marta and Ben have called, and both are remembered."""
    site = ProjectorSite(tmp_path)
    site.received_at_s = NOW_S - 10
    site.hold(transcription("conv_marta", "My zebrak7."), transcription("conv_ben", "My walrusk7.", caller=BEN))
    return site


def at_step(monkeypatch: pytest.MonkeyPatch, step: str, do: Callable[[], object]) -> None:
    """Do something the first time that a step is reached."""

    def reached(name: str) -> None:
        if name == step and not done:
            done.append(name)
            do()

    done: list[str] = []
    monkeypatch.setattr("events.disk.steps.reached", reached)


def is_known(site: ProjectorSite, caller: str) -> bool:
    with site.read_model() as read_model:
        return read_model.view(caller) is not None


@pytest.mark.parametrize("is_followed", [False, True])
@pytest.mark.parametrize("step", ["generation_begun", "callers_folded", "generation_filled", "generation_caught_up"])
def test_request_during_a_replay_is_applied_before_it_goes_live(
    site: ProjectorSite, monkeypatch: pytest.MonkeyPatch, step: str, *, is_followed: bool
) -> None:
    """A caller who is forgotten while a replay is under way is not known in the generation that goes live."""

    def forget() -> None:
        site.request_erasure(at_s=NOW_S)
        if is_followed:  # carries the request out, files and all, but for what must wait for the replay
            site.catch_up()
            assert not is_known(site, MARTA)

    at_step(monkeypatch, step, forget)
    site.replay()

    assert site.generations.current() == 2
    assert not is_known(site, MARTA)
    assert is_known(site, BEN)
    assert "zebrak7" not in site.dump()
    site.catch_up()
    (erasure,) = erasures_of(site.log)
    assert site.account(3) == erasure
    assert [event.position for event in erasure.events] == [1]
    assert site.files_holding("zebrak7", MARTA[2:]) == []
    assert site.errors() == []
    assert_accounted_for(site.log)
    live = site.dump()
    site.replay()
    assert site.dump() == live


def test_no_request_gets_in_between_the_last_look_and_the_flip(
    site: ProjectorSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An append waits for the flip once the replay has seen that no request is left; then it goes on."""
    site.append(transcription("conv_ben2", "My otterk7.", caller=BEN))
    appended = threading.Event()
    others = FolderLog(site.log.folder, is_watching=False)

    def append() -> None:
        request_erasure(others, MARTA)
        appended.set()

    thread = threading.Thread(target=append)
    seen: list[bool] = []

    def begin() -> None:
        thread.start()
        seen.append(appended.wait(0.3))

    at_step(monkeypatch, "current_written_aside", begin)
    site.replay()
    thread.join(PATIENCE_S)
    assert seen == [False]
    assert appended.is_set()
    assert is_known(site, MARTA)
    site.catch_up()
    assert not is_known(site, MARTA)


def test_requests_that_keep_coming_end(site: ProjectorSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each request that comes in while the replay looks is applied, however many there are one after the other."""
    callers = [f"+1202555{number:04d}" for number in range(200, 206)]
    for number, caller in enumerate(callers):
        site.append(transcription(f"conv_{number}", f"My wordk{number}.", caller=caller))
    site.catch_up()
    left = list(callers)

    def reached(name: str) -> None:
        if name == "generation_caught_up" and left:
            site.request_erasure(left.pop(), at_s=NOW_S)

    monkeypatch.setattr("events.disk.steps.reached", reached)
    site.replay()
    assert [caller for caller in callers if is_known(site, caller)] == []
    assert is_known(site, MARTA)


def test_stop_between_two_looks_leaves_the_old_generation(site: ProjectorSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """A flip that fails at its end leaves a live generation, and a replay that is stopped removes only its own."""

    def fail() -> None:
        raise OSError("no more")

    at_step(monkeypatch, "current_flipped", fail)
    with pytest.raises(OSError, match="no more"):
        site.replay()
    assert site.generations.current() == 2
    assert is_known(site, MARTA)
    at_step(monkeypatch, "current_written_aside", fail)
    with pytest.raises(OSError, match="no more"):
        site.replay()
    assert site.generations.current() == 2
    assert is_known(site, MARTA)
