"""Whether a text tells one of some values, in whatever form of their words: rather once too often than too rarely."""

import math
import re
from collections.abc import Callable, Iterable
from functools import cached_property

from projector.domain.facts.told.counting.numbers import is_told, numbers_in, pieces_of
from projector.domain.facts.told.stems import EMPTY_WORDS, stem_of, without_accents
from projector.domain.facts.told.tokens import UNPARTED
from projector.domain.facts.told.word_list import words
from projector.domain.reading.stop_words import STOP_WORDS

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"[^\W\d_{UNPARTED}]+")
_RUN = re.compile(rf"[{_HAN}]+|(?:(?![{_HAN}])[{UNPARTED}])+")
_SENTENCE_END = re.compile(r"(?<=[.!?\u2026])\s+|(?<=[\u3002\uff01\uff1f])")
# What stands in a longer word, as `nuss` in `Haselnussallergie`; of a shorter one only the whole word is meant.
_INNER_CHARS_MIN = 4
# The forms of a long word have so much in common: `diabetes` and `diabetic`.
_LONG_CHARS_MIN, _COMMON_SHARE = 7, 0.7
# Of writing without spaces so many letters in a row stand for a word; of Chinese characters two.
_HAN_CHARS, _UNPARTED_CHARS = 2, 4
# A shorter number, such as an hour, stands in many a text that speaks of something else.
_DIGITS_MIN = 3
_DIGITS = re.compile(rf"\d{{{_DIGITS_MIN},}}")
_ENGLISH = "en"
# Who calls, and what somebody is called, without accents: of every caller something of that is told. Per language: a
# Dutch `appel` is an apple.
_CALLING = {
    "de": words("anruf anrufen anrufer anruferin anrufende anruft ruft heisst"),
    "en": words("call calls called calling"),
    "es": words("llamar llama llamante"),
    "fr": words("appel appeler appelle appelant appelante"),
    "it": words("chiamare chiama chiamante"),
    "nl": words("bellen belt beller heet"),
    "pl": words("dzwonic dzwoni dzwoniaca dzwoniacy nazywa"),
    "pt": words("ligar liga chama"),
    "sv": words("ringa ringer heter"),
    "tr": words("aramak arayan"),
}

# What says nothing as a verb, and much as a noun: `in need of a will`.
_NOUNS = words("will")


class ToldValues:
    """
    Finds the texts that tell one of some values.

    Args:
        values: as they were collected or stated.
        languages: in which they are told, BCP 47.
        also: tells whether a text tells something of the kind, of which no value is known.
    """

    def __init__(
        self,
        values: Iterable[str],
        languages: Iterable[str | None] = (),
        *,
        also: Callable[[str], bool] | None = None,
    ) -> None:
        self._also = also
        self._values = [value for value in dict.fromkeys(values) if value.strip()]
        self._languages = list(dict.fromkeys([*((language or "").lower()[:2] for language in languages), _ENGLISH]))

    def is_in(self, text: str) -> bool:
        """Tell whether a text holds a word or a number of a value that says something."""
        if text and self._also is not None and self._also(text):
            return True
        if not self._values or not text:
            return False
        if self._named and not self._named.isdisjoint(_with_capital(text)):
            return True
        plain = without_accents(text.casefold())
        if any(part in plain for part in self._inner):
            return True
        words = set(_WORD.findall(plain)) | set(_WORD.findall(text.casefold()))
        if not self._words.isdisjoint(words) or any(not self._words.isdisjoint(self._forms(word)) for word in words):
            return True
        pieces = [pieces_of(text, language) for language in self._languages] if self._numbers else []
        return any(is_told(number, each) for number in self._numbers for each in pieces)

    def without(self, text: str, *, also_if: Callable[[str], bool] = bool) -> str:
        """
        Return a text without the sentences that tell one.

        Args:
            also_if: which of these sentences are left out; all of them unless said otherwise.
        """
        if not self.is_in(text):
            return text
        sentences = filter(None, _SENTENCE_END.split(text))
        return " ".join(each for each in sentences if not (also_if(each) and self.is_in(each)))

    @cached_property
    def _words(self) -> frozenset[str]:
        """The words that say something, and their stems."""
        words = {word for value in self._values for word in self._telling(value)}
        return frozenset(words.union(*map(self._forms, words)))

    @cached_property
    def _inner(self) -> frozenset[str]:
        """What tells a value wherever it stands, also within a word."""
        words = {word for value in self._values for word in self._telling(value)}
        parts = {form for word in words for form in self._forms(word) if len(form) >= _INNER_CHARS_MIN}
        parts |= {word[: math.ceil(len(word) * _COMMON_SHARE)] for word in words if len(word) >= _LONG_CHARS_MIN}
        runs = {run for value in self._values for run in _RUN.findall(without_accents(value.casefold()))}
        return frozenset(map(without_accents, parts)).union(*map(_parts_of, runs))

    @cached_property
    def _numbers(self) -> frozenset[str]:
        found = {run for value in self._values for run in _DIGITS.findall(value)}
        for value in self._values:
            has_words = bool(_WORD.search(value) or _RUN.search(value))
            for language in self._languages:
                numbers = numbers_in(pieces_of(value, language))
                found.update(number for number in numbers if len(number) >= _DIGITS_MIN or not has_words)
        return frozenset(found)

    def _telling(self, value: str) -> set[str]:
        """Return the words of a value that say something; all of them where none does."""
        words = set(_WORD.findall(value.casefold()))
        telling = {word for word in words if len(word) > 1 and without_accents(word) not in self._empty}
        telling |= _NOUNS.intersection(_WORD.findall(value))
        return telling or words

    @cached_property
    def _named(self) -> frozenset[str]:
        """The words that say something only as a name, with a capital: `Will`, `Bo`, Dutch `Dan`, Spanish `Ella`."""
        articles = {without_accents(word) for language in self._languages for word in EMPTY_WORDS.get(language, ())}
        names = {word for value in self._values for word in _names_in(value) if len(word) > 1}
        return frozenset(word for word in names if without_accents(word) in self._empty - articles)

    @cached_property
    def _empty(self) -> frozenset[str]:
        """What says nothing, without accents: `with` of `tall with a ponytail` stands in every second sentence."""
        lists = (each.get(language) for each in (EMPTY_WORDS, STOP_WORDS, _CALLING) for language in self._languages)
        return frozenset(without_accents(word) for words in lists if words for word in words)

    def _forms(self, word: str) -> set[str]:
        stems = {stem_of(word, language) for language in self._languages}
        return {word, without_accents(word), *stems, *map(without_accents, stems)}


def _names_in(value: str) -> set[str]:
    """Return what is written as a name, in lower case: with a capital, and not because a sentence begins."""
    told = _WORD.findall(value)
    return {
        word.casefold()
        for at, word in enumerate(told)
        if word[0].isupper() and (at > 0 or any(each[0].isupper() for each in told[1:]))
    }


def _with_capital(text: str) -> set[str]:
    return {word.casefold() for word in _WORD.findall(text) if word[0].isupper()}


def _parts_of(run: str) -> set[str]:
    """Return the parts of some writing without spaces of which each tells it."""
    chars = _HAN_CHARS if re.match(f"[{_HAN}]", run) else _UNPARTED_CHARS
    return {run[at : at + chars] for at in range(max(1, len(run) - chars + 1))}
