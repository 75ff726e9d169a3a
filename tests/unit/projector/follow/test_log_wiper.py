"""The log is wiped beside the projection, again and again until nothing is left, and what is left is said."""

import threading
from pathlib import Path

import pytest

from events.folder_log.log import FolderLog
from projector.errors import LogRemainsError
from projector.follow.finishing.log_wiper import LogWiper
from tests.support.waiting import wait_until


class SlowLog(FolderLog):
    """A log whose server answers once it is let, and then what it is told to."""

    def __init__(self, folder: Path, *answers: str) -> None:
        super().__init__(folder)
        self.answers = list(answers)
        self.may_answer = threading.Event()
        self.asked = 0

    def wipe(self) -> str:
        self.asked += 1
        self.may_answer.wait()
        if (answer := self.answers.pop(0)) == "fails":
            raise ConnectionError("the server is gone")
        return answer


def test_nobody_waits_for_a_server(tmp_path: Path) -> None:
    """While a server takes its time, it is asked once, and the log is not said to be wiped."""
    log = SlowLog(tmp_path, "")
    wiper = LogWiper(log)
    assert [wiper.is_wiped(is_waiting=False) for _ in range(3)] == [False] * 3
    assert log.asked == 1
    log.may_answer.set()
    wait_until(lambda: wiper.is_wiped(is_waiting=False))
    assert wiper.is_wiped(is_waiting=False)
    assert log.asked == 1


def test_what_is_left_is_looked_at_again(tmp_path: Path) -> None:
    """What is left, or a server that is gone, is looked at again; not at once, for it takes a checkpoint."""
    log = SlowLog(tmp_path, "a file", "fails", "")
    log.may_answer.set()
    wiper = LogWiper(log, retry_s=0.0)
    wait_until(lambda: wiper.is_wiped(is_waiting=False))
    assert log.asked == 3
    other = SlowLog(tmp_path, "a file", "")
    other.may_answer.set()
    patient = LogWiper(other)
    wait_until(lambda: not patient.is_wiped(is_waiting=False) and len(other.answers) == 1)
    assert [patient.is_wiped(is_waiting=False) for _ in range(20)] == [False] * 20
    assert other.asked == 1


def test_who_waits_is_told(tmp_path: Path) -> None:
    """A command looks once, and gets what is left as an error."""
    log = SlowLog(tmp_path, "a file", "")
    log.may_answer.set()
    wiper = LogWiper(log)
    with pytest.raises(LogRemainsError, match="a file"):
        wiper.is_wiped(is_waiting=True)
    assert wiper.is_wiped(is_waiting=True)


def test_what_is_removed_later_is_wiped_later(tmp_path: Path) -> None:
    """A look that began before more was removed says nothing of that."""
    log = SlowLog(tmp_path, "", "", "")
    wiper = LogWiper(log)
    assert not wiper.is_wiped(is_waiting=False)
    wiper.forget()
    log.may_answer.set()
    wait_until(lambda: wiper.is_wiped(is_waiting=False))
    assert log.asked == 2
    wiper.forget()
    assert wiper.is_wiped(is_waiting=True)
    assert log.asked == 3


def test_folder_keeps_nothing(tmp_path: Path) -> None:
    """Of a folder the first look says so, at once."""
    assert LogWiper(FolderLog(tmp_path)).is_wiped(is_waiting=False)
