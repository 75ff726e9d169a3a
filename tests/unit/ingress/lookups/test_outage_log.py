"""When the log reports that a memory engine failed, and that it is back."""

import pytest
from structlog.testing import CapturingLogger

from ingress.lookups import outage_log
from ingress.lookups.outage_log import OutageLog


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> CapturingLogger:
    """The messages that were logged."""
    log = CapturingLogger()
    monkeypatch.setattr(outage_log, "logger", log)
    return log


class Clock:
    """Shows the time that a test sets."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


def said(log: CapturingLogger) -> list[tuple[str, str, dict[str, object]]]:
    return [(call.method_name, call.args[0], call.kwargs) for call in log.calls]


def test_is_told_when_it_changes(log: CapturingLogger) -> None:
    """The log has one warning when the engine fails, with the reason, one line when it is back, and no other."""
    clock = Clock()
    standing = OutageLog(lost="lost", back="back", clock_s=clock)
    standing.note_success()
    for reason in ("down", "slow"):
        standing.note_failure(reason)
    clock.now_s += 60
    for _ in range(2):
        standing.note_success()
    standing.note_failure("down again")

    assert said(log) == [
        ("warning", "lost", {"reason": "down"}),
        ("warning", "back", {"failures": 2}),
        ("warning", "lost", {"reason": "down again"}),
    ]


def test_is_told_once_while_it_comes_and_goes(log: CapturingLogger) -> None:
    """Under load some requests fail and others do not: that is one outage, until no request has failed for a minute."""
    clock = Clock()
    standing = OutageLog(lost="lost", back="back", clock_s=clock)
    for _ in range(1000):
        standing.note_failure("too slow")
        clock.now_s += 59
        standing.note_success()

    assert said(log) == [("warning", "lost", {"reason": "too slow"})]
