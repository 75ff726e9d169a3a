"""What a text costs to be learned grows as the text does, and what nobody can say is read less closely."""

import msgspec
import pytest

from projector.domain.calls import Call
from projector.domain.fold import FoldSettings, fold
from projector.domain.memories import by_conversation
from projector.engines.lexical.postings import key_of
from projector.engines.lexical.segment import Segment, build_segment, read_segment
from projector.engines.lexical.vocabulary.terms import terms_of, words_of
from tests.support.effort import steps_of
from tests.unit.projector.domain.redaction.test_redaction import call

_FEW, _TIMES = 40, 10


def _segment(given: Call) -> Segment:
    (memories,) = (of for id_, of in by_conversation(fold([given], FoldSettings()).memories).items() if id_ != "-")
    return read_segment(build_segment(memories))


@pytest.mark.parametrize(
    "text",
    [
        *(
            "A-1-one-",
            "\u00fc dot ",
            "one two ",
            "J O H N ",
            "M as in Mike, ",
            "\u4e2d\u6587",
            "a@b.c ",
            "12/34 ",
            "w" * 99,
        ),
        *("a", "7", "\U0001f600", "e\u0301", "\u0e44\u0e17\u0e22", "\ufdfa ", "a1", "-", "["),
    ],
)
@pytest.mark.parametrize("is_one_turn", [True, False])
def test_effort_of_learning_grows_as_the_text_does(text: str, is_one_turn: bool) -> None:
    """Ten times the text takes ten times the steps at most, whatever it says in pieces, in one turn or in many."""

    def steps(times: int) -> int:
        given = call(*([text * times] if is_one_turn else [text * 5] * times))
        return steps_of(lambda: _segment(given))

    steps(_FEW)  # the first one imports, and fills caches
    assert steps(_TIMES * _FEW) < 1.2 * _TIMES * steps(_FEW)


def test_number_is_joined_for_as_long_as_people_talk() -> None:
    """Two hours of numbers are joined; of a text that nobody can say, the words are found one by one."""
    talk = "It is number 12 34 on the list, I would say. "
    two_hours = _segment(call(*[f"{talk * 4}"] * 600, "And 56 78."))
    endless = _segment(call(*[f"{talk * 4}"] * 900, "And 56 78."))

    assert two_hours.find(key_of("5678")).units
    assert not endless.find(key_of("5678")).units
    assert endless.find(key_of("1234")).units
    assert endless.find(key_of("56")).units


def test_address_is_looked_for_over_a_few_dots() -> None:
    """An address that is said has some parts before its `at`; a text of nothing but dots is not read from each word."""
    parts = [f"p{number}" for number in range(12)]
    said = " dot ".join(parts)

    assert "p4.p5.p6@example.com" in words_of("p4 dot p5 dot p6 at example dot com", "en")
    assert f"{'.'.join(parts[-9:])}@example.com" in words_of(f"{said} at example dot com", "en")


@pytest.mark.parametrize("language", ["ar", "de", "en", "hu", "xx"])
@pytest.mark.parametrize("letter", ["w", "\u0640", "\u00df", "\ufdfa"])
def test_word_without_end_costs_no_more_than_a_long_one(language: str, letter: str) -> None:
    """Of a word that no language has, the first characters alone are stemmed."""
    assert terms_of([letter * 100_000], language) == terms_of([letter * 256], language)


def test_answers_repeat_their_question_for_as_long_as_a_day_takes() -> None:
    """A few answers keep the question before them, also a long one; of a text that nobody can say, the first alone."""
    question = "word " * 800
    few, many = (
        fold([call(*[f"> {question}", "Yes.", "No."] * times)], FoldSettings()).memories for times in (20, 400)
    )

    assert all(memory.source.asked for memory in few if memory.kind == "turn")
    assert len([memory for memory in many if memory.kind == "turn" and memory.source.asked]) < 480
    assert len(msgspec.json.encode(many)) < 2 * 400 * len(question)
