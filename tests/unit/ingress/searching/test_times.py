"""What is of the time that a question names scores more, also where nothing in it was found."""

from pathlib import Path

from ingress.searching.questions.when import Span
from ingress.searching.times import Time, score_with_time
from tests.support.samples import NOON_S
from tests.unit.ingress.searching.test_proofs import turn
from tests.unit.ingress.searching.test_withholding import Told

THEN = Time(Span(NOON_S - 1, NOON_S + 1))
LATER = Time(Span(NOON_S + 1, NOON_S + 2))


def test_what_is_of_the_time_comes_before_what_hardly_fits() -> None:
    """Although no word of it was found; what fits well at another time stays before it."""
    assert 0.2 < score_with_time(0.0, turn("a", 1), THEN) < 0.4
    assert score_with_time(0.4, turn("a", 1), THEN) > score_with_time(0.0, turn("a", 1), THEN)
    assert score_with_time(1.0, turn("a", 1), THEN) == 1.0


def test_what_is_of_another_time_keeps_its_score() -> None:
    """Nothing is lowered, and without a time nothing is raised."""
    assert score_with_time(0.2, turn("a", 1), LATER) == score_with_time(0.2, turn("a", 1), None) == 0.2


def test_what_was_before_something_and_fits_nothing_is_no_answer(tmp_path: Path) -> None:
    """That a memory is older than the move speaks for it only where it fits what is asked: the rest has no score."""
    told = Told(tmp_path, sensitive="tell")
    told.call("My number plate is LR18 KVP.")
    told.call("We live in Elm Street.")
    told.call("We have moved.")
    found = told.search("Which street did they live in before the move?")["memories"]
    assert "Elm Street" in found[0]["content"]
    assert [each["score"] for each in found if "LR18" in each["content"]] == [0.0]
