"""
Makes texts of what means anything to redaction and to the index, to search for those that take the longest.

A text is a few tokens, repeated in order or at random; the same seed gives the same texts.
"""

import random
from collections.abc import Iterator

from msgspec import Struct

_TOKENS = (
    *("1", "0", "5", "41", "12", "123", "7371", "4111", "1111 1111", "4111111111111111", "4" * 40, "536-90-4399"),
    *("536904399", "(555) 123-4567", "2025-11-12", "20251112120006", "1a", "4a1b", "\u0664", "\u0664\u0661\u0661"),
    *("one", "two", "four", "oh", "o", "zero", "double", "triple", "quadruple", "eleven", "forty", "ninety", "nil"),
    *("uh", "um", "mm", "hm", "m" * 30, "u" * 30 + "h", "and", "okay", "one moment", "plus", "+", "then", "so"),
    *("DE", "D E", "DE89", "GB82 WEST", "LC55 HEMM", "MU", "is", "at", "a", "b", "x", "3704 0044 0532 0130 00"),
    *("cvv", "CVC2", "csc", "card", "card security code", "security", "code", "three digits", "on the back", "c"),
    *("back of my card", "social security", "ssn", "social", "tax id", "itin", "next four", "go on", "last", "dollars"),
    *("$", "%", "[", "[a", "[card number removed]", "[x removed]", "removed]", "wonderful", "w" * 60, "I would like"),
    *(
        "\u00fcber",
        "\u00df",
        "\u0130",
        "\u017f",
        "\u4e2d\u6587",
        "\u0e44\u0e17\u0e22",
        "one's",
        "a.b@c.de",
        "M as in Mike",
    ),
    *("dot", "\u00fc dot", "punkt", "A-1-", "one-", "1/", "M as in", "w" * 300, "e-1"),
    *("x dot y at z dot de", "A-1", "A B C", "a/b-c.d", "0x1f", "\U0001f600", "e\u0301", "Dr. Who", "Gr\u00fc\u00dfe"),
)
_GAPS = (" ", " ", "", ", ", "-", " - ", ".", "\n", "  ", "_", ":", "/", "\u200b", " " * 40, "...", "'", "\t")


_FRESH = "abcdefghijklmnopqrstuvwxyz0123456789\u00e4\u00fc\u0436\u0e01\u4e2d\u4e48\uac00\u0640\ufdfa"
_LANGUAGES = ("en", "en", "en", "de", "es", "fr", "pl", "ar", "th", "ko")


class Recipe(Struct, frozen=True):
    """
    How a text is made.

    `turn_chars` is how long its turns are, 0 for one turn. `answers` is how many turns of the caller follow each of
    the agent's. `fresh_letters` go into a new word after each token: many, all others, if it is not empty.
    """

    seed: int
    tokens: tuple[str, ...]
    is_shuffled: bool
    turn_chars: int
    answers: int = 1
    fresh_letters: str = ""
    language: str = "en"

    def text(self, size: int) -> str:
        """Return a text of so many bytes of UTF-8."""
        dice = random.Random(self.seed)
        parts: list[str] = []
        length = 0
        while length < size:
            parts.append(dice.choice(self.tokens) if self.is_shuffled else self.tokens[len(parts) % len(self.tokens)])
            if self.fresh_letters:
                parts[-1] = "".join(dice.choices(self.fresh_letters, k=dice.choice((1, 2, 4, 8)))) + parts[-1]
            length += len(parts[-1].encode())
        return "".join(parts).encode()[:size].decode(errors="ignore")

    def turns(self, size: int) -> list[str]:
        """Return the text, cut into its turns."""
        text = self.text(size)
        length = self.turn_chars or len(text)
        return [text[at : at + length] for at in range(0, len(text), length)]

    def is_callers(self, turn: int) -> bool:
        """Return whether the caller says a turn, given its number."""
        return turn % (self.answers + 1) != 0


def recipes(count: int, *, seed: int) -> Iterator[Recipe]:
    """Yield so many recipes, the same ones for the same seed."""
    dice = random.Random(seed)
    for number in range(count):
        words = dice.choices(_TOKENS, k=dice.choice((1, 1, 2, 2, 3, 4, 6, 12)))
        gaps = dice.choices(_GAPS, k=dice.choice((1, 1, 2, 4)))
        yield Recipe(
            seed=number,
            tokens=tuple(word + dice.choice(gaps) for word in words),
            is_shuffled=dice.random() < 0.5,
            turn_chars=dice.choice((0, 0, 0, 20, 60, 200, 2000, 4000)),
            answers=dice.choice((1, 1, 1, 10)),
            fresh_letters="".join(dice.choices(_FRESH, k=dice.choice((1, 4, 12)))) if dice.random() < 0.25 else "",
            language=dice.choice(_LANGUAGES),
        )
