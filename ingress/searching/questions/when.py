"""
Which time a question is about: "yesterday", "last week", "on Monday", "two days ago", "last time".

It is understood from the moment of the question, in the time zone of the caller. Dates and months are for `dates`, and
what happened at some time, as in "before the move", is for `events`.
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import date, timedelta
from functools import cache

from msgspec import Struct, structs

from ingress.searching.questions.dates import Days, dates_in
from ingress.searching.questions.events import Event, event_in
from ingress.searching.questions.weeks import first_weekday
from ingress.searching.questions.words.call_words import CALL_BEFORE_LAST, FIRST_CALL_KIND, LAST_CALL
from ingress.searching.questions.words.languages import TIMES, call_phrases, has_subject, languages_of
from ingress.searching.questions.words.reason_words import REASON_PATTERNS
from ingress.searching.questions.words.time_words import TimeWords
from projector.domain.days import first_second_of, local_moment

# A question is a sentence or two; what stands behind is not looked at.
_CHARS_MAX = 500
# Kinds of time that are not a number of whole days which only depends on today; the others are in `_DAYS`.
_LAST_NIGHT, _LAST_YEAR, _DAY, _AGO = "last_night", "last_year", "day", "ago"
# Which call is meant: the first, or, counted back, the last and the one before it.
FIRST_CALL = 0
_CALLS = {LAST_CALL: -1, CALL_BEFORE_LAST: -2, FIRST_CALL_KIND: FIRST_CALL}
_DAY_S, _NIGHT_BEGINS_S, _NIGHT_ENDS_S = 24 * 60 * 60, 18 * 60 * 60, 6 * 60 * 60
_DAYS_OF = {"day": 1, "week": 7, "month": 30, "year": 365}
# How many days the day that is counted back to may be off: who says "two months ago" has not counted.
_SLACK_OF = {"day": 0, "week": 3, "month": 15, "year": 60}
# What has no accent to be taken off, and scripts in which one makes another letter of it.
_PLAIN = {"ł": "l", "\N{LATIN SMALL LETTER DOTLESS I}": "i", "\N{RIGHT SINGLE QUOTATION MARK}": "'"}
_WHOLE_LETTERS = ("\u3040", "\ud7a3")


class Span(Struct, frozen=True):
    """A time, from its first second to before its last, Unix seconds."""

    since_s: int
    until_s: int


class Asked(Struct, frozen=True):
    """
    What a question asks for.

    `words` is the question without what it says of time, if that means another time in every call. `span` is the time
    that it is about, None for any; `earlier` are times that it may mean as well, the likeliest first: `in May` is the
    last May in which there was a call. `call` is the call that it is about, whenever that was: `FIRST_CALL`, -1 for the
    last one, -2 for the one before. `event` is what happened before or after that time. `is_time_alone` is true for one
    that names a time and no subject, as "What did I say yesterday?". `asks_reason` is true for one of these that asks
    why somebody called.
    """

    words: str
    span: Span | None = None
    earlier: tuple[Span, ...] = ()
    call: int | None = None
    event: Event | None = None
    is_time_alone: bool = False
    is_dated: bool = False
    asks_reason: bool = False

    @property
    def has_time(self) -> bool:
        """Whether the question says which time it is about."""
        return self.call is not None or self.span is not None or self.event is not None

    @property
    def is_last_call(self) -> bool:
        """Whether it is about the last call."""
        return self.call == -1

    @property
    def spans(self) -> tuple[Span, ...]:
        """The times that it may be about, the likeliest first."""
        return () if self.span is None else (self.span, *self.earlier)

    @property
    def is_of_the_past(self) -> bool:
        """Whether what was so then is asked for, even if it is no longer so: of a date, or before something."""
        return self.is_dated or (self.event is not None and self.event.is_before)


def understand(question: str, *, language: str | None, at_s: int, timezone: str) -> Asked:
    """
    Return what a question asks for.

    Args:
        language: of the caller, a BCP 47 tag; None if not known. English is always understood, because it is often an
            agent's own language.
        at_s: when the question is asked, Unix seconds.
        timezone: of the caller, an IANA name.
    """
    question = " ".join(unicodedata.normalize("NFC", question).split())
    plain = _plain(question[:_CHARS_MAX])
    for spoken in languages_of(language, plain):
        asked = (
            _of_phrase(question, plain, spoken, at_s, timezone)
            or _of_date(question, plain, spoken, at_s, timezone)
            or _of_event(question, plain, spoken)
        )
        if asked is not None:
            asks_reason = asked.is_time_alone and REASON_PATTERNS[spoken].search(plain) is not None
            return structs.replace(asked, asks_reason=asks_reason)
    return Asked(question)


def _of_phrase(question: str, plain: str, spoken: str, at_s: int, timezone: str) -> Asked | None:
    for kind, pattern in _patterns(spoken).items():
        for match in pattern.finditer(plain):
            if (kind == _DAY and match["future"]) or (kind == _LAST_YEAR and _names_month(plain, spoken)):
                continue
            call = _CALLS.get(kind)
            span = _span(kind, match[0], TIMES[spoken], at_s, timezone) if call is None else None
            if span is None and call is None:
                continue
            rest = _without(question, match.start(), match.end())
            # The name of a day may also be what is looked for: `the appointment on Monday`.
            kept = question if kind == _DAY else " ".join(rest.split())
            # The complaint of a call is what it was about; that of a month is looked for among all that was said in it.
            is_time_alone = not has_subject(_plain(rest), spoken, of_call=call is not None)
            return Asked(kept, span, call=call, is_time_alone=is_time_alone)
    return None


def _names_month(plain: str, spoken: str) -> bool:
    """Tell whether a question names a month: then that of last year is meant, and not the year."""
    return next(dates_in(plain, spoken, date.max), None) is not None


def _of_date(question: str, plain: str, spoken: str, at_s: int, timezone: str) -> Asked | None:
    at = local_moment(at_s, timezone)
    if at is None:
        return None
    for found in dates_in(plain, spoken, at.date()):
        try:
            spans = [Span(*(first_second_of(day, timezone) for day in days)) for days in found.days]
        except (OverflowError, ValueError):
            continue
        rest = _without(question, found.begin, found.end)
        is_time_alone = not has_subject(_plain(rest), spoken)
        # A date may also be what is looked for: `the appointment on 3 May`. Nobody looks for `since May`.
        kept = " ".join(rest.split()) if found.is_open else question
        return Asked(kept, spans[0], tuple(spans[1:]), is_time_alone=is_time_alone, is_dated=True)
    return None


def _of_event(question: str, plain: str, spoken: str) -> Asked | None:
    match = event_in(plain, spoken)
    if match is None:
        return None
    rest = _without(question, match.start(), match.end())
    event = Event(question[match.start("event") : match.end("event")], is_before=match["before"] is not None)
    # What came of something is told together with it, what was before it is not.
    kept = " ".join(rest.split()) if event.is_before else question
    return Asked(kept, event=event, is_time_alone=not has_subject(_plain(rest), spoken))


def _without(question: str, begin: int, end: int) -> str:
    return " ".join([question[:begin], question[end:]])


def _plain(text: str) -> str:
    """Return a text in lower case and without accents, each character in its place."""
    return "".join(map(_plain_char, text))


def _plain_char(char: str) -> str:
    if char.isascii():
        return char.lower()
    if char.isdecimal():
        return str(unicodedata.decimal(char))
    if _WHOLE_LETTERS[0] <= char <= _WHOLE_LETTERS[1]:
        return char
    lower = unicodedata.normalize("NFD", char)[0].lower()
    return _PLAIN.get(lower, lower if len(lower) == 1 else char)


@cache
def _patterns(language: str) -> dict[str, re.Pattern[str]]:
    words = TIMES[language]
    return {kind: _pattern(kind, phrase, words) for kind, phrase in (call_phrases(language) | words.phrases).items()}


def _pattern(kind: str, phrase: str, words: TimeWords) -> re.Pattern[str]:
    for mark, patterns in (
        ("<n>", (r"\d{1,4}", *words.numbers)),
        ("<unit>", words.units.values()),
        ("<day>", words.days),
    ):
        phrase = phrase.replace(mark, f"(?:{'|'.join(patterns)})")
    whole = f"{words.begins}(?:{phrase}){words.ends}"
    if kind == _DAY:
        # `Monday the 3rd of May` is a date, and `Monday at ten` an appointment.
        future, after = rf"{words.begins}(?:{words.future}){words.gap}", rf"{words.gap}(?:{words.after}){words.ends}"
        whole = rf"(?P<future>{future})?{whole}(?!{after})(?!,?(?: \w+){{0,2}} \d)"
    return re.compile(whole.replace(" ?", r"\s*").replace(" ", r"\s+"))


def _span(kind: str, text: str, words: TimeWords, at_s: int, timezone: str) -> Span | None:
    """Return the time that a phrase means, as it was matched; None where it is too long ago for a calendar."""
    at = local_moment(at_s, timezone)
    if at is None:
        return None
    today = at.date()
    try:
        days = _DAYS.get(kind, _no_days)(today, timezone) or (
            _days_ago(text, words, today) if kind == _AGO else _last_weekday(text, words, today)
        )
        since_s, until_s = (first_second_of(day, timezone) for day in days)
    except (OverflowError, ValueError):
        return None
    if kind == _LAST_NIGHT:
        return Span(since_s + _NIGHT_BEGINS_S, until_s - _DAY_S + _NIGHT_ENDS_S)
    return Span(since_s, until_s)


def _around(today: date, first: int, last: int) -> Days:
    """Return the days from `first` to `last`, counted from today."""
    return today + timedelta(first), today + timedelta(last + 1)


def _week(today: date, timezone: str, weeks_ago: int) -> Days:
    begin = today - timedelta((today.weekday() - first_weekday(timezone)) % 7 + 7 * weeks_ago)
    return begin, begin + timedelta(7)


def _month(today: date, months_ago: int) -> Days:
    number = today.year * 12 + today.month - 1 - months_ago
    return tuple(date(month // 12, month % 12 + 1, 1) for month in (number, number + 1))  # type: ignore[return-value]


def _days_ago(text: str, words: TimeWords, today: date) -> Days:
    unit = next(unit for unit, pattern in words.units.items() if _is_there(pattern, text, words))
    digits = re.search(r"\d+", text)
    named = (value for value, pattern in reversed([*enumerate(words.numbers, 1)]) if _is_there(pattern, text, words))
    count = int(digits[0]) if digits else next(named, 1)
    back, slack = count * _DAYS_OF[unit], _SLACK_OF[unit]
    return _around(today, -back - slack, min(0, slack - back))


def _is_there(pattern: str, text: str, words: TimeWords) -> bool:
    """Tell whether a phrase holds a word; of writing without spaces, whether it is a part of it."""
    whole = f"{words.begins}(?:{pattern}){words.ends}" if words.gap == " " else pattern
    return re.search(whole.replace(" ", r"\s+"), text) is not None


def _last_weekday(text: str, words: TimeWords, today: date) -> Days:
    """Return the last day of that name before today: who means today says so."""
    weekday = next(
        number for number, pattern in enumerate(words.days) if re.search(f"{words.begins}(?:{pattern})", text)
    )
    back = (today.weekday() - weekday - 1) % 7 + 1
    return _around(today, -back, -back)


def _no_days(_: date, __: str) -> None:
    return None


_DAYS: dict[str, Callable[[date, str], Days | None]] = {
    "before_yesterday": lambda today, _: _around(today, -2, -2),
    "yesterday": lambda today, _: _around(today, -1, -1),
    _LAST_NIGHT: lambda today, _: _around(today, -1, 0),
    "today": lambda today, _: _around(today, 0, 0),
    "last_week": lambda today, timezone: _week(today, timezone, 1),
    "this_week": lambda today, timezone: _week(today, timezone, 0),
    "last_month": lambda today, _: _month(today, 1),
    "this_month": lambda today, _: _month(today, 0),
    _LAST_YEAR: lambda today, _: (date(today.year - 1, 1, 1), date(today.year, 1, 1)),
}
