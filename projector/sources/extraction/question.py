"""Puts a call into the words of a question: what is known of it, and its turns as data within a fence."""

import hashlib
from collections.abc import Sequence
from typing import Any

import msgspec

from projector.domain.calls import Call
from projector.domain.days import local_moment
from projector.sources.extraction.answer_schema import NAME
from projector.sources.extraction.pieces import Line, lines_of
from projector.sources.extraction.prompt import ExtractionPrompt
from projector.sources.models.protocol import Question

# 20 memories have some 4,000 tokens; a model that thinks first takes more.
OUTPUT_TOKENS_MAX = 8_000


def call_lines(call: Call) -> list[Line]:
    """Return the turns of a call as they are sent, redacted as the call is."""
    return [line for turn in call.turns for line in lines_of(turn.index, turn.text, is_caller=turn.is_caller)]


def question_of(call: Call, lines: Sequence[Line], prompt: ExtractionPrompt, fence: str) -> Question:
    """
    Return what is asked about some turns of a call.

    Args:
        fence: what no caller can know: made up anew for each question.
    """
    mark = f"<<<{fence}>>>"
    turns = "\n".join(msgspec.json.encode(line).decode() for line in lines)
    about = msgspec.json.encode(_about(call)).decode()
    return Question(
        conversation_id=call.conversation_id,
        system=prompt.text,
        user=f"The call: {about}\nIts turns:\n{mark}\n{turns}\n{mark}",
        schema=prompt.schema,
        schema_name=NAME,
        output_tokens_max=OUTPUT_TOKENS_MAX,
    )


def input_hash(call: Call, prompt: ExtractionPrompt) -> str:
    """
    Return the hash of all that is read for an answer: the call's event, prompt, schema, and the words as redacted.

    The fence is no part of it: the same call asked again has the same hash.
    """
    read = [
        call.sha256,
        prompt.named.sha256,
        prompt.schema_sha256,
        msgspec.json.encode([_about(call), call_lines(call)]).decode(),
    ]
    return hashlib.sha256(msgspec.json.encode(read)).hexdigest()


def _about(call: Call) -> dict[str, Any]:
    at = local_moment(call.order[0], call.timezone)
    return {
        "date": at.date().isoformat() if at else None,
        "weekday": f"{at:%A}" if at else None,
        "time": f"{at:%H:%M}" if at else None,
        "timezone": call.timezone,
        "agent": call.agent_name or None,
        "language": call.language,
        "caller was called": call.direction == "outbound",
    }
