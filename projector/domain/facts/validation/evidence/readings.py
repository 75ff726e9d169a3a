"""Other readings of what is told, in which halves and clock times are numbers: `treinta y medio`, `halb acht`."""

# ruff: noqa: RUF001 - words of many alphabets

import re
from collections.abc import Iterator

from projector.domain.facts.told.counting import korean
from projector.domain.facts.told.counting.number_of import number_of
from projector.domain.facts.told.counting.numbers import numbers_in, pieces_of

# After a number: of a thing half of it, of an hour thirty minutes.
_HALVES = re.compile(
    r"(?<=\w)(?:\s+(?:and a half|y medi[ao]|et demie?|e mezz[ao]|en een half|i pół|e mei[ao]|och en halv|og en halv|"
    r"buçuk|с половиной|з половиною|ونصف|ونص)\b|(?:und)?einhalb\b|eneenhalf\b|(?<=[點点時시])\s?[半반])",
    re.IGNORECASE,
)
_HINDI_HALVES = re.compile(r"साढ़े\s+(\S+)")
_QUARTERS = re.compile(
    r"(?<=\w)\s+(?:y cuarto|et quart|e un quarto|e um quarto|وربع)\b",
    re.IGNORECASE,
)
# The half before an hour, and the quarter before it and after it.
_HALF_TO = re.compile(r"\b(?:halb|half|halv|wpół do)\s+([^\W\d_]+|\d{1,2})\b", re.IGNORECASE)
_HALF_PAST = re.compile(r"\bhalf past\s+([^\W\d_]+|\d{1,2})\b", re.IGNORECASE)
_QUARTER_PAST = re.compile(
    r"\b(?:quarter (?:past|after)|viertel nach|kwart over|kvart över|kvart over|kwadrans po)\s+([^\W\d_]+|\d{1,2})\b",
    re.IGNORECASE,
)
_QUARTER_TO = re.compile(
    r"\b(?:quarter to|viertel vor|dreiviertel|kwart voor|kvart i|kvart på|za kwadrans)\s+([^\W\d_]+|\d{1,2})\b",
    re.IGNORECASE,
)
_HOUR_WORDS = re.compile(r"\s*(?:\b(?:heures?|uhr|h|godzina)\b|[点點时時시])\s*(?=\d)", re.IGNORECASE)
# Of a year the century may be left out: `la compramos en el veintiuno`.
_YEARS = {
    "es": re.compile(r"\b(?:en|desde) el ([^\W\d_]+(?: y [^\W\d_]+)?)", re.IGNORECASE),
    "it": re.compile(r"\b(?:nel|dal) ([^\W\d_]+)", re.IGNORECASE),
}
_NEWEST_YEAR = 30
_HOURS = 12
# In these languages `half four` is half past three; in English it is half past four.
_BEFORE_THE_HOUR = frozenset({"da", "de", "nl", "no", "pl", "sv"})


def readings_of(text: str, language: str) -> list[str]:
    """Return what a text may be read as besides, each as a text; none where nothing may be read in another way."""
    return [reading for reading in dict.fromkeys(_readings(text, language)) if reading != text]


def _readings(text: str, language: str) -> Iterator[str]:
    yield _HALVES.sub(" komma 5 ", _HINDI_HALVES.sub(r"\1 komma 5 ", text))
    spoken, text = text, korean.with_digits(text) if language == "ko" else text
    clock = _HALVES.sub(" 30 ", _QUARTERS.sub(" 15 ", _HINDI_HALVES.sub(r"\1 30 ", text)))
    clock = _HALF_PAST.sub(lambda found: _at(found, 0, 30, language), clock)
    is_before = language in _BEFORE_THE_HOUR
    clock = _HALF_TO.sub(lambda found: _at(found, -1 if is_before else 0, 30, language), clock)
    clock = _QUARTER_PAST.sub(lambda found: _at(found, 0, 15, language), clock)
    yield _HOUR_WORDS.sub(" ", _QUARTER_TO.sub(lambda found: _at(found, -1, 45, language), clock))
    if language in _YEARS:
        yield _YEARS[language].sub(lambda found: _year(found, language), text)
    if language == "ko":
        yield korean.with_digits(spoken, is_day=True)


def _year(found: re.Match[str], language: str) -> str:
    numbers = numbers_in(pieces_of(found[1], language))
    if len(numbers) != 1 or not numbers[0].isdigit() or int(numbers[0]) >= 100:
        return found.group()
    year = int(numbers[0])
    return str(year + (2000 if year <= _NEWEST_YEAR else 1900))


def _at(found: re.Match[str], offset: int, minutes: int, language: str) -> str:
    hour = int(found[1]) if found[1].isdigit() else number_of(found[1].casefold(), language)
    if hour is None or not 0 < hour <= 2 * _HOURS:
        return found.group()
    return f"; {(hour + offset) or _HOURS} {minutes} ;"
