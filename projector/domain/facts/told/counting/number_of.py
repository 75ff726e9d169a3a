"""The words of numbers: which number one word stands for, also where a language writes several of them as one."""

from collections.abc import Sequence
from functools import lru_cache

from projector.domain.facts.told.counting.number_words import (
    ARTICLES,
    GLUED,
    HUNDRED,
    JOINERS,
    ORDINAL_ENDS,
    ORDINALS,
    STEMS_ALONE,
    THOUSAND,
    VALUES,
)

DEFAULT_LANGUAGE = "en"
_STEM_CHARS_MIN = 3
# `Onda` says `with him`, `yüzde` says `per cent`, and `biri` somebody.
_WITHOUT_ENDING = frozenset({"bir", "on", "yüz", "bin", "altı"})  # noqa: RUF001 - Turkish


def number_of(word: str, language: str) -> int | None:
    """Return the number that a word stands for, in a language or in English; None for any other word."""
    return _number_of(word, language if language in VALUES else DEFAULT_LANGUAGE)


def is_number_word(word: str, language: str) -> bool:
    """Tell whether a word stands for a number, and for nothing else."""
    return number_of(word, language) is not None and word not in ARTICLES.get(language, ())


@lru_cache(4096)
def _number_of(word: str, language: str) -> int | None:
    values = VALUES[language]
    if word in values:
        return values[word]
    if word in ORDINALS[language] and language not in STEMS_ALONE:
        return ORDINALS[language][word]
    if language in GLUED and (glued := _glued(word, language)) is not None:
        return glued
    for end in ORDINAL_ENDS.get(language, ()):
        stem = word.removesuffix(end)
        if stem != word and len(stem) >= (2 if language == "tr" else _STEM_CHARS_MIN) and stem not in _WITHOUT_ENDING:
            found = values.get(stem) or ORDINALS[language].get(stem)
            if found is None and language == "en":
                found = values.get(f"{stem}y") if end == "ieth" else None
            if found is None and language in GLUED:
                found = _glued(stem, language)
            if found is not None:
                return found
    if language != DEFAULT_LANGUAGE and word not in {"once", "six"}:
        return VALUES[DEFAULT_LANGUAGE].get(word)
    return None


def _glued(word: str, language: str) -> int | None:
    """Return the number that one word of several numbers stands for: `einunddreißig`, `siebzehnhundert`."""
    values, joiners = VALUES[language], JOINERS[language]
    for multiple, factor in (("thousand", THOUSAND), ("hundred", HUNDRED)):
        for name in [each for each, value in values.items() if value == factor]:
            before, found, after = word.partition(name)
            if not found or (multiple == "hundred" and before and number_in(before, values, joiners) is None):
                continue
            high = number_in(before, values, joiners) if before else 1
            if high is None:
                high = _glued(before, language)
            low = 0
            if after:
                after = after.removeprefix(joiners[0])
                rest = number_in(after, values, joiners)
                low = rest if rest is not None else _glued(after, language) or -1
            if high is not None and low >= 0:
                return high * factor + low
    return number_in(word, values, joiners)


def number_in(word: str, values: dict[str, int], joiners: Sequence[str]) -> int | None:
    """Return the number below a hundred that one word stands for, in a language that glues them together."""
    if word in values and values[word] < HUNDRED:
        return values[word]
    for ten in range(20, 100, 10):
        for name in [each for each, value in values.items() if value == ten]:
            if word.endswith(name):  # `einunddreißig`
                one = word.removesuffix(name)
                for joiner in joiners:
                    value = values.get(one.removesuffix(joiner))
                    if one.endswith(joiner) and value is not None and value < 10:
                        return ten + value
            if word.startswith(name[:-1]):  # `ventuno`, `ventiquattro`, `tjugotre`
                for stem in (name, name[:-1]):
                    value = values.get(word.removeprefix(stem).replace("tré", "tre"))
                    if value is not None and 0 < value < 10:
                        return ten + value
    return None
