"""
Ranks one caller's memories by how well they answer a question.

A fit is a sum of bm25 scores: of the memory together with the agent's turns before and after it, of the memory alone,
of the day, of the whole call, and of the neighbouring turns. Only the caller's own memories count for how rare a term
is, so that no caller shifts the ranking of another.
"""

import heapq
import math
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import NamedTuple

from msgspec import Struct

from projector.engines.lexical.segment import Segment, Unit, key_of
from projector.engines.lexical.terms import COMPOUNDING, DEFAULT_LANGUAGE, terms_of, words_of
from projector.engines.protocol import Hit

# A question is a sentence or two; more would only slow the search down.
_QUERY_CHARS_MAX = 2000
_QUERY_TERMS_MAX = 32
# bm25's constants, for memories and for whole calls: how soon the repetition of a term stops counting, and how much a
# long text is discounted. Like the weights below, they were chosen on public conversations: docs/adr/0009.
_K1, _B = 1.2, 0.4
_CALL_K1, _CALL_B = 2.0, 0.75
_REPLY = 0.3
_CONTEXT_WEIGHT, _OWN_WEIGHT, _DATE_WEIGHT, _CALL_WEIGHT, _NEXT_WEIGHT = 1.0, 0.6, 0.5, 0.7, 0.2
_SUPERSEDED_WEIGHT = 0.6
_SALIENCE_FLOOR = 0.5
# A memory with this fit is scored 0.5; no memory is scored 1.
_FIT_OF_HALF = 0.4
# Masks the counts of the memory and of the agent's turn before it: the turn after it is only a comment.
_SAID = 0xFFFF
# A caller of many years has some words in thousands of memories. Once the rarer words have found this many memories,
# the frequent ones only add to the fits of these.
_UNITS_SCORED_MAX = 1000


class _Averages(Struct, frozen=True):
    """Average lengths of texts, in terms."""

    own: float
    context: float
    call: float


class _VisibleCall:
    """One call as the asking agent may know it, and the fits of its units."""

    def __init__(self, segment: Segment, agent_id: str | None) -> None:
        self.segment = segment
        self.count = segment.count
        self.own_length, self.context_length = segment.own_length, segment.context_length
        self.reply_length = segment.reply_length
        self.date_fit = self.whole_fit = 0.0
        self.fits: dict[int, float] = {}
        self._units: list[Unit] | None = None
        self._hidden: set[int] = set()
        is_told = [agent_id is None or told_to in {None, agent_id} for told_to in segment.audiences]
        if not all(is_told):
            self._hide([number for number, unit in enumerate(self.units) if not is_told[unit.audience]])

    def _hide(self, numbers: list[int]) -> None:
        self._hidden.update(numbers)
        for unit in (self.units[number] for number in numbers):
            self.count -= 1
            self.own_length -= unit.own_length
            self.context_length -= unit.context_length
            self.reply_length -= unit.reply_length

    @property
    def units(self) -> list[Unit]:
        """All units, including those that are hidden from the agent."""
        if self._units is None:
            self._units = self.segment.all_units()
        return self._units

    def find(self, key: bytes) -> list[tuple[int, int]]:
        """Return the postings of a term in units that the agent may know."""
        return self._without_hidden(self.segment.find(key))

    def find_compounds(self, term: str) -> list[tuple[int, int]]:
        """Return the postings of compounds that end in a term, and of terms that the term itself ends in."""
        found: dict[int, int] = {}
        for key in self.segment.keys_of_compounds(term):
            for number, counts in self.segment.find(key):
                found[number] = found.get(number, 0) | counts  # packed counts can be neither added nor compared
        return self._without_hidden(list(found.items()))

    def _without_hidden(self, postings: list[tuple[int, int]]) -> list[tuple[int, int]]:
        if not self._hidden:
            return postings
        return [(number, counts) for number, counts in postings if number not in self._hidden]

    def fit_of_call(self) -> float:
        """Return what the day and the whole call add to the fit of each unit."""
        return _DATE_WEIGHT * self.date_fit + _CALL_WEIGHT * self.whole_fit

    def fits_with_neighbours(self, *, is_whole: bool) -> dict[int, float]:
        """
        Return the fit of each unit, raised by the fits of the turns right before and after it.

        Args:
            is_whole: whether to return also turns that have no term of the question: in the call that fits best, the
                answer is often a few turns further on.
        """
        fits, units = defaultdict(float, self.fits), self.units
        if is_whole:
            for number, unit in enumerate(units):
                if unit.is_turn and number not in self._hidden:
                    fits.setdefault(number, 0.0)
        for number, fit in self.fits.items():
            for near in (number - 1, number + 1):
                is_there = 0 <= near < len(units) and units[number].is_turn and units[near].is_turn
                if is_there and near not in self._hidden:
                    fits[near] += _NEXT_WEIGHT * fit
        return fits


class _Fit(NamedTuple):
    """A unit, and how well it fits."""

    fit: float
    call: _VisibleCall
    number: int

    def order(self) -> tuple[float, float, int]:
        """Return the sort key: the best fit first, then the highest salience, then the newest."""
        unit = self.call.units[self.number]
        return -self.fit, -unit.salience, -unit.occurred_at_s


class _FoundTerm(Struct, frozen=True):
    """A term of the question: how rare it is among memories and among calls, and its postings in each call."""

    rarity: float
    rarity_of_call: float
    where: list[tuple[_VisibleCall, list[tuple[int, int]]]]


def rank(
    segments: Sequence[Segment],
    query: str,
    *,
    limit: int,
    agent_id: str | None,
    check_time: Callable[[], None] = lambda: None,
) -> list[Hit]:
    """
    Return the memories that fit a question best, best first, `limit` at most.

    A score says how much of the question a memory and its surroundings hold, 0 to 1. Scores of different callers
    compare, because the question is the measure: a term that nobody said lowers every score.

    Args:
        segments: all of one caller.
        agent_id: see `Engine.search`.
        check_time: called now and then; raises when there is no time left.
    """
    calls = [call for segment in segments if (call := _VisibleCall(segment, agent_id)).count]
    terms = _terms_asked_for(query, {call.segment.language for call in calls})
    if not calls or not terms:
        return []
    found = [_find(term, calls, check_time) for term in terms]
    _score(found, calls)
    reachable = sum(term.rarity for term in found)
    matching = [call for call in calls if call.fits]
    best_call = max(matching, key=lambda call: (call.fit_of_call(), call.units[-1].occurred_at_s), default=None)
    fits = [
        _Fit(_weigh((fit + call.fit_of_call()) / reachable, call.units[number]), call, number)
        for call in matching
        for number, fit in call.fits_with_neighbours(is_whole=call is best_call).items()
    ]
    best = heapq.nsmallest(limit, fits, key=_Fit.order)
    return [Hit(call.segment.memory_id(number), round(fit / (fit + _FIT_OF_HALF), 4)) for fit, call, number in best]


def _terms_asked_for(query: str, languages: set[str]) -> list[dict[str, str]]:
    """Return the terms of a question by language; a stop word of one of the languages is left out in all of them."""
    asked_for: dict[tuple[str, ...], dict[str, str]] = {}
    ordered = sorted(languages or {DEFAULT_LANGUAGE})
    words = dict.fromkeys(word for language in ordered for word in words_of(query[:_QUERY_CHARS_MAX], language))
    for word in words:
        for terms in zip(*(terms_of(word, language) for language in ordered), strict=False):
            asked_for.setdefault(terms, dict(zip(ordered, terms, strict=True)))
    return list(asked_for.values())[:_QUERY_TERMS_MAX]


def _find(term: dict[str, str], calls: Sequence[_VisibleCall], check_time: Callable[[], None]) -> _FoundTerm:
    check_time()
    keys = {language: key_of(stem) for language, stem in term.items()}
    where = [(call, postings) for call in calls if (postings := call.find(keys[call.segment.language]))]
    if not where and not COMPOUNDING.isdisjoint(keys):
        where = [
            (call, postings)
            for call in calls
            if call.segment.language in COMPOUNDING and (postings := call.find_compounds(term[call.segment.language]))
        ]
    count = sum(call.count for call in calls)
    dated = [call for call in calls if term[call.segment.language] in call.segment.date]
    if dated:
        rarity = _rarity(sum(call.count for call in dated), count)
        for call in dated:
            call.date_fit += rarity / (1 + _K1)
    holding = sum(1 for _, postings in where for _, counts in postings if counts & _SAID)
    return _FoundTerm(_rarity(holding, count), _rarity(len(where), len(calls)), where)


def _score(found: Sequence[_FoundTerm], calls: Sequence[_VisibleCall]) -> None:
    count = sum(call.count for call in calls)
    averages = _Averages(
        own=max(sum(call.own_length for call in calls) / count, 1),
        context=max(sum(call.context_length + _REPLY * call.reply_length for call in calls) / count, 1),
        call=max(sum(call.context_length for call in calls) / len(calls), 1),
    )
    scored = 0
    for term in sorted(found, key=lambda term: -term.rarity):
        may_add = scored < _UNITS_SCORED_MAX
        for call, postings in term.where:
            if may_add or call.fits:
                scored += _add(call, postings, term, averages, may_add=may_add)


def _add(
    call: _VisibleCall, postings: Sequence[tuple[int, int]], term: _FoundTerm, averages: _Averages, *, may_add: bool
) -> int:
    """Add the fit of one term to the units of a call, and return how many units are new."""
    fits, units = call.fits, call.units
    before, in_call = len(fits), 0
    rarity, context_average, own_average = term.rarity, averages.context, averages.own
    for number, counts in postings:
        own, said = counts & 255, (counts & 255) + (counts >> 8 & 255)
        in_call += said
        if number in fits or may_add:
            unit = units[number]
            length = (unit.context_length + _REPLY * unit.reply_length) / context_average
            in_context = said + _REPLY * (counts >> 16)
            fit = _CONTEXT_WEIGHT * in_context / (in_context + _K1 * (1 - _B + _B * length))
            if own:
                fit += _OWN_WEIGHT * own / (own + _K1 * (1 - _B + _B * unit.own_length / own_average))
            fits[number] = fits.get(number, 0.0) + rarity * fit
    discount = _CALL_K1 * (1 - _CALL_B + _CALL_B * call.context_length / averages.call)
    call.whole_fit += term.rarity_of_call * in_call / (in_call + discount)
    return len(fits) - before


def _rarity(holding: int, among: int) -> float:
    """Return the idf of bm25: how much the presence of a term says."""
    return math.log(1 + (among - holding + 0.5) / (holding + 0.5))


def _weigh(fit: float, unit: Unit) -> float:
    weight = _SALIENCE_FLOOR + (1 - _SALIENCE_FLOOR) * unit.salience
    return fit * weight * (1.0 if unit.is_current else _SUPERSEDED_WEIGHT)
