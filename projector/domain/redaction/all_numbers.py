"""
Removes every number from texts that hold more of them than a person can say, instead of looking what each of them is.

A telephone call of some hours is read closely, whatever is said in it. What is longer was written by a program, and to
read that closely would take minutes of processor time, during which nobody else is remembered.
"""

import re

from projector.domain.redaction.digit_words import DIGIT_WORDS
from projector.domain.redaction.spoken_numbers import REMOVED

KIND = "numbers"
_MARK = f"[{KIND} removed]"
_FIRST_LETTERS = "".join(sorted({word[0] for word in DIGIT_WORDS}))
_NUMBER = (
    rf"(?:(?<!\w)\w*\d\w*|(?<![^\W\d_])(?=[{_FIRST_LETTERS}{_FIRST_LETTERS.upper()}])"
    rf"(?i:{'|'.join(sorted(DIGIT_WORDS, key=len, reverse=True))})(?![^\W\d_]))"
)
# Numbers, and what stands between them: signs, and a short word at most. They go together, or the marks would be longer
# than what was there.
_NUMBERS = re.compile(rf"{_NUMBER}(?:[^\w\[\]]*+(?:[^\W\d_]{{1,4}}[^\w\[\]]++)?{_NUMBER})*+")
_KEPT = re.compile(rf"({REMOVED.pattern})")


def removed(text: str) -> tuple[str, tuple[str, ...]]:
    """Return a text without any digit, written in any script or said in English, and the kind of what is gone."""
    if "[" not in text:
        left = _NUMBERS.sub(_MARK, text)
    else:
        parts = _KEPT.split(text)
        parts[::2] = [_NUMBERS.sub(_MARK, part) for part in parts[::2]]
        left = "".join(parts)
    return left, (KIND,) if left != text else ()
