"""Sentences of callers, one a line: commands, what only looks like one, of others, and of the caller."""

from pathlib import Path

from msgspec import Struct

_FOLDER = Path(__file__).parent


class Taught(Struct, frozen=True):
    """A sentence, and what a model states that it teaches."""

    language: str
    attribute: str
    value: str
    words: str


def hostile() -> list[tuple[str, str]]:
    """Return sentences that must become no memory, each with its language."""
    return [(language, words) for language, words in _lines("hostile.txt")]


def harmless() -> list[Taught]:
    """Return sentences that look like commands or links, and teach something of their caller."""
    return [Taught(*parts) for parts in _lines("harmless.txt")]


def of_others() -> list[Taught]:
    """Return sentences of what somebody else has, as speech to text writes them, too."""
    return [Taught(*parts) for parts in _lines("others.txt")]


def of_callers() -> list[Taught]:
    """Return sentences of what the caller has, in many of which somebody else is spoken of."""
    return [Taught(*parts) for parts in _lines("callers.txt")]


def _lines(name: str) -> list[list[str]]:
    return [[part.strip() for part in line.split("|")] for line in (_FOLDER / name).read_text().splitlines()]
