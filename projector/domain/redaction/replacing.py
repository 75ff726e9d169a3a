"""Puts `[card number removed]` and the like in the place of what was found in a text."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from projector.domain.redaction.spoken_numbers import REMOVED

# The kinds of numbers, and the name of each in the text that replaces it: `[card number removed]`.
KINDS = {"card": "card number", "security_code": "security code", "ssn": "social security number", "iban": "IBAN"}
# What stands there already, and stays.
_KEPT = ""

# A place in a text: begin, end, and the kind of what stands there.
Place = tuple[int, int, str]


def replaced(words: str, places: Sequence[Place]) -> tuple[str, tuple[str, ...]]:
    """
    Return a text with a name in each of these places, and the kinds that are gone.

    Args:
        places: where two overlap, the first keeps its characters. Those of one kind should follow each other.
    """
    if not places:
        return words, ()
    taken: list[Place] = [(*match.span(), _KEPT) for match in REMOVED.finditer(words)]
    for kind, of_kind in groupby(places, key=lambda place: place[2]):
        free = _free_parts(_joined((begin, end, kind) for begin, end, _ in sorted(of_kind)), taken)
        taken = sorted([*taken, *free])
    parts: list[str] = []
    kinds: set[str] = set()
    at = 0
    for begin, end, kind in _joined(taken):
        parts.append(words[at:begin])
        parts.append(words[begin:end] if kind == _KEPT else f"[{KINDS.get(kind, kind)} removed]")
        kinds.add(kind)
        at = end
    return "".join((*parts, words[at:])), tuple(sorted(kinds - {_KEPT}))


def _joined(places: Iterable[Place]) -> list[Place]:
    """Return sorted places without empty ones; neighbours of one kind that touch or overlap become one."""
    joined: list[Place] = []
    for begin, end, kind in places:
        if begin == end:
            continue
        if joined and joined[-1][2] == kind and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end), kind)
        else:
            joined.append((begin, end, kind))
    return joined


def _free_parts(places: Iterable[Place], taken: Sequence[Place]) -> Iterator[Place]:
    """Yield what of some places is not taken; both are sorted, and neither overlaps itself."""
    first = 0
    for begin, end, kind in places:
        while first < len(taken) and taken[first][1] <= begin:
            first += 1
        at, free_from = first, begin
        while at < len(taken) and taken[at][0] < end:
            if free_from < taken[at][0]:
                yield free_from, taken[at][0], kind
            free_from = taken[at][1]
            at += 1
        if free_from < end:
            yield free_from, end, kind
