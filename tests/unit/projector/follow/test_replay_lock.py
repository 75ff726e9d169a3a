"""The replay lock: its holder may take it again, a waiter reports the wait, and a stop ends the wait."""

from pathlib import Path

import pytest

from projector.errors import ReplayStoppedError
from projector.follow.replay_lock import ReplayLock
from projector.read_model.sqlite.generations import SqliteGenerations


def test_is_taken_again_by_who_holds_it(tmp_path: Path) -> None:
    """The holder may take the lock again, and still holds it after releasing that; no other process can meanwhile."""
    lock, other = ReplayLock(SqliteGenerations(tmp_path)), ReplayLock(SqliteGenerations(tmp_path))
    with lock.hold():
        with lock.hold(), lock.hold_if_free() as is_held:
            assert is_held
        with other.hold_if_free() as is_held:
            assert not is_held
    with other.hold_if_free() as is_held:
        assert is_held
    assert (lock.contentions, other.contentions) == (0, 1)


def test_says_once_that_it_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wait is reported once, however long it takes, and ends on a stop."""
    monkeypatch.setattr("projector.follow.replay_lock._REPORTED_AFTER_S", 0)
    told, looks = list[str](), iter([True, True, False])
    generations = SqliteGenerations(tmp_path)
    lock = ReplayLock(generations, on_waiting=lambda: told.append("waiting"), should_go_on=lambda: next(looks))
    with (
        SqliteGenerations(tmp_path).lock("replay", wait=False),
        pytest.raises(ReplayStoppedError, match="told to stop"),
        lock.hold(),
    ):
        raise AssertionError("somebody else holds it")

    assert told == ["waiting"]
    assert lock.contentions == 3
