"""Which days a question names by a date, a month or a year: `on 3 May`, `in May`, `before May 2025`, `in 2024`."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

from ingress.searching.questions.words.elsewhere.days import DAYS_ELSEWHERE
from ingress.searching.questions.words.elsewhere.months import MONTHS_ELSEWHERE, MonthsElsewhere
from ingress.searching.questions.words.month_words import MONTH_WORDS
from ingress.searching.questions.words.time_words import TIME_WORDS, TimeWords

# Of a month or a day without a year, the last one is meant in which something was said, up to so many years ago.
_YEARS_BACK = 5
_YEAR = r"(?:19|20)\d\d"
_ORDINAL = r"(?:st|nd|rd|th|er|\.|o|a)?"
_OF = r"(?:\s+of)?(?:\s+the)?\s+(?:of\s+|de\s+|del\s+|d')?"
_ISO = re.compile(rf"(?<![\w-])(?P<year>{_YEAR})-(?P<month>\d\d)-(?P<day>\d\d)(?![\w-])")
_EARLIEST = date(1970, 1, 2)
_OPEN = ("before", "after", "since")
# From nought to ten, each at its number.
_HAN_DIGITS = "〇一二三四五六七八九十"
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
    if (elsewhere := MONTHS_ELSEWHERE.get(language)) is not None:
        return _patterns_elsewhere(elsewhere, DAYS_ELSEWHERE[language])
    words = MONTH_WORDS[language]
    months = "|".join(words.months.split())
    named = (("before", words.before), ("after", words.after), ("since", words.since), ("within", words.within))
    prefix = "|".join(f"(?P<{kind}>{_spaced(pattern)})" for kind, pattern in named)
    month, year, day = rf"(?P<month>{months})", rf"(?P<year>{_YEAR})", rf"(?P<day>\d{{1,2}}){_ORDINAL}"
    on = r"(?:on|am|den|el|le|il|op|dnia|no dia|dia)"
    last_year = f"(?P<last_year>{_spaced(TIME_WORDS[language].phrases['last_year'])})"
    the_year = rf"(?:[.,]?\s+(?:of\s+|de\s+|del\s+|roku\s+)?(?:{year}|{last_year}))"
    expressions = [
        rf"(?:(?:{prefix}|{on})\s+)?(?:the\s+|dem\s+|el\s+|le\s+|il\s+)?{day}{_OF}{month}\b{the_year}?",
        rf"(?:(?:{prefix}|{on})\s+)?{month}\.?\s+(?:the\s+)?{day}(?!\d|:|\s*[ap]\.?m){the_year}?",
        rf"(?:(?:{prefix})\s+)?{month}\b{the_year}",
        rf"(?:{prefix})\s+{month}(?!{the_year.replace('?P<year>', '?:').replace('?P<last_year>', '?:')})",
        rf"(?:{prefix})\s+(?:the year\s+|jahr\s+)?{year}(?:\s+roku)?",
    ]
    return tuple(re.compile(rf"(?<!\w){expression}(?!\w)") for expression in expressions)


def _patterns_elsewhere(words: MonthsElsewhere, days: TimeWords) -> tuple[re.Pattern[str], ...]:
    marks = {
        "<month>": f"(?P<month>{'|'.join(sorted('|'.join(words.months).split('|'), key=len, reverse=True))})",
        "<year>": f"(?P<year>{_YEAR})",
        "<day>": rf"(?P<day>\d{{1,2}}|[{_HAN_DIGITS}]{{1,3}})(?!\d)",
        "<last_year>": f"(?P<last_year>{words.last_year})",
        "<this_year>": f"(?P<this_year>{words.this_year})",
    }
    marked = re.compile("|".join(marks))
    named = (marked.sub(lambda mark: marks[mark[0]], expression) for expression in words.expressions)
    return tuple(re.compile(f"{days.begins}{_spaced(expression)}{days.ends}") for expression in named)


def _spaced(pattern: str) -> str:
    return pattern.replace(" ?", r"\s*").replace(" ", r"\s+")


def _days(named: dict[str, str | None], language: str, today: date) -> Iterator[Days]:
    year, month, day = (named.get(part) for part in ("year", "month", "day"))
    years = [int(year)] if year else range(today.year, today.year - _YEARS_BACK - 1, -1)
    if named.get("last_year") or named.get("this_year"):
        years = [today.year - (1 if named.get("last_year") else 0)]
    number = _month(month, language) if month else None
    for each in years:
        try:
            first, after = _span(each, number, _number(day) if day else None)
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
    elsewhere = MONTHS_ELSEWHERE.get(language)
    patterns = MONTH_WORDS[language].months.split() if elsewhere is None else elsewhere.months
    return next(number for number, pattern in enumerate(patterns, 1) if re.fullmatch(_spaced(pattern), text))


def _number(text: str) -> int:
    """Return a number of at most two digits, in digits or in Chinese characters; ValueError for what is none."""
    if text.isdecimal():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    return (10 * (_HAN_DIGITS.index(tens) if tens else 1) if ten else 0) + (_HAN_DIGITS.index(ones) if ones else 0)
