"""
The normal form of a value: two values say the same where their normal forms are equal, and nowhere else.

No similarity decides: `my son is 3` and `my son is 4` are nearly one text, and two facts.
"""

import re
from datetime import date

from events.wire.caller import number_of as phone_number_of
from projector.domain.facts.told.counting.number_words import MONTHS
from projector.domain.facts.told.counting.numbers import Piece, pieces_of
from projector.domain.facts.told.stems import EMPTY_WORDS, stem_of, without_accents
from projector.domain.facts.told.tokens import MARKS, UNPARTED, composed
from projector.domain.facts.told.word_list import words

_ADDRESS = re.compile(rf"[\w{MARKS}.+\-]+@[\w{MARKS}\-]+(?:\.[\w{MARKS}\-]+)+")
_ISO_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_DATE = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})")
_CODE_PART = re.compile(r"\d+|[A-Z]{1,4}|(?=\w*\d)(?=\w*[^\W\d_])[^\W_]+")
_CLOCK = re.compile(r"(?<!\d)(\d{1,2}):(\d{2})(?!\d)")
_RANGE = re.compile(r"(?<=\d)\s*[\-\u2010-\u2015/]\s*(?=\d)")
_CANNOT, _NOT = re.compile(r"\bcan(?:not|'t)\b", re.IGNORECASE), re.compile(r"n't\b", re.IGNORECASE)
_BETWEEN = re.compile(r"[\s\-\u2010-\u2015./]+")
_IS_UNPARTED = re.compile(rf"[{UNPARTED}]")
# In which the order of the words says what goes where.
_DIRECTIONS = words(
    """
    from to than before after until till over under by instead between into von nach bis zu vor als statt
    zwischen über unter desde hasta hacia antes después que para de à depuis jusqu'à avant après da a fino prima
    dopo van naar tot voor na z od do przed po niż até para antes depois från till före efter än
    """
)
# Of these, only the words that have no second meaning as an article or as `of`.
_WITHOUT_DIRECTION = frozenset({"de", "a", "da", "van", "z", "à", "by", "que", "po", "na", "vor", "voor"})
_NAMES, _PHONES = frozenset({"name"}), frozenset({"phone"})


def normal_value(value: str, attribute: str, language: str, region: str) -> str:
    """
    Return the normal form of a value.

    Args:
        attribute: what the value is of: a phone number is compared in another way than a name.
        language: of the words, ISO 639-1.
        region: the country in which national numbers are read, an ISO 3166 code.
    """
    value = " ".join(composed(value).split())
    if (address := _ADDRESS.fullmatch(value.strip(" .,;<>"))) is not None:
        return address.group().casefold()
    if attribute in _PHONES and (number := _phone(value, language, region)) is not None:
        return number
    if (day := _day(value, language)) is not None:
        return day
    if (code := _code(value)) is not None:
        return code
    if attribute in _NAMES:
        value = without_accents(value)
    return _words(value, language)


def _phone(value: str, language: str, region: str) -> str | None:
    written = "".join(piece.text for piece in pieces_of(value, language) if piece.is_number)
    number = phone_number_of(value, region=region) or phone_number_of(written, region=region)
    return number or (written if len(written) >= 5 else None)


def _day(value: str, language: str) -> str | None:
    """Return a value that is a whole date as ISO date; None for any other."""
    plain = value.strip(" .")
    if (iso := _ISO_DATE.fullmatch(plain)) is not None:
        year, month, day = map(int, iso.groups())
    elif (written := _DATE.fullmatch(plain)) is not None:
        day, month, year = map(int, written.groups())
    else:
        spoken = _spoken_day(value, language)
        if spoken is None:
            return None
        year, month, day = spoken
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def _spoken_day(value: str, language: str) -> tuple[int, int, int] | None:
    """Return year, month and day of `March the ninth, nineteen fifty-one`."""
    pieces = [
        piece for piece in pieces_of(_ordinals(value), language) if piece.text not in EMPTY_WORDS.get(language, ())
    ]
    months = [MONTHS[piece.text] for piece in pieces if piece.text in MONTHS]
    numbers = [int(piece.text) for piece in pieces if piece.text.isdigit() and len(piece.text) <= 4]
    if len(months) != 1 or len(months) + len(numbers) != len(pieces):
        return None
    match numbers:
        case [day, 19 | 20 as century, rest] if rest < 100:
            return century * 100 + rest, months[0], day
        case [day, year] if year >= 1000:
            return year, months[0], day
        case [year, day] if year >= 1000:
            return year, months[0], day
    return None


def _code(value: str) -> str | None:
    """Return a code without what stands between its parts: `OL-20417` and `OL 20417` are one; None for words."""
    parts = [part for part in _BETWEEN.split(value.strip(" .#")) if part]
    joined = "".join(parts)
    if not any(char.isdigit() for char in joined) or not all(map(_CODE_PART.fullmatch, parts)):
        return None
    if _IS_UNPARTED.search(value) or (joined.isdigit() and _RANGE.search(value) and len(joined) < 7):
        return None
    return joined.casefold()


def _ordinals(value: str) -> str:
    return re.sub(r"(?<=\d)(?:st|nd|rd|th)\b|(?<=\d)\.(?=\s|$|,)", "", value)


def _words(value: str, language: str) -> str:
    """Return the stems of a value: sorted where their order says nothing, and the numbers in their order."""
    value = _NOT.sub(" not", _CANNOT.sub("can not", value.replace("\u2019", "'")))
    value = _CLOCK.sub(r"\1\2", _RANGE.sub(" bis ", _ordinals(value)))
    empty = EMPTY_WORDS.get(language, frozenset())
    pieces = [piece for piece in pieces_of(value, language) if piece.is_number or piece.text not in empty]
    pieces = pieces or pieces_of(value, language)
    items = [_stem(piece, language) for piece in _joined(pieces)]
    is_ordered = any(
        piece.text in _DIRECTIONS and piece.text not in _WITHOUT_DIRECTION for piece in pieces
    ) or _IS_UNPARTED.search(value)
    if is_ordered:
        return " ".join(items)
    words = sorted({item for item in items if not item[:1].isdigit()})
    return " ".join([*words, *(item for item in items if item[:1].isdigit())])


def _joined(pieces: list[Piece]) -> list[Piece]:
    """Return pieces, those of one number joined: digits that are told one after the other."""
    joined: list[Piece] = []
    for piece in pieces:
        if joined and piece.is_number and joined[-1].is_number and piece.is_tight:
            joined[-1] = Piece(joined[-1].text + piece.text, is_number=True, is_tight=joined[-1].is_tight)
        else:
            joined.append(piece)
    return joined


def _stem(piece: Piece, language: str) -> str:
    return piece.text if piece.is_number else stem_of(piece.text, language)
