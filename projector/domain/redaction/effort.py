"""How much work it is to look for numbers in the texts of a call, and which texts are too long to be read closely."""

from collections.abc import Sequence

from msgspec import Struct

from projector.domain.redaction.digit_words import tokens_at_most
from projector.domain.redaction.find_numbers import Text
from projector.domain.redaction.speakers import is_read

# What a call of two hours costs, a third of whose turns name numbers.
EFFORT_MAX = 18_000
# In the effort of one token: what a text costs that is not read, and one that is; and how many characters are searched
# in that time for what names a number.
_OF_A_TEXT, _OF_A_READ_TEXT, _CHARS_PER_TOKEN = 2, 6, 10


class Reading(Struct, frozen=True):
    """How the texts of a call are read: the `effort`, in tokens, and the numbers of those that are read `roughly`."""

    effort: int
    roughly: frozenset[int]


def reading_of(texts: Sequence[Text]) -> Reading:
    """Return which texts are too long to be read closely: the longest, so that the effort of the others is allowed."""
    # More than it can be, for each question is a text, too: enough to tell that an ordinary call is none too long.
    most = 2 * sum([len(text.words) for text in texts]) + _OF_A_READ_TEXT * len(texts)
    if most <= EFFORT_MAX:
        return Reading(most, frozenset())
    if len(texts) * _OF_A_TEXT > EFFORT_MAX:
        return Reading(EFFORT_MAX, frozenset(range(len(texts))))
    efforts = [_effort(text.words) for text in texts]
    # Of each question only once, however many texts answer it.
    contexts = {text.context for text, effort in zip(texts, efforts, strict=True) if effort > _OF_A_READ_TEXT}
    left = sum(efforts) + sum(map(len, contexts)) // _CHARS_PER_TOKEN
    rough: set[int] = set()
    for effort, where in sorted([(-effort, where) for where, effort in enumerate(efforts) if effort > _OF_A_READ_TEXT]):
        if left <= EFFORT_MAX:
            break
        rough.add(where)
        left += effort + _OF_A_READ_TEXT  # what is left of it is read once more
    return Reading(min(left, EFFORT_MAX), frozenset(rough if left <= EFFORT_MAX else range(len(texts))))


def _effort(text: str) -> int:
    if tokens := tokens_at_most(text):
        return _OF_A_READ_TEXT + tokens + len(text) // _CHARS_PER_TOKEN
    return _OF_A_READ_TEXT if is_read(text) else _OF_A_TEXT
