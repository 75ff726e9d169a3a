"""Turns text into search terms: stems, pairs of characters for scripts without spaces, and joined numbers and codes."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import chain

import Stemmer

from projector.domain.reading.stop_words import STOP_WORDS
from projector.engines.lexical.vocabulary.irregular_forms import BASE_FORMS
from projector.engines.lexical.vocabulary.spelled import TEXT_CHARS_MAX, has_sign, is_written, wholes

# Raise it with every change of what a term is: the terms of a question must be made as those of the index were.
TERMS_VERSION = f"2, Snowball {Stemmer.version()}"
# For a call that does not say its language. A wrong stem does no harm: it is the same in the index and in the question.
DEFAULT_LANGUAGE = "en"
# Source: ISO 639-1, and the algorithms of Snowball 3.1.
_ALGORITHMS = {
    "ar": "arabic",
    "ca": "catalan",
    "cs": "czech",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "eo": "esperanto",
    "es": "spanish",
    "et": "estonian",
    "eu": "basque",
    "fa": "persian",
    "fi": "finnish",
    "fr": "french",
    "ga": "irish",
    "hi": "hindi",
    "hu": "hungarian",
    "hy": "armenian",
    "id": "indonesian",
    "it": "italian",
    "lt": "lithuanian",
    "nb": "norwegian",
    "ne": "nepali",
    "nl": "dutch",
    "no": "norwegian",
    "pl": "polish",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sr": "serbian",
    "st": "sesotho",
    "sv": "swedish",
    "ta": "tamil",
    "tr": "turkish",
    "yi": "yiddish",
}
# Languages that write compounds as one word: `Bestellnummer`, `Krankenkasse`.
COMPOUNDING = frozenset({"da", "de", "fi", "hu", "nb", "nl", "no", "sv"})
# Scripts without spaces between words: Thai, Lao, Khmer, kana, Han.
_UNPARTED = "\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"[{_UNPARTED}]+|[^\W_{_UNPARTED}]+")
_IS_UNPARTED = re.compile(rf"[{_UNPARTED}]")
# A translation table: letters in lower case, digits as they are, spaces for everything else.
_ASCII_WORDS = bytes(ord(chr(code).lower()) if code < 128 and chr(code).isalnum() else ord(" ") for code in range(256))
# Parts texts that are read together. It is a word by itself then, and the term of that.
_BETWEEN = "\x01"
_ASCII_WORDS_OF_EACH = bytes(ord(_BETWEEN) if code == ord(_BETWEEN) else _ASCII_WORDS[code] for code in range(256))
_CHARS_MAX = 64
# No word of any language is longer.
_STEMMED_CHARS_MAX = 256
# The words of one day's calls come again and again: of the languages of the last calls, so many words each are kept.
_LANGUAGES_KEPT, _WORDS_KEPT, _KEPT_CHARS_MAX = 8, 8192, 64


def language_of(tag: str | None) -> str:
    """Return the language of a call's BCP 47 tag, such as `pt` for `pt-BR`; the default where there is no tag."""
    return re.split(r"[-_]", tag.lower(), maxsplit=1)[0] if tag else DEFAULT_LANGUAGE


def words_of(text: str, language: str) -> list[str]:
    """Return the words of a text in order and in lower case, then what it says in pieces, joined; see `spelled`."""
    return read_words(text, language, is_joining=True)[0]


def read_words(text: str, language: str, *, is_joining: bool) -> tuple[list[str], int]:
    """
    Return the words of a text as `words_of` does, and how many characters were searched for what is said in pieces.

    Args:
        is_joining: whether to search at all.
    """
    if text.isascii():
        # The same words as `_WORD` finds, in a sixth of the time.
        words = _ascii_words(text)
    else:
        # Composed first: a combining accent would split the word.
        text = unicodedata.normalize("NFC", text)
        words = _WORD.findall(text.casefold())
    joined = wholes(text, words, language) if is_joining else None
    return (words, 0) if joined is None else ([*words, *joined], min(len(text), TEXT_CHARS_MAX))


def _ascii_words(text: str) -> list[str]:
    return text.encode().translate(_ASCII_WORDS).decode().split()


def terms_of(words: Iterable[str], language: str) -> list[str]:
    """Return the terms of words: none of a stop word, usually one, several of a word in a script without spaces."""
    return [*chain.from_iterable(map(_terms_in(language).__getitem__, words))]


def terms_of_each(texts: Sequence[str], language: str) -> list[list[str]] | None:
    """
    Return the terms of each of several texts and of what it says in pieces; None if they must be read one by one.

    Short texts take two thirds of the time that they take one by one.
    """
    together = f" {_BETWEEN} ".join(texts)
    if not together.isascii() or together.count(_BETWEEN) != len(texts) - 1:
        return None
    words = together.encode().translate(_ASCII_WORDS_OF_EACH).decode().split()
    terms = terms_of(words, language)
    found, begin = list[list[str]](), 0
    for _ in texts[1:]:
        end = terms.index(_BETWEEN, begin)
        found.append(terms[begin:end])
        begin = end + 1
    found.append(terms[begin:])
    is_any = has_sign(words, language)
    for number, text in enumerate(texts):
        if is_any or is_written(text):
            found[number] += terms_of(wholes(text, _ascii_words(text), language) or (), language)
    return found


class _TermsOfWords(dict[str, tuple[str, ...]]):
    """The terms of the words of one language, as far as they were asked for."""

    def __init__(self, language: str) -> None:
        self._stop_words = STOP_WORDS.get(language, frozenset())
        self._base_forms = BASE_FORMS.get(language, {})
        self._stem = _stemmer(language)

    def __missing__(self, word: str) -> tuple[str, ...]:
        terms = self._terms_of(word)
        # The many pairs of a script without spaces take more room than time.
        if len(word) <= _KEPT_CHARS_MAX and len(terms) <= 1:
            if len(self) >= _WORDS_KEPT:
                self.clear()
            self[word] = terms
        return terms

    def _terms_of(self, word: str) -> tuple[str, ...]:
        if not word.isascii() and _IS_UNPARTED.match(word):
            return tuple([word[at : at + 2] for at in range(max(len(word) - 1, 1))])
        # Some stemmers take time with the square of a word's length, and one character may be eighteen without accents.
        word = word[:_STEMMED_CHARS_MAX]
        plain = _without_accents(word)
        if plain in self._stop_words:
            return ()
        stem = self._stem(self._base_forms.get(word, word))
        return ((plain if stem == word else _without_accents(stem))[:_CHARS_MAX],)


_terms_in = lru_cache(_LANGUAGES_KEPT)(_TermsOfWords)


def _stemmer(language: str) -> Callable[[str], str]:
    if language not in _ALGORITHMS:
        return str
    stemmer = Stemmer.Stemmer(_ALGORITHMS[language], 0)
    stem: Callable[[str], str] = stemmer.stemWord
    return stem


def _without_accents(word: str) -> str:
    if word.isascii():
        return word
    parted = unicodedata.normalize("NFKD", word)
    kept = "".join([char for char in parted if not unicodedata.combining(char)])
    return "".join(kept.split()) or word  # an Arabic ligature can stand for a sentence, with spaces
