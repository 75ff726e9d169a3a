"""Long public conversations become calls of two callers, and questions about them."""

import json
from pathlib import Path

import pytest

from bench.recall.corpora import locomo
from bench.recall.corpora.conversations import Collection, Place


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
