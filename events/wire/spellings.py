"""
The spellings of one telephone number: countries in which the same line is written in more than one way.

Either the country gave all lines longer numbers, and the shorter ones are still in lists and switches; or mobiles are
written with a digit that only a call from abroad, or from a network of before, needs. Whoever calls from such a line
is one person, so each number has one spelling that makes the key, and others by which it may have been known before.
"""

import re
from collections.abc import Iterator

from msgspec import Struct


class _Renumbering(Struct, frozen=True):
    """
    One change of a country's numbers, in digits without the country code.

    `before` is what `now` was made from; `again` makes the former spelling from a number that fits `after`.
    """

    before: re.Pattern[str]
    now: str
    after: re.Pattern[str]
    again: str


def _change(before: str, now: str, after: str, again: str) -> _Renumbering:
    return _Renumbering(re.compile(before), now, re.compile(after), again)


# Source: the national numbering plans, as the ITU publishes them (E.164, national numbering plans). Where an operator
# got a prefix of its own, the digit that told the operators apart before tells which.
_CHANGES = {
    # Mexico, 2019: numbers lost the 1 with which mobiles were dialled from abroad, and the 01, 044 and 045 of home.
    "52": [_change(r"(?:1|01|044|045)(\d{10})", r"\1", r"(\d{10})", r"1\1")],
    # Argentina: mobiles have a 9 from abroad, and none at home. No fixed line has the number of a mobile without it.
    "54": [_change(r"9(\d{10})", r"\1", r"(\d{10})", r"9\1")],
    # Brazil, 2012 to 2016: mobiles got a ninth digit. Fixed lines begin with 2 to 5.
    "55": [_change(r"(\d\d)([6-9]\d{7})", r"\g<1>9\2", r"(\d\d)9([6-9]\d{7})", r"\1\2")],
    # Colombia, 2021: fixed lines got a 60.
    "57": [_change(r"([1-8]\d{7})", r"60\1", r"60([1-8]\d{7})", r"\1")],
    # Ivory Coast, 2021: ten digits in place of eight, by the operator.
    "225": [
        _change(r"([04-9][0-3]\d{6})", r"01\1", r"01([04-9][0-3]\d{6})", r"\1"),
        _change(r"([04-9][4-6]\d{6})", r"05\1", r"05([04-9][4-6]\d{6})", r"\1"),
        _change(r"([04-9][7-9]\d{6})", r"07\1", r"07([04-9][7-9]\d{6})", r"\1"),
        _change(r"([23]\d8\d{5})", r"21\1", r"21([23]\d8\d{5})", r"\1"),
        _change(r"([23]\d0\d{5})", r"25\1", r"25([23]\d0\d{5})", r"\1"),
        _change(r"([23]\d[1-79]\d{5})", r"27\1", r"27([23]\d[1-79]\d{5})", r"\1"),
    ],
    # Benin, 2024: an 01 before every number.
    "229": [_change(r"(\d{8})", r"01\1", r"01(\d{8})", r"\1")],
    # Cameroon, 2014: a 6 before mobiles, a 2 before fixed lines; not before toll-free ones.
    "237": [
        _change(r"([5679]\d{7})", r"6\1", r"6([5679]\d{7})", r"\1"),
        _change(r"([23]\d{7})", r"2\1", r"2([23]\d{7})", r"\1"),
    ],
}
_COUNTRY = re.compile(r"\+(" + "|".join(_CHANGES) + r")(\d+)")


def current_digits(country: str, national: str) -> str:
    """
    Return a number in the one spelling that makes its key, without the country code.

    Args:
        country: the country code, in digits.
        national: the number behind it, in digits, as E.164 has it.
    """
    for change in _CHANGES.get(country, ()):
        if match := change.before.fullmatch(national):
            return match.expand(change.now)
    return national


def spellings(caller: str) -> Iterator[str]:
    """Yield a caller's key, and for a number each other key that an earlier release made of the same line."""
    yield caller
    if match := _COUNTRY.fullmatch(caller):
        country, national = match.groups()
        for change in _CHANGES[country]:
            if now := change.after.fullmatch(national):
                yield f"+{country}{now.expand(change.again)}"
