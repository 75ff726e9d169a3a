"""Long public conversations (LoCoMo). Each becomes the calls of two callers, one for each speaker."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from msgspec import Struct

from bench.recall.corpora.conversations import Call, Collection, Place, Question, SpokenTurn
from bench.rig.corpus import caller as caller_number

_AGENT = "agent_locomo"
_KINDS = {1: "multi-hop", 2: "temporal", 3: "open-domain", 4: "single-hop"}
# Also matches what is malformed in the original: "D8:6; D9:17", "D:11:26", "D30:05".
_EVIDENCE = re.compile(r"D:?(\d+):(\d+)")


class _Turn(Struct):
    speaker: str
    dia_id: str
    text: str


class _Session(Struct):
    n: int
    date_time: str
    turns: list[_Turn]


class _QuestionAndEvidence(Struct):
    question: str
    evidence: list[str]
    category: int


class _Conversation(Struct):
    speaker_a: str
    speaker_b: str
    sessions: list[_Session]
    qa: list[_QuestionAndEvidence]


class _PlayedConversation(Struct):
    """One conversation as calls and questions, and the names of its speakers by their numbers as callers."""

    calls: list[Call]
    questions: list[Question]
    names: dict[str, str]


def load(folder: Path) -> Collection:
    """
    Return the conversations of a folder.

    Each session becomes two calls, one of each speaker: that speaker is the caller, and the other is the agent. All
    turns stay as they are, in their order. A question is asked for the speaker of its first evidence. Evidence from
    the other speaker is left out, because it was said by the agent.
    """
    played = [_play(path, 2 * number) for number, path in enumerate(sorted(folder.glob("*.json")), 1)]
    return Collection(
        name="LoCoMo",
        calls=tuple(call for one in played for call in one.calls),
        questions=tuple(question for one in played for question in one.questions),
        unanswerable={
            "others' questions": tuple(_unanswerable(played, exchange_names=False)),
            "the same, names exchanged": tuple(_unanswerable(played, exchange_names=True)),
        },
    )


def _play(path: Path, number: int) -> _PlayedConversation:
    conversation = msgspec.json.decode(path.read_bytes(), type=_Conversation)
    speakers = (conversation.speaker_a, conversation.speaker_b)
    numbers = {speaker: caller_number(number + side) for side, speaker in enumerate(speakers)}
    calls: list[Call] = []
    places: dict[tuple[int, int], tuple[str, Place]] = {}
    for session in conversation.sessions:
        for speaker in speakers:
            id_ = f"locomo_{path.stem}_{session.n}_{speakers.index(speaker)}"
            calls.append(
                Call(
                    conversation_id=id_,
                    caller=numbers[speaker],
                    agent_id=_AGENT,
                    at_s=_unix_s(session.date_time),
                    language="en",
                    turns=tuple(SpokenTurn(turn.speaker == speaker, turn.text) for turn in session.turns),
                )
            )
            places |= {
                _evidence(turn.dia_id)[0]: (speaker, Place(id_, "turn", str(index)))
                for index, turn in enumerate(session.turns)
                if turn.speaker == speaker and turn.text.strip()
            }
    questions = []
    for asked in conversation.qa:
        gold = [places[id_] for text in asked.evidence for id_ in _evidence(text) if id_ in places]
        if asked.category not in _KINDS or not gold:
            continue
        speaker = gold[0][0]
        own = dict.fromkeys(place for of, place in gold if of == speaker)
        questions.append(
            Question(
                caller=numbers[speaker],
                agent_id=_AGENT,
                query=asked.question,
                kind=_KINDS[asked.category],
                gold=tuple(frozenset({place}) for place in own),
            )
        )
    return _PlayedConversation(calls, questions, {numbers[speaker]: speaker for speaker in speakers})


def _unanswerable(played: list[_PlayedConversation], *, exchange_names: bool) -> Iterator[Question]:
    """
    Yield, for each caller, the questions of all other conversations.

    Args:
        exchange_names: whether the questions name this caller instead of the strangers that they are about.
    """
    for here in played:
        for caller, name in here.names.items():
            (partner,) = (of for number, of in here.names.items() if number != caller)
            for elsewhere in played:
                if elsewhere is here:
                    continue
                for question in elsewhere.questions:
                    query = question.query
                    if exchange_names:
                        for number, stranger in elsewhere.names.items():
                            here_name = name if number == question.caller else partner
                            query = re.sub(rf"\b{re.escape(stranger)}\b", here_name, query)
                    yield Question(caller=caller, agent_id=_AGENT, query=query, kind="unanswerable")


def _evidence(text: str) -> list[tuple[int, int]]:
    return [(int(session), int(turn)) for session, turn in _EVIDENCE.findall(text)]


def _unix_s(date_time: str) -> int:
    return int(datetime.strptime(date_time, "%I:%M %p on %d %B, %Y").replace(tzinfo=UTC).timestamp())
