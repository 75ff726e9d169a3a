"""Adds likeness of meaning to the scores of one caller's memories: the seam between words and vectors."""

import heapq
from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from projector.engines.lexical.part import Heard
from projector.engines.lexical.selection import best_of, fits_of, weight_of
from projector.engines.meaning.encoder import Usual

if TYPE_CHECKING:
    from projector.engines.meaning.likeness import Cosines

# So many of the best by words, and of the best by meaning, are looked at: no other is the best by their sum.
_CANDIDATES = 200
# A sum of both scores is drawn towards 1 by this power: one of a half stays as it is, and none reaches 1.
_POWER = 8
Unit = tuple[int, int]


def with_meaning(
    parts: Sequence[Heard],
    score_of: Callable[[float], float],
    cosines: "Mapping[str, Cosines]",
    usual: Usual,
    *,
    limit: int,
    pause: Callable[[], None],
) -> list[tuple[float, Heard, int]]:
    """
    Return the best units by words and meaning, best first, each as its score, its part and its number.

    A unit without a vector has its score by words. The scores are 0 to 1, and compare with those by words alone, and
    with those of other callers.

    Args:
        parts: scored by words.
        score_of: turns a fit by words into a score, 0 to 1.
        cosines: how alike the question and a memory are, by the memory's id.
        usual: see `Encoder`.
    """
    by_meaning = _added(parts, cosines, usual, pause)
    by_words = {
        (parts.index(part), number): fit for fit, part, number in best_of(parts, limit=_CANDIDATES, pause=pause)
    }
    alike = heapq.nlargest(max(_CANDIDATES, limit), by_meaning, key=by_meaning.__getitem__)
    pause()
    by_words |= fits_of(parts, [unit for unit in alike if unit not in by_words])
    pause()
    scores = {unit: score_of(by_words.get(unit, 0.0)) for unit in {*by_words, *alike}}
    sums = {unit: score + by_meaning.get(unit, _NOTHING).among_own for unit, score in scores.items()}
    best = heapq.nsmallest(limit, sums, key=lambda unit: _place(parts, unit, sums[unit]))
    best = [unit for unit in best if sums[unit] > 0]
    told = [scores[unit] + by_meaning.get(unit, _NOTHING).among_all for unit in best]
    # They are in order by what is right among the caller's own memories. What is told falls as well.
    falling = [*accumulate(reversed(told), max)][::-1]
    return [(_bounded(score), parts[unit[0]], unit[1]) for score, unit in zip(falling, best, strict=True)]


class _More(NamedTuple):
    """What meaning adds to the score of one unit, as `Added` says."""

    among_own: float
    among_all: float


_NOTHING = _More(0.0, 0.0)


def _added(
    parts: Sequence[Heard], cosines: "Mapping[str, Cosines]", usual: Usual, pause: Callable[[], None]
) -> dict[Unit, _More]:
    """Return what meaning adds to the score of each unit that is more alike than most."""
    from projector.engines.meaning.likeness import added_scores  # noqa: PLC0415 - numpy is there where vectors are

    units, likeness = list[Unit](), list["Cosines"]()
    for at, part in enumerate(parts):
        pause()
        for number, id_ in enumerate(part.memory_ids()):
            if (found := cosines.get(id_)) is not None and part.is_told(number):
                units.append((at, number))
                likeness.append(found)
    added = added_scores(likeness, usual)
    pause()
    more: dict[Unit, _More] = {}
    for unit, own, all_ in zip(units, added.among_own.tolist(), added.among_all.tolist(), strict=True):
        if own:
            weight = weight_of(parts[unit[0]], unit[1])
            more[unit] = _More(own * weight, all_ * weight)
    return more


def _place(parts: Sequence[Heard], unit: Unit, score: float) -> tuple[float, float, int, Unit]:
    part = parts[unit[0]]
    salience = part.columns.kinds[part.columns.unit_kinds[unit[1]]].salience
    return -score, -salience, -part.occurred_at_s(unit[1]), unit


def _bounded(score: float) -> float:
    bounded: float = score / (1 + score**_POWER) ** (1 / _POWER)
    return bounded
