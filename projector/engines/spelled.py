"""What is said in pieces and meant as one: numbers, codes, e-mail addresses, names that are spelled."""

import re
from collections.abc import Iterator, Sequence

from projector.told_numbers import digits_of, pieces_of, runs

_GAP = r"[\s.,\-\u2010-\u2015]+"
_SPELLED = re.compile(rf"(?<![^\W_])[^\W_](?:{_GAP}[^\W_](?![^\W_])){{2,}}")
# `M as in Mike`, `M for Mike`, `M wie Martha`, `M de Madrid`, `M comme Marie`.
_AS_IN = re.compile(
    r"(?<![^\W_])([^\W\d_])[,\s]+(?:as\s+in|for|wie|de|como|comme|come|als|som|jak)\s+[^\W\d_]{2,}", re.IGNORECASE
)
_GROUPED = re.compile(r"(?<!\d)\d++(?:[\s\-./()]{1,2}\d++)+")
_CODE = re.compile(r"(?<![^\W_])[^\W_]+(?:[\-/.][^\W_]+)+(?![^\W_])")
_ADDRESS = re.compile(r"(?<![\w.+\-])[\w.+\-]++@[\w\-]++(?:\.[\w\-]++)+")
_DOTS = ("dot", "punto", "punkt", "point", "ponto", "punt", "kropka")
_DOT = rf"\s+(?:{'|'.join(_DOTS)})\s+"
_AT = r"\s+(?:at|arroba|ät|arobase|chiocciola|apenstaartje|małpa)\s+"
_TOLD_ADDRESS = re.compile(rf"(?<![\w\-])[\w\-]++(?:{_DOT}[\w\-]++)*+{_AT}[\w\-]++(?:{_DOT}[\w\-]++)+", re.IGNORECASE)
_TOLD_DOT, _TOLD_AT = re.compile(_DOT, re.IGNORECASE), re.compile(_AT, re.IGNORECASE)
# The digits of English, and how they are doubled, are known to `told_numbers`.
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
_TOLD_DIGITS = {
    language: re.compile(rf"(?<!\w)(?:{'|'.join(values)})(?:{_GAP}(?:{'|'.join(values)})(?!\w))+", re.IGNORECASE)
    for language, values in _VALUES.items()
}
_ENGLISH = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "oh", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty", "thirty", "forty"),
    *("fifty", "sixty", "seventy", "eighty", "ninety", "double", "triple"),
)
_ENGLISH_DIGITS = "|".join(_ENGLISH)
_TOLD_IN_ENGLISH = re.compile(rf"\b(?:{_ENGLISH_DIGITS}){_GAP}(?:{_ENGLISH_DIGITS})\b", re.IGNORECASE)
# Letters that stand alone in a sentence of which nothing is spelled.
_LONE = "aiosty"
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzäöüñßçåæøéł") - frozenset(_LONE)
# Without any of these, a digit or an `@` nothing is said in pieces; looked for first, for they are seldom there.
_SIGNS = _LETTERS.union(_DOTS)
_NONE: frozenset[str] = frozenset()
_DIGIT_SIGNS = {language: frozenset(values) for language, values in _VALUES.items()}
_DIGIT_SIGNS["en"] = frozenset(_ENGLISH)
_WRITTEN = re.compile(r"[\d@]")
_DIGIT = re.compile(r"\d")
# What joins the parts of addresses and codes.
_JOINING, _DOT_WORDS = re.compile(r"@|[^\W_][\-/.][^\W_]"), frozenset(_DOTS)
_PIECES_MIN, _SPELLED_MIN, _CHARS_MAX = 2, 3, 64
# A minute of speech is some 1,000 characters; what is made up to be slow to read must not be long.
_TEXT_CHARS_MAX = 4000


def wholes(text: str, words: Sequence[str], language: str) -> Iterator[str]:
    """
    Yield what a text says in pieces, whole and in lower case: `4711`, `ab12x`, `marta@example.com`, `kowalski`.

    Args:
        words: the words of the text, in lower case.
        language: ISO 639-1; in which digits are told.
    """
    text = text[:_TEXT_CHARS_MAX]
    if not _DIGIT_SIGNS.get(language, _NONE).isdisjoint(words):
        yield from _told_digits(text, language)
    if _SIGNS.isdisjoint(words) and _WRITTEN.search(text) is None:
        return
    if text.isascii() and _is_plain(text, words):
        return
    for found in _ADDRESS.finditer(text):
        yield found.group().lower()
    for found in _TOLD_ADDRESS.finditer(text):
        yield _TOLD_AT.sub("@", _TOLD_DOT.sub(".", found.group())).lower()
    text = _AS_IN.sub(r"\1", text)
    for found in _SPELLED.finditer(text):
        yield from _joined(found.group())
    for found in _GROUPED.finditer(text):
        yield from _joined(found.group())
    for found in _CODE.finditer(text):
        if any(char.isdigit() for char in found.group()):
            yield from _joined(found.group())


def _is_plain(text: str, words: Sequence[str]) -> bool:
    """Tell whether a text has too few single letters, digits and signs for anything in pieces; it may have, else."""
    if _JOINING.search(text) is not None or not _DOT_WORDS.isdisjoint(words):
        return False
    lone = sum(len(word) == 1 for word in words)
    return lone < _SPELLED_MIN and sum(_DIGIT.search(word) is not None for word in words) < _PIECES_MIN


def _told_digits(text: str, language: str) -> Iterator[str]:
    if language == "en":
        if _TOLD_IN_ENGLISH.search(text) is not None:
            for run in runs(pieces_of(text).pieces):
                if len(run) >= _PIECES_MIN:
                    yield from _joined(digits_of(run))
    else:
        values = _VALUES[language]
        for found in _TOLD_DIGITS[language].finditer(text):
            yield "".join(values[word] for word in re.findall(r"\w+", found.group().lower()))


def _joined(pieces: str) -> Iterator[str]:
    joined = "".join(char for char in pieces if char.isalnum()).lower()
    if len(joined) <= _CHARS_MAX:
        yield joined
