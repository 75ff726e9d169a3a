"""
Decides which of the questions of a statement count: those by which somebody may ask for it later.

They have no proof in the call, for nobody said them. So nobody is told them: they stand beside the statement where
meanings are compared. One that does not count is left out, and its statement counts without it.
"""

import unicodedata
from itertools import groupby

import msgspec
from msgspec import Raw

from projector.domain.facts.validation.hostile.faults import fault_of

QUESTIONS_MAX, QUESTION_CHARS_MAX = 2, 120
_BREAKING = frozenset({"Cc", "Zl", "Zp"})


def questions_in(raw: Raw, content: str, language: str, *, is_promise: bool) -> tuple[str, ...]:
    """
    Return those of the first few questions of a statement that count, once each.

    Args:
        raw: as they came.
        content: the statement's sentence, whose numbers a question may hold.
        language: of the call, ISO 639-1.
        is_promise: whether the statement is one.
    """
    try:
        items = msgspec.json.decode(raw, type=list[Raw])
    except (msgspec.MsgspecError, RecursionError):
        return ()
    told = _numbers(content)
    texts = filter(None, map(_text, items[:QUESTIONS_MAX]))
    kept = [
        text
        for text in texts
        # What is far too long is looked at no further.
        if is_short(text) and _numbers(text) <= told and fault_of(text, language, is_promise=is_promise) is None
    ]
    return tuple(dict.fromkeys(kept))


def is_short(question: str) -> bool:
    """Tell whether a question is no longer than one may be."""
    return len(question) <= QUESTION_CHARS_MAX


def _text(raw: Raw) -> str:
    """Return a question without blanks around its words; empty where it is no text."""
    try:
        text = msgspec.json.decode(raw, type=str)
    except (msgspec.MsgspecError, RecursionError):
        return ""
    # What holds a control character stays as it is, and is refused for it; a blank that does not break is a blank.
    is_broken = any(unicodedata.category(char) in _BREAKING for char in text)
    return text if is_broken else " ".join(text.split())


def _numbers(text: str) -> set[str]:
    """Return the numbers that are written in digits, of whatever script: `٤٢` is `42`."""
    runs = groupby(unicodedata.normalize("NFKC", text), str.isdigit)
    return {"".join(str(unicodedata.digit(char)) for char in run) for is_number, run in runs if is_number}
