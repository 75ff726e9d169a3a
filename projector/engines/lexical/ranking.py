"""
Ranking one caller's memories by how well they answer a question, from these memories alone.

A sum of bm25 scores: of a memory with what the agent had said before and after it, of its own words, of the day, of the
whole call, and of the caller's turns next to it. How rare a term is, is counted among the caller's own memories: one
caller's words shift nobody else's ranking.
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

# A question is a sentence or two; what lies beyond would only slow the search down.
_QUERY_CHARS_MAX = 2000
_QUERY_TERMS_MAX = 32
# bm25's constants: how soon a term's repetition stops to count, and how much a long text is discounted; for memories,
# and for whole calls. Like the weights below they were chosen on public conversations: docs/adr/0009.
_K1, _B = 1.2, 0.4
_CALL_K1, _CALL_B = 2.0, 0.75
_REPLY = 0.3
_CONTEXT_WEIGHT, _OWN_WEIGHT, _DATE_WEIGHT, _CALL_WEIGHT, _NEXT_WEIGHT = 1.0, 0.6, 0.5, 0.7, 0.2
_SUPERSEDED_WEIGHT = 0.6
_SALIENCE_FLOOR = 0.5
# The fit that is scored 0.5; nothing is ever scored 1.
_FIT_OF_HALF = 0.4
# Of the two counts of what was said until the caller's turn was over; the agent's turn after it is a comment.
_SAID = 0xFFFF
# A caller of many years has a word in thousands of memories: once so many are found by rarer words, frequent ones only
# add to these.
_UNITS_SCORED_MAX = 1000


class _Averages(Struct, frozen=True):
    """How long texts are, in terms."""

    own: float
    context: float
    call: float


class _Told:
    """What an agent may be told of one conversation, and its scores."""

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
        """All units, also those that are not told."""
        if self._units is None:
            self._units = self.segment.all_units()
        return self._units

    def find(self, key: bytes) -> list[tuple[int, int]]:
        """Return the postings of a term that are of units that are told."""
        return self._without_hidden(self.segment.find(key))

    def find_compounds(self, term: str) -> list[tuple[int, int]]:
        """Return the postings of the compounds that a term is the last part of, and of its own last parts."""
        found: dict[int, int] = {}
        for key in self.segment.keys_of_compounds(term):
            for number, counts in self.segment.find(key):
                found[number] = found.get(number, 0) | counts  # of packed counts neither sum nor maximum is one
        return self._without_hidden(list(found.items()))

    def _without_hidden(self, postings: list[tuple[int, int]]) -> list[tuple[int, int]]:
        if not self._hidden:
            return postings
        return [(number, counts) for number, counts in postings if number not in self._hidden]

    def fit_of_call(self) -> float:
        """Return what the day and the whole call add to each of its units."""
        return _DATE_WEIGHT * self.date_fit + _CALL_WEIGHT * self.whole_fit

    def fits_with_neighbours(self, *, is_whole: bool) -> dict[int, float]:
        """
        Return how well units fit, with what was said right before and after them.

        Args:
            is_whole: whether to name turns as well that have no more to do with the question than their call has: the
                answer often stands a little further on.
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
    """How well a unit fits."""

    fit: float
    told: _Told
    number: int

    def order(self) -> tuple[float, float, int]:
        """Return by what units are ordered: the best first, of equals the weightiest, and then the newest."""
        unit = self.told.units[self.number]
        return -self.fit, -unit.salience, -unit.occurred_at_s


class _Found(Struct, frozen=True):
    """A term of the question: how rare it is among memories, and among calls, and where it is."""

    rarity: float
    rarity_of_call: float
    where: list[tuple[_Told, list[tuple[int, int]]]]


def rank(
    segments: Sequence[Segment],
    query: str,
    *,
    limit: int,
    agent_id: str | None,
    check_time: Callable[[], None] = lambda: None,
) -> list[Hit]:
    """
    Return what fits a question best, best first, `limit` at most.

    A score says how much of the question a memory and its surroundings hold, 0 to 1. It compares from caller to caller,
    for it is measured by the question: a term that nobody said counts against all.

    Args:
        segments: the index of one caller.
        check_time: raises when there is none left.
    """
    told = [one for segment in segments if (one := _Told(segment, agent_id)).count]
    terms = _terms_asked_for(query, {one.segment.language for one in told})
    if not told or not terms:
        return []
    found = [_find(term, told, check_time) for term in terms]
    _score(found, told)
    reachable = sum(term.rarity for term in found)
    matching = [one for one in told if one.fits]
    best_call = max(matching, key=lambda one: (one.fit_of_call(), one.units[-1].occurred_at_s), default=None)
    fits = [
        _Fit(_weigh((fit + one.fit_of_call()) / reachable, one.units[number]), one, number)
        for one in matching
        for number, fit in one.fits_with_neighbours(is_whole=one is best_call).items()
    ]
    best = heapq.nsmallest(limit, fits, key=_Fit.order)
    return [Hit(one.segment.memory_id(number), round(fit / (fit + _FIT_OF_HALF), 4)) for fit, one, number in best]


def _terms_asked_for(query: str, languages: set[str]) -> list[dict[str, str]]:
    """Return what is asked for, by language; what is a stop word in one of the caller's languages is in all."""
    asked_for: dict[tuple[str, ...], dict[str, str]] = {}
    ordered = sorted(languages or {DEFAULT_LANGUAGE})
    words = dict.fromkeys(word for language in ordered for word in words_of(query[:_QUERY_CHARS_MAX], language))
    for word in words:
        for terms in zip(*(terms_of(word, language) for language in ordered), strict=False):
            asked_for.setdefault(terms, dict(zip(ordered, terms, strict=True)))
    return list(asked_for.values())[:_QUERY_TERMS_MAX]


def _find(term: dict[str, str], told: Sequence[_Told], check_time: Callable[[], None]) -> _Found:
    check_time()
    keys = {language: key_of(stem) for language, stem in term.items()}
    where = [(one, postings) for one in told if (postings := one.find(keys[one.segment.language]))]
    if not where and not COMPOUNDING.isdisjoint(keys):
        where = [
            (one, postings)
            for one in told
            if one.segment.language in COMPOUNDING and (postings := one.find_compounds(term[one.segment.language]))
        ]
    count = sum(one.count for one in told)
    dated = [one for one in told if term[one.segment.language] in one.segment.date]
    if dated:
        rarity = _rarity(sum(one.count for one in dated), count)
        for one in dated:
            one.date_fit += rarity / (1 + _K1)
    holding = sum(1 for _, postings in where for _, counts in postings if counts & _SAID)
    return _Found(_rarity(holding, count), _rarity(len(where), len(told)), where)


def _score(found: Sequence[_Found], told: Sequence[_Told]) -> None:
    count = sum(one.count for one in told)
    averages = _Averages(
        own=max(sum(one.own_length for one in told) / count, 1),
        context=max(sum(one.context_length + _REPLY * one.reply_length for one in told) / count, 1),
        call=max(sum(one.context_length for one in told) / len(told), 1),
    )
    scored = 0
    for term in sorted(found, key=lambda term: -term.rarity):
        may_add = scored < _UNITS_SCORED_MAX
        for one, postings in term.where:
            if may_add or one.fits:
                scored += _add(one, postings, term, averages, may_add=may_add)


def _add(told: _Told, postings: Sequence[tuple[int, int]], term: _Found, averages: _Averages, *, may_add: bool) -> int:
    """Add what a term says for the units of a conversation, and return how many of them are new."""
    fits, units = told.fits, told.units
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
    discount = _CALL_K1 * (1 - _CALL_B + _CALL_B * told.context_length / averages.call)
    told.whole_fit += term.rarity_of_call * in_call / (in_call + discount)
    return len(fits) - before


def _rarity(holding: int, among: int) -> float:
    """Return bm25's idf: how much it says that a term is there."""
    return math.log(1 + (among - holding + 0.5) / (holding + 0.5))


def _weigh(fit: float, unit: Unit) -> float:
    weight = _SALIENCE_FLOOR + (1 - _SALIENCE_FLOOR) * unit.salience
    return fit * weight * (1.0 if unit.is_current else _SUPERSEDED_WEIGHT)
