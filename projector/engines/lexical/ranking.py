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
from projector.engines.lexical.part import Heard, Part
from projector.engines.lexical.postings import Postings, key_of
from projector.engines.lexical.selection import best_of
from projector.engines.lexical.vocabulary.terms import COMPOUNDING, DEFAULT_LANGUAGE, terms_of, words_of
from projector.engines.meaning.search import Asked
from projector.engines.protocol import Hit

# A question is a sentence or two; more would only slow the search down.
_QUERY_CHARS_MAX = 2000
_QUERY_TERMS_MAX = 32
# bm25's constants, for memories and for whole calls: how soon the repetition of a term stops counting, and how much a
# long text is discounted. Like the weights below, they were chosen on public conversations: docs/adr/0009.
_K1, _B = 1.2, 0.4
_CALL_K1, _CALL_B = 2.0, 0.75
_REPLY = 0.3
_CONTEXT_WEIGHT, _OWN_WEIGHT = 1.0, 0.6
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
    a comment.
    """

    part: Heard
    postings: Postings
    calls: set[int]
    holding: int


class _Term(Struct, frozen=True):
    """A term of the question: how rare it is among memories and among calls, and where it is."""

    rarity: float
    rarity_of_call: float
    where: list[_Found]


def rank(
    parts: Sequence[Part],
    query: str,
    *,
    limit: int,
    agent_id: str | None,
    pause: Callable[[], None] = lambda: None,
    asked: Asked | None = None,
) -> list[Hit]:
    """
    Return the memories that fit a question best, best first, `limit` at most.

    A score says how much of the question a memory and its surroundings hold, 0 to 1. Scores of different callers
    compare, because the question is the measure: a term that nobody said lowers every score.

    Args:
        parts: all calls of one caller, in order; it does not matter how they are split into parts.
        agent_id: see `Engine.search`.
        pause: called again and again; raises when there is no time left.
        asked: compares meanings; None to go by words alone.
    """
    heard = [part for part in (Heard(part, agent_id) for part in parts) if part.calls]
    terms = _terms_asked_for(query, {language for part in heard for language in part.languages})
    if not heard:
        return []
    found = [_find(term, heard, pause) for term in terms]
    _score(found, heard, pause)
    reachable = sum(term.rarity for term in found)

    def score_of(fit: float) -> float:
        return fit / (fit + _FIT_OF_HALF * reachable) if fit else 0.0

    if asked is not None and (alike := asked.alike(pause)) is not None:
        from projector.engines.lexical.fusing import with_meaning  # noqa: PLC0415 - numpy is there where vectors are

        scored = with_meaning(heard, score_of, alike, asked.usual, limit=limit, pause=pause)
    else:
        scored = [(score_of(fit), part, number) for fit, part, number in best_of(heard, limit=limit, pause=pause)]
    return [Hit(part.memory_id(number), round(score, 4)) for score, part, number in scored]


def _terms_asked_for(query: str, languages: set[str]) -> list[dict[str, str]]:
    """Return the terms of a question by language; a stop word of one of the languages is left out in all of them."""
    asked_for: dict[tuple[str, ...], dict[str, str]] = {}
    ordered = sorted(languages or {DEFAULT_LANGUAGE})
    words = dict.fromkeys(word for language in ordered for word in words_of(query[:_QUERY_CHARS_MAX], language))
    for word in words:
        for terms in zip(*(terms_of(word, language) for language in ordered), strict=False):
            asked_for.setdefault(terms, dict(zip(ordered, terms, strict=True)))
    return list(asked_for.values())[:_QUERY_TERMS_MAX]


def _find(term: dict[str, str], heard: Sequence[Heard], pause: Callable[[], None]) -> _Term:
    where, keys = list[_Found](), {language: key_of(stem) for language, stem in term.items()}
    for part in heard:
        pause()
        where += [_found(part, part.find(key, language)) for language, key in keys.items()]
    where = [found for found in where if found.calls]
    if not where:
        for part in heard:
            pause()
            for language in COMPOUNDING & term.keys():
                where.append(_found(part, part.find_compounds(term[language], language)))
    units, calls = sum(part.sums.units for part in heard), sum(part.calls for part in heard)
    _note_days(keys, heard, units)
    holding = sum(found.holding for found in where)
    return _Term(_rarity(holding, units), _rarity(sum(len(found.calls) for found in where), calls), where)


def _found(part: Heard, postings: Postings) -> _Found:
    calls = set(map(part.columns.unit_calls.__getitem__, postings.units))
    holding = len(postings.counts) - list(map(_SAID.__and__, postings.counts)).count(0)
    return _Found(part, postings, calls, holding)


def _note_days(keys: dict[str, bytes], heard: Sequence[Heard], units: int) -> None:
    """Raise the fits of the calls that were on a day which the question names by a term."""
    dated = [(part, part.dated(key, language)) for part in heard for language, key in keys.items()]
    on_such_days = sum(sum(calls.values()) for _, calls in dated)
    if on_such_days:
        fit = _rarity(on_such_days, units) / (1 + _K1)
        for part, calls in dated:
            for call in calls:
                part.date_fits[call] = part.date_fits.get(call, 0.0) + fit


def _score(terms: Sequence[_Term], heard: Sequence[Heard], pause: Callable[[], None]) -> None:
    units, calls = sum(part.sums.units for part in heard), sum(part.calls for part in heard)
    own, context, reply = (sum(part.sums[column] for part in heard) for column in (1, 2, 3))
    averages = _Averages(
        own=max(own / units, 1), context=max((context + _REPLY * reply) / units, 1), call=max(context / calls, 1)
    )
    scored = 0
    for term in sorted(terms, key=lambda term: -term.rarity):
        may_add = scored < _UNITS_SCORED_MAX
        for found in term.where:
            pause()
            if may_add or found.part.fits:
                scored += _add(found, term.rarity, averages, may_add=may_add)
                _add_to_calls(found, term.rarity_of_call, averages)


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
    for number, alike in zip(
        units, zip(counts, map(columns.unit_lengths.__getitem__, units), strict=True), strict=True
    ):
        fit = known.get(alike)
        if fit is None:
            fit = known[alike] = rarity * _fit(*alike, columns, averages)
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
