"""How much work it is to look for numbers in the texts of a call, and which texts are too long to be read closely."""

import re
from collections.abc import Sequence

from projector.domain.redaction.digit_words import holds_digits
from projector.domain.redaction.find_numbers import Text
from projector.domain.redaction.speakers import is_read

# What a call of three hours may cost, if every turn of it has to be read. It takes a fifth of a second.
EFFORT_MAX = 40_000
# In the effort of one token: what each text costs, and how many characters are searched in that time for what names a
# number.
_OF_A_TEXT, _CHARS_PER_TOKEN = 8, 10
_TOKEN = re.compile(r"[^\W\d_]+|\d+|\+")


def effort_of(texts: Sequence[Text]) -> int:
    """Return how many tokens' worth of work the texts are: more than it is for short ones, exact for long ones."""
    most = sum(len(text.words) + len(text.context) // _CHARS_PER_TOKEN + _OF_A_TEXT for text in texts)
    return most if most <= EFFORT_MAX else sum(_efforts(texts))


def too_long(texts: Sequence[Text]) -> frozenset[int]:
    """Return the longest texts, so that the effort of the others is allowed; all of them where that cannot be."""
    efforts = _efforts(texts)
    left = sum(efforts)
    longest = sorted((-effort, where) for where, effort in enumerate(efforts) if holds_digits(texts[where].words))
    rough: set[int] = set()
    for effort, where in longest:
        if left <= EFFORT_MAX:
            return frozenset(rough)
        rough.add(where)
        left += effort
    return frozenset(rough if left <= EFFORT_MAX else range(len(texts)))


def _efforts(texts: Sequence[Text]) -> list[int]:
    efforts: list[int] = []
    contexts: set[str] = set()
    for text in texts:
        effort = 1
        if is_read(text.words):
            chars = len(text.words)
            if text.context not in contexts:
                contexts.add(text.context)
                chars += len(text.context)
            effort = _OF_A_TEXT + len(_TOKEN.findall(text.words)) + chars // _CHARS_PER_TOKEN
        efforts.append(effort)
    return efforts
