"""
Removes every number from texts that hold more of them than a person can say, instead of looking what each of them is.

A telephone call of some hours is read closely, whatever is said in it. What is longer was written by a program, and to
read that closely would take minutes of processor time, during which nobody else is remembered.
"""

import re
from collections import defaultdict
from collections.abc import Iterable

from projector.domain.redaction.digit_words import DIGIT_WORDS, letters_like
from projector.domain.redaction.spoken_numbers import REMOVED

KIND = "numbers"
_MARKS_END = " removed]"
_MARK = f"[{KIND}{_MARKS_END}"
# Stands for a number until all of them are found. No other digit is left in the text then.
_FOUND = "0"


def _one_of(endings: Iterable[str]) -> str:
    """Return an expression for one of some endings of words, which looks at each letter once."""
    by_first = _by_first(endings)
    is_end = by_first.pop("", None) is not None
    rest = "|".join(f"[{letters_like(first)}]{_one_of(others)}" for first, others in by_first.items())
    return f"(?:{rest}){'?+' if is_end else ''}" if rest else ""


def _by_first(words: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for word in sorted(words):
        found[word[:1]].append(word[1:])
    return found


def _said() -> str:
    by_first = _by_first(DIGIT_WORDS)
    words = "|".join(f"(?<=[{letters_like(first)}]){_one_of(endings)}" for first, endings in by_first.items())
    # An expression that begins with a set of characters passes quickly over all others.
    return rf"[{''.join(map(letters_like, by_first))}](?<![^\W\d_].)(?:{words})(?![^\W\d_])"


_SAID = re.compile(_said(), re.DOTALL)
# Marks stay, whatever their words are.
_KEPT = re.compile(f"({REMOVED.pattern})")
# Numbers without the letters before the first digit, and what stands between them: signs, and a short word at most.
# They go together, or the marks would be longer than what was there. A mark ends with a longer word.
_NUMBERS = re.compile(r"\d\w*+(?:\W*+(?:[^\W\d_]{1,4}\W++)?[^\W\d]*+\d\w*+)*+")
# For a text that is turned round: to look from each word whether a digit follows takes longer.
_FOUND_AND_LETTERS = re.compile(rf"{_FOUND}[^\W\d]*+")


def removed(text: str) -> tuple[str, tuple[str, ...]]:
    """Return a text without any digit, written in any script or said in English, and the kind of what is gone."""
    left = _NUMBERS.sub(_FOUND, _with_digits_for_words(text))
    if _FOUND not in left:
        return text, ()
    return _FOUND_AND_LETTERS.sub(_MARK[::-1], left[::-1])[::-1], (KIND,)


def _with_digits_for_words(text: str) -> str:
    if _MARKS_END not in text:
        return _SAID.sub(_FOUND, text)
    parts = _KEPT.split(text)
    parts[::2] = [_SAID.sub(_FOUND, part) for part in parts[::2]]
    return "".join(parts)
