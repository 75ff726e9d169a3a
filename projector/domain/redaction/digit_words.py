"""The English words that stand for digits or are said between them, and quick looks at how many digits a text holds."""

import re
from collections.abc import Iterable

ONES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TEENS = (
    *("ten", "eleven", "twelve", "thirteen", "fourteen"),
    *("fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
DIGITS = {
    **{word: str(digit) for digit, word in enumerate(ONES)},
    **dict.fromkeys(("oh", "o", "nought", "naught", "nil"), "0"),
    "niner": "9",
}
PAIRS = {
    **{word: str(number) for number, word in enumerate(_TEENS, start=10)},
    **{word: str(number) for number, word in zip(range(20, 100, 10), TENS, strict=True)},
}
TIMES = {"double": 2, "triple": 3, "treble": 3, "quadruple": 4}
# The meaning of these words may depend on the next one.
LEADING = frozenset({*TIMES, *TENS, "one"})
# Words that people say between the digits of one number. No word that joins two separate numbers.
_FILLERS = frozenset(
    (
        *("er", "erm", "ah", "eh", "and", "then", "next", "dash", "hyphen", "dot", "comma", "space", "pause", "okay"),
        *("ok", "so", "yes", "yeah", "yep", "well", "now", "right", "sorry", "wait", "again", "followed", "by", "let"),
        *("me", "see", "hold", "on"),
    )
)
_HUM, _OF_HUMS = re.compile(r"u+h|u+m|uhm|h+m+|m+"), "uhm"
# `One moment` is a filler, too: its `one` is not a digit.
MOMENTS = frozenset(("moment", "second", "sec", "minute"))
DIGIT_WORDS = frozenset({*DIGITS, *PAIRS})
_DIGIT, _WORD = re.compile(r"\d"), re.compile(r"\w+")
_DIGIT_BEYOND_ASCII = re.compile(r"[^\D0-9]")
# A table that turns every ASCII byte outside of a word into a space; and all ASCII bytes that are not digits.
_WORD_CHARS = bytes(code if code < 128 and re.match(r"\w", chr(code)) else ord(" ") for code in range(256))
_NO_DIGITS = bytes(set(range(128)) - set(b"0123456789"))
_DIGITISH = re.compile(rf"\d|\b(?:{'|'.join(sorted(DIGIT_WORDS))})\b", re.IGNORECASE)
# Letters beyond ASCII that IGNORECASE takes for letters of a word, and that are others in lower case.
_LIKE_LETTER = {"i": "\u0130\u0131", "s": "\u017f", "k": "\u212a"}
_LIKE_ASCII = "".join(_LIKE_LETTER.values())
# `Eleven` stands for two digits.
_DIGITS_PER_WORD = 2
_WORDS_KEPT = 16_384
# What `digits_in_words` says of a word; all but these are numbers of digits.
DIGITS_MAX, MIXED, FILLER, ENDS_SHORTLY, ENDS = 0xF0, 0xFC, 0xFD, 0xFE, 0xFF
# The code of a country, or a letter of it when that is spelled, is as long.
_COUNTRY_CHARS_MAX = 2
# No word that means anything here is longer.
SHORT_CHARS_MAX = 20
# After one of these words, the next one stands for several digits.
MANIFOLD = re.compile(rf"\b(?:{'|'.join(TIMES)})\b", re.IGNORECASE)


def holds_digits(text: str) -> bool:
    """Return whether a text holds anything that can be read as a digit."""
    return _DIGIT.search(text) is not None or _hold_digits(text, lower_words_of(text))


def _hold_digits(text: str, words: Iterable[str]) -> bool:
    """Return whether a text without digits, whose words are given in lower case, has words that stand for some."""
    if not text.isascii() and any(letter in text for letter in _LIKE_ASCII):
        return _DIGITISH.search(text) is not None
    return not DIGIT_WORDS.isdisjoint(words)


def letters_like(letter: str) -> str:
    """Return all letters that IGNORECASE takes for an ASCII letter, given in lower case."""
    return f"{letter}{letter.upper()}{_LIKE_LETTER.get(letter, '')}"


def digits_at_most(text: str, *, enough: int) -> int:
    """
    Return how many digits a text may hold at most, not counting the effect of words such as `double`.

    Args:
        enough: from this many on, any of them may be left out.
    """
    digits = _count_digits(text)
    if digits >= enough:
        return digits
    return digits + sum(map(DIGIT_WORDS.__contains__, lower_words_of(text))) * _DIGITS_PER_WORD


def tokens_at_most(text: str) -> int:
    """
    Return how many words and numbers a text may be read as at most; 0 if nothing in it can be read as a digit.

    A digit counts as one by itself.
    """
    words, digits = lower_words_of(text), _count_digits(text)
    return len(words) + digits if digits or _hold_digits(text, words) else 0


def lower_words_of(text: str) -> list[str]:
    """Return the words of a text in lower case: letters, digits and underscores in a row."""
    if text.isascii():
        # The same result as below in a sixth of the time.
        return text.lower().encode().translate(_WORD_CHARS).decode().split()
    return _WORD.findall(text.lower())


def _count_digits(text: str) -> int:
    digits = len(text.encode("ascii", "ignore").translate(None, _NO_DIGITS))
    return digits if text.isascii() else digits + len(_DIGIT_BEYOND_ASCII.findall(text))


def digits_in_words(words: Iterable[str]) -> bytes:
    """
    Return how many digits each word may stand for inside a number, `DIGITS_MAX` at most.

    Also one of `ENDS` for a word that ends a number, `ENDS_SHORTLY` for one that may also be a country before a number,
    `FILLER`, and `MIXED` for letters, digits and underscores in one.

    Args:
        words: letters, digits and underscores, in lower case.
    """
    return bytes(map(_digits_in_words.__getitem__, words))


class _DigitsInWords(dict[str, int]):
    """Room for the words of one day's calls: every call that may hold a number looks up each of its words."""

    def __missing__(self, word: str) -> int:
        if len(self) >= _WORDS_KEPT:
            self.clear()
        digits = _digits_in(word)
        if len(word) <= SHORT_CHARS_MAX:
            self[word] = digits
        return digits


def _digits_in(word: str) -> int:
    if word.isdecimal():
        return min(len(word), DIGITS_MAX)
    if not word.isalpha():
        return MIXED
    if word in TIMES:
        return TIMES[word] - 1
    if word in DIGIT_WORDS:
        return _DIGITS_PER_WORD if word in PAIRS else 1
    if is_filler(word) or word in MOMENTS:
        return FILLER
    return ENDS if len(word) > _COUNTRY_CHARS_MAX else ENDS_SHORTLY


_digits_in_words = _DigitsInWords()


def is_filler(word: str) -> bool:
    """Return whether people say a word, in lower case, between the digits of one number."""
    return word in _FILLERS or (not word.strip(_OF_HUMS) and _HUM.fullmatch(word) is not None)
