"""Reads a list of words, as it is written in a module."""


def words(text: str) -> frozenset[str]:
    """Return the words of a text with blanks between them, as tokens are: `heißt` is `heisst`."""
    return frozenset(text.casefold().split())
