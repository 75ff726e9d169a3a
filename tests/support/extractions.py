"""Extractions as events of ours, for tests: what a model would say of sample calls."""

import json
from typing import Any

import msgspec

from events.log.ours.extraction import Extraction, ExtractionData, Prompt
from events.log.receipt import sha256_of

# What a caller says, and what a careful model states of it: attribute, value, content, status, about.
SAYINGS: dict[str, tuple[str, str, str, str, str]] = {
    "I'm with Delta.": ("insurance", "Delta", "The caller is with Delta.", "current", "caller"),
    "I'm with Cigna now.": ("insurance", "Cigna", "The caller is with Cigna now.", "current", "caller"),
    "I'm no longer with Delta.": ("insurance", "Delta", "The caller is no longer with Delta.", "ended", "caller"),
    "I was with Aetna once.": ("insurance", "Aetna", "The caller was with Aetna once.", "past", "caller"),
    "I like tea.": ("interest", "tea", "The caller likes tea.", "current", "caller"),
    "My son can't have nuts.": ("allergy", "nuts", "The caller's son can't have nuts.", "current", "son"),
    "I can't have nuts.": ("allergy", "nuts", "The caller can't have nuts.", "current", "caller"),
    "I'm Ana Berg.": ("name", "Ana Berg", "The caller is Ana Berg.", "current", "caller"),
    "This is Nadia.": ("name", "Nadia", "The caller is Nadia.", "current", "caller"),
    "I'm calling for Ana.": ("name", "Ana", "Somebody is called Ana.", "current", "friend"),
    "Call me at 202 555 0188.": ("phone", "202 555 0188", "The number is 202 555 0188.", "current", "caller"),
}


def statement(said: str, turn: int, **changed: Any) -> dict[str, Any]:
    """Return what a careful model states of a saying in a turn."""
    attribute, value, content, status, about = SAYINGS[said]
    return {
        "reason": "said",
        "category": "factual",
        "about": about,
        "attribute": attribute,
        "value": value,
        "content": content,
        "status": status,
        "valid_from": None,
        "valid_to": None,
        "importance": 6,
        "confidence": 0.9,
        "quote": said,
        "turn": turn,
        "confirms_turn": None,
        "sensitive": "none",
    } | changed


def extraction(
    body: bytes, *items: Any, version: int = 1, completed_at_s: int = 1, model: str = "model", raw: bytes | None = None
) -> bytes:
    """Return the extraction of a transcription; without items, what a careful model states of its sayings."""
    data = json.loads(body)["data"]
    if not items:
        items = tuple(
            statement(turn["message"], index)
            for index, turn in enumerate(data["transcript"])
            if turn["message"] in SAYINGS
        )
    answer = raw if raw is not None else msgspec.json.encode({"memories": items})
    return msgspec.json.encode(
        Extraction(
            data=ExtractionData(
                conversation_id=data["conversation_id"],
                transcription_sha256=sha256_of(body),
                provider="test",
                model=model,
                completed_at_s=completed_at_s,
                answer=answer.decode(),
                prompt=Prompt(id="test", version=version),
            )
        )
    )
