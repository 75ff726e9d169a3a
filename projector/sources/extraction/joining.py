"""
Makes one answer of those to the pieces of a call.

The answer to a whole call stays as it is, byte for byte. Of several, the fold must read the joined one as it reads any:
`memories` are those of all pieces in order, for their turns are numbered within the whole call. What two pieces say of
the turns that both hold, the fold takes as one: it has the same attribute, value and turn. Of more than the fold takes,
the most important come first. Summaries are joined, topics and open issues put together, once each; mood and greeting
are those of the last piece, for they are of how the call ended.
"""

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from projector.domain.facts.validation.answer import Answer, read_answer
from projector.domain.facts.validation.validate import ITEMS_MAX

_SUMMARY_CHARS_MAX = 600


def joined(bodies: Sequence[bytes]) -> bytes:
    """
    Return one answer for a call.

    Args:
        bodies: the answers to its pieces, in order. One that cannot be read is left out, unless none can be.
    """
    if len(bodies) == 1:
        return bodies[0]
    answers = [answer for body in bodies if (answer := read_answer(body)) is not None]
    if not answers:
        return next(filter(None, bodies), b"")
    whole: dict[str, Any] = {"memories": _memories(answers)}
    summaries = [text for answer in answers if (text := _read(answer.summary, str))]
    if (summary := " ".join(summaries)) and len(summary) <= _SUMMARY_CHARS_MAX:
        whole["summary"] = summary
    elif summaries:
        whole["summary"] = summaries[-1]
    for field in ("topics", "open_issues"):
        texts = [text for answer in answers for text in _read(getattr(answer, field), list[str]) or ()]
        whole[field] = [*dict.fromkeys(texts)]
    whole |= {"sentiment": answers[-1].sentiment, "next_greeting": answers[-1].next_greeting}
    return msgspec.json.encode({field: value for field, value in whole.items() if value is not UNSET})


class _Weight(Struct):
    importance: float = 0


def _memories(answers: Sequence[Answer]) -> list[Raw]:
    items = [*{bytes(item): item for answer in answers for item in answer.memories}.values()]
    if len(items) <= ITEMS_MAX:
        return items
    return sorted(items, key=lambda item: -(_read(item, _Weight) or _Weight()).importance)


def _read(raw: Raw | UnsetType, kind: Any) -> Any:
    """Return what a part of an answer says; None where it says nothing that can be read."""
    try:
        return None if raw is UNSET else msgspec.json.decode(raw, type=kind)
    except (msgspec.MsgspecError, RecursionError):
        return None
