"""
Redaction: removes card numbers and the like from a call before we keep any of it as memories.

The payload log keeps the original. Pure: the same call and settings always give the same text, and redacting that
text once more changes nothing.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from itertools import groupby

from msgspec import Struct, structs

from projector.domain.calls import Call, Value, id_in_words
from projector.domain.redaction.find_numbers import LONG_DIGITS_MIN, Text, find
from projector.domain.redaction.sensitive_numbers import code_names
from projector.domain.redaction.spoken_numbers import MANIFOLD, REMOVED, digits_at_most

# The kinds of numbers, and the name of each in the text that replaces it: `[card number removed]`.
KINDS = {"card": "card number", "security_code": "security code", "ssn": "social security number", "iban": "IBAN"}
# The shortest number that is removed is a security code.
_DIGITS_MIN = 3


class RedactionSettings(Struct, frozen=True):
    """What is removed: kinds of numbers, and the matches of the operator's own regular expressions, by their names."""

    kinds: tuple[str, ...] = tuple(KINDS)
    patterns: dict[str, str] = {}


def redact(call: Call, settings: RedactionSettings) -> Call:
    """Return the call without what must not be remembered; it names the kinds that were removed."""
    # When something is gone, a pattern may match the text that is left. Repeat until nothing changes.
    while (redacted := _redact_once(call, settings)) is not call and redacted != call:
        call = redacted
    return call


def _redact_once(call: Call, settings: RedactionSettings) -> Call:
    texts = _texts(call)
    found: dict[int, list[tuple[int, int, str]]] = defaultdict(list)
    if settings.kinds and _may_hold_numbers(texts):
        for span in find(call.turns, texts):
            if span.kind in settings.kinds:
                found[span.where].append((span.begin, span.end, span.kind))
    for name, pattern in settings.patterns.items():
        for where, text in enumerate(texts):
            found[where] += [(*match.span(), name) for match in re.finditer(pattern, text.words)]
    cleared = {where: _without_numbers(texts[where].words, places) for where, places in found.items()}
    return _with_texts(call, {where: (words, kinds) for where, (words, kinds) in cleared.items() if kinds})


def _texts(call: Call) -> list[Text]:
    """Return all texts of a call: its turns, the summary, the title, and the collected values."""
    texts: list[Text] = []
    asked = ""
    for turn in call.turns:
        texts.append(Text(turn.text, asked if turn.is_caller else ""))
        asked = asked if turn.is_caller else turn.text
    texts += (Text(call.summary), Text(call.title))
    texts += (Text(_value_as_text(value), id_in_words(id_)) for id_, value in call.collected.items())
    return texts


def _with_texts(call: Call, cleared: dict[int, tuple[str, tuple[str, ...]]]) -> Call:
    """
    Return the call with redacted texts.

    Args:
        cleared: each redacted text and the kinds that were removed from it, by the text's number in `_texts`.
    """
    if not cleared:
        return call
    turns = list(call.turns)
    collected, collected_redacted = dict(call.collected), dict(call.collected_redacted)
    ids = list(call.collected)
    changed: dict[str, object] = {}
    for where, (words, kinds) in cleared.items():
        if where < len(turns):
            turn = turns[where]
            turns[where] = structs.replace(turn, text=words, redacted=_union(turn.redacted, kinds))
        elif where == len(turns):
            changed |= {"summary": words, "summary_redacted": _union(call.summary_redacted, kinds)}
        elif where == len(turns) + 1:
            changed["title"] = words
        else:
            id_ = ids[where - len(turns) - 2]
            collected[id_] = words
            collected_redacted[id_] = _union(collected_redacted.get(id_, ()), kinds)
    return structs.replace(
        call, turns=tuple(turns), collected=collected, collected_redacted=collected_redacted, **changed
    )


def _without_numbers(words: str, places: Iterable[tuple[int, int, str]]) -> tuple[str, tuple[str, ...]]:
    """
    Return a text without the numbers at some places, and the kinds of numbers that are gone.

    Args:
        places: begin, end and kind of each number. Where two overlap, the first keeps its characters.
    """
    owners = [""] * len(words)
    for match in REMOVED.finditer(words):
        owners[match.start() : match.end()] = ["kept"] * len(match.group())
    for begin, end, kind in places:
        owners[begin:end] = [owner or f"-{kind}" for owner in owners[begin:end]]
    parts: list[str] = []
    at = 0
    for owner, group in groupby(owners):
        length = len(list(group))
        kind = owner.removeprefix("-")
        parts.append(f"[{KINDS.get(kind, kind)} removed]" if owner.startswith("-") else words[at : at + length])
        at += length
    return "".join(parts), tuple(sorted({owner[1:] for owner in owners if owner.startswith("-")}))


def _may_hold_numbers(texts: list[Text]) -> bool:
    """Return whether the texts can hold any number that is removed. For most calls the search ends here."""
    words = "\n".join(text.words for text in texts)
    digits = digits_at_most(words)
    return digits >= LONG_DIGITS_MIN or (
        digits >= _DIGITS_MIN
        and (
            MANIFOLD.search(words) is not None
            or any(code_names(f"{text.context}\n{text.words}", is_card_near=False) for text in texts)
        )
    )


def _union(kinds: Iterable[str], others: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({*kinds, *others}))


def _value_as_text(value: Value) -> str:
    """Return a collected value as text; a whole number as its digits, `4e15` too."""
    if isinstance(value, float) and value.is_integer():
        return f"{value:.0f}"
    return "" if isinstance(value, bool) else str(value)
