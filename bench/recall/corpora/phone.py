"""Phone calls that were written for this benchmark, with questions; one file in `phone_calls/` for each caller."""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Literal, get_args

import msgspec
from msgspec import Struct

from bench.recall.corpora.conversations import Call, Collection, Place, Question, SpokenTurn
from projector.domain.memories import Kind

FOLDER = Path(__file__).parent / "phone_calls"
# What a strong model answered to prompt 1 about each call, of which it saw nothing else: for `import-extractions`.
ANSWERS = Path(__file__).parent / "phone_answers.jsonl"
UNANSWERABLE = "unanswerable"
QuestionKind = Literal[
    "direct", "paraphrase", "latest", "temporal", "other person", "safety", "promise", "unanswerable"
]
KINDS = get_args(QuestionKind)
_SPEAKERS = {"agent": False, "caller": True}
# `2 said: some of the words`, `2 heard: some of the words`, `2 collected: order_number`, `2 summary`. The number is
# that of the call, from 1.
_GOLD = re.compile(r"(\d+) (?:(said|heard|collected): (.+)|summary)")


class GoldError(ValueError):
    """The gold of a question is not in the calls, is in more than one place, or does not go with its kind."""


class _Call(Struct, forbid_unknown_fields=True):
    at: datetime
    turns: list[str]
    summary: str | None = None
    collected: dict[str, str | int | float | bool] = {}


class _Question(Struct, forbid_unknown_fields=True):
    """
    `gold` lists the right answers; each may stand in several places. `superseded` lists what is no longer so.

    `asked_in` is the language of the question, that of the calls if it is not given.
    """

    kind: QuestionKind
    query: str
    asked_in: str | None = None
    gold: list[list[str]] = []
    superseded: list[str] = []


class _Caller(Struct, forbid_unknown_fields=True):
    """
    One file.

    `calls` are in the order in which they took place. A turn is `agent: words` or `caller: words`.
    """

    caller: str
    language: str
    agent_id: str
    calls: list[_Call]
    questions: list[_Question]


def load(folder: Path = FOLDER) -> Collection:
    """
    Return the calls of all callers and the questions about them.

    Raises:
        GoldError: the gold of a question is not in the calls, is there twice, or does not go with its kind.
        msgspec.ValidationError: a file has another form, or a question is of an unknown kind.
    """
    callers = [
        (path.stem, msgspec.json.decode(path.read_bytes(), type=_Caller)) for path in sorted(folder.glob("*.json"))
    ]
    questions = [question for name, caller in callers for question in _questions(name, caller)]
    return Collection(
        name="phone calls",
        calls=tuple(call for name, caller in callers for call in _calls(name, caller)),
        questions=tuple(question for question in questions if question.kind != UNANSWERABLE),
        unanswerable={"what nobody said": tuple(question for question in questions if question.kind == UNANSWERABLE)},
    )


def _calls(name: str, caller: _Caller) -> list[Call]:
    return [
        Call(
            conversation_id=_conversation_id(name, number),
            caller=caller.caller,
            agent_id=caller.agent_id,
            at_s=int(call.at.astimezone(UTC).timestamp()),
            language=caller.language,
            turns=tuple(_said(turn) for turn in call.turns),
            summary=call.summary,
            collected=call.collected,
        )
        for number, call in enumerate(caller.calls, 1)
    ]


def _questions(name: str, caller: _Caller) -> Iterator[Question]:
    calls = _calls(name, caller)
    for written in caller.questions:
        question = Question(
            caller=caller.caller,
            agent_id=caller.agent_id,
            query=written.query,
            kind=written.kind,
            gold=tuple(frozenset(_place(calls, text) for text in places) for places in written.gold),
            superseded=frozenset(_place(calls, text) for text in written.superseded),
            language=caller.language,
            asked_in=written.asked_in or caller.language,
        )
        if fault := _fault(question):
            raise GoldError(f"{name}: {question.query!r} {fault}")
        yield question


def _fault(question: Question) -> str | None:
    """Return why the gold of a question does not go with its kind; None if it does."""
    if bool(question.gold) == (question.kind == UNANSWERABLE) or not all(question.gold):
        return "needs gold, unless it is unanswerable"
    if question.kind == "latest" and not question.superseded:
        return "asks for the latest value, and names none that is superseded"
    if question.superseded & frozenset().union(*question.gold):
        return "names a place both as the answer and as superseded"
    return None


def _said(turn: str) -> SpokenTurn:
    speaker, _, words = turn.partition(": ")
    return SpokenTurn(_SPEAKERS[speaker], words)


def _place(calls: Sequence[Call], written: str) -> Place:
    match = _GOLD.fullmatch(written)
    if match is None or not 1 <= int(match[1]) <= len(calls):
        raise GoldError(written)
    call = calls[int(match[1]) - 1]
    kind: Kind
    match match[2]:
        case "said":
            kind = "turn"
            keys = [str(index) for index, turn in enumerate(call.turns) if turn.is_caller and match[3] in turn.words]
        case "heard":
            # What an agent says is remembered with what the caller answered.
            kind = "turn"
            keys = [
                str(index)
                for index, (heard, turn) in enumerate(pairwise(call.turns), 1)
                if turn.is_caller and not heard.is_caller and match[3] in heard.words
            ]
        case "collected":
            kind, keys = "collected", [id_ for id_ in call.collected if id_ == match[3]]
        case _:
            kind, keys = "summary", ["summary"] if call.summary else []
    if len(keys) != 1:
        raise GoldError(f"{call.conversation_id}: {written} is in {len(keys)} places")
    return Place(call.conversation_id, kind, keys[0])


def _conversation_id(name: str, number: int) -> str:
    return f"phone_{name}_{number}"
