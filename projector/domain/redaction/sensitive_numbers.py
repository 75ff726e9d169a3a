"""
Recognises the numbers that must not be remembered: payment cards, their security codes, social security numbers, IBANs.

`stdnum` decides whether digits are valid. This module decides where a number may begin and end: only at the boundaries
of what was written or said as one. If several overlapping numbers are possible, all of them are removed: removing too
much is better than leaving a part of a card number.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import accumulate

from msgspec import Struct

from projector.domain.redaction.spoken_numbers import Piece, clusters, digits_of, runs

# Source: ISO/IEC 7812-1: at most 19 digits; the first is the industry, and 2 to 6 stand for payment cards.
_CARD_DIGITS_MIN, _CARD_DIGITS_MAX, _CARD_BEGINS = 13, 19, "23456"
# No card number begins with 20, but a time without punctuation does: 20251112120000.
_IS_TIME = re.compile(r"20\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
_LUHN_PLAIN = bytes.maketrans(b"0123456789", bytes(range(10)))
_LUHN_DOUBLED = bytes.maketrans(b"0123456789", bytes((0, 2, 4, 6, 8, 1, 3, 5, 7, 9)))
_PHONE_DIGITS_MAX = 15  # Source: E.164
_NEAR_CHARS = 60
_FROM_10 = {ord(letter): str(value) for value, letter in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZ", start=10)}
# All that two letters or digits can spell.
_COUNTRIES = 36 * 36
_SSN_DIGITS = 9
_SSN_GROUPS = [3, 2, 4]
_SSN_NAMED = re.compile(
    r"social\s+security|(?<![a-z])ssn(?![a-z])|(?<![a-z])social(?![a-z])(?!\s+media)"
    r"|tax(?:payer)?\s+(?:id|number)|(?<![a-z])itin(?![a-z])",
    re.IGNORECASE,
)
# Only cards have these: a text that holds one speaks of a card.
_CARD_CODE = r"(?<![a-z])(?:cvv2?|cvc2?|cav2|csc|card\s+(?:security|verification)\s+(?:code|number|value))(?![a-z])"
# Each of those names holds one of these.
_IN_CODE_NAMES = ("cvv", "cvc", "cav2", "csc", "card")
_ONLY_OF_CARDS = re.compile(_CARD_CODE, re.IGNORECASE)
_CODE_NAMED = re.compile(
    rf"{_CARD_CODE}|(?:security|verification)\s+(?:code|number|value|digits)|(?<![a-z])cid(?![a-z])"
    r"|(?:three|four|3|4)[\s-]+(?:digit|number)s?|on\s+the\s+(?:back|front|reverse)|(?:back|front)\s+of\s+\w+\s+card",
    re.IGNORECASE,
)
# What stands beside an amount or a time of day. Neither of them is a code.
_AMOUNT_BEFORE = re.compile(r"[$\u20ac\u00a3\u00a5]\s?$|\d[:/]$")
_AMOUNT_AFTER = re.compile(
    r"[:/.,]\d|\s?(?:[%$\u20ac\u00a3\u00a5]|(?:dollars?|euros?|pounds?|bucks|cents|percent|usd|eur|gbp)\b)",
    re.IGNORECASE,
)


class Span(Struct, frozen=True):
    """A number that was found: `where` is the number of its text, `begin` and `end` are its place in that text."""

    where: int
    begin: int
    end: int
    kind: str


def names_ssn(text: str) -> bool:
    """Return whether a text speaks of a social security number."""
    return _SSN_NAMED.search(text) is not None


def code_names(text: str, *, is_card_near: bool) -> list[tuple[int, int]]:
    """
    Return where a text speaks of the security code of a card.

    Args:
        is_card_near: whether a card number stands nearby. If not, only a name that no other code has counts.
    """
    names = _CODE_NAMED if is_card_near else _ONLY_OF_CARDS
    return [match.span() for match in names.finditer(text)]


def names_card_code(text: str) -> bool:
    """Return whether a text has a name that only the security code of a card has."""
    # Looking for plain words first takes a tenth of the time. Beyond ASCII, IGNORECASE also takes a long s for an s.
    low = text.lower().replace("\u017f", "s")
    return any(name in low for name in _IN_CODE_NAMES) and _ONLY_OF_CARDS.search(text) is not None


def begins_iban(word: str) -> bool:
    """Return whether a word is the code of a country that has IBANs."""
    country = word.upper() if len(word) == 2 else ""
    return len(country) == 2 and country.isascii() and _iban_length(country) > 0


def ibans(pieces: Sequence[Piece]) -> Iterator[list[Piece]]:
    """Yield the IBANs, each as its pieces."""
    begins = [at for at, piece in enumerate(pieces) if piece.kind == "word" and len(piece.symbols) <= 2]
    if not begins:
        return
    # Looking these up, instead of walking over the pieces of each candidate, spares most of the time.
    ends = list(accumulate([len(piece.symbols) for piece in pieces]))
    joined_to = _last_joined(pieces)
    for at in begins:
        country = pieces[at].symbols
        first = at + 1
        if len(country) == 1 and first < len(pieces) and pieces[first].gap != "apart":
            country += pieces[first].symbols
            first += 1
        if len(country) != 2 or not country.isascii() or not (length := _iban_length(country)):
            continue
        if first < len(pieces) and not pieces[first].is_number:
            continue
        last = bisect_left(ends, ends[first - 1] - len(country) + length)
        if (
            first <= last <= joined_to[first - 1]
            and ends[last] - ends[first - 1] == length - len(country)
            and _is_iban(found := pieces[at : last + 1])
        ):
            yield list(found)


def _last_joined(pieces: Sequence[Piece]) -> list[int]:
    """Return the number of the last piece that is joined to each piece, over all those between."""
    last = len(pieces) - 1
    joined_to = [last] * len(pieces)
    for at in range(len(pieces) - 1, -1, -1):
        joined_to[at] = last
        if pieces[at].gap == "apart":
            last = at - 1
    return joined_to


def cards(run: Sequence[Piece]) -> Iterator[list[Piece]]:
    """Yield the possible card numbers of a run, each as its pieces; they may overlap."""
    digits = digits_of(run)
    if len(digits) < _CARD_DIGITS_MIN:
        return
    ends = list(accumulate(len(piece.symbols) for piece in run))
    sums = _luhn_sums(digits)
    covered = last = -1
    for first, before in _begins(run, ends):
        if digits[before] not in _CARD_BEGINS:
            continue
        last = max(last, first)
        while last + 1 < len(run) and ends[last + 1] - before <= _CARD_DIGITS_MAX:
            last += 1
        for end in range(last, covered, -1):
            if ends[end] - before < _CARD_DIGITS_MIN:
                break
            sum_of = sums[ends[end] % 2]
            if (sum_of[ends[end]] - sum_of[before]) % 10:
                continue
            is_phone = run[0].is_plus and ends[end] <= _PHONE_DIGITS_MAX
            number = digits[before : ends[end]]
            if not is_phone and _IS_TIME.match(number) is None and _is_card(number):
                covered = end
                yield list(run[first : end + 1])
                break


def _begins(run: Sequence[Piece], ends: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield where a number may begin: a piece, and how many digits stand before it."""
    for first, piece in enumerate(run):
        yield first, ends[first] - len(piece.symbols)
        if piece.kind == "spoken" and len(piece.symbols) > 1:
            # "room eighty, four zero one two": the word before a number was read with its first digit, as 84 or 44.
            yield first, ends[first] - 1


def grouped_ssns(run: Sequence[Piece]) -> Iterator[list[Piece]]:
    """Yield the social security numbers of a run that are grouped as such: three, two and four digits."""
    for cluster in clusters(run):
        if [len(piece.symbols) for piece in cluster] == _SSN_GROUPS and _is_ssn(digits_of(cluster)):
            yield cluster


def nine_digits(run: Sequence[Piece]) -> Iterator[list[Piece]]:
    """Yield the parts of a run that can be social security numbers if a text names them as such."""
    digits = digits_of(run)
    ends = list(accumulate(len(piece.symbols) for piece in run))
    clusters_end = set(accumulate(sum(len(piece.symbols) for piece in cluster) for cluster in clusters(run)))
    for first, before in _begins(run, ends):
        is_within = before > ends[first] - len(run[first].symbols)
        end = before + _SSN_DIGITS
        if (is_within or before == 0 or before in clusters_end) and end in clusters_end and _is_ssn(digits[before:end]):
            yield list(run[first : bisect_left(ends, end) + 1])
    yield from ([piece] for piece in run if len(piece.symbols) == _SSN_DIGITS and _is_ssn(piece.symbols))


def codes(pieces: Sequence[Piece], text: str) -> Iterator[list[Piece]]:
    """
    Yield what may be security codes: three or four digits by themselves.

    Args:
        pieces: the pieces of `text`, without the numbers that were found already.
    """
    for run in runs(pieces):
        if run[0].is_plus:
            continue
        short: list[Piece] = []
        for piece in run:
            if len(piece.symbols) <= 2:
                short.append(piece)
            else:
                yield from _short_codes(short)
                short = []
                if _is_code([piece]) and not _is_amount(piece, text):
                    yield [piece]
        yield from _short_codes(short)


def near(places: Iterable[tuple[int, int]], candidates: Sequence[list[Piece]]) -> list[list[Piece]]:
    """
    Return those of the candidates that lie near one of the places (begin, end) in the same text.

    It takes as long as sorting them, however many there are of both.
    """
    ordered = sorted(places)
    begins = [begin for begin, _ in ordered]
    last_ends = list(accumulate((end for _, end in ordered), max))
    found: list[list[Piece]] = []
    for pieces in candidates:
        before = bisect_right(begins, pieces[-1].end + _NEAR_CHARS)
        if before and pieces[0].begin - last_ends[before - 1] <= _NEAR_CHARS:
            found.append(pieces)
    return found


def _short_codes(pieces: Sequence[Piece]) -> Iterator[list[Piece]]:
    if _is_code(pieces):
        yield list(pieces)
        return
    yield from (cluster for cluster in clusters(pieces) if _is_code(cluster))


def _is_code(pieces: Sequence[Piece]) -> bool:
    return sum(len(piece.symbols) for piece in pieces) in {3, 4}


def _is_amount(piece: Piece, text: str) -> bool:
    before, after = text[max(0, piece.begin - 2) : piece.begin], text[piece.end : piece.end + 12]
    return _AMOUNT_BEFORE.search(before) is not None or _AMOUNT_AFTER.match(after) is not None


# Importing `stdnum` takes a sixth of the start of a replay worker, and most calls do not need it. So only the functions
# that call it import it.
@lru_cache(maxsize=1024)
def _is_card(digits: str) -> bool:
    from stdnum import luhn  # noqa: PLC0415

    return luhn.is_valid(digits)


def _luhn_sums(digits: str) -> tuple[list[int], list[int]]:
    """
    Return the sums by which `stdnum` need not be asked of nine in ten candidates: of a run, each digit begins several.

    A number from `begin` to `end` can only pass if `sums[end] - sums[begin]` is divisible by 10, in the first list if
    `end` is even, else in the second: Luhn's check doubles every other digit, counted from the end.
    """
    written = digits.encode()
    both: list[list[int]] = []
    for first_doubled in (0, 1):
        values = bytearray(written.translate(_LUHN_PLAIN))
        values[first_doubled::2] = written.translate(_LUHN_DOUBLED)[first_doubled::2]
        both.append(list(accumulate(values, initial=0)))
    return both[0], both[1]


@lru_cache(maxsize=1024)
def _is_ssn(digits: str) -> bool:
    from stdnum.us import ssn  # noqa: PLC0415

    return bool(ssn.is_valid(digits))


@lru_cache(maxsize=_COUNTRIES)
def _iban_length(country: str) -> int:
    """Return how many characters the IBANs of a country, given by two ASCII characters, have; 0 if it has none."""
    from stdnum import numdb  # noqa: PLC0415

    found = numdb.get("iban").info(country)[0][1].get("bban", "")
    return 4 + sum(map(int, re.findall(r"(\d+)!", found))) if found else 0


def _is_iban(pieces: Sequence[Piece]) -> bool:
    from stdnum import iban  # noqa: PLC0415

    # A spelled `O` may be the letter or a zero.
    spelled = "".join(["O" if one.symbols == "0" and one.end - one.begin == 1 else one.symbols for one in pieces])
    read = {digits_of(pieces), spelled}
    return any(number.isascii() and _has_check_digits(number) and iban.is_valid(number) for number in read)


def _has_check_digits(number: str) -> bool:
    """Return whether `stdnum` need be asked of a number, in ASCII: not of 96 in 97 candidates."""
    # Source: ISO 7064, MOD 97-10. The country and its check digits go to the end, and letters count from 10.
    return number[2:4].isdigit() and number.isalnum() and int((number[4:] + number[:4]).translate(_FROM_10)) % 97 == 1
