"""Calls of callers, and questions for which we know where in those calls the answer was said."""

import json
from typing import Any

from msgspec import Struct

from projector.domain.memories import Kind
from tests.support.samples import AGENT_LINE

# People speak about 150 words a minute.
_WORDS_PER_S = 2.5

CROSS_LANGUAGE = "cross-language"


class Place(Struct, frozen=True):
    """
    Where a memory comes from.

    `key` is the turn's index, the data collection id, or `summary`.
    """

    conversation_id: str
    kind: Kind
    key: str


class SpokenTurn(Struct, frozen=True):
    """One turn."""

    is_caller: bool
    words: str


class Call(Struct, frozen=True, kw_only=True):
    """One call; `at_s` is Unix seconds."""

    conversation_id: str
    caller: str
    agent_id: str
    at_s: int
    language: str
    turns: tuple[SpokenTurn, ...]
    summary: str | None = None
    collected: dict[str, str | int | float | bool] = {}

    def webhook(self) -> bytes:
        """Return the post-call transcription of a phone call, as ElevenLabs sends it."""
        transcript: list[dict[str, Any]] = []
        second = 0.0
        for turn in self.turns:
            role = "user" if turn.is_caller else "agent"
            transcript.append({"role": role, "message": turn.words, "time_in_call_secs": int(second)})
            second += 1 + len(turn.words.split()) / _WORDS_PER_S
        phone = {
            "direction": "inbound",
            "agent_number": AGENT_LINE,
            "external_number": self.caller,
            "type": "twilio",
        }
        data = {
            "agent_id": self.agent_id,
            "conversation_id": self.conversation_id,
            "status": "done",
            "transcript": transcript,
            "metadata": {
                "start_time_unix_secs": self.at_s,
                "call_duration_secs": int(second),
                "phone_call": phone,
                "main_language": self.language,
            },
            "analysis": {
                "transcript_summary": self.summary,
                "data_collection_results": {
                    id_: {"data_collection_id": id_, "value": value} for id_, value in self.collected.items()
                },
            },
        }
        webhook = {"type": "post_call_transcription", "event_timestamp": self.at_s + int(second) + 5, "data": data}
        return json.dumps(webhook, ensure_ascii=False).encode()


class Question(Struct, frozen=True, kw_only=True):
    """
    A question that is asked while a caller is on the line.

    `gold` holds the right answers; each may stand in several places. It is empty if nothing that was said answers the
    question. `superseded` holds the places of values that answered it once and are no longer so. `language` is that of
    the caller's calls and `asked_in` that of the question, both ISO 639-1.
    """

    caller: str
    agent_id: str
    query: str
    kind: str
    gold: tuple[frozenset[Place], ...] = ()
    superseded: frozenset[Place] = frozenset()
    language: str = "en"
    asked_in: str = "en"

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of this question: a question in another language than the calls is also `cross-language`."""
        return (self.kind,) if self.asked_in == self.language else (self.kind, CROSS_LANGUAGE)


class Collection(Struct, frozen=True, kw_only=True):
    """Calls, and questions about them. `unanswerable` holds, by their origin, the questions that have no answer."""

    name: str
    calls: tuple[Call, ...]
    questions: tuple[Question, ...]
    unanswerable: dict[str, tuple[Question, ...]]
