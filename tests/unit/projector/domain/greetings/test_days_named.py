"""Which day an appointment is on, as somebody says it on Wednesday, 12 November 2025."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis.strategies import dates, sampled_from, text

from projector.domain.greetings.calendar_words import MONTHS, TODAY, WEEKDAYS, YESTERDAY
from projector.domain.greetings.days_named import day_named, days_meant
from projector.domain.greetings.topic_words import TOPIC_WORDS

WEDNESDAY = date(2025, 11, 12)


@pytest.mark.parametrize(
    ("told", "language", "day"),
    [
        ("3 December at 10", "en", date(2025, 12, 3)),
        ("December 3rd, 2026", "en", date(2026, 12, 3)),
        ("the 3rd of December", "en", date(2025, 12, 3)),
        ("10:30 on December 3", "en", date(2025, 12, 3)),
        ("Thursday at 9:30", "en", date(2025, 11, 13)),
        ("Wednesday", "en", date(2025, 11, 19)),
        ("2025-12-03T10:00:00Z", "en", date(2025, 12, 3)),
        ("3.12. um 10 Uhr", "de", date(2025, 12, 3)),
        ("3. Dezember", "de", date(2025, 12, 3)),
        ("Montag morgen", "de", date(2025, 11, 17)),
        ("12/25/2025", "en", date(2025, 12, 25)),
        ("03/12/2025", "en", date(2025, 3, 12)),  # it may be December: the earlier one asks less
        ("le mardi 3 décembre", "fr", date(2025, 12, 3)),
        ("el 3 de diciembre", "es", date(2025, 12, 3)),
        ("3 grudnia", "pl", date(2025, 12, 3)),
        ("3 декабря", "ru", date(2025, 12, 3)),
        ("в среду", "ru", date(2025, 11, 19)),
        ("п'ятниця", "uk", date(2025, 11, 14)),
        ("12月3日", "ja", date(2025, 12, 3)),
        ("火曜日の10時", "ja", date(2025, 11, 18)),
        ("下周二", "zh", date(2025, 11, 18)),
        ("12월 3일 오후 3시", "ko", date(2025, 12, 3)),
        ("tomorrow at 3", "en", date(2025, 11, 13)),
        ("today", "en", WEDNESDAY),
        ("I'll call you tonight", "en", WEDNESDAY),
        ("ce soir avant 19 heures", "fr", WEDNESDAY),
        ("bu akşam 21:00'den önce", "tr", WEDNESDAY),
        ("今晚九点", "zh", WEDNESDAY),
        ("from 3 December to 10 December", "en", date(2025, 12, 10)),
        ("3 November", "en", date(2025, 11, 3)),  # nobody waits so long for an appointment
        ("teeth cleaning", "en", None),
        ("31 April", "en", None),
        ("May I come at 3?", "en", None),
        ("", "en", None),
    ],
)
def test_reads_the_day(told: str, language: str, day: date | None) -> None:
    """A date, a day and its month, a day of the week, today and tomorrow are read as people say them."""
    assert day_named(told, language, WEDNESDAY) == day


@given(text(max_size=60), sampled_from([*TOPIC_WORDS, "th"]), dates(date(1970, 1, 2), date(9998, 1, 1)))
def test_any_text_is_read(told: str, language: str, told_on: date) -> None:
    """Whatever text comes on whatever day, it names a day or none."""
    found = day_named(told, language, told_on)
    assert found is None or isinstance(found, date)


@given(dates(date(2000, 1, 1), date(2099, 12, 31)), sampled_from(sorted(TOPIC_WORDS)))
def test_iso_date_is_read_in_every_language(day: date, language: str) -> None:
    """A date as programs write it is that date."""
    assert day_named(f"x {day.isoformat()} 10:00", language, WEDNESDAY) == day


def test_has_the_days_of_every_language() -> None:
    """Each language has twelve months and seven days, where it does not count them, and says today and tomorrow."""
    assert {language: len(names.split()) for language, names in MONTHS.items()} == dict.fromkeys(MONTHS, 12)
    assert {language: len(names.split()) for language, names in WEEKDAYS.items()} == dict.fromkeys(WEEKDAYS, 7)
    assert TODAY.keys() == YESTERDAY.keys() == TOPIC_WORDS.keys()
    assert TOPIC_WORDS.keys() - MONTHS.keys() == {"ja", "ko", "zh", "vi"}
    assert TOPIC_WORDS.keys() - WEEKDAYS.keys() == {"vi"}


@pytest.mark.parametrize(
    ("told", "language", "is_past", "days"),
    [
        ("I was in on Tuesday", "en", True, {date(2025, 11, 11), date(2025, 11, 18)}),
        ("come in on Tuesday", "en", False, {date(2025, 11, 18)}),
        ("it broke yesterday", "en", False, {date(2025, 11, 11)}),
        ("Instalaram ontem", "pt", True, {date(2025, 11, 11)}),
        ("昨日届きました", "ja", True, {date(2025, 11, 11)}),
        ("Wednesday", "en", True, {WEDNESDAY, date(2025, 11, 19)}),
        ("teeth cleaning", "en", True, set()),
        ("Thursday the 11th at 5:15", "en", False, {date(2025, 11, 13), date(2025, 12, 11)}),
        ("Samstag, der 22., um 10", "de", False, {date(2025, 11, 15), date(2025, 11, 22)}),
        ("Saturday at 10", "en", False, {date(2025, 11, 15)}),
    ],
)
def test_what_is_past_may_have_been_on_the_last_day_of_a_name(
    told: str, language: str, is_past: bool, days: set[date]
) -> None:
    """Yesterday is the day before; a day of the week is the next one, and of what is past also the last one."""
    assert days_meant(told, language, WEDNESDAY, is_past=is_past) == days


@pytest.mark.parametrize(
    ("told", "language"),
    [
        ("Saturday 10", "en"),
        ("Saturday 10 am", "en"),
        ("Saturday the 10 am bus", "en"),
        ("Saturday 10:30", "en"),
        ("Samstag 10 Uhr", "de"),
        ("samedi 10 heures", "fr"),
        ("zaterdag 10 uur", "nl"),
    ],
)
def test_hour_behind_a_day_of_the_week_is_no_day_of_the_month(told: str, language: str) -> None:
    """On the 10th of January 2026, a Saturday, nobody said anything."""
    assert days_meant(told, language, WEDNESDAY, is_past=False) == {date(2025, 11, 15)}


@pytest.mark.parametrize(
    ("told", "language"),
    [
        ("the day before yesterday", "en"),
        ("the day after tomorrow", "en"),
        ("guten Morgen", "de"),
        ("am Morgen", "de"),
        ("avant-hier", "fr"),
        ("après-demain", "fr"),
        ("l'altro ieri", "it"),
        ("pasado mañana", "es"),
        ("antes de ayer", "es"),
        ("por la mañana", "es"),
        ("depois de amanhã", "pt"),
        ("antes de ontem", "pt"),
        ("一昨日", "ja"),
    ],
)
def test_name_of_a_day_within_another_is_none(told: str, language: str) -> None:
    """The day before yesterday is not yesterday, and a greeting in the morning is not tomorrow."""
    assert days_meant(told, language, WEDNESDAY, is_past=False) == set()


@pytest.mark.parametrize(
    ("told", "language", "day"),
    [
        ("mañana por la mañana", "es", date(2025, 11, 13)),
        ("Guten Morgen! Morgen um neun.", "de", date(2025, 11, 13)),
        ("heute Morgen", "de", date(2025, 11, 12)),
        ("jeudi 20", "fr", date(2025, 11, 20)),
        ("Thursday the 20th", "en", date(2025, 11, 20)),
    ],
)
def test_day_beside_such_a_name_is_meant(told: str, language: str, day: date) -> None:
    """What was said of the day counts, whatever else was said."""
    assert day in days_meant(told, language, WEDNESDAY, is_past=False)
