"""Phone calls that were written for this benchmark, with questions; one file in `phone_calls/` for each caller."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from msgspec import Struct

from bench.recall.conversations import Call, Collection, Place, Question, SpokenTurn
from projector.domain.memories import Kind

FOLDER = Path(__file__).parent / "phone_calls"
_SPEAKERS = {"agent": False, "caller": True}
# `2 said: some of the words`, `2 collected: order_number`, `2 summary`. The number is that of the call, from 1.
_GOLD = re.compile(r"(\d+) (?:(said|collected): (.+)|summary)")


class GoldError(ValueError):
    """The gold of a question is not in the calls, or is in more than one place."""


class _Call(Struct, forbid_unknown_fields=True):
    at: datetime
    turns: list[str]
    summary: str | None = None
    collected: dict[str, str | int | float | bool] = {}


class _Question(Struct, forbid_unknown_fields=True):
    """`gold` lists the right answers; each may stand in several places."""

    query: str
    gold: list[list[str]]


class _Caller(Struct, forbid_unknown_fields=True):
    """
    One file.

    `calls` are in the order in which they took place. A turn is `agent: words` or `caller: words`. `unanswerable` are
    questions that one might ask about such a caller, and that nothing in the calls answers.
    """

    caller: str
    language: str
    agent_id: str
    calls: list[_Call]
    questions: list[_Question]
    unanswerable: list[str]


def load(folder: Path = FOLDER) -> Collection:
    """
    Return the calls of all callers and the questions about them.

    Raises:
        GoldError: the gold of a question is not in the calls, or is there twice.
    """
    callers = [
        (path.stem, msgspec.json.decode(path.read_bytes(), type=_Caller)) for path in sorted(folder.glob("*.json"))
    ]
    return Collection(
        name="phone calls",
        calls=tuple(call for name, caller in callers for call in _calls(name, caller)),
        questions=tuple(question for name, caller in callers for question in _questions(name, caller)),
        unanswerable={
            "what nobody said": tuple(
                Question(caller=caller.caller, agent_id=caller.agent_id, query=query, kind=caller.language)
                for _, caller in callers
                for query in caller.unanswerable
            )
        },
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


def _questions(name: str, caller: _Caller) -> list[Question]:
    calls = _calls(name, caller)
    return [
        Question(
            caller=caller.caller,
            agent_id=caller.agent_id,
            query=question.query,
            kind=caller.language,
            gold=tuple(frozenset(_place(calls, written) for written in places) for places in question.gold),
        )
        for question in caller.questions
    ]


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
        case "collected":
            kind, keys = "collected", [id_ for id_ in call.collected if id_ == match[3]]
        case _:
            kind, keys = "summary", ["summary"] if call.summary else []
    if len(keys) != 1:
        raise GoldError(f"{call.conversation_id}: {written} is in {len(keys)} places")
    return Place(call.conversation_id, kind, keys[0])


def _conversation_id(name: str, number: int) -> str:
    return f"phone_{name}_{number}"
