"""The day that a text names: of an appointment, as a caller or a model says it."""

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from projector.domain.greetings.calendar_words import MONTHS, OTHER_THAN_TODAY, TODAY, WEEKDAYS, YESTERDAY
from projector.domain.greetings.parts import in_lower_case, plain_words

_ISO = re.compile(r"(?<!\d)((?:19|20)\d\d)-(\d\d)-(\d\d)(?!\d)")
_EAST_ASIAN = re.compile(r"(?:((?:19|20)\d\d)\s*[年년]\s*)?(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日号號일]")
_DOTTED = re.compile(r"(?<![\d.])(\d{1,2})\.\s?(\d{1,2})\.(?:\s?((?:19|20)?\d\d)(?!\d))?")
_SLASHED = re.compile(r"(?<![\d/])(\d{1,2})/(\d{1,2})(?:/((?:19|20)?\d\d))?(?![\d/])")
_YEAR = re.compile(r"(?:19|20)\d\d")
# Between a day and its month: `the 3rd of December`, `3 de diciembre`; behind a number it is an ordinal.
_BETWEEN = frozenset(
    ("of", "the", "de", "del", "di", "d", "den", "der", "dem", "el", "le", "st", "nd", "rd", "th", "er", "e", "º")
)
_NEAR = 3
_WEEK_DAYS = 7
# `Thursday the 19th` is one of the next months.
_NUMBERED_DAYS_MAX = 62
# There `jeudi 20` is a day of the month. Elsewhere `Saturday 10` is as well a time, and `the 10th` is none.
_BARE_NUMBERS = frozenset(("es", "fr", "it", "pt", "ro"))
_HOURS = frozenset(("am", "pm", "uhr", "h", "heure", "heures", "hora", "horas", "ora", "ore", "uur"))
# A day of the year that was so long to wait for has been, and is not to come.
_AHEAD_DAYS_MAX = 300


def day_named(text: str, language: str, told_on: date) -> date | None:
    """
    Return the day that a text names, the last one of several; None where it names none.

    Of a day without a year the one nearest to the call is meant, of a day of the week the next one. Where a date can
    be read in two ways, as `3/12` can, the earlier one counts.

    Args:
        language: of the text, as `language_key` gives it.
        told_on: the day of the call.
    """
    # `Montag morgen` is Monday morning.
    for days in (_written(text, told_on), *(each(text, language, told_on) for each in _READERS)):
        if found := [*days]:
            return found[-1]
    return None


def days_meant(text: str, language: str, told_on: date, *, is_past: bool) -> set[date]:
    """
    Return the days that a text may mean: the one that it names, yesterday, and `Thursday the 19th`.

    `I was in on Tuesday` and `come in on Tuesday` name two days by one word.

    Args:
        language, told_on: as in `day_named`.
        is_past: whether what is told is over: then a day of the week may be the last one as well.
    """
    days = {day for day in (day_named(text, language, told_on),) if day is not None}
    if is_past:
        days.update(day - timedelta(days=_WEEK_DAYS) for day in _of_week(text, language, told_on))
    days.update(_numbered(text, language, told_on))
    yesterday = YESTERDAY.get(language, "")
    return days | {told_on - timedelta(days=1)} if yesterday and _is_named(yesterday, text, language) else days


def words_of_day(text: str, language: str, day: date) -> str:
    """Return the words by which a text says a day: its numbers, and its month and weekday as the text names them."""
    told = plain_words(text)
    months = [word for word in told if _place(word, MONTHS.get(language, "")) == day.month - 1]
    weekdays = [word for word in told if _place(word, WEEKDAYS.get(language, "")) == day.weekday()]
    # `11 boxes for tomorrow` says nothing of November.
    is_written = day in _written(text, day)
    is_dated = is_written or bool(months) or day in _numbered(text, language, day)
    numbers = [*([day.day, day.year] if is_dated else []), *([day.month] if is_written and not months else [])]
    # A number that stands there twice says something else as well: `on the 3rd at 3`.
    return " ".join([*months, *weekdays, *(str(number) for number in numbers if told.count(str(number)) < 2)])


def _written(text: str, told_on: date) -> Iterator[date]:
    found = [(match.start(), _days(match[1], match[2], match[3], told_on)) for match in _ISO.finditer(text)]
    found += [(match.start(), _days(match[1], match[2], match[3], told_on)) for match in _EAST_ASIAN.finditer(text)]
    found += [(match.start(), _days(match[3], match[2], match[1], told_on)) for match in _DOTTED.finditer(text)]
    for match in _SLASHED.finditer(text):
        both = [_days(match[3], match[2], match[1], told_on), _days(match[3], match[1], match[2], told_on)]
        found.append((match.start(), min((day for day in both if day is not None), default=None)))
    yield from (day for _, day in sorted(found, key=lambda each: each[0]) if day is not None)


def _in_words(text: str, language: str, told_on: date) -> Iterator[date]:
    words = plain_words(text)
    for at, word in enumerate(words):
        month = _place(word, MONTHS.get(language, ""))
        if month is None:
            continue
        near = [*_numbers_before(words, at), *_numbers_after(words, at)]
        day = next((number for number in near if 1 <= int(number) <= 31), None)
        year = next((each for each in words[at + 1 : at + 1 + _NEAR] if _YEAR.fullmatch(each)), None)
        if day is not None and (found := _days(year, str(month + 1), day, told_on)) is not None:
            yield found


def _numbers_before(words: Sequence[str], at: int) -> Iterator[str]:
    for word in reversed(words[max(0, at - _NEAR) : at]):
        if word.isdecimal() and len(word) <= 2:
            yield word
            return
        if word not in _BETWEEN:
            return


def _numbers_after(words: Sequence[str], at: int) -> Iterator[str]:
    for word in words[at + 1 : at + 1 + _NEAR]:
        if word.isdecimal() and len(word) <= 2:
            yield word
            return
        if word not in _BETWEEN:
            return


def _of_week(text: str, language: str, told_on: date) -> Iterator[date]:
    for word in plain_words(text):
        weekday = _place(word, WEEKDAYS.get(language, ""))
        if weekday is not None:
            yield told_on + timedelta(days=(weekday - told_on.weekday() - 1) % _WEEK_DAYS + 1)


def _numbered(text: str, language: str, told_on: date) -> Iterator[date]:
    """Yield the next day that is both the day of the week and the day of the month that a text names."""
    words = plain_words(text)
    for at, word in enumerate(words):
        weekday = _place(word, WEEKDAYS.get(language, ""))
        number = None if weekday is None else _number_of_month(words[at + 1 :], language)
        if number is not None:
            days = (told_on + timedelta(days=ahead) for ahead in range(_NUMBERED_DAYS_MAX))
            yield from [day for day in days if (day.weekday(), day.day) == (weekday, number)][:1]


def _number_of_month(words: Sequence[str], language: str) -> int | None:
    """Return the day of the month that stands behind a day of the week: `the 19th`, and of no hours."""
    at = next((at for at, word in enumerate(words[:_NEAR]) if word not in _BETWEEN), None)
    if at is None or not words[at].isdecimal() or len(words[at]) > 2:
        return None
    behind = words[at + 1] if at + 1 < len(words) else ""
    if behind in _HOURS or behind.isdecimal() or not (at or behind in _BETWEEN or language in _BARE_NUMBERS):
        return None
    return int(words[at])


def _from_the_call(text: str, language: str, told_on: date) -> Iterator[date]:
    for days, name in enumerate(TODAY.get(language, ())):
        if _is_named(name, text, language):
            yield told_on + timedelta(days=days)


def _is_named(name: str, text: str, language: str) -> bool:
    plain = " ".join(plain_words(text))
    is_unparted = language in {"ja", "ko", "zh"}

    def times(told: str) -> int:
        word = re.escape(told)
        return len(re.findall(word if is_unparted else rf"(?<!\S){word}(?!\S)", plain))

    named = [" ".join(plain_words(each)) for each in name.split("|")]
    others = [" ".join(plain_words(each)) for each in OTHER_THAN_TODAY.get(language, "").split("|")]
    return any(times(each) > sum(times(other) for other in others if other.endswith(each)) for each in named)


def _place(word: str, names: str) -> int | None:
    """Return which of some names a word is, from 0; within writing without blanks, which it holds."""
    for number, entry in enumerate(in_lower_case(names).split()):
        for name in entry.split("|"):
            if word == name.rstrip("*") or (name.endswith("*") and word.startswith(name[:-1])):
                return number
            if not name.isalpha() or name[0] < "\u3040":
                continue
            if name in word:
                return number
    return None


def _days(year: str | None, month: str, day: str, told_on: date) -> date | None:
    """Return a day of a calendar; without a year the one that is meant; None where there is none."""
    try:
        if year:
            number = int(year)
            return date(number + 2000 if number < 100 else number, int(month), int(day))
        found = next(
            each for each in (date(told_on.year + years, int(month), int(day)) for years in (0, 1)) if each >= told_on
        )
    except (ValueError, StopIteration):
        return None
    if (found - told_on).days > _AHEAD_DAYS_MAX:
        return found.replace(year=found.year - 1) if (month, day) != ("2", "29") else None
    return found


_READERS = (_in_words, _of_week, _from_the_call)
