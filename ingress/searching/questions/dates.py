"""Which days a question names by a date, a month or a year: `on 3 May`, `in May`, `before May 2025`, `in 2024`."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

from ingress.searching.questions.words.month_words import MONTH_WORDS

# Of a month or a day without a year, the last one is meant in which something was said, up to so many years ago.
_YEARS_BACK = 5
_YEAR = r"(?:19|20)\d\d"
_ORDINAL = r"(?:st|nd|rd|th|er|\.|o|a)?"
_OF = r"(?:\s+of)?(?:\s+the)?\s+(?:of\s+|de\s+|del\s+|d')?"
_ISO = re.compile(rf"(?<![\w-])(?P<year>{_YEAR})-(?P<month>\d\d)-(?P<day>\d\d)(?![\w-])")
_EARLIEST = date(1970, 1, 2)
_OPEN = ("before", "after", "since")
# The first day, and the one after the last.
Days = tuple[date, date]


class Dated(NamedTuple):
    """
    Where a text names days, and which they may be, the likeliest first; all of them have begun.

    `is_open` is true for the days before, after or since those that are named.
    """

    begin: int
    end: int
    days: tuple[Days, ...]
    is_open: bool


def dates_in(plain: str, language: str, today: date) -> Iterator[Dated]:
    """
    Yield the days that a text names, the most exact names first.

    Args:
        plain: in lower case and without accents.
    """
    for pattern in (_ISO, *_patterns(language)):
        for match in pattern.finditer(plain):
            days = tuple(_days(match.groupdict(), language, today))
            if days:
                is_open = any(match.groupdict().get(kind) for kind in _OPEN)
                yield Dated(match.start(), match.end(), days, is_open)


@cache
def _patterns(language: str) -> tuple[re.Pattern[str], ...]:
    words = MONTH_WORDS[language]
    months = "|".join(words.months.split())
    named = (("before", words.before), ("after", words.after), ("since", words.since), ("within", words.within))
    prefix = "|".join(f"(?P<{kind}>{_spaced(pattern)})" for kind, pattern in named)
    month, year, day = rf"(?P<month>{months})", rf"(?P<year>{_YEAR})", rf"(?P<day>\d{{1,2}}){_ORDINAL}"
    on = r"(?:on|am|den|el|le|il|op|dnia|no dia|dia)"
    the_year = rf"(?:[.,]?\s+(?:of\s+|de\s+|del\s+|roku\s+)?{year})"
    expressions = [
        rf"(?:(?:{prefix}|{on})\s+)?(?:the\s+|dem\s+|el\s+|le\s+|il\s+)?{day}{_OF}{month}\b{the_year}?",
        rf"(?:(?:{prefix}|{on})\s+)?{month}\.?\s+(?:the\s+)?{day}(?!\d|:|\s*[ap]\.?m){the_year}?",
        rf"(?:(?:{prefix})\s+)?{month}\b{the_year}",
        rf"(?:{prefix})\s+{month}(?!{the_year.replace('?P<year>', '?:')})",
        rf"(?:{prefix})\s+(?:the year\s+|jahr\s+)?{year}(?:\s+roku)?",
    ]
    return tuple(re.compile(rf"(?<!\w){expression}(?!\w)") for expression in expressions)


def _spaced(pattern: str) -> str:
    return pattern.replace(" ", r"\s+")


def _days(named: dict[str, str | None], language: str, today: date) -> Iterator[Days]:
    year, month, day = (named.get(part) for part in ("year", "month", "day"))
    years = [int(year)] if year else range(today.year, today.year - _YEARS_BACK - 1, -1)
    number = _month(month, language) if month else None
    for each in years:
        try:
            first, after = _span(each, number, int(day) if day else None)
        except ValueError:  # there is no such day in that year
            continue
        if _EARLIEST < first <= today:
            yield _beside(named, first, after, today)


def _beside(named: dict[str, str | None], first: date, after: date, today: date) -> Days:
    """Return the days before, after or since some days where that is what is named, else these days."""
    if named.get("before"):
        return _EARLIEST, first
    if named.get("after") or named.get("since"):
        return (first if named.get("since") else after), max(after, today) + timedelta(1)
    return first, after


def _span(year: int, month: int | None, day: int | None) -> Days:
    if month is None:
        return date(year, 1, 1), date(year + 1, 1, 1)
    if day is None:
        return date(year, month, 1), date(year + month // 12, month % 12 + 1, 1)
    return date(year, month, day), date(year, month, day) + timedelta(1)


def _month(text: str, language: str) -> int:
    if text.isdecimal():
        return int(text)
    patterns = enumerate(MONTH_WORDS[language].months.split(), 1)
    return next(number for number, pattern in patterns if re.fullmatch(pattern, text))
