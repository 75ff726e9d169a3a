"""How certain an answer is: of a caller of whom facts are known, a memory must fit better."""

import msgspec
import pytest

from ingress.searching.found import Found, Ranked
from tests.unit.ingress.searching.test_proofs import fact, turn


def sure(*ranked: Ranked, threshold: float = 0.3) -> list[bool]:
    return Found(memories=[*ranked]).sure(threshold)


def test_turn_is_certain_from_the_threshold_on() -> None:
    """Where no facts are known."""
    assert sure(Ranked(turn("a", 1), 0.3), Ranked(turn("a", 3), 0.29)) == [True, False]


def test_beside_facts_a_memory_must_fit_better() -> None:
    """A fact must fit best of all, for it has few words beside those by which somebody asks."""
    assert sure(Ranked(fact(("b", 1)), 0.45), Ranked(turn("a", 1), 0.45), Ranked(turn("a", 3), 0.35)) == [
        False,
        True,
        False,
    ]
    assert sure(Ranked(fact(("b", 1)), 0.55)) == [True]


def test_beside_facts_a_summary_must_fit_as_well_as_a_fact() -> None:
    """It names the patient and the daughter as a question does; where no facts are known, it is measured as a turn."""
    summary = msgspec.structs.replace(turn("a", 1), kind="summary")
    assert sure(Ranked(summary, 0.45), Ranked(fact(("b", 1)), 0.1)) == [False, False]
    assert sure(Ranked(summary, 0.55), Ranked(fact(("b", 1)), 0.1)) == [True, False]
    assert sure(Ranked(summary, 0.3), Ranked(turn("a", 3), 0.29)) == [True, False]


@pytest.mark.parametrize("threshold", [0.0, 1.0])
def test_threshold_of_all_or_nothing_is_that_of_facts_as_well(threshold: float) -> None:
    """At 0 everything is certain; at 1, which no score reaches, nothing is."""
    both = Ranked(fact(("b", 1)), 0.99), Ranked(turn("a", 1), 0.99)
    assert sure(*both, threshold=threshold) == [threshold == 0.0] * 2


def test_what_is_known_to_be_certain_is_not_measured() -> None:
    """What is of the time that was asked about is certain, and what fills an answer is not, whatever it scores."""
    assert sure(Ranked(fact(("b", 1)), 0.0, is_certain=True), Ranked(turn("a", 1), 1.0, is_certain=False)) == [
        True,
        False,
    ]
