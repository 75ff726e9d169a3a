"""Why a question was missed: what ranked first, which words it shares, where the right one stood."""

import pytest

from bench.recall.corpora.conversations import Call, Collection, Place, Question, SpokenTurn
from bench.recall.explaining import explanation, reason, shared_words, words_by_place
from bench.recall.measures import Answer, Found

_CALL = Call(
    conversation_id="conv_1",
    caller="+12025550143",
    agent_id="agent_1",
    at_s=1_767_700_800,
    language="en",
    turns=(
        SpokenTurn(is_caller=False, words="Where do you live?"),
        SpokenTurn(is_caller=True, words="Oak Street, with my allergies."),
        SpokenTurn(is_caller=True, words="No, we moved to Elm Street."),
        SpokenTurn(is_caller=True, words="Latex gives me a rash."),
    ),
    summary="She moved.",
    collected={"street_name": "Elm Street"},
)
_SPOKEN = words_by_place(Collection(name="one", calls=(_CALL,), questions=(), unanswerable={}))
_OLD, _NEW, _RASH, _SUMMARY, _STREET = (
    Place("conv_1", "turn", "1"),
    Place("conv_1", "turn", "2"),
    Place("conv_1", "turn", "3"),
    Place("conv_1", "summary", "summary"),
    Place("conv_1", "collected", "street_name"),
)


def asked(query: str, *gold: Place, superseded: tuple[Place, ...] = (), language: str = "en") -> Question:
    """Return a question in English with one right answer, which may stand in several places."""
    return Question(
        caller=_CALL.caller,
        agent_id=_CALL.agent_id,
        query=query,
        kind="latest" if superseded else "safety",
        gold=(frozenset(gold),),
        superseded=frozenset(superseded),
        language=language,
    )


def answer(question: Question, *places: Place) -> Answer:
    """Return an answer with these memories, best first."""
    return Answer(
        question,
        tuple(Found(place, 0.5 - rank / 100, words=_SPOKEN[place]) for rank, place in enumerate(places)),
    )


def test_words_of_a_place_are_what_is_remembered_there() -> None:
    """A turn of the caller is read with the agent's turn before it, if there is one; a value with its id in words."""
    assert _SPOKEN[_OLD] == "Where do you live? Oak Street, with my allergies."
    assert _SPOKEN[_NEW] == "No, we moved to Elm Street."
    assert _SPOKEN[_STREET] == "street name: Elm Street"
    assert _SPOKEN[_SUMMARY] == "She moved."


@pytest.mark.parametrize(
    ("query", "text", "language", "shared"),
    [
        ("Any allergies at all?", "an allergy", "en", ["allergies"]),
        ("Is it so?", "it is so", "en", []),
        ("Welche Allergien gibt es?", "Die Allergie", "de", ["allergien"]),
        ("Order 4711?", "four seven one one", "en", ["4711"]),
        ("予約番号は", "番号です", "ja", ["番号"]),
        ("Any medicine?", "J'ai une allergie", "fr", []),
    ],
)
def test_shared_words_are_those_of_the_engine(query: str, text: str, language: str, shared: list[str]) -> None:
    """Words are compared by their stems in the language of the call, without stop words, spoken digits as numbers."""
    assert shared_words(asked(query, _NEW, language=language), text) == shared


def test_reason_is_the_first_that_holds() -> None:
    """Nothing found, a superseded value first, no word in common, or merely too far down."""
    allergy, street = asked("Any allergies?", _RASH), asked("Which street?", _NEW, superseded=(_OLD,))
    rash, down = asked("What about a rash?", _RASH), (_OLD, _NEW, _STREET, _SUMMARY, Place("conv_2", "turn", "0"))
    spoken = {**_SPOKEN, down[-1]: "Hello"}
    far_down = Answer(rash, tuple(Found(place, 0.5) for place in (*down, _RASH)))

    assert "nothing was found" in reason(answer(allergy), spoken)
    assert "superseded" in reason(answer(street, _OLD), spoken)
    assert "no word" in reason(answer(allergy, _OLD), spoken)
    assert "others rank above it" in reason(far_down, spoken)


def test_explanation_names_the_first_the_right_one_and_the_words_of_both() -> None:
    """
    It tells the first memory, those that are superseded, and the right one, each with its rank, its score, and the
    words that it shares.
    """
    question = asked("Which street did she move to?", _NEW, superseded=(_OLD,))

    lines = list(explanation(answer(question, _OLD), answer(question, _OLD, _SUMMARY, _NEW), _SPOKEN))

    assert lines == [
        "Which street did she move to?  [latest; en, asked in en]",
        "  why    a superseded value ranks above it",
        '  first  1., score 0.50; conv_1 turn 1 "Where do you live? Oak Street, with my allergies."; shares: street',
        '  stale  1., score 0.50; conv_1 turn 1 "Where do you live? Oak Street, with my allergies."; shares: street',
        '  right  3., score 0.48; conv_1 turn 2 "No, we moved to Elm Street."; shares: street, move',
    ]


def test_explanation_tells_what_was_not_found_at_all() -> None:
    """A right answer that is nowhere in the longest answer is shown from the calls."""
    question = asked("Any allergies?", _RASH)

    lines = list(explanation(answer(question, _OLD), answer(question, _OLD), _SPOKEN))

    assert lines[-1] == '  right  not among 1; conv_1 turn 3 "Latex gives me a rash."; shares: nothing'
