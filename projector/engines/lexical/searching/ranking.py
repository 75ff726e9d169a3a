"""
Ranks one caller's memories by how well they answer a question.

A fit is a sum of bm25 scores: of the memory together with the agent's turns before and after it, of the memory alone,
of the day, of the whole call, and of the neighbouring turns. Only the caller's own memories count for how rare a term
is, so that no caller shifts the ranking of another.
"""

import math
from collections.abc import Callable, Sequence
from itertools import compress
from typing import NamedTuple

from msgspec import Struct

from projector.engines.lexical.columns import Columns
from projector.engines.lexical.postings import Postings, key_of
from projector.engines.lexical.searching.part import Heard, Part
from projector.engines.lexical.searching.selection import best_of
from projector.engines.lexical.vocabulary.alike import alike
from projector.engines.lexical.vocabulary.asked import AskedTerm, asked_terms
from projector.engines.lexical.vocabulary.terms import COMPOUNDING
from projector.engines.meaning.search import Asked
from projector.engines.protocol import Hit

# bm25's constants, for memories and for whole calls: how soon the repetition of a term stops counting, and how much a
# long text is discounted. Like the weights below, they were chosen on public conversations: docs/adr/0009.
_K1, _B = 1.2, 0.4
_CALL_K1, _CALL_B = 2.0, 0.75
_REPLY = 0.3
_CONTEXT_WEIGHT, _OWN_WEIGHT = 1.0, 0.6
# The weights of what may only be meant: of a keyword, and of a word like one that nobody said.
_KEYWORD_WEIGHT, _ALIKE_WEIGHT = 0.7, 0.1
# So many words like one that nobody said are looked for, of so many words that nobody said.
_ALIKE_MAX, _COMPARED_MAX = 3, 8
# A memory with this fit is scored 0.5; no memory is scored 1.
_FIT_OF_HALF = 0.4
# Masks the counts of the memory and of the agent's turn before it.
_SAID = 0xFFFF
# A caller of many years has some words in thousands of memories. Once the rarer words have found this many memories,
# the frequent ones only add to the fits of these.
_UNITS_SCORED_MAX = 1000


class _Averages(Struct, frozen=True):
    """Average lengths of texts, in terms."""

    own: float
    context: float
    call: float


class _Found(NamedTuple):
    """
    What a part holds of a term: its postings, and the calls of these.

    `holding` counts the units that hold it in the memory or in the agent's turn before it: the turn after it is only
    a comment. `weight`, 0 to 1, is how sure it is that the term is meant.
    """

    part: Heard
    postings: Postings
    calls: set[int]
    holding: int
    weight: float


class _Term(Struct, frozen=True):
    """
    A term that is looked for: how rare it is among memories and among calls, and where it is.

    `is_said` is false where at most words like it were said.
    """

    rarity: float
    rarity_of_call: float
    where: list[_Found]
    is_keyword: bool
    is_said: bool


def rank(
    parts: Sequence[Part],
    query: str,
    *,
    keywords: Sequence[str] = (),
    limit: int,
    agent_id: str | None,
    pause: Callable[[], None] = lambda: None,
    meaning: Asked | None = None,
) -> list[Hit]:
    """
    Return the memories that fit a question best, best first, `limit` at most.

    A score says how much of the question a memory and its surroundings hold, 0 to 1. Scores of different callers
    compare, because the question is the measure: see `_reachable`.

    Args:
        parts: all calls of one caller, in order; it does not matter how they are split into parts.
        keywords, agent_id: see `Engine.search`.
        pause: called again and again; raises when there is no time left.
        meaning: compares the question's meaning; None to go by words alone.
    """
    heard = [part for part in (Heard(part, agent_id) for part in parts) if part.calls]
    asked = asked_terms(query, keywords, {language for part in heard for language in part.languages})
    if not heard or not (asked or meaning):
        return []
    said = _Said(heard, pause)
    terms = [_find(term, said) for term in asked]
    _score(terms, heard, pause)
    reachable = _reachable(terms)

    def score_of(fit: float) -> float:
        return fit / (fit + _FIT_OF_HALF * reachable) if fit else 0.0

    if meaning is not None and (likeness := meaning.alike(pause)) is not None:
        from projector.engines.lexical.searching.fusing import with_meaning  # noqa: PLC0415 - numpy is there where vectors are

        scored = with_meaning(heard, score_of, likeness, meaning.usual, limit=limit, pause=pause)
    else:
        scored = [(score_of(fit), part, number) for fit, part, number in best_of(heard, limit=limit, pause=pause)]
    return [Hit(part.memory_id(number), round(score, 4)) for score, part, number in scored]


def _reachable(terms: Sequence[_Term]) -> float:
    """
    Return the rarity of all that a memory could hold, against which its fit is measured.

    A keyword that nobody said does not count. A word of the question that nobody said does, and so lowers every score,
    unless a keyword that somebody said may stand for it.
    """
    reachable = sum(term.rarity * _weight(term) for term in terms if term.is_said)
    if not any(term.is_said and term.is_keyword for term in terms):
        reachable += sum(term.rarity for term in terms if not term.is_said and not term.is_keyword)
    return max(reachable, min((term.rarity for term in terms), default=0.0))


def _weight(term: _Term) -> float:
    return _KEYWORD_WEIGHT if term.is_keyword else 1.0


class _Said:
    """What was said to one agent; the terms are read once a word was not."""

    def __init__(self, heard: Sequence[Heard], pause: Callable[[], None]) -> None:
        self.heard = heard
        self.pause = pause
        self.units, self.calls = sum(part.sums.units for part in heard), sum(part.calls for part in heard)
        self._vocabulary: dict[str, list[str]] = {}
        self._compared = 0

    def find(self, keys: dict[str, bytes], weight: float = 1.0) -> list[_Found]:
        """Return where a term is, given its `key_of` in each language."""
        where = list[_Found]()
        for part in self.heard:
            self.pause()
            where += [_found(part, part.find(key, language), weight) for language, key in keys.items()]
        return [found for found in where if found.calls]

    def find_compounds(self, stems: dict[str, str]) -> list[_Found]:
        """Return where compounds of a term are, or terms that it is a compound of."""
        where = list[_Found]()
        for part in self.heard:
            self.pause()
            for language in COMPOUNDING & stems.keys():
                where.append(_found(part, part.find_compounds(stems[language], language), 1.0))
        return [found for found in where if found.calls]

    def find_alike(self, stems: dict[str, str]) -> list[_Found]:
        """Return where terms are that sound or are written like one that nobody said."""
        if self._compared >= _COMPARED_MAX:
            return []
        self._compared += 1
        near = {
            (language, other): likeness
            for language, stem in stems.items()
            for other, likeness in alike(stem, self._terms(language), pause=self.pause)
        }
        where, count = list[_Found](), 0
        for (language, other), likeness in sorted(near.items(), key=lambda each: (-each[1], each[0])):
            found = self.find({language: key_of(other)}, _ALIKE_WEIGHT * likeness)
            where += found
            count += bool(found)
            if count == _ALIKE_MAX:
                break
        return where

    def _terms(self, language: str) -> list[str]:
        if language not in self._vocabulary:
            terms = dict[str, None]()
            for part in self.heard:
                self.pause()
                terms |= dict.fromkeys(part.vocabulary(language))
            self._vocabulary[language] = list(terms)
        return self._vocabulary[language]


def _find(term: AskedTerm, said: _Said) -> _Term:
    keys = {language: key_of(stem) for language, stem in term.stems.items()}
    where = said.find(keys) or said.find_compounds(term.stems)
    is_said = bool(where)
    if not _note_days(keys, said.heard, said.units) and not is_said:
        where = said.find_alike(term.stems)
    holding = sum(found.holding for found in where)
    # A word that nobody said is as rare as can be, whatever is like it.
    rarity = _rarity(holding if is_said else 0, said.units)
    rarity_of_call = _rarity(sum(len(found.calls) for found in where), said.calls)
    return _Term(rarity, rarity_of_call, where, term.is_keyword, is_said)


def _found(part: Heard, postings: Postings, weight: float) -> _Found:
    calls = set(map(part.columns.unit_calls.__getitem__, postings.units))
    holding = len(postings.counts) - list(map(_SAID.__and__, postings.counts)).count(0)
    return _Found(part, postings, calls, holding, weight)


def _note_days(keys: dict[str, bytes], heard: Sequence[Heard], units: int) -> bool:
    """Raise the fits of the calls that were on a day which the question names by a term; tell whether any were."""
    dated = [(part, part.dated(key, language)) for part in heard for language, key in keys.items()]
    on_such_days = sum(sum(calls.values()) for _, calls in dated)
    if on_such_days:
        fit = _rarity(on_such_days, units) / (1 + _K1)
        for part, calls in dated:
            for call in calls:
                part.date_fits[call] = part.date_fits.get(call, 0.0) + fit
    return on_such_days > 0


def _score(terms: Sequence[_Term], heard: Sequence[Heard], pause: Callable[[], None]) -> None:
    units, calls = sum(part.sums.units for part in heard), sum(part.calls for part in heard)
    own, context, reply = (sum(part.sums[column] for part in heard) for column in (1, 2, 3))
    averages = _Averages(
        own=max(own / units, 1), context=max((context + _REPLY * reply) / units, 1), call=max(context / calls, 1)
    )
    scored = 0
    for term in sorted(terms, key=lambda term: (not term.is_said, -term.rarity)):
        may_add = scored < _UNITS_SCORED_MAX
        for found in term.where:
            pause()
            if may_add or found.part.fits:
                weight = found.weight * _weight(term)
                scored += _add(found, weight * term.rarity, averages, may_add=may_add)
                _add_to_calls(found, weight * term.rarity_of_call, averages)


def _add(found: _Found, rarity: float, averages: _Averages, *, may_add: bool) -> int:
    """Add the fit of one term to units, and return how many of them are new."""
    fits, columns = found.part.fits, found.part.columns
    before = len(fits)
    units, counts = found.postings
    if may_add:
        found.part.matching |= found.calls
    else:
        is_there = list(map(fits.__contains__, units))
        units, counts = list(compress(units, is_there)), list(compress(counts, is_there))
    # Many units are alike: they have the term as often, and are as long.
    known: dict[tuple[int, int], float] = {}
    for number, unit in zip(units, zip(counts, map(columns.unit_lengths.__getitem__, units), strict=True), strict=True):
        fit = known.get(unit)
        if fit is None:
            fit = known[unit] = rarity * _fit(*unit, columns, averages)
        fits[number] = fits.get(number, 0.0) + fit
    return len(fits) - before


def _fit(counts: int, lengths: int, columns: Columns, averages: _Averages) -> float:
    own, said = counts & 255, (counts & 255) + (counts >> 8 & 255)
    length = (columns.context_lengths[lengths] + _REPLY * columns.reply_lengths[lengths]) / averages.context
    in_context = said + _REPLY * (counts >> 16)
    fit = _CONTEXT_WEIGHT * in_context / (in_context + _K1 * (1 - _B + _B * length))
    if own:
        fit += _OWN_WEIGHT * own / (own + _K1 * (1 - _B + _B * columns.own_lengths[lengths] / averages.own))
    return fit


def _add_to_calls(found: _Found, rarity: float, averages: _Averages) -> None:
    """Add to the fits of the calls that have units which fit."""
    part, said = found.part, dict.fromkeys(found.calls & found.part.matching, 0)
    units, counts = found.postings
    for call, times in zip(map(part.columns.unit_calls.__getitem__, units), counts, strict=True):
        if call in said:
            said[call] += (times & 255) + (times >> 8 & 255)
    for call, times in said.items():
        discount = _CALL_K1 * (1 - _CALL_B + _CALL_B * part.length_of(call) / averages.call)
        part.whole_fits[call] = part.whole_fits.get(call, 0.0) + rarity * times / (times + discount)


def _rarity(holding: int, among: int) -> float:
    """Return the idf of bm25: how much the presence of a term says."""
    return math.log(1 + (among - holding + 0.5) / (holding + 0.5))
