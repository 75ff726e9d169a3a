"""Keeps what was found out of short texts: calls have the same ids, names and answers again and again."""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import TypeVar

# An operator's agents collect under some hundred ids, again in every call, and a caller tells the same name in each.
_TEXTS_KEPT = 1024
# No operator's id is longer, and a longer answer hardly comes twice.
_CHARS_MAX = 100
T = TypeVar("T")


def kept_if_short(of_text: Callable[[str], T]) -> Callable[[str], T]:
    """Return the same function of a text, which is asked once for each short text that comes again and again."""
    asked = lru_cache(_TEXTS_KEPT)(of_text)

    @wraps(of_text)
    def kept(text: str) -> T:
        return asked(text) if len(text) <= _CHARS_MAX else of_text(text)

    return kept
