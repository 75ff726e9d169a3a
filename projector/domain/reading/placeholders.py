"""Placeholders: what a model or ElevenLabs writes where a value is not known, in the nine languages."""

import re
import unicodedata
from typing import Any

from projector.domain.reading.kept import kept_if_short
from projector.domain.reading.placeholder_words import LANGUAGES, OF_PLACEHOLDERS

# A placeholder is a few words. What is longer says something.
_CHARS_MAX = 120
_WORDS = re.compile(r"[^\W\d_]+|\d+")
# ElevenLabs' redaction writes `[NAME]` in place of words; templates that nobody filled have braces.
_IN_PLACE_OF_WORDS = re.compile(r"\[[^\[\]]*\]|<[^<>]*>|\{\{?[^{}]*\}?\}")
_ABBREVIATION = re.compile(
    r"n\s*/\s*[ad]|n\.\s*a\.?|n\.\s*d\.|s\s*/\s*n|k\.?\s*a\.|n\.?\s*v\.?\s*t\.?|e\.\s*j\.|NA|KA|NVT", re.IGNORECASE
)
_AROUND = re.compile(r"^[\W_]+|[\W_]+$")
# These are also names, `Na` and `Nan`, or begin one. As a placeholder nobody writes them with one capital letter.
_ALSO_NAMES = re.compile(r"Na|Ka|Nan|Nil")
_NO_WORDS = frozenset({"P", "Z", "C"})


def is_placeholder(value: Any) -> bool:
    """
    Return whether a collected value says that there is none.

    That is a text such as `None`, `N/A`, `not provided`, `-`, `the caller` or `[NAME]`, and a list or an object that
    holds such texts and nulls alone.
    """
    if isinstance(value, str):
        return _is_placeholder_text(value)
    if isinstance(value, dict):
        value = [*value.values()]
    return isinstance(value, list) and value != [] and all(each is None or is_placeholder(each) for each in value)


@kept_if_short
def _is_placeholder_text(text: str) -> bool:
    first = _WORDS.match(text)
    if len(text) > _CHARS_MAX or (first and _begins_otherwise(first[0], text)):
        return False
    text = _IN_PLACE_OF_WORDS.sub(lambda match: " " if _is_entity(match[0]) else match[0], text).strip()
    bare = _AROUND.sub("", text)
    if all(_is_mark(char) for char in text) or _ABBREVIATION.fullmatch(text) or _ABBREVIATION.fullmatch(bare):
        return not _ALSO_NAMES.fullmatch(bare)
    words = _WORDS.findall(unicodedata.normalize("NFC", text).casefold())
    return (
        words != []
        and all(word in OF_PLACEHOLDERS for word in words)
        and any(language.says_nothing(words) for language in LANGUAGES)
        and not _ALSO_NAMES.fullmatch(bare)
    )


def _begins_otherwise(first: str, text: str) -> bool:
    """Return whether a text begins as nearly every value does, and no placeholder."""
    return len(first) > 1 and first.casefold() not in OF_PLACEHOLDERS and not _ABBREVIATION.match(text)


def _is_entity(text: str) -> bool:
    # `[5, 6]` and `{"a": 1}` are values.
    return not any(char.isdigit() or char in '",' for char in text)


def _is_mark(char: str) -> bool:
    # Also `<`, `=` and `|`; a plus sign alone may be an answer.
    category = unicodedata.category(char)
    return category[0] in _NO_WORDS or category == "Sk" or (category == "Sm" and char != "+")
