"""How long searches share the interpreter with others."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from msgspec import Struct

from ingress.lookups import pacing
from ingress.lookups.pacing import Pace
from projector.errors import EngineError
from tests.support.waiting import PATIENCE_S


class Clock(Struct):
    """Stands for the module `time`: nobody waits, `computed` lets time pass, and rests are noted."""

    now_s: float = 0.0
    rests_s: list[float] = []

    def computed(self, for_s: float) -> None:
        self.now_s += for_s

    def thread_time(self) -> float:
        return self.now_s

    def perf_counter(self) -> float:
        return self.now_s

    def monotonic(self) -> float:
        return self.now_s

    def sleep(self, for_s: float) -> None:
        self.rests_s.append(for_s)
        self.now_s += for_s


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """A clock that the test turns."""
    clock = Clock()
    monkeypatch.setattr(pacing, "time", clock)
    return clock


def test_short_search_never_rests(clock: Clock) -> None:
    """A search that soon ends waits for nobody, not even while a long one computes."""
    gate = threading.Lock()
    with gate, Pace(gate, lambda: True, until_s=PATIENCE_S) as pace:
        for _ in range(10):
            clock.computed(0.0001)
            pace()
    assert clock.rests_s == []


def test_long_search_rests_as_long_as_it_computes_while_others_wait(clock: Clock) -> None:
    """While somebody waits for an answer, a long search takes at most half of the time."""
    with Pace(threading.Lock(), lambda: True, until_s=PATIENCE_S) as pace:
        for _ in range(1000):
            clock.computed(0.0004)
            pace()
    computed_s = 1000 * 0.0004
    assert sum(clock.rests_s) == pytest.approx(computed_s, rel=0.02)
    assert max(clock.rests_s) < 0.002


def test_long_search_without_others_hardly_rests(clock: Clock) -> None:
    """A long search lets others in again and again, and is not much slower where there are none."""
    with Pace(threading.Lock(), lambda: False, until_s=PATIENCE_S) as pace:
        for _ in range(1000):
            clock.computed(0.0004)
            pace()
    assert len(clock.rests_s) > 100
    assert 0 < sum(clock.rests_s) < 0.1 * 1000 * 0.0004


def test_long_search_gives_up_when_others_go_on_for_too_long(clock: Clock) -> None:
    """A long search waits for other long ones only until its deadline."""
    gate = threading.Lock()
    with gate, Pace(gate, lambda: False, until_s=0.0) as pace:
        clock.computed(1.0)
        with pytest.raises(EngineError, match="others"):
            pace()


def test_one_long_search_computes_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many long searches there are, only one of them computes at any moment."""
    monkeypatch.setattr(pacing, "_SHORT_S", -1.0)
    gate, computing, most = threading.Lock(), list[int](), list[int]()

    def search(number: int) -> None:
        with Pace(gate, lambda: False, until_s=time.monotonic() + PATIENCE_S) as pace:
            for _ in range(20):
                pace()
                computing.append(number)
                most.append(len(computing))
                time.sleep(0)
                computing.remove(number)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(search, range(8)))
    assert len(most) == 160
    assert max(most) == 1
    assert not gate.locked()
