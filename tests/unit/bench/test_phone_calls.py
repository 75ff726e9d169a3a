"""The phone calls for measuring search: their answers exist, and there are enough questions of each kind."""

import json
import re
from collections import Counter, defaultdict
from itertools import chain
from pathlib import Path
from typing import Any

import msgspec
import pytest

from bench.recall.corpora import phone
from bench.recall.corpora.conversations import CROSS_LANGUAGE, Collection, Place, Question
from projector.domain.fold import FoldSettings, fold
from projector.domain.memories import Memory
from projector.domain.redaction.redaction import RedactionSettings, redact
from tests.support.calls import call_in

_LATIN = {"de", "en", "es", "fr", "it", "pl", "pt", "tr"}


@pytest.fixture(scope="module")
def calls_kept_here() -> Collection:
    """The phone calls of the repository."""
    return phone.load()


@pytest.fixture(scope="module")
def asked(calls_kept_here: Collection) -> list[Question]:
    """All questions about them, those that nothing answers too."""
    return [*calls_kept_here.questions, *chain.from_iterable(calls_kept_here.unanswerable.values())]


@pytest.fixture(scope="module")
def memories(calls_kept_here: Collection) -> dict[Place, Memory]:
    """The memories that the product makes of the calls."""
    by_caller = defaultdict(list)
    for call in calls_kept_here.calls:
        read = redact(call_in(call.webhook()), RedactionSettings())
        by_caller[read.caller].append(read)
    return {
        Place(memory.conversation_id, memory.kind, memory.key): memory
        for calls in by_caller.values()
        for memory in fold(calls, FoldSettings()).memories
    }


def test_every_answer_is_remembered(calls_kept_here: Collection, memories: dict[Place, Memory]) -> None:
    """
    Every expected answer, and every superseded one, is a complete memory of the caller in question, in the asking
    agent's audience.
    """
    for question in calls_kept_here.questions:
        assert question.gold, question.query
        for place in chain(chain.from_iterable(question.gold), question.superseded):
            memory = memories[place]
            assert memory.caller == question.caller
            assert memory.told_to in {None, question.agent_id}
            assert not memory.redacted, question.query


def test_what_the_agent_said_is_remembered_with_the_answer_to_it(tmp_path: Path) -> None:
    """What the caller heard is expected at the caller's next turn, which the product stores together with it."""
    (question,) = _load(tmp_path, {"kind": "promise", "gold": [["1 heard: call you on Friday"]]}).questions

    assert question.gold == (frozenset({Place("phone_one_1", "turn", "3")}),)


def test_what_the_agents_said_is_in_the_memory(calls_kept_here: Collection, memories: dict[Place, Memory]) -> None:
    """The memory of an answer to the agent's words holds the end of these words at least."""
    turns = {call.conversation_id: call.turns for call in calls_kept_here.calls}
    heard = 0
    for place, memory in memories.items():
        if place.kind == "turn" and int(place.key) > 0:
            before = turns[place.conversation_id][int(place.key) - 1]
            if not before.is_caller:
                assert before.words.endswith(memory.source.asked.lstrip("… ")), place
                heard += bool(memory.source.asked)

    assert heard > 500


def test_what_was_collected_is_known_by_its_words(calls_kept_here: Collection) -> None:
    """An answer names a collected value by its id in words, which can be turned back into the id."""
    ids = {id_ for call in calls_kept_here.calls for id_ in call.collected}

    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", id_) for id_ in ids)


def test_there_are_enough_callers_and_languages(calls_kept_here: Collection) -> None:
    """Many callers have several calls each, in thirteen languages, five of them without Latin letters."""
    calls_of = Counter(call.caller for call in calls_kept_here.calls)
    languages = Counter({call.caller: call.language for call in calls_kept_here.calls}.values())

    assert len(calls_of) >= 27
    assert all(3 <= count <= 8 for count in calls_of.values())
    assert set(languages) >= _LATIN | {"ar", "hi", "ja", "ko", "zh"}
    assert min(languages["de"], languages["es"]) >= 3


def test_there_are_enough_questions_of_each_kind(asked: list[Question]) -> None:
    """Each kind has dozens of questions, and no caller is asked one twice."""
    kinds = Counter(kind for question in asked for kind in question.kinds)

    assert len(asked) >= 500
    assert len({(question.caller, question.query) for question in asked}) == len(asked)
    assert set(kinds) == {*phone.KINDS, CROSS_LANGUAGE}
    assert min(kinds.values()) >= 40
    assert kinds[CROSS_LANGUAGE] >= 150


def test_questions_in_another_language_are_asked_of_all_who_speak_one(asked: list[Question]) -> None:
    """Every caller who does not speak English is also asked about in English, some of it unanswerable."""
    languages = {question.language for question in asked}
    english = {question.language for question in asked if question.asked_in == "en"}

    assert english == languages
    assert {question.asked_in for question in asked if CROSS_LANGUAGE in question.kinds} == {"en"}
    assert sum(question.kind == phone.UNANSWERABLE and CROSS_LANGUAGE in question.kinds for question in asked) >= 10


def test_questions_are_written_in_the_language_that_they_name(asked: list[Question]) -> None:
    """A question in a language of another script has letters of it; one in English has ASCII letters alone."""
    for question in asked:
        is_plain = question.query.isascii()
        if CROSS_LANGUAGE in question.kinds:
            assert is_plain, question.query
        elif question.language not in _LATIN:
            assert not is_plain or re.search(r"\d", question.query), question.query


def test_every_call_is_a_call_of_its_own(calls_kept_here: Collection) -> None:
    """No two calls share an id, no two callers a number, and each caller's calls are in the order of time."""
    files = list(phone.FOLDER.glob("*.json"))
    by_caller = defaultdict(list)
    for call in calls_kept_here.calls:
        by_caller[call.caller].append(call.at_s)

    assert len({call.conversation_id for call in calls_kept_here.calls}) == len(calls_kept_here.calls)
    assert len(by_caller) == len(files)
    assert all(times == sorted(set(times)) for times in by_caller.values())


@pytest.mark.parametrize(
    "gold",
    [
        "1 said: nobody said that",
        "1 said: Agnes",
        "1 said: yes",
        "1 heard: yes",
        "1 heard: Goodbye",
        "2 summary",
        "1 collected: size",
        "9 summary",
        "x",
    ],
)
def test_an_answer_that_is_nowhere_or_twice_is_a_fault(gold: str, tmp_path: Path) -> None:
    """
    An expected answer must be in exactly one turn of the caller, or of the agent right before one, and in a call that
    exists.
    """
    with pytest.raises(phone.GoldError):
        _load(tmp_path, {"kind": "direct", "gold": [[gold]]})


@pytest.mark.parametrize(
    "question",
    [
        {"kind": "direct"},
        {"kind": "direct", "gold": [[]]},
        {"kind": "unanswerable", "gold": [["1 said: oh"]]},
        {"kind": "latest", "gold": [["1 said: oh"]]},
        {"kind": "latest", "gold": [["1 said: oh"]], "superseded": ["1 said: yes, hello", "1 heard: Sure?"]},
    ],
)
def test_gold_that_does_not_go_with_its_kind_is_a_fault(question: dict[str, Any], tmp_path: Path) -> None:
    """
    All questions but those that nothing answers have gold. One for the latest value says what is superseded, and
    nothing is both.
    """
    with pytest.raises(phone.GoldError, match=r"one: 'Sure\?' "):
        _load(tmp_path, question)


def test_unknown_kind_is_a_fault(tmp_path: Path) -> None:
    """A kind that no table knows is refused, with the kinds that there are."""
    with pytest.raises(msgspec.ValidationError, match="Invalid enum value 'hard'"):
        _load(tmp_path, {"kind": "hard", "gold": [["1 said: oh"]]})


def _load(folder: Path, question: dict[str, Any]) -> Collection:
    """Load the calls of one caller, and one question about them."""
    turns = ["agent: Agnes?", "caller: yes, hello", "agent: Sure? I'll call you on Friday.", "caller: oh yes"]
    call = {"at": "2026-01-12T09:00:00Z", "turns": [*turns, "agent: Goodbye"]}
    caller = {"caller": "+12025550171", "language": "en", "agent_id": "agent_1"}
    (folder / "one.json").write_text(
        json.dumps(caller | {"calls": [call, call], "questions": [{"query": "Sure?"} | question]})
    )
    return phone.load(folder)
