"""However often the process that makes vectors dies, another one follows, and what it died of stops nothing else."""

import os
import signal
from collections.abc import Iterator
from contextlib import closing

import pytest

from projector.engines.meaning.texts import digest_of
from projector.errors import MeaningError
from projector.vectors.deaths import Deaths, Noting
from tests.support.encoders import StandIn

_DAY_S = 86_400.0


@pytest.fixture
def deaths() -> Iterator[Deaths]:
    """No deaths yet."""
    with closing(Deaths()) as deaths:
        yield deaths


class _Deadly(StandIn):
    """Ends its process at a text; here it raises what nothing catches."""

    def memory(self, text: str):  # type: ignore[no-untyped-def]
        if "deadly" in text:
            raise KeyboardInterrupt
        return super().memory(text)


def _die(deaths: Deaths, text: str, by: signal.Signals = signal.SIGKILL) -> float:
    with pytest.raises(KeyboardInterrupt):
        Noting(_Deadly(), deaths.note_fd, deaths.deadly).memory(text)
    return deaths.add(-by, lived_s=1.0)


def test_each_death_in_a_row_is_waited_for_longer(deaths: Deaths) -> None:
    """A process that dies at once is begun again later and later, but always."""
    assert [deaths.add(-signal.SIGKILL, lived_s=0.5) for _ in range(6)] == [1, 5, 30, 300, 300, 300]


def test_deaths_of_long_ago_are_forgotten(deaths: Deaths) -> None:
    """A process that dies once a day is begun again after a second, each time."""
    assert [deaths.add(-signal.SIGKILL, lived_s=_DAY_S) for _ in range(40)] == [1] * 40
    assert [
        deaths.add(-signal.SIGKILL, lived_s=1.0),
        deaths.add(-signal.SIGKILL, lived_s=_DAY_S),
        deaths.add(-signal.SIGKILL, lived_s=1.0),
    ] == [5, 1, 5]


def test_text_at_which_two_have_died_is_left_out(deaths: Deaths) -> None:
    """The second time a text is to blame: the next process refuses it, and makes all others."""
    _die(deaths, "A deadly text.")
    assert deaths.deadly == []
    _die(deaths, "A deadly text.")

    encoder = Noting(StandIn(), deaths.note_fd, deaths.deadly)
    with pytest.raises(MeaningError):
        encoder.memory("A deadly text.")
    assert len(encoder.memory("Another text.")) == encoder.dimensions
    assert deaths.deadly == [digest_of("A deadly text.").hex()]


@pytest.mark.parametrize("fault", [signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGFPE])
def test_text_at_which_the_code_is_at_fault_is_left_out_at_once(deaths: Deaths, fault: signal.Signals) -> None:
    """Where the model's own code has ended the process, one death is enough, and the next process begins soon."""
    texts = [f"deadly {number}" for number in range(20)]
    assert [_die(deaths, text, fault) for text in texts] == [1] * 20
    assert deaths.deadly == [digest_of(text).hex() for text in texts]


def test_model_that_dies_of_everything_is_tried_less_and_less(deaths: Deaths) -> None:
    """Where each text ends the process, the model is broken: it is not begun every second."""
    assert [_die(deaths, f"deadly {number}", signal.SIGSEGV) for number in range(25)][20:] == [1, 5, 30, 300, 300]


def test_death_between_texts_is_blamed_on_none(deaths: Deaths) -> None:
    """Who is killed while no vector is made, or once at a text, is begun again and does all."""
    encoder = Noting(StandIn(), deaths.note_fd, [])
    for _ in range(3):
        encoder.memory("An innocent text.")
        deaths.add(-signal.SIGKILL, lived_s=1.0)
    _die(deaths, "A deadly text.")

    assert deaths.deadly == []


def test_where_nothing_can_be_noted_none_is_blamed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without room for a file, deaths are counted all the same."""

    def no_room(*_: object) -> int:
        raise OSError("no room")

    monkeypatch.setattr(os, "memfd_create", no_room, raising=False)
    monkeypatch.setattr("tempfile.TemporaryFile", no_room)
    with closing(Deaths()) as deaths:
        _die(deaths, "A deadly text.")
        _die(deaths, "A deadly text.")

        assert deaths.deadly == []
        assert deaths.add(-signal.SIGKILL, lived_s=1.0) == 30
