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

from projector.domain.redaction.digit_words import (
    DIGITS,
    LEADING,
    MOMENTS,
    ONES,
    PAIRS,
    SHORT_CHARS_MAX,
    TENS,
    TIMES,
    is_filler,
)

# How a piece is joined to the one before: by spaces, dashes or dots; also by commas or words like `uh`; not at all.
Joint = Literal["tight", "loose", "apart"]

_DASHES = "\\-\u2010-\u2015\u2212"
_UNSEEN = "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff"
_TIGHT = re.compile(rf"[\s{_DASHES}._{_UNSEEN}]*")
_LOOSE = re.compile(rf"[\s{_DASHES}._{_UNSEEN},;!?\u2026]*")
_ALONE, _JOIN = rf"(?<!\d)(?<!\d[\s{_DASHES}.])", rf"[\s{_DASHES}.]"
_END = rf"(?!{_JOIN}?\d)"
# The text that replaces a removed number.
REMOVED = re.compile(r"\[[^\W\d_]+(?: [^\W\d_]+)* removed\]")
# Each alternative begins with other characters, but for the two of digits. Words come first because most tokens are.
_TOKEN = re.compile(
    r"(?P<word>[^\W\d_]+(?:['\u2019][^\W\d_]+)?)"
    rf"|(?P<removed>{REMOVED.pattern})"
    # Dates, and phone numbers as written in North America: a list of them would sometimes pass as a card number.
    rf"|(?P<whole>{_ALONE}(?:(?:19|20)\d\d(?P<by>[-./])\d?\d(?P=by)\d?\d|\d?\d(?P<too>[-./])\d?\d(?P=too)(?:19|20)\d\d"
    rf"|(?:1{_JOIN})?(?:\(\d{{3}}\)\s?|\d{{3}}{_JOIN})\d{{3}}{_JOIN}\d{{4}}){_END})"
    r"|(?P<digits>\d+)|(?P<plus>\+)"
)
# The shortest number that is found without being named is a social security number.
LONG_DIGITS_MIN = 9
_NOTHING_BETWEEN = frozenset(("", " "))


class Piece(Struct, frozen=True, gc=False):
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
        begin = token.start()
        if (between := text[last:begin]) not in _NOTHING_BETWEEN:
            gap = weaker(gap, _joint(between))
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
            pieces.append(Piece(symbols, kind, where, begin, end, gap, is_plus))
            gap, is_plus = "tight", False
    return Pieces(pieces, weaker(weaker(gap, _joint(text[last:])), "loose"))


def words_of(text: str) -> Iterator[str]:
    """Yield the words of a text that are neither numbers nor fillers, in upper case; reads no further than asked."""
    return (symbols for _, symbols, _ in _steps(text) if symbols and not symbols.isdecimal())


def runs(pieces: Sequence[Piece]) -> Iterator[list[Piece]]:
    """Yield what may be one number each: pieces of digits that follow each other with nothing else between them."""
    run: list[Piece] = []
    for piece in pieces:
        is_number = piece.kind != "word"
        if run and (not is_number or piece.gap == "apart"):
            yield run
            run = []
        if is_number:
            run.append(piece)
    if run:
        yield run


def long_runs(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """Return the runs that are long enough for a number that need not be named."""
    return [run for run in runs(pieces) if sum([len(piece.symbols) for piece in run]) >= LONG_DIGITS_MIN]


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
    return "".join([piece.symbols for piece in pieces])


def ascii_digits(text: str) -> str:
    """Return the decimal digits of a text, in any script, as ASCII digits."""
    if text.isascii() and text.isdigit():
        return text
    return "".join(str(unicodedata.decimal(char)) for char in text if char.isdecimal())


def _steps(text: str) -> Iterator[tuple[re.Match[str], str | None, int]]:
    """
    Yield each token of a text, what it stands for, and the end of the last token that was read with it.

    What it stands for is empty for a filler, and None for a token that ends a number. Reads one token further than
    asked.
    """
    tokens = _TOKEN.finditer(text)
    token = next(tokens, None)
    while token is not None:
        after = next(tokens, None)
        symbols, is_pair = _read(text, token, after)
        if is_pair:
            assert after is not None
            yield token, symbols, after.end()
            token = next(tokens, None)
        else:
            yield token, symbols, token.end()
            token = after


def _read(text: str, token: re.Match[str], after: re.Match[str] | None) -> tuple[str | None, bool]:
    """Return what a token stands for, and whether the token after it was read with it."""
    if token.lastgroup == "digits":
        return ascii_digits(token.group()), False
    if token.lastgroup != "word":
        return None, False
    word = token.group()
    if len(word) > SHORT_CHARS_MAX:
        return _read_alone(word), False
    if word.lower() not in LEADING:
        return _read_short(word), False
    is_joined = after is not None and _joint(text[token.end() : after.start()]) == "tight"
    return _read_leading(word, after.group().lower() if after and is_joined else "")


def _read_leading(word: str, following: str) -> tuple[str | None, bool]:
    low = word.lower()
    if low in TIMES:
        digit = DIGITS.get(following) or (ascii_digits(following) if len(following) == 1 else "")
        return (digit * TIMES[low], True) if len(digit) == 1 else (word.upper(), False)
    if low in TENS and following in ONES[1:]:
        return PAIRS[low][0] + DIGITS[following], True
    if low == "one" and following in MOMENTS:
        return "", True
    return _read_alone(word), False


def _read_alone(word: str) -> str | None:
    low = word.lower()
    if low == "plus":
        return None
    return "" if is_filler(low) else DIGITS.get(low) or PAIRS.get(low) or word.upper()


# Short words only: a cache of words of any length would hold as much memory as they do.
_read_short = lru_cache(maxsize=4096)(_read_alone)


def _joint(gap: str) -> Joint:
    if gap in _NOTHING_BETWEEN or _TIGHT.fullmatch(gap):
        return "tight"
    return "loose" if _LOOSE.fullmatch(gap) else "apart"
