"""
Reads digits and letters, written or spoken in English: `4111`, `four one double one`, `forty-one eleven`.

Understands numbers told digit by digit or in pairs. Larger numbers in words (`four thousand one hundred eleven`) stay
words: people do not read a card aloud like that. We tried the library text2num, which understands them, and did not
take it: it reads neither `double one` nor `oh nine`, and people say numbers like that.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Literal

from msgspec import Struct

# How a piece is joined to the one before: by spaces, dashes or dots; also by commas or words like `uh`; not at all.
Joint = Literal["tight", "loose", "apart"]

_ONES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TEENS = (
    *("ten", "eleven", "twelve", "thirteen", "fourteen"),
    *("fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_DIGITS = {
    **{word: str(digit) for digit, word in enumerate(_ONES)},
    **dict.fromkeys(("oh", "o", "nought", "naught", "nil"), "0"),
    "niner": "9",
}
_PAIRS = {
    **{word: str(number) for number, word in enumerate(_TEENS, start=10)},
    **{word: str(number) for number, word in zip(range(20, 100, 10), _TENS, strict=True)},
}
_TIMES = {"double": 2, "triple": 3, "treble": 3, "quadruple": 4}
# The meaning of these words may depend on the next one.
_LEADING = frozenset({*_TIMES, *_TENS, "one"})
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
_MOMENTS = frozenset(("moment", "second", "sec", "minute"))

_DASHES = "\\-\u2010-\u2015\u2212"
_UNSEEN = "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff"
_TIGHT = re.compile(rf"[\s{_DASHES}._{_UNSEEN}]*")
_LOOSE = re.compile(rf"[\s{_DASHES}._{_UNSEEN},;!?\u2026]*")
_ALONE, _JOIN = rf"(?<!\d)(?<!\d[\s{_DASHES}.])", rf"[\s{_DASHES}.]"
_END = rf"(?!{_JOIN}?\d)"
# The text that replaces a removed number.
REMOVED = re.compile(r"\[[^\W\d_]+(?: [^\W\d_]+)* removed\]")
_TOKEN = re.compile(
    rf"(?P<removed>{REMOVED.pattern})"
    # Dates, and phone numbers as written in North America: a list of them would sometimes pass as a card number.
    rf"|(?P<whole>{_ALONE}(?:(?:19|20)\d\d(?P<by>[-./])\d?\d(?P=by)\d?\d|\d?\d(?P<too>[-./])\d?\d(?P=too)(?:19|20)\d\d"
    rf"|(?:1{_JOIN})?(?:\(\d{{3}}\)\s?|\d{{3}}{_JOIN})\d{{3}}{_JOIN}\d{{4}}){_END})"
    r"|(?P<digits>\d+)|(?P<word>[^\W\d_]+(?:['\u2019][^\W\d_]+)?)|(?P<plus>\+)"
)
_DIGIT_WORDS = frozenset({*_DIGITS, *_PAIRS})
_DIGIT, _WORD = re.compile(r"\d"), re.compile(r"\w+")
# A table that turns every ASCII byte outside of a word into a space; and all ASCII bytes that are not digits.
_WORD_CHARS = bytes(code if code < 128 and re.match(r"\w", chr(code)) else ord(" ") for code in range(256))
_NO_DIGITS = bytes(set(range(128)) - set(b"0123456789"))
_DIGITISH = re.compile(rf"\d|\b(?:{'|'.join(sorted(_DIGIT_WORDS))})\b", re.IGNORECASE)
# `Eleven` stands for two digits.
_DIGITS_PER_WORD = 2
# After one of these words, the next one stands for several digits.
MANIFOLD = re.compile(rf"\b(?:{'|'.join(_TIMES)})\b", re.IGNORECASE)


class Piece(Struct, frozen=True):
    """
    Digits or a word that were written or said as one.

    `symbols` are ASCII digits, or the word in upper case. `where` is the number of the text that holds the piece, at
    `begin` to `end`. `gap` says how it is joined to the piece before. `is_plus`: a plus sign stands before it.
    """

    symbols: str
    kind: Literal["written", "spoken", "word"]
    where: int
    begin: int
    end: int
    gap: Joint
    is_plus: bool

    @property
    def is_number(self) -> bool:
        """Whether the piece is made of digits."""
        return self.kind != "word"


class Pieces(Struct, frozen=True):
    """The pieces of a text; `tail` says how a following text would be joined to the last of them."""

    pieces: list[Piece]
    tail: Joint


def pieces_of(text: str, where: int = 0) -> Pieces:
    """Return the pieces of a text, in order; `where` is the number of the text."""
    pieces: list[Piece] = []
    gap: Joint = "loose"
    is_plus = False
    last = 0
    for token, symbols, end in _steps(text):
        gap = weaker(gap, _joint(text[last : token.start()]))
        last = end
        if symbols is None:
            is_plus = token.group().lower() in {"+", "plus"}
            gap = "apart"
        elif not symbols:
            gap = weaker(gap, "loose")
        else:
            kind: Literal["written", "spoken", "word"] = "word"
            if symbols.isdecimal():
                kind = "written" if token.lastgroup == "digits" else "spoken"
            pieces.append(Piece(symbols, kind, where, token.start(), end, gap, is_plus))
            gap, is_plus = "tight", False
    return Pieces(pieces, weaker(weaker(gap, _joint(text[last:])), "loose"))


def holds_digits(text: str) -> bool:
    """Return whether a text holds anything that can be read as a digit."""
    if not text.isascii():
        return _DIGITISH.search(text) is not None
    return _count_digits(text) > 0 or not _DIGIT_WORDS.isdisjoint(lower_words_of(text))


def digits_at_most(text: str) -> int:
    """Return how many digits a text may hold at most, not counting the effect of words such as `double`."""
    told = sum(map(_DIGIT_WORDS.__contains__, lower_words_of(text)))
    return _count_digits(text) + told * _DIGITS_PER_WORD


def lower_words_of(text: str) -> list[str]:
    """Return the words of a text in lower case: letters, digits and underscores in a row."""
    if text.isascii():
        # The same result as below in a sixth of the time.
        return text.lower().encode().translate(_WORD_CHARS).decode().split()
    return _WORD.findall(text.lower())


def _count_digits(text: str) -> int:
    return len(text.encode().translate(None, _NO_DIGITS) if text.isascii() else _DIGIT.findall(text))


# Room for the words of one day's calls: every call that may hold a number looks up each of its words.
@lru_cache(maxsize=16_384)
def digits_in_word(word: str) -> int | None:
    """
    Return how many digits a word may stand for inside a number: 0 for a filler, -1 if it ends a number.

    None for a mixture of letters, digits and underscores.

    Args:
        word: letters, digits and underscores, in lower case.
    """
    if word.isdecimal():
        return len(word)
    if not word.isalpha():
        return None
    if word in _TIMES:
        return _TIMES[word] - 1
    if word in _DIGIT_WORDS:
        return _DIGITS_PER_WORD if word in _PAIRS else 1
    return 0 if _is_filler(word) or word in _MOMENTS else -1


def words_of(text: str) -> Iterator[str]:
    """Yield the words of a text that are neither numbers nor fillers, in upper case; reads no further than asked."""
    return (symbols for _, symbols, _ in _steps(text) if symbols and not symbols.isdecimal())


def runs(pieces: Sequence[Piece]) -> Iterator[list[Piece]]:
    """Yield what may be one number each: pieces of digits that follow each other with nothing else between them."""
    run: list[Piece] = []
    for piece in pieces:
        if run and (not piece.is_number or piece.gap == "apart"):
            yield run
            run = []
        if piece.is_number:
            run.append(piece)
    if run:
        yield run


def clusters(run: Sequence[Piece]) -> list[list[Piece]]:
    """Return a run, cut at the pauses of the speaker."""
    cut: list[list[Piece]] = []
    for piece in run:
        if not cut or piece.gap != "tight":
            cut.append([])
        cut[-1].append(piece)
    return cut


def weaker(one: Joint, other: Joint) -> Joint:
    """Return the weaker of two joints."""
    if one == "apart" or other == "apart":
        return "apart"
    return "loose" if one == "loose" or other == "loose" else "tight"


def blank_removed(text: str) -> str:
    """Return a text with spaces in place of each `[... removed]`."""
    return REMOVED.sub(lambda removed: " " * len(removed.group()), text) if "[" in text else text


def digits_of(pieces: Sequence[Piece]) -> str:
    """Return the digits of pieces as one text."""
    return "".join(piece.symbols for piece in pieces)


def ascii_digits(text: str) -> str:
    """Return the decimal digits of a text, in any script, as ASCII digits."""
    if text.isascii() and text.isdigit():
        return text
    return "".join(str(unicodedata.decimal(char)) for char in text if char.isdecimal())


def _steps(text: str) -> Iterator[tuple[re.Match[str], str | None, int]]:
    """
    Yield each token of a text, what it stands for, and the end of the last token that was read with it.

    What it stands for is empty for a filler, and None for a token that ends a number.
    """
    tokens = list(_TOKEN.finditer(text))
    at = 0
    while at < len(tokens):
        symbols, taken = _read(text, tokens, at)
        yield tokens[at], symbols, tokens[at + taken - 1].end()
        at += taken


def _read(text: str, tokens: Sequence[re.Match[str]], at: int) -> tuple[str | None, int]:
    """Return what a token stands for, and how many tokens were read for it."""
    token = tokens[at]
    if token.lastgroup == "digits":
        return ascii_digits(token.group()), 1
    if token.lastgroup != "word":
        return None, 1
    word = token.group()
    if word.lower() not in _LEADING:
        return _read_alone(word), 1
    after = tokens[at + 1] if at + 1 < len(tokens) else None
    is_joined = after is not None and _joint(text[token.end() : after.start()]) == "tight"
    return _read_leading(word, after.group().lower() if after and is_joined else "")


def _read_leading(word: str, following: str) -> tuple[str | None, int]:
    low = word.lower()
    if low in _TIMES:
        digit = _DIGITS.get(following) or ascii_digits(following)
        return (digit * _TIMES[low], 2) if len(digit) == 1 else (word.upper(), 1)
    if low in _TENS and following in _ONES[1:]:
        return _PAIRS[low][0] + _DIGITS[following], 2
    if low == "one" and following in _MOMENTS:
        return "", 2
    return _read_alone(word), 1


@lru_cache(maxsize=4096)
def _read_alone(word: str) -> str | None:
    low = word.lower()
    if low == "plus":
        return None
    return "" if _is_filler(low) else _DIGITS.get(low) or _PAIRS.get(low) or word.upper()


def _is_filler(word: str) -> bool:
    return word in _FILLERS or (not word.strip(_OF_HUMS) and _HUM.fullmatch(word) is not None)


def _joint(gap: str) -> Joint:
    if gap in {"", " "} or _TIGHT.fullmatch(gap):
        return "tight"
    return "loose" if _LOOSE.fullmatch(gap) else "apart"
