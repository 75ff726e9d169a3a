"""What every read model keeps of questions to models, beside its generations."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from projector.read_model.asked import Held, Unanswered
from projector.read_model.open import open_questions, read_questions
from projector.read_model.tables.learning_tables import Questions

NOON_S = 1_762_948_800


@pytest.fixture
def questions(location: str) -> Iterator[Questions]:
    """An empty one."""
    with closing(open_questions(location)) as opened:
        yield opened


def unanswered(conversation_id: str, next_try_at_s: int | None, attempts: int = 1) -> Unanswered:
    return Unanswered(conversation_id, "v", 1, attempts, next_try_at_s, is_for_fallback=attempts > 3, reason="busy")


def test_call_is_due_once_its_time_has_come(questions: Questions) -> None:
    """The one that waits longest comes first; one that is not asked about any more never does."""
    assert questions.due(NOON_S, limit=9) == []
    for each in (unanswered("b", NOON_S), unanswered("a", NOON_S - 1), unanswered("c", NOON_S + 1)):
        questions.put(each)
    questions.put(unanswered("d", None, attempts=4))
    assert questions.due(NOON_S, limit=9) == [unanswered("a", NOON_S - 1), unanswered("b", NOON_S)]
    assert questions.due(NOON_S, limit=1) == [unanswered("a", NOON_S - 1)]
    assert questions.counts() == (4, 1)
    questions.put(unanswered("a", NOON_S + 9, attempts=2))
    assert questions.of("a") == unanswered("a", NOON_S + 9, attempts=2)
    questions.remove("a", "nobody")
    assert questions.of("a") is None
    assert [each.conversation_id for each in questions.all()] == ["b", "c", "d"]


def test_call_is_asked_about_again_as_if_for_the_first_time(questions: Questions) -> None:
    """One alone, or all of them, and then whoever is held is asked, too."""
    questions.put(unanswered("a", None, attempts=5))
    questions.put(unanswered("b", NOON_S + 9))
    questions.hold("first", Held(NOON_S, NOON_S + 9, "digest", "401"))
    assert questions.ask_again("nobody", now_s=NOON_S) == 0
    assert questions.ask_again("a", now_s=NOON_S) == 1
    assert questions.due(NOON_S, limit=9) == [Unanswered("a", "v", 1, 0, NOON_S, reason="busy")]
    assert questions.held("first") == Held(NOON_S, NOON_S + 9, "digest", "401")
    assert questions.ask_again(None, now_s=NOON_S) == 2
    assert questions.held("first") is None


def test_provider_is_held_until_it_is_not(questions: Questions) -> None:
    """Each for itself; what is noted later takes the place of what was."""
    assert questions.held("first") is None
    questions.hold("first", Held(NOON_S, NOON_S + 1, "digest", "401"))
    questions.hold("first", Held(NOON_S, NOON_S + 2, "digest", "404"))
    assert questions.held("first") == Held(NOON_S, NOON_S + 2, "digest", "404")
    assert questions.held("fallback") is None
    questions.hold("first", None)
    assert questions.held("first") is None


def test_tokens_are_those_of_a_day(questions: Questions) -> None:
    """They add up; another day begins with none."""
    questions.spend("2025-11-12", 10)
    questions.spend("2025-11-12", 5)
    assert questions.spent("2025-11-12") == 15
    questions.spend("2025-11-13", 1)
    assert (questions.spent("2025-11-12"), questions.spent("2025-11-13")) == (0, 1)


def test_what_is_counted_adds_up(questions: Questions) -> None:
    """For ever, by its name."""
    for name, count in (("tokens_in", 3), ("tokens_in", 4), ("tokens_out", 1)):
        questions.add(name, count)
    assert questions.totals() == {"tokens_in": 7, "tokens_out": 1}


def test_all_of_it_outlives_the_process(location: str) -> None:
    """Who opens it again finds it; a reader beside the writer does, too; without it there is nothing to read."""
    assert read_questions(location) is None
    with closing(open_questions(location)) as questions:
        questions.put(unanswered("a", NOON_S))
        beside = read_questions(location)
        assert beside is not None
        with closing(beside):
            assert beside.all() == [unanswered("a", NOON_S)]
    with closing(open_questions(location)) as questions:
        assert questions.all() == [unanswered("a", NOON_S)]
