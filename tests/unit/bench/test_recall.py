"""Recall: the share of the expected answers that was found, and what a relevance threshold does to it."""

import msgspec
import pytest

from bench.recall.corpora.conversations import Place, Question
from bench.recall.measures import (
    Answer,
    Found,
    asked_of_superseded,
    confident,
    empty,
    highest_threshold,
    hits,
    is_missed,
    recall,
    reciprocal_rank,
    stopped,
    superseded_first,
    unsure,
)


def place(name: str) -> Place:
    return Place("conv_1", "turn", name)


def answer(gold: str, found: str, *scores: float) -> Answer:
    """Return an answer; each word of `gold` is one expected thing, with its places separated by `|`."""
    question = Question(
        caller="+12025550143",
        agent_id="agent_1",
        query="What?",
        kind="en",
        gold=tuple(frozenset(place(name) for name in names.split("|")) for names in gold.split()),
    )
    names = found.split()
    weights = scores or [1 - rank / 10 for rank in range(len(names))]
    return Answer(question, tuple(Found(place(name), score) for name, score in zip(names, weights, strict=True)))


def test_recall_is_the_share_of_what_was_to_be_found() -> None:
    """Each expected thing counts once, at its best rank, whichever of its places was found."""
    both = answer("a|b c", "x b a y c")
    none = answer("a", "x y")

    assert recall([both], 1) == 0
    assert recall([both], 2) == 0.5
    assert recall([both], 5) == 1
    assert recall([both, none], 5) == 0.5


def test_a_hit_is_anything_that_was_to_be_found() -> None:
    """Finding one of several expected things is a hit."""
    assert hits([answer("a b", "x a"), answer("a", "x")], 5) == 0.5


def test_reciprocal_rank_is_that_of_the_first_hit() -> None:
    """Found second counts one half, not found counts nothing."""
    assert reciprocal_rank([answer("a b", "x a b"), answer("a", "x")]) == 0.25


def test_an_answer_is_unsure_below_the_threshold() -> None:
    """An answer is unsure if no hit is confident; one that was never found is not counted."""
    answers = [answer("a b", "a b", 0.5, 0.1), answer("a", "x a", 0.9, 0.2), answer("a", "x", 0.1)]

    assert unsure(answers, 0.5) == 0
    assert unsure(answers, 0.51) == 0.5


def test_a_question_is_stopped_if_nothing_is_confident() -> None:
    """A question without any hit is stopped as well."""
    assert stopped([answer("", "x", 0.4), answer("", "x", 0.2), answer("", "")], 0.3) == pytest.approx(2 / 3)


def test_the_highest_threshold_leaves_at_most_its_share_unsure() -> None:
    """At the recommended threshold at most 1 in 20 answers is unsure, and above it more."""
    answers = [answer("a", "a", score / 100) for score in range(40)]

    threshold = highest_threshold(answers)

    assert threshold == 0.02
    assert unsure(answers, threshold) == 1 / 20
    assert unsure(answers, threshold + 0.001) > 1 / 20


@pytest.mark.parametrize(
    ("found", "is_first"),
    [
        ("old x a", True),
        ("x old a", True),
        ("a old", False),
        ("x old", True),
        ("x a", False),
        ("x", False),
        ("", False),
    ],
)
def test_a_superseded_value_is_first_above_every_right_one(found: str, *, is_first: bool) -> None:
    """A superseded value misleads if it ranks above all right answers, or if none of them was found."""
    question = msgspec.structs.replace(answer("a", "").question, superseded=frozenset({place("old")}))
    asked = Answer(question, answer("a", found).found)

    assert asked.is_superseded_first == is_first
    assert superseded_first([asked, answer("a", "x")]) == is_first
    assert asked_of_superseded([asked, answer("a", "x")]) == 1


def test_what_is_empty_or_confident_is_counted() -> None:
    """An answer without memories is empty; one certain memory makes an answer confident."""
    unsure = Answer(answer("", "").question, (Found(place("x"), 0.1, is_confident=False),))
    sure = Answer(unsure.question, (*unsure.found, Found(place("y"), 0.1, is_confident=True)))
    none = answer("", "")

    assert confident([unsure, sure, none, none]) == 0.25
    assert empty([unsure, sure, none, none]) == 0.5
    assert empty([]) == 0


def test_an_answer_below_the_first_few_is_missed() -> None:
    """An answer counts as found among the first few, however many memories there are."""
    assert is_missed(answer("a", "x y a"), 2)
    assert not is_missed(answer("a b", "x y a"), 3)
