"""
Reads numbers and spelled letters, however they are told: `88122605`, `eight eight one, two two six, oh five`.

What is told becomes a row of pieces. A number or a code is told by a text if it is made of pieces that follow each
other there: nobody has to know where one number ends and the next begins.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from projector.domain.facts.told.counting import arabic, korean
from projector.domain.facts.told.counting.further_words import FILLERS
from projector.domain.facts.told.counting.han import begins_number, read_number
from projector.domain.facts.told.counting.number_of import is_number_word, number_of
from projector.domain.facts.told.counting.number_words import (
    ARTICLES,
    DECIMAL_MARKS,
    HUNDRED,
    JOINERS,
    LETTERS_BY_NAME,
    THOUSAND,
    TIMES,
)
from projector.domain.facts.told.tokens import Token, tokens_of
from projector.domain.facts.told.word_list import words

# What people say between the parts of one number or code.
_FILLERS = words(
    """
    um uh er erm hm mm and then dash hyphen minus dot space comma y luego eh guion guión und dann äh ähm
    bindestrich strich punkt et puis tiret euh e poi trattino en dan streepje i potem kreska myślnik depois
    hífen och sedan bindestreck underscore underline number numero número nummer letter letra buchstabe
    """
    + FILLERS
)
_THOUSANDS = re.compile(r"(?<!\d)(\d{1,3})(?:([.,\u00a0\u202f'])(\d{3}))(?:\2(\d{3}))?(?!\d)")
_DECIMAL = re.compile(r"(?<!\d)(\d+)[.,](\d{1,2})(?![\d.,]*\d)")
_X_RAY = re.compile(r"\bx[-\s]ray\b", re.IGNORECASE)
# Half a dozen, in place of six, digit by digit; and not in `três e meia`.
_MEIA = re.compile(r"(?<!\be )\bmeia\b(?! (?:hora|dúzia|noite|entrada))", re.IGNORECASE)
# Between two numbers, and not within one.
_PARTS = re.compile(r"[,\u060c]|[;!?()\u2026]|[.:](?=\s)")
# `Trent'anni`, in which an Italian number has lost its end.
_ELIDED = re.compile(
    r"\b(vent|(?:tren|quaran|cinquan|sessan|settan|ottan|novan)t|cent)['\u2019](?=[^\W\d_])", re.IGNORECASE
)
_ENDS_OF_ELIDED = {"vent": "i", "cent": "o"}
# `T for Tango`: the word begins with the letter, and `I like ice` spells nothing.
_AS_IN = re.compile(
    r"(?<![^\W_])(?!i\s+like)([^\W\d_])[,\s]+(?:as\s+in|for|wie|de|como|comme|come|als|som|jak|like)\s+\1[^\W\d_]+",
    re.IGNORECASE,
)


class Piece(Struct, frozen=True, gc=False):
    """
    A part of what is told: digits (`is_number`), or letters.

    `text` is in lower case. `is_tight` is whether nothing but fillers stands between it and the piece before.
    """

    text: str
    is_number: bool
    is_tight: bool
    is_spoken: bool = False


def pieces_of(text: str, language: str) -> list[Piece]:
    """
    Return what a text tells, piece by piece: numbers as digits, and every other word as letters.

    Args:
        language: of the words of numbers, ISO 639-1; words of English are read as well.
    """
    text = _X_RAY.sub("x", _AS_IN.sub(r"\1", text))
    match language:
        case "pt":
            text = _MEIA.sub("seis", text)
        case "it":
            text = _ELIDED.sub(lambda found: f"{found[1]}{_ENDS_OF_ELIDED.get(found[1].lower(), 'a')} ", text)
        case "ko":
            text = korean.with_digits(text)
        case "ar":
            text = arabic.with_digits(text)
        case _:
            pass
    return [*_pieces(tokens_of(_decimals(text)), language)]


def numbers_in(pieces: Sequence[Piece]) -> list[str]:
    """Return the numbers of some pieces: digits that follow each other tightly are one number."""
    found: list[str] = []
    is_open = False
    for piece in pieces:
        if piece.is_number and is_open and piece.is_tight:
            found[-1] += piece.text
        elif piece.is_number:
            found.append(piece.text)
        is_open = piece.is_number
    return found


def is_told(wanted: str, told: Sequence[Piece]) -> bool:
    """
    Tell whether a number, a code or a word is made of pieces that follow each other.

    Args:
        wanted: letters and digits alone, in lower case.
    """
    begins: Iterable[int] = range(len(told))
    if wanted[:1].isdigit():
        begins = (
            at
            for at, piece in enumerate(told)
            if not (piece.is_number and piece.is_tight and _is_after_number(told, at))
        )
    return any(wanted.startswith(told[at].text) and _goes_on(wanted, told, at) for at in begins)


def _goes_on(wanted: str, told: Sequence[Piece], at: int) -> bool:
    """Tell whether what is wanted is made of the pieces from one on, fillers between them left out or not."""
    is_number = False
    while wanted and at < len(told):
        text = told[at].text
        if wanted.startswith(text):
            if text in _FILLERS and _goes_on(wanted, told, at + 1):
                return True
            wanted, is_number = wanted[len(text) :], told[at].is_number
        elif text not in _FILLERS:
            return False
        at += 1
    # `eight eight one` tells no 88.
    is_cut = is_number and at < len(told) and told[at].is_number and told[at].is_tight
    return not wanted and not is_cut


def _is_after_number(told: Sequence[Piece], at: int) -> bool:
    return at > 0 and told[at - 1].is_number


def _decimals(text: str) -> str:
    """Return a text whose written numbers have no separators but a point between the whole and the rest."""
    text = _THOUSANDS.sub(lambda found: "".join(part for part in found.group(1, 3, 4) if part), text)
    return _DECIMAL.sub(r"\1 komma \2", text)


def _pieces(tokens: Sequence[Token], language: str) -> Iterator[Piece]:
    at, is_tight, repeat = 0, False, 1
    while at < len(tokens):
        token = tokens[at]
        if begins_number(tokens, at, language):
            value, at = read_number(tokens, at, language)
            yield Piece(value, is_number=True, is_tight=is_tight, is_spoken=True)
            is_tight = True
            continue
        if token.text in TIMES and at + 1 < len(tokens):
            repeat, at = TIMES[token.text], at + 1
            continue
        if token.text in DECIMAL_MARKS and is_tight and _is_number_at(tokens, at + 1, language):
            yield Piece(".", is_number=True, is_tight=True)
            at += 1
            continue
        piece, at = _piece(tokens, at, language, is_tight=is_tight and not _PARTS.search(token.gap))
        if repeat > 1 and len(piece.text) == 1:
            piece = Piece(piece.text * repeat, piece.is_number, piece.is_tight, piece.is_spoken)
        repeat = 1
        yield piece
        is_tight = piece.is_number or piece.text in _FILLERS


def _is_number_at(tokens: Sequence[Token], at: int, language: str) -> bool:
    return at < len(tokens) and (tokens[at].is_number or number_of(tokens[at].text, language) is not None)


def _piece(tokens: Sequence[Token], at: int, language: str, *, is_tight: bool) -> tuple[Piece, int]:
    token = tokens[at]
    if token.is_number:
        return Piece(token.text, is_number=True, is_tight=is_tight), at + 1
    value, after = _cardinal(tokens, at, language)
    if value is not None:
        return Piece(str(value), is_number=True, is_tight=is_tight, is_spoken=True), after
    return Piece(LETTERS_BY_NAME.get(token.text, token.text), is_number=False, is_tight=is_tight), at + 1


def _cardinal(tokens: Sequence[Token], at: int, language: str) -> tuple[int | None, int]:
    """Return the number that words tell from a place on, and where it ends; None where no number begins there."""
    joiners = JOINERS.get(language, ())
    total, current, end, is_any = 0, 0, at, False
    while end < len(tokens):
        word = tokens[end].text
        if is_any and word in joiners and end + 1 < len(tokens):
            following = number_of(tokens[end + 1].text, language)
            if following is None or not _fits(language, current, following, is_after=total > 0):
                break
            end += 1
            word = tokens[end].text
        value = number_of(word, language)
        if value is None or (
            is_any and (_PARTS.search(tokens[end].gap) or not _fits(language, current, value, is_after=total > 0))
        ):
            break
        if not is_any and word in ARTICLES.get(language, ()) and not _is_counted(tokens, end, language):
            break
        if value == THOUSAND:
            total, current = total + max(current, 1) * THOUSAND, 0
        elif value == HUNDRED and 0 < current < HUNDRED:
            current *= HUNDRED
        elif _is_four_twenties(language, current, value):
            current += 80 - 4
        else:
            current += value
        is_any, end = True, end + 1
    return (total + current, end) if is_any else (None, at)


def _is_four_twenties(language: str, current: int, value: int) -> bool:
    return language == "fr" and current % HUNDRED == 4 and value in {20, 80}


def _fits(language: str, current: int, value: int, *, is_after: bool) -> bool:
    """
    Tell whether a number word goes on with a number: `forty` with `one`, `three hundred` with `ten`.

    Args:
        is_after: whether thousands were told before: `two thousand five`.
    """
    if is_after and current == 0:
        return value < THOUSAND
    if value in {HUNDRED, THOUSAND}:
        return current < HUNDRED or value == THOUSAND
    rest = current % HUNDRED
    if language == "fr" and (_is_four_twenties(language, current, value) or (rest in {60, 80} and value < 20)):
        return True
    if value < 10:
        is_teen = language == "tr" or (language == "fr" and value >= 7)  # `on dört`, `dix-sept`
        return current > 0 and rest % 10 == 0 and (rest != 10 or is_teen)
    return value < HUNDRED and current > 0 and rest == 0


def _is_counted(tokens: Sequence[Token], at: int, language: str) -> bool:
    """Tell whether an article is a number: another number stands beside it."""
    beside = [tokens[each].text for each in (at - 1, at + 1) if 0 <= each < len(tokens)]
    return any(is_number_word(word, language) for word in beside)
