"""The collections for measuring search: their answers exist, and there are enough questions."""

import json
import re
from collections import Counter, defaultdict
from itertools import chain
from pathlib import Path

import pytest

from bench.recall import locomo, phone
from bench.recall.conversations import Collection, Place
from projector.domain.fold import FoldSettings, fold
from projector.domain.memories import Memory
from projector.domain.redaction.redaction import RedactionSettings, redact
from tests.support.calls import call_in


@pytest.fixture(scope="module")
def calls_kept_here() -> Collection:
    """The phone calls of the repository."""
    return phone.load()


@pytest.fixture(scope="module")
def memories(calls_kept_here: Collection) -> dict[Place, Memory]:
    """The memories that the product makes of them."""
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
    """Every expected answer is a complete memory of the caller in question, in the asking agent's audience."""
    for question in calls_kept_here.questions:
        assert question.gold, question.query
        for place in chain.from_iterable(question.gold):
            memory = memories[place]
            assert memory.caller == question.caller
            assert memory.told_to in {None, question.agent_id}
            assert not memory.redacted, question.query


def test_what_was_collected_is_known_by_its_words(calls_kept_here: Collection) -> None:
    """An answer names a collected value by its id in words, which can be turned back into the id."""
    ids = {id_ for call in calls_kept_here.calls for id_ in call.collected}

    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", id_) for id_ in ids)


def test_there_are_enough_questions(calls_kept_here: Collection) -> None:
    """Many callers have several calls each, in five languages, with answerable and unanswerable questions."""
    calls_of = Counter(call.caller for call in calls_kept_here.calls)
    languages = Counter({call.caller: call.language for call in calls_kept_here.calls}.values())
    asked = [question.query for question in calls_kept_here.questions]

    assert len(calls_of) >= 12
    assert all(3 <= count <= 8 for count in calls_of.values())
    assert languages["es"] >= 3
    assert languages["de"] >= 3
    assert {"en", "pl", "ja"} < set(languages)
    assert len(asked) >= 90
    assert len({(question.caller, question.query) for question in calls_kept_here.questions}) == len(asked)
    assert len({(question.caller, question.query) for question in calls_kept_here.questions}) == len(asked)
    assert sum(len(questions) for questions in calls_kept_here.unanswerable.values()) >= 25


def test_every_call_is_a_call_of_its_own(calls_kept_here: Collection) -> None:
    """No two calls share an id, and no two callers a number."""
    files = list(phone.FOLDER.glob("*.json"))

    assert len({call.conversation_id for call in calls_kept_here.calls}) == len(calls_kept_here.calls)
    assert len({call.caller for call in calls_kept_here.calls}) == len(files)


@pytest.mark.parametrize(
    "gold",
    ["1 said: nobody said that", "1 said: Agnes", "1 said: yes", "2 summary", "1 collected: size", "9 summary", "x"],
)
def test_an_answer_that_is_nowhere_or_twice_is_a_fault(gold: str, tmp_path: Path) -> None:
    """An expected answer must be in exactly one turn of the caller, and in a call that exists."""
    turns = ["agent: Agnes?", "caller: yes, hello", "agent: Sure?", "caller: oh yes"]
    call = {"at": "2026-01-12T09:00:00Z", "turns": turns}
    (tmp_path / "one.json").write_text(
        json.dumps(
            {
                "caller": "+12025550171",
                "language": "en",
                "agent_id": "agent_1",
                "calls": [call, call],
                "questions": [{"query": "Sure?", "gold": [[gold]]}],
                "unanswerable": [],
            }
        )
    )

    with pytest.raises(phone.GoldError):
        phone.load(tmp_path)


@pytest.fixture
def conversations(tmp_path: Path) -> Collection:
    """Two conversations of the public format; the second one's questions are the unanswerable ones of the first."""
    for name, (ann, bob) in {"1": ("Ann", "Bob"), "2": ("Cleo", "Dan")}.items():
        turns = [
            {"speaker": bob, "dia_id": "D1:1", "text": "Hello!"},
            {"speaker": ann, "dia_id": "D1:2", "text": "I paint."},
            {"speaker": ann, "dia_id": "D1:3", "text": "And sing."},
        ]
        questions = [
            {"question": f"What does {ann} do, {bob}?", "evidence": ["D1:3; D1:02", "D1:1"], "category": 1},
            {"question": "Who?", "evidence": [], "category": 4},
            {"question": "What does nobody do?", "evidence": ["D1:1"], "category": 5},
        ]
        conversation = {
            "speaker_a": ann,
            "speaker_b": bob,
            "sessions": [{"n": 1, "date_time": "1:56 pm on 8 May, 2023", "turns": turns}],
            "qa": questions,
        }
        (tmp_path / f"{name}.json").write_text(json.dumps(conversation))
    return locomo.load(tmp_path)


def test_each_speaker_is_a_caller_once(conversations: Collection) -> None:
    """A session is a call of either speaker, who is the caller in it; the turns keep their places."""
    ann, bob = conversations.calls[:2]

    assert [turn.is_caller for turn in ann.turns] == [False, True, True]
    assert [turn.is_caller for turn in bob.turns] == [True, False, False]
    assert [turn.words for turn in ann.turns] == [turn.words for turn in bob.turns]
    assert ann.at_s == bob.at_s == 1_683_554_160
    assert len({call.caller for call in conversations.calls}) == 4


def test_a_question_goes_to_who_said_its_first_evidence(conversations: Collection) -> None:
    """
    A question goes to the speaker of its first evidence. The other evidence is left out, and so is every question
    without evidence, or about nothing that was said.
    """
    question, of_the_other = conversations.questions
    ann = conversations.calls[0]

    assert question.caller == ann.caller
    assert question.gold == tuple(frozenset({Place(ann.conversation_id, "turn", turn)}) for turn in ("2", "1"))
    assert of_the_other.caller == conversations.calls[2].caller


def test_strange_questions_are_those_of_other_conversations(conversations: Collection) -> None:
    """
    Every caller is asked the others' questions, once with the names as they are and once with this caller's names.
    """
    as_they_are, exchanged = ([question.query for question in asked] for asked in conversations.unanswerable.values())

    assert as_they_are == ["What does Cleo do, Dan?"] * 2 + ["What does Ann do, Bob?"] * 2
    assert exchanged == [
        "What does Ann do, Bob?",
        "What does Bob do, Ann?",
        "What does Cleo do, Dan?",
        "What does Dan do, Cleo?",
    ]
