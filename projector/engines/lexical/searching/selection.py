"""
Selects the units that fit best, out of parts in which each unit and each call was scored.

A unit's fit is raised by those of its call and of the turns next to it. For most calls it is enough to know that none
of their units can be among the best.
"""

import heapq
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from projector.engines.lexical.columns import Kind
from projector.engines.lexical.searching.part import Heard

_DATE_WEIGHT, _CALL_WEIGHT, _NEXT_WEIGHT = 0.5, 0.7, 0.2
_SUPERSEDED_WEIGHT = 0.6
_SALIENCE_FLOOR = 0.5
_CALLS_BETWEEN_LOOKS = 32
# Sums of the same numbers in another order may differ this much.
_ROUNDING = 1e-9


class _Call(NamedTuple):
    """
    A call with units that fit; none of them fits better than the bound. The most promising call is the least.

    `fit` is what the day and the whole call add to the fit of each unit.
    """

    minus_bound: float
    part: int
    number: int
    fit: float


class _Unit(NamedTuple):
    """A unit, and how well it fits. The best one is the least."""

    minus_fit: float
    minus_salience: float
    part: int
    number: int


def best_of(parts: Sequence[Heard], *, limit: int, pause: Callable[[], None]) -> list[tuple[float, Heard, int]]:
    """
    Return the fits of the best units, best first, each with its part and number.

    Of units that fit equally well, the one of more salience comes first, then the newest.

    Args:
        parts: scored.
        pause: called again and again.
    """
    calls = [call for number, part in enumerate(parts) for call in _calls_of(number, part, pause)]
    if not calls:
        return []
    best_call = _best_call(parts, calls)
    # The whole call that fits best is looked at: the answer is often a few turns further on.
    units = list(_units_of(parts, best_call, is_whole=True))
    heapq.heapify(calls)
    for count in range(len(calls)):
        if count % _CALLS_BETWEEN_LOOKS == 0:
            pause()
            units = _cut(units, limit)
            if len(units) >= limit and calls[0].minus_bound * (1 + _ROUNDING) > max(units).minus_fit:
                break
        call = heapq.heappop(calls)
        if (call.part, call.number) != (best_call.part, best_call.number):
            units += _units_of(parts, call, is_whole=False)
    ordered = sorted(
        _cut(units, limit), key=lambda unit: (unit[:2], -parts[unit.part].occurred_at_s(unit.number), unit[2:])
    )
    return [(-unit.minus_fit, parts[unit.part], unit.number) for unit in ordered[:limit]]


def fits_of(parts: Sequence[Heard], units: Iterable[tuple[int, int]]) -> dict[tuple[int, int], float]:
    """
    Return the fit of each of some units that fits at all, by the numbers of its part and of itself.

    Args:
        parts: scored.
        units: numbers of a part and of one of its units.
    """
    calls: dict[tuple[int, int], set[int]] = defaultdict(set)
    for at, number in units:
        calls[at, parts[at].columns.unit_calls[number]].add(number)
    fits: dict[tuple[int, int], float] = {}
    for (at, number), wanted in calls.items():
        part = parts[at]
        if number in part.matching:
            call = _Call(0.0, at, number, _fit_of_call(part, number))
            found = {unit.number: -unit.minus_fit for unit in _units_of(parts, call, is_whole=False)}
            fits.update({(at, unit): found[unit] for unit in wanted & found.keys()})
    return fits


def weights_of(part: Heard) -> list[float]:
    """Return, for each kind of unit, what its salience, and whether it is superseded, make of a fit."""
    return [_weight(kind) for kind in part.columns.kinds]


def _cut(units: list[_Unit], limit: int) -> list[_Unit]:
    """Return the best units, and all that fit as well as the last of them."""
    if len(units) <= limit:
        return units
    last = heapq.nsmallest(limit, units)[-1]
    return [unit for unit in units if unit[:2] <= last[:2]]


def _calls_of(number: int, part: Heard, pause: Callable[[], None]) -> list[_Call]:
    """Return the calls of a part that have units which fit."""
    pause()
    columns = part.columns
    weights = [_weight(kind) for kind in columns.kinds]
    of_turns = max((weight for weight, kind in zip(weights, columns.kinds, strict=True) if kind.is_turn), default=0.0)
    # No turn next to a turn that fits, and not that turn itself, can fit better than this.
    raised = [of_turns * (1 + 2 * _NEXT_WEIGHT) if kind.is_turn else _weight(kind) for kind in columns.kinds]
    weights = [of_turns if kind.is_turn else _weight(kind) for kind in columns.kinds]
    fits_of_calls = {call: _fit_of_call(part, call) for call in part.matching}
    bounds = dict.fromkeys(part.matching, 0.0)
    kinds, calls = columns.unit_kinds, columns.unit_calls
    for unit, fit in part.fits.items():
        kind, call = kinds[unit], calls[unit]
        bound = raised[kind] * fit + weights[kind] * fits_of_calls[call]
        bounds[call] = max(bounds[call], bound)
    return [_Call(-bound, number, call, fits_of_calls[call]) for call, bound in bounds.items()]


def _fit_of_call(part: Heard, call: int) -> float:
    return _DATE_WEIGHT * part.date_fits.get(call, 0.0) + _CALL_WEIGHT * part.whole_fits[call]


def _best_call(parts: Sequence[Heard], calls: Sequence[_Call]) -> _Call:
    best = max(call.fit for call in calls)
    equal = [call for call in calls if call.fit == best]
    if len(equal) == 1:
        return equal[0]
    return max(equal, key=lambda call: (parts[call.part].latest(call.number), -call.part, -call.number))


def _units_of(parts: Sequence[Heard], call: _Call, *, is_whole: bool) -> Iterator[_Unit]:
    """
    Yield the units of a call that fit, or are next to a turn that fits.

    Args:
        is_whole: whether to yield also the turns of which neither is true.
    """
    part, kinds = parts[call.part], parts[call.part].columns.kinds
    unit_kinds = part.columns.unit_kinds
    for number, fit in _fits_with_neighbours(part, call.number, is_whole=is_whole).items():
        kind = kinds[unit_kinds[number]]
        yield _Unit(-(fit + call.fit) * _weight(kind), -kind.salience, call.part, number)


def _fits_with_neighbours(part: Heard, call: int, *, is_whole: bool) -> dict[int, float]:
    units, kinds, unit_kinds = part.units_of(call), part.columns.kinds, part.columns.unit_kinds
    fits = {number: fit for number in units if (fit := part.fits.get(number)) is not None}
    raised = dict(fits)
    if is_whole:
        for number in units:
            if kinds[unit_kinds[number]].is_turn and part.is_told(number):
                raised.setdefault(number, 0.0)
    for number, fit in fits.items():
        if kinds[unit_kinds[number]].is_turn:
            for near in (number - 1, number + 1):
                if near in units and kinds[unit_kinds[near]].is_turn and part.is_told(near):
                    raised[near] = raised.get(near, 0.0) + _NEXT_WEIGHT * fit
    return raised


def _weight(kind: Kind) -> float:
    weight = _SALIENCE_FLOOR + (1 - _SALIENCE_FLOOR) * kind.salience
    return weight * (1.0 if kind.is_current else _SUPERSEDED_WEIGHT)
