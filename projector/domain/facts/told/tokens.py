"""Parts a text into words, numbers and single characters of scripts without spaces, each with where it stands."""

import re
import unicodedata
from functools import lru_cache

from msgspec import Struct

from projector.domain.facts.told.word_list import words

# What people say while they look for a word, in all languages.
SOUNDS = words("um uh uhm umm hm hmm mm mhm mmm er erm ah oh eh euh äh ähm öh ehm")
# Scripts without spaces between words: Thai, Lao, Khmer, kana, Han; and Hangul, where a word goes on in its particle.
UNPARTED = "\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff"


def _marks() -> str:
    """Return the marks that stand on letters, as the vowels of Hindi do, for a class of a pattern: `\\w` lacks them."""
    marks = [chr(code) for code in range(0x300, 0x1E00) if unicodedata.category(chr(code)).startswith("M")]
    return "".join(mark for mark in marks if not re.match(f"[{UNPARTED}]", mark))


MARKS = _marks()
_LETTERS = rf"(?:[^\W\d_{UNPARTED}]|[{MARKS}])+"
_TOKEN = re.compile(rf"[{UNPARTED}]|\d+|{_LETTERS}(?:['\u2019]{_LETTERS})*")
_SOUND = re.compile(
    rf",?\s*(?<![^\W_])(?:{'|'.join(sorted(SOUNDS, key=len, reverse=True))})(?![^\W_])\s*,?", re.IGNORECASE
)
_CLAUSE_END = re.compile(r"[.!?;:()\u2026\u3002\uff01\uff1f\u3001\uff0c\u060c\u061b\u061f\u0964]|,(?!\d)")
# What is left of a capital Turkish `İ` in lower case.
_DOT_ABOVE = "\u0307"


class Token(Struct, frozen=True, gc=False):
    """
    A word, a number or a single character of a text.

    `text` is in lower case. `begin` and `end` are where it stands; `gap` is what stands before it, after the token
    before.
    """

    text: str
    begin: int
    end: int
    gap: str

    @property
    def is_number(self) -> bool:
        """Whether it is made of digits."""
        return self.text.isdigit()

    @property
    def begins_clause(self) -> bool:
        """Whether a sign that ends a clause stands before it."""
        return _CLAUSE_END.search(self.gap) is not None


def tokens_of(text: str) -> list[Token]:
    """Return the tokens of a text; full-width forms count as the usual ones, and every digit as an ASCII digit."""
    return [*_tokens_of(text)]


# Every statement of a call is compared with the same few turns.
@lru_cache(16)
def _tokens_of(text: str) -> tuple[Token, ...]:
    text = composed(text)
    tokens: list[Token] = []
    end = 0
    for match in _TOKEN.finditer(text):
        word = match.group()
        plain = (
            "".join(str(unicodedata.digit(char)) for char in word)
            if word.isdecimal()
            else word.casefold().replace(_DOT_ABOVE, "")
        )
        tokens.append(Token(plain.replace("\u2019", "'"), match.start(), match.end(), text[end : match.start()]))
        end = match.end()
    return tuple(tokens)


def without_sounds(text: str) -> str:
    """Return a text with blanks in place of each sound and its commas: `not, uh, allergic` is one clause."""
    return _SOUND.sub(lambda found: " " * len(found.group()), composed(text))


def composed(text: str) -> str:
    """Return a text whose letters are composed, and whose full-width characters are the usual ones (NFKC)."""
    return unicodedata.normalize("NFKC", text) if not text.isascii() else text
