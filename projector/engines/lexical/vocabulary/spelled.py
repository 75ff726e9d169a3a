"""Joins what is said in pieces but meant as one: numbers, codes, e-mail addresses, spelled names."""

import re
from collections.abc import Iterable, Iterator, Sequence, Set
from functools import lru_cache

from projector.domain.redaction.spoken_numbers import digits_of, pieces_of, runs

_GAP = r"[\s.,\-\u2010-\u2015]+"
_SPELLED = re.compile(rf"(?<![^\W_])[^\W_](?:{_GAP}[^\W_](?![^\W_])){{2,}}")
# `M as in Mike`, `M for Mike`, `M wie Martha`, `M de Madrid`, `M comme Marie`.
_LIKE = ("for", "wie", "de", "como", "comme", "come", "als", "som", "jak")
_AS_IN = re.compile(rf"(?<![^\W_])([^\W\d_])[,\s]+(?:as\s+in|{'|'.join(_LIKE)})\s+[^\W\d_]{{2,}}", re.IGNORECASE)
# It begins with the digit and looks back from there, so that `re` passes by all else quickly.
_GROUPED = re.compile(r"\d(?<!\d\d)\d*+(?:[\s\-./()]{1,2}\d++)+")
# Words too, which `re` passes by as soon as it has found them.
_WORD_OR_CODE = re.compile(r"[^\W_]++(?:[\-/.][^\W_]++)*+")
_ADDRESS = re.compile(r"(?<![\w.+\-])[\w.+\-]++@[\w\-]++(?:\.[\w\-]++)+")
_DOTS = ("dot", "punto", "punkt", "point", "ponto", "punt", "kropka")
_DOT = rf"\s+(?:{'|'.join(_DOTS)})\s+"
_ATS = ("at", "arroba", "ät", "arobase", "chiocciola", "apenstaartje", "małpa")
_AT = rf"\s+(?:{'|'.join(_ATS)})\s+"
# Each word may begin an address: so many dots before the `at` are looked for, or the time would grow with the square.
_DOTS_MAX = 8
_SPOKEN_ADDRESS = re.compile(
    rf"(?<![\w\-])[\w\-]++(?:{_DOT}[\w\-]++){{0,{_DOTS_MAX}}}+{_AT}[\w\-]++(?:{_DOT}[\w\-]++)+", re.IGNORECASE
)
_SPOKEN_DOT, _SPOKEN_AT = re.compile(_DOT, re.IGNORECASE), re.compile(_AT, re.IGNORECASE)
# The spoken digits of English, doubled ones included, are found by `spoken_numbers`.
_DIGITS = {
    "de": "null eins zwei drei vier fünf sechs sieben acht neun",
    "es": "cero uno dos tres cuatro cinco seis siete ocho nueve",
    "fr": "zéro un deux trois quatre cinq six sept huit neuf",
    "it": "zero uno due tre quattro cinque sei sette otto nove",
    "nl": "nul een twee drie vier vijf zes zeven acht negen",
    "pl": "zero jeden dwa trzy cztery pięć sześć siedem osiem dziewięć",
    "pt": "zero um dois três quatro cinco seis sete oito nove",
    "sv": "noll ett två tre fyra fem sex sju åtta nio",
}
_VALUES = {
    language: {word: str(digit) for digit, word in enumerate(words.split())} for language, words in _DIGITS.items()
}
_VALUES["de"]["zwo"] = "2"
_ENGLISH = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "oh", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty", "thirty", "forty"),
    *("fifty", "sixty", "seventy", "eighty", "ninety", "double", "triple"),
)
_ENGLISH_DIGITS = "|".join(_ENGLISH)
_SPOKEN_IN_ENGLISH = re.compile(rf"\b(?:{_ENGLISH_DIGITS}){_GAP}(?:{_ENGLISH_DIGITS})\b", re.IGNORECASE)
# Letters that stand alone in ordinary sentences, where nothing is spelled.
_LONE = "aiosty"
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzäöüñßçåæøéł") - frozenset(_LONE)
# A text without any of these words, digits or `@` says nothing in pieces. They are rare, so they are looked for first.
_SIGNS = _LETTERS.union(_DOTS)
_NONE: frozenset[str] = frozenset()
_DIGIT_SIGNS = {language: frozenset(values) for language, values in _VALUES.items()}
_DIGIT_SIGNS["en"] = frozenset(_ENGLISH)
_ALL_SIGNS = {language: _SIGNS | digits for language, digits in _DIGIT_SIGNS.items()}
_WRITTEN = re.compile(r"[\d@]")
_ASCII_UNWRITTEN = bytes(set(range(128)) - set(b"0123456789@"))
_ASCII_DIGITS = bytes(code if 48 <= code < 58 else ord(" ") for code in range(256))
_ASCII_LOWER = bytes(ord(chr(code).lower()) if code < 128 else code for code in range(256))
_ASCII_BETWEEN = bytes(code for code in range(128) if not chr(code).isalnum())
_AT_WORDS, _DOT_WORDS, _AS_IN_WORDS = frozenset(_ATS), frozenset(_DOTS), frozenset(("as", *_LIKE))
_PIECES_MIN, _CHARS_MAX = 2, 64
# The lengths of three single letters or digits in a row, which are the fewest that spell something.
_SPELLED_LENGTHS = (1, 1, 1)
# A minute of speech is some 1,000 characters. The limit bounds the time that a text made to be slow can take.
TEXT_CHARS_MAX = 4000


def wholes(text: str, words: Sequence[str], language: str) -> Iterable[str] | None:
    """
    Return what a text says in pieces, joined and in lower case: `4711`, `ab12x`, `marta@example.com`, `kowalski`.

    None if it says nothing in pieces for sure, which takes far less time to tell. Only so much as `TEXT_CHARS_MAX` is
    looked at.

    Args:
        words: the words of the text, in lower case.
        language: of spoken digits, ISO 639-1.
    """
    signs = _ALL_SIGNS.get(language, _SIGNS).intersection(words)
    if not (signs or is_written(text)):
        return None
    return _wholes(text[:TEXT_CHARS_MAX], words, signs, language)


def has_sign(words: Iterable[str], language: str) -> bool:
    """Tell whether one of the words, in lower case, may be a part of what is said in pieces."""
    return not _ALL_SIGNS.get(language, _SIGNS).isdisjoint(words)


def is_written(text: str) -> bool:
    """Tell whether a text holds a digit or an `@`."""
    if text.isascii():
        return bool(text.encode().translate(None, _ASCII_UNWRITTEN))
    return _WRITTEN.search(text) is not None


def _wholes(text: str, words: Sequence[str], signs: Set[str], language: str) -> list[str]:
    found: list[str] = []
    if not _DIGIT_SIGNS.get(language, _NONE).isdisjoint(signs):
        found += _spoken_digits(text, language)
    if not _SIGNS.isdisjoint(signs) or is_written(text):
        if "@" in text:
            found += [address.lower() for address in _ADDRESS.findall(text)]
        if not (text.isascii() and (_DOT_WORDS.isdisjoint(signs) or _AT_WORDS.isdisjoint(words))):
            found += [_address(spoken) for spoken in _SPOKEN_ADDRESS.findall(text)]
        found += filter(_is_short, map(_joined, _pieces(text, words)))
    return found


def _address(spoken: str) -> str:
    return _SPOKEN_AT.sub("@", _SPOKEN_DOT.sub(".", spoken)).lower()


def _pieces(text: str, words: Sequence[str]) -> list[str]:
    """Return what a text says in pieces, as it says it."""
    # Most texts have too few single letters for some of these expressions, which are slow and then skipped. In a text
    # that is not ASCII, letters and digits cannot be counted this easily, so nothing is skipped.
    is_any = not text.isascii()
    lengths = [*map(len, words)]
    is_as_in = 1 in lengths and not _AS_IN_WORDS.isdisjoint(words)
    found: list[str] = []
    if is_any or is_as_in:
        text = _AS_IN.sub(r"\1", text)
    if is_any or is_as_in or _SPELLED_LENGTHS in zip(lengths, lengths[1:], lengths[2:], strict=False):
        found += _SPELLED.findall(text)
    written = text if is_any else _written(text)
    found += _GROUPED.findall(written)
    # No code goes on behind a blank, and what holds letters and digits alone is a word.
    for part in [part for part in written.split() if not part.isalnum()]:
        for code in _WORD_OR_CODE.findall(part):
            if not code.isalnum() and any(map(str.isdigit, code)):
                found.append(code)
    return found


def _written(text: str) -> str:
    """Return the part of an ASCII text that holds all of its digits, and whole words: most often a small one."""
    digits = text.encode().translate(_ASCII_DIGITS)
    first, last = len(digits) - len(digits.lstrip()), len(digits.rstrip())
    end = text.find(" ", last)
    return text[text.rfind(" ", 0, first) + 1 : end if end >= 0 else len(text)] if last else ""


def _spoken_digits(text: str, language: str) -> Iterator[str]:
    if language == "en":
        if _SPOKEN_IN_ENGLISH.search(text) is not None:
            for run in runs(pieces_of(text).pieces):
                if len(run) >= _PIECES_MIN and _is_short(joined := _joined(digits_of(run))):
                    yield joined
    else:
        values = _VALUES[language]
        for found in _digits_spoken_in(language).finditer(text):
            yield "".join(values[word] for word in re.findall(r"\w+", found.group().lower()))


@lru_cache
def _digits_spoken_in(language: str) -> re.Pattern[str]:
    digits = "|".join(_VALUES[language])
    return re.compile(rf"(?<!\w)(?:{digits})(?:{_GAP}(?:{digits})(?!\w))+", re.IGNORECASE)


def _joined(pieces: str) -> str:
    if pieces.isascii():
        return pieces.encode().translate(_ASCII_LOWER, _ASCII_BETWEEN).decode()
    return "".join([char for char in pieces if char.isalnum()]).lower()


def _is_short(joined: str) -> bool:
    return len(joined) <= _CHARS_MAX
