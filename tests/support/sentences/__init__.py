"""Sentences of callers, one a line: such as command an assistant, and such as only look like it."""

from pathlib import Path

from msgspec import Struct

_FOLDER = Path(__file__).parent


class Harmless(Struct, frozen=True):
    """A sentence, and what it teaches of its caller."""

    language: str
    attribute: str
    value: str
    words: str


def hostile() -> list[tuple[str, str]]:
    """Return sentences that must become no memory, each with its language."""
    found = [_parts(line) for line in (_FOLDER / "hostile.txt").read_text().splitlines()]
    return [(language, words) for language, words in found]


def harmless() -> list[Harmless]:
    """Return sentences that teach something of their caller."""
    return [Harmless(*_parts(line)) for line in (_FOLDER / "harmless.txt").read_text().splitlines()]


def _parts(line: str) -> list[str]:
    return [part.strip() for part in line.split("|")]
