"""
Redaction: what must not be remembered is taken out of a call before anything of it is kept.

The payload log keeps the original. Pure: the same call and settings give the same words, whenever they are redacted,
and redacting them again changes nothing.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from itertools import groupby

from msgspec import Struct, structs

from projector.domain.calls import Call, Value
from projector.domain.redaction.find_numbers import LONG_DIGITS_MIN, Text, find
from projector.domain.redaction.sensitive_numbers import code_names
from projector.domain.redaction.spoken_numbers import MANIFOLD, REMOVED, digits_at_most

# What stands in the place of each kind of number.
KINDS = {"card": "card number", "security_code": "security code", "ssn": "social security number", "iban": "IBAN"}
# A security code has no fewer.
_DIGITS_MIN = 3


class RedactionSettings(Struct, frozen=True):
    """What is taken out: kinds of numbers, and what own regular expressions match, by the name that stands for it."""

    kinds: tuple[str, ...] = tuple(KINDS)
    patterns: dict[str, str] = {}


def redact(call: Call, settings: RedactionSettings) -> Call:
    """Return the call without what is not to be remembered, and with what kinds that was."""
    # Once something is gone, a pattern may match what is left: again, until nothing changes.
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
    cleared = {where: _cleared(texts[where].words, places) for where, places in found.items()}
    return _with(call, {where: (words, kinds) for where, (words, kinds) in cleared.items() if kinds})


def _texts(call: Call) -> list[Text]:
    """Return all words of a call: its turns, the summary, the title, and what was collected."""
    texts: list[Text] = []
    asked = ""
    for turn in call.turns:
        texts.append(Text(turn.text, asked if turn.is_caller else ""))
        asked = asked if turn.is_caller else turn.text
    texts += (Text(call.summary), Text(call.title))
    texts += (Text(_digits_too(value), _label(id_)) for id_, value in call.collected.items())
    return texts


def _with(call: Call, cleared: dict[int, tuple[str, tuple[str, ...]]]) -> Call:
    """Return the call with other words, by their number among its texts, and the kinds that they are without."""
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


def _cleared(words: str, places: Iterable[tuple[int, int, str]]) -> tuple[str, tuple[str, ...]]:
    """Return words without what lies in some places, of which the first to claim a character has it, and the kinds."""
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
    """Tell whether texts hold as many digits as anything that is removed; most calls' do not, and cost no more."""
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


def _digits_too(value: Value) -> str:
    """Return a collected value as words, a whole number by its digits."""
    if isinstance(value, float) and value.is_integer():
        return f"{value:.0f}"
    return "" if isinstance(value, bool) else str(value)


def _label(id_: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", id_).replace("_", " ").replace("-", " ")
