"""The health of the projector, as its heartbeat tells it."""

from pathlib import Path

import pytest

from ingress.operating.checkup.projector_health import ProjectorHealth, ProjectorWatch
from projector.read_side.signs.heartbeat import NAME, Heartbeat, Pulse, beating, read_heartbeat, write_heartbeat

NOON_S = 1_800_000_000.0


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now_s = NOON_S

    def __call__(self) -> float:
        return self.now_s


def look(folder: Path, beat: Heartbeat | None, *, after_s: float) -> ProjectorHealth:
    """Return what a watch says that began with a heartbeat, some seconds later."""
    clock = Clock()
    watch = ProjectorWatch(folder, clock_s=clock)
    if beat is not None:
        write_heartbeat(folder, beat)
    clock.now_s += after_s
    return watch.look()


def beat(at_s: float = NOON_S, **more: object) -> Heartbeat:
    """Return a heartbeat of a projector that moved just then."""
    return Heartbeat(**{"at_s": at_s, "process": 4711, "moved_at_s": at_s} | more)  # type: ignore[arg-type]


def test_projector_that_beats_is_well(tmp_path: Path) -> None:
    """A projector that beat some seconds ago, and waits for nothing, is running."""
    health = look(tmp_path, beat(), after_s=4)
    assert (health.running, health.process, health.error) == (True, 4711, None)


@pytest.mark.parametrize("ended", [False, True])
def test_silent_projector_is_named_within_fifteen_seconds(tmp_path: Path, *, ended: bool) -> None:
    """With its beats two seconds apart, one that died or was stopped is named before the fifteenth second."""
    health = look(tmp_path, beat(is_ended=ended), after_s=15 - 2)
    assert not health.running
    assert health.error is not None
    assert ("was stopped at" if ended else "last sign of life at") in health.error
    assert "2027-01-15T08:00:00Z" in health.error
    assert "4711" in health.error


@pytest.mark.parametrize("ended", [False, True])
def test_restart_is_no_alarm(tmp_path: Path, *, ended: bool) -> None:
    """A projector that starts again within some seconds is not named."""
    assert look(tmp_path, beat(is_ended=ended), after_s=8).error is None


def test_projector_that_never_came_is_named(tmp_path: Path) -> None:
    """Where no projector ever beat, ingress says so once it has waited long enough for one."""
    assert look(tmp_path, None, after_s=5).error is None
    assert "no projector" in (look(tmp_path, None, after_s=13).error or "")
    assert look(tmp_path / "nowhere", None, after_s=13).error


@pytest.mark.parametrize("garbage", [b"", b"{", b"null", b"[]", b'{"at_s": "x"}', b"\xff" * 2048])
def test_heartbeat_that_cannot_be_read_is_none(tmp_path: Path, garbage: bytes) -> None:
    """A file of another content is no sign of life, and no error."""
    (tmp_path / NAME).write_bytes(garbage)
    assert not look(tmp_path, None, after_s=1).running


def test_reason_is_told_once_it_lasts(tmp_path: Path) -> None:
    """What the projector waits for is told after some seconds, without paths; its engine's faults are the engine's."""
    waiting = beat(NOON_S, waits_for="no space left: /srv/elaoms/data/readmodel/3/x", waits_since_s=NOON_S - 5)
    assert look(tmp_path, waiting, after_s=1).error is None
    health = look(tmp_path, waiting, after_s=8)
    assert health.running
    assert health.error == "the projector (process 4711) waits: no space left: [path]"


def test_projector_that_beats_and_does_not_get_on_is_named(tmp_path: Path) -> None:
    """One whose thread beats, and whose work hangs, is named as well."""
    health = look(tmp_path, beat(moved_at_s=NOON_S - 70), after_s=1)
    assert "has not got on for 71 seconds" in (health.error or "")


def test_pulse_says_since_when(tmp_path: Path) -> None:
    """A wait begins with its first reason, and ends when there is none; each move is noted."""
    clock = Clock()
    pulse = Pulse(clock)
    pulse.wait_for("the disk is full")
    clock.now_s += 30
    pulse.wait_for("the disk is still full")
    said = pulse.heartbeat()
    assert (said.waits_for, said.waits_since_s, said.moved_at_s) == ("the disk is still full", NOON_S, NOON_S + 30)
    pulse.wait_for(None)
    assert pulse.heartbeat().waits_for is None


def test_block_that_ends_says_so(tmp_path: Path) -> None:
    """While the block runs heartbeats follow one another; at its end there is a last one."""
    pulse = Pulse()
    with beating(tmp_path, pulse, interval_s=0.01):
        first = read_heartbeat(tmp_path)
        assert first is not None
        while (now := read_heartbeat(tmp_path)) is None or now.at_s == first.at_s:
            pass
        assert not now.is_ended
    last = read_heartbeat(tmp_path)
    assert last is not None
    assert last.is_ended


@pytest.mark.parametrize("reason", ["x" * 10_000, "\x01" * 10_000, "é\U0001f600" * 5_000, '"\\' * 5_000])
def test_any_reason_fits(tmp_path: Path, reason: str) -> None:
    """However long a reason is, the heartbeat keeps its size, and can be read."""
    pulse = Pulse()
    pulse.wait_for(reason)
    write_heartbeat(tmp_path, pulse.heartbeat())
    found = read_heartbeat(tmp_path)
    assert found is not None
    assert found.waits_for
    assert (tmp_path / NAME).stat().st_size == 2048


def test_folder_that_is_gone_ends_nothing(tmp_path: Path) -> None:
    """Where the heartbeat cannot be written the block runs all the same."""
    with beating(tmp_path / "nowhere", Pulse(), interval_s=0.01):
        assert read_heartbeat(tmp_path / "nowhere") is None
