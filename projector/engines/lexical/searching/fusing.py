"""Adds likeness of meaning to the scores of one caller's memories: the seam between words and vectors."""

import heapq
from collections.abc import Callable, Sequence
from itertools import accumulate, repeat
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from projector.engines.lexical.searching.part import Heard
from projector.engines.lexical.searching.selection import best_of, fits_of, weights_of
from projector.engines.meaning.encoder import Usual
from projector.engines.meaning.likeness import added_scores
from projector.engines.meaning.rows import Alike

if TYPE_CHECKING:
    from numpy import float32
    from numpy.typing import NDArray

# So many of the best by words, and of the best by meaning, are looked at: no other is the best by their sum.
_CANDIDATES = 200
# A sum of both scores is drawn towards 1 by this power: one of a half stays as it is, and none reaches 1.
_POWER = 8
# Most memories are a little like any question. So a sum of both scores says less than the same score by words: this one
# says as much as half of it. Chosen so that a threshold stops as many questions in both ways: docs/adr/0027.
_SUM_OF_HALF = 0.23
Unit = tuple[int, int]


def with_meaning(
    parts: Sequence[Heard],
    score_of: Callable[[float], float],
    alike: Alike,
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
        alike: how alike the question and the memories are.
        usual: see `Encoder`.
    """
    more = _added(parts, alike, usual, pause)
    by_words = {
        (parts.index(part), number): fit for fit, part, number in best_of(parts, limit=_CANDIDATES, pause=pause)
    }
    by_meaning = _most_alike(more, max(_CANDIDATES, limit))
    pause()
    by_words |= fits_of(parts, [unit for unit in by_meaning if unit not in by_words])
    pause()
    scores = {unit: score_of(by_words.get(unit, 0.0)) for unit in {*by_words, *by_meaning}}
    sums = {(at, number): score + float(more[at].among_own[number]) for (at, number), score in scores.items()}
    best = heapq.nsmallest(limit, sums, key=lambda unit: _place(parts, unit, sums[unit]))
    best = [unit for unit in best if sums[unit] > 0]
    told = [
        _as_by_words(scores[at, number] + float(more[at].among_all[number]))
        if more[at].is_known[number]
        else scores[at, number]
        for at, number in best
    ]
    # They are in order by what is right among the caller's own memories. What is told falls as well.
    falling = [*accumulate(reversed(told), max)][::-1]
    return [(_bounded(score), parts[unit[0]], unit[1]) for score, unit in zip(falling, best, strict=True)]


class _More(NamedTuple):
    """What meaning adds to the scores of the units of a part, as `Added` says; 0 for a unit without a vector."""

    among_own: "NDArray[float32]"
    among_all: "NDArray[float32]"
    is_known: "NDArray[np.bool_]"


def _added(parts: Sequence[Heard], alike: Alike, usual: Usual, pause: Callable[[], None]) -> list[_More]:
    units, places = list["NDArray[np.intp]"](), list["NDArray[np.intp]"]()
    for part in parts:
        pause()
        ids = part.memory_ids()
        place = np.fromiter(map(alike.places.get, ids, repeat(-1)), np.intp, len(ids))
        is_told = np.array(part.told_kinds(), bool)[np.asarray(part.columns.unit_kinds, np.intp)]
        known = np.flatnonzero((place >= 0) & is_told)
        units.append(known)
        places.append(place[known])
    every = np.concatenate(places)
    added = added_scores(alike.asked[every], alike.usual[every], usual)
    pause()
    more, begin = list[_More](), 0
    for part, known in zip(parts, units, strict=True):
        kinds = np.asarray(part.columns.unit_kinds, np.intp)
        weights = np.array(weights_of(part), np.float32)[kinds[known]]
        is_known = np.zeros(len(kinds), bool)
        is_known[known] = True
        columns = _More(np.zeros(len(kinds), np.float32), np.zeros(len(kinds), np.float32), is_known)
        for column, values in zip(columns[:2], added, strict=True):
            column[known] = values[begin : begin + len(known)] * weights
        more.append(columns)
        begin += len(known)
    return more


def _most_alike(more: Sequence[_More], limit: int) -> list[Unit]:
    """Return the units to which meaning adds most."""
    every = np.concatenate([part.among_own for part in more])
    parts = np.repeat(np.arange(len(more)), [len(part.among_own) for part in more])
    numbers = np.concatenate([np.arange(len(part.among_own)) for part in more])
    order = np.argsort(-every, kind="stable")[:limit]
    order = order[every[order] > 0]
    return list(zip(parts[order].tolist(), numbers[order].tolist(), strict=True))


def _place(parts: Sequence[Heard], unit: Unit, score: float) -> tuple[float, float, int, Unit]:
    part = parts[unit[0]]
    salience = part.columns.kinds[part.columns.unit_kinds[unit[1]]].salience
    return -score, -salience, -part.occurred_at_s(unit[1]), unit


def _as_by_words(score: float) -> float:
    return score * score / (score + _SUM_OF_HALF) if score else 0.0


def _bounded(score: float) -> float:
    bounded: float = score / (1 + score**_POWER) ** (1 / _POWER)
    return bounded
