"""
Redaction: removes card numbers and the like from a call before we keep any of it as memories.

The payload log keeps the original. Pure: the same call and settings always give the same text, and redacting that
text once more changes nothing.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from msgspec import Struct, structs

from projector.domain.calls import Call, Value
from projector.domain.reading.ids import id_in_words
from projector.domain.redaction import all_numbers
from projector.domain.redaction.digit_words import MANIFOLD, digits_at_most
from projector.domain.redaction.effort import EFFORT_MAX, reading_of
from projector.domain.redaction.find_numbers import Text, find, names_codes
from projector.domain.redaction.replacing import KINDS, Place, replaced
from projector.domain.redaction.spoken_numbers import LONG_DIGITS_MIN

# The shortest number that is removed is a security code.
_DIGITS_MIN = 3
# How often the longest call that is read closely may be read again. Ordinary calls are read twice.
_REPEATED = 4
# How many characters one pattern of the operator's searches in the time of one token.
_CHARS_OF_PATTERNS = 20


class RedactionSettings(Struct, frozen=True):
    """What is removed: kinds of numbers, and the matches of the operator's own regular expressions, by their names."""

    kinds: tuple[str, ...] = tuple(KINDS)
    patterns: dict[str, str] = {}


def redact(call: Call, settings: RedactionSettings) -> Call:
    """
    Return the call without what must not be remembered; it names the kinds that were removed.

    The time that it takes grows as the texts of the call do, and no faster.
    """
    # When something is gone, a pattern may match the text that is left. Repeat until nothing changes.
    effort = 0
    cleared: set[int] = set()
    while effort < _REPEATED * EFFORT_MAX:
        redacted, more = _redact_once(call, settings, cleared)
        if redacted == call:
            return call
        call = redacted
        effort += more
    return _redact_roughly(call, settings)


def _redact_once(call: Call, settings: RedactionSettings, without_numbers: set[int]) -> tuple[Call, int]:
    """
    Return the call with what can be found in it removed, and the effort of that.

    Args:
        without_numbers: which texts lost every number, by their numbers in `_texts`; they are not read again. Those
            that lose every number now are added.
    """
    texts = _texts(call)
    cleared: dict[int, tuple[str, tuple[str, ...]]] = {}
    found: dict[int, list[Place]] = defaultdict(list)
    effort = 0
    if settings.patterns:
        effort = sum([len(text.words) for text in texts]) * len(settings.patterns) // _CHARS_OF_PATTERNS
    unread = _without(texts, without_numbers)
    if settings.kinds and _may_hold_numbers(call, unread):
        reading = reading_of(unread)
        effort += reading.effort
        cleared = {where: all_numbers.removed(texts[where].words) for where in reading.roughly - without_numbers}
        without_numbers |= reading.roughly
        for span in find(call.turns, _without(texts, without_numbers)) if len(without_numbers) < len(texts) else ():
            if span.kind in settings.kinds:
                found[span.where].append((span.begin, span.end, span.kind))
    for name, pattern in settings.patterns.items():
        for where, text in enumerate(texts):
            found[where] += [(*match.span(), name) for match in re.finditer(pattern, text.words)]
    for where, places in found.items():
        if not cleared.get(where, ("", ()))[1]:
            cleared[where] = replaced(texts[where].words, places)
    redacted = _with_texts(call, {where: (words, kinds) for where, (words, kinds) in cleared.items() if kinds})
    return redacted, max(1, effort)


def _without(texts: list[Text], left_out: set[int]) -> list[Text]:
    return [Text("") if where in left_out else text for where, text in enumerate(texts)] if left_out else texts


def _redact_roughly(call: Call, settings: RedactionSettings) -> Call:
    """Return the call without any number, and without any text in which one of the operator's patterns matches."""
    cleared: dict[int, tuple[str, tuple[str, ...]]] = {}
    for where, text in enumerate(_texts(call)):
        words, kinds = all_numbers.removed(text.words) if settings.kinds else (text.words, ())
        for name, pattern in settings.patterns.items():
            if re.search(pattern, words):
                words, kinds = f"[{name} removed]", (name,)
        if kinds:
            cleared[where] = (words, kinds)
    return _with_texts(call, cleared)


def _texts(call: Call) -> list[Text]:
    """Return all texts of a call: its turns, the summary, the title, and the collected values."""
    texts: list[Text] = []
    asked = ""
    for turn in call.turns:
        if turn.is_caller:
            texts.append(Text(turn.text, asked))
        else:
            asked = turn.text
            texts.append(Text(asked))
    texts += (Text(call.summary), Text(call.title))
    texts += (Text(_value_as_text(value), id_in_words(call.field_of(id_))) for id_, value in call.collected.items())
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


def _may_hold_numbers(call: Call, texts: Sequence[Text]) -> bool:
    """Return whether the texts can hold any number that is removed. For most calls the search ends here."""
    words = "\n".join([text.words for text in texts])
    digits = digits_at_most(words, enough=LONG_DIGITS_MIN)
    return digits >= LONG_DIGITS_MIN or (
        digits >= _DIGITS_MIN
        and (MANIFOLD.search(words) is not None or names_codes(call.turns, texts, is_blanking=False))
    )


def _union(kinds: Iterable[str], others: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({*kinds, *others}))


def _value_as_text(value: Value) -> str:
    """Return a collected value as text; a whole number as its digits, `4e15` too."""
    if isinstance(value, float) and value.is_integer():
        return f"{value:.0f}"
    return "" if isinstance(value, bool) else str(value)
