"""Parts a greeting into its sentences, and these into words and numbers."""

import re
import unicodedata
from collections.abc import Iterator

from msgspec import Struct

_ENDS = frozenset(".!?\u2026\u3002\uff01\uff1f\u061f\u0964")
_QUESTION_MARKS = frozenset("?\uff1f\u061f")
# Signs that may stand between words; any other is markup, a quotation, an address or an order to a program.
_BETWEEN = frozenset(" ,'\u2019\u00bf\u00a1-\u2010\u2011\u2013\u3001\uff0c\u060c\u00a0\u202f")
# After these a full stop ends no sentence.
_TITLES = frozenset({"dr", "dra", "fr", "fru", "frau", "hr", "mag", "mme", "mr", "mrs", "ms", "nr", "no", "prof"}) | {
    *("sig", "sr", "sra", "st")
}
_ASCII_WORD = re.compile(r"[a-z]+|[0-9]+")
# So ends a question in Japanese that is written with a full stop.
_JAPANESE_QUESTION = "か"


class Word(Struct, frozen=True):
    """A word or a number of a sentence; `text` is as it is written."""

    text: str

    @property
    def plain(self) -> str:
        """The word in lower case, a number in ASCII digits."""
        if self.is_number:
            return "".join(str(unicodedata.digit(char)) for char in self.text)
        return in_lower_case(self.text)

    @property
    def is_number(self) -> bool:
        """Whether it is made of digits."""
        return self.text.isdecimal()


class Sentence(Struct, frozen=True):
    """A sentence of a greeting: its words and numbers, and whether it asks."""

    words: tuple[Word, ...]
    is_question: bool


def in_lower_case(text: str) -> str:
    """Return a text as words are compared: in lower case, and composed."""
    # Of the Turkish capital with a dot the dot is left over.
    return unicodedata.normalize("NFC", text.casefold().replace("i\u0307", "i"))


def sentences_of(text: str) -> list[Sentence] | None:
    """Return the sentences of a greeting; None where it holds a sign that has no place in one."""
    found: list[Sentence] = []
    words: list[Word] = []
    run = ""
    text = unicodedata.normalize("NFC", text)
    for at, char in enumerate(text):
        kind = _kind(char, text, at)
        if kind is None:
            return None
        if run and kind != _kind_of_run(run):
            words.append(Word(run))
            run = ""
        if kind in {"letter", "digit"}:
            run += char
        elif kind == "end" and words:
            if char == "." and words[-1].plain in _TITLES:
                continue
            found.append(_sentence(words, char))
            words = []
        elif kind == "end":
            if text[at - 1 : at] not in _ENDS:
                return None  # it ends nothing
            if char in _QUESTION_MARKS:
                found[-1] = Sentence(found[-1].words, is_question=True)
    words += [Word(run)] if run else []
    return [*found, _sentence(words, "")] if words else found


def plain_words(text: str) -> tuple[str, ...]:
    """Return the words and numbers of any text, in lower case."""
    if text.isascii():
        return tuple(_ASCII_WORD.findall(text.lower()))
    return tuple(word.plain for word in _words(text))


def _words(text: str) -> Iterator[Word]:
    run = ""
    for char in unicodedata.normalize("NFC", text):
        kind = "digit" if char.isdecimal() else "letter" if _is_letter(char) else ""
        if run and kind != _kind_of_run(run):
            yield Word(run)
            run = ""
        if kind:
            run += char
    if run:
        yield Word(run)


def _kind(char: str, text: str, at: int) -> str | None:
    """Return what a character is: part of a word, of a number, between words or an end; None where it is neither."""
    if char.isdecimal():
        return "digit"
    if _is_letter(char):
        return "letter"
    if char in ".:,\uff1a" and text[at - 1 : at].isdecimal() and text[at + 1 : at + 2].isdecimal():
        return "between"  # within a time, a date or a number
    if char == "." and text[at - 1 : at].isdecimal() and text[at + 1 :].strip():
        return "between"  # `am 3. Dezember`
    if char in _ENDS:
        return "end"
    return "between" if char in _BETWEEN else None


def _kind_of_run(run: str) -> str:
    return "digit" if run[-1].isdecimal() else "letter"


def _is_letter(char: str) -> bool:
    return unicodedata.category(char)[0] in "LM"


def _sentence(words: list[Word], end: str) -> Sentence:
    is_question = end in _QUESTION_MARKS if end else False
    is_japanese = bool(words) and end == "\u3002" and words[-1].text.endswith(_JAPANESE_QUESTION)
    return Sentence(tuple(words), is_question=is_question or is_japanese)
