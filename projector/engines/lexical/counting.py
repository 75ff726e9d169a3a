"""Counts the terms of the memories of one conversation, unit by unit."""

from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache

from projector.engines.lexical.vocabulary.terms import read_words, terms_of, terms_of_each

# A posting counts in one byte how often the unit has the term.
_COUNT_MAX = 255
# A posting as a number of 64 bits, with the unit in its lower half. This one: unit 0 itself has the term once.
_ONCE = 1 << 32
_UNIT_MASK = _ONCE - 1
# How far the counts of the agent's turns, before the unit and after it, lie above those of the unit itself.
_ASKED_BITS, _REPLY_BITS = 8, 16
# Of a conversation, so many characters are searched for what is said in pieces, which takes ten times as long as all
# else: more than two hours of talking, in which each turn has a number or a letter by itself.
_JOINED_CHARS_MAX = 128 * 1024
_AGENT_TURNS_KEPT = 1024
# The terms of an agent's turn with their postings of unit 0, as the turn before it and as the turn after it; and the
# number of terms.
_Counted = tuple[Sequence[tuple[str, int]], Sequence[tuple[str, int]], int]


class Reader:
    """
    Reads the texts of one conversation, in order; what the last ones say in pieces may stay so.

    Args:
        own: the texts of all units.
        agents: those of the agent's turns that will be asked for, each of which may come up several times.
    """

    def __init__(self, own: Sequence[str], agents: Sequence[str], language: str) -> None:
        self._own = own
        self._language = language
        self._left_chars = _JOINED_CHARS_MAX
        self._agents: dict[str, _Counted] = {"": ((), (), 0)}
        # Where all may be searched, the order in which they are read makes no difference.
        is_short = sum(map(len, own)) + sum(map(len, agents)) <= _JOINED_CHARS_MAX
        self._terms = terms_of_each(own, language) if is_short else None

    def own(self, unit: int) -> Sequence[str]:
        """Return the terms of a unit's own text."""
        if self._terms is not None:
            return self._terms[unit]
        terms, searched_chars = _terms(self._own[unit], self._language, is_joining=self._left_chars > 0)
        self._left_chars -= searched_chars
        return terms

    def agents(self, text: str) -> _Counted:
        """Return the terms of an agent's turn, which most often comes up twice."""
        if (known := self._agents.get(text)) is None:
            known, searched_chars = _agents(text, self._language, self._left_chars > 0)
            self._agents[text] = known
            self._left_chars -= searched_chars
        return known


class Counts:
    """The postings of one conversation. Most of its terms are in one unit alone."""

    def __init__(self) -> None:
        self._last: dict[str, int] = {}
        self._before: dict[str, list[int]] = defaultdict(list)

    def add(
        self, unit: int, own: Sequence[str], asked: Sequence[tuple[str, int]], reply: Sequence[tuple[str, int]]
    ) -> None:
        """Count the terms of a unit, and those of the agent's turns before and after it; units come in order."""
        last, once = self._last, _ONCE + unit
        for term in own:
            posting = last.get(term)
            if posting is None:
                last[term] = once
            elif posting & _UNIT_MASK != unit:
                self._before[term].append(posting)
                last[term] = once
            elif posting < _COUNT_MAX * _ONCE:
                last[term] = posting + _ONCE
        for term, times in (*asked, *reply):
            posting = last.get(term)
            if posting is None:
                last[term] = times + unit
            elif posting & _UNIT_MASK != unit:
                self._before[term].append(posting)
                last[term] = times + unit
            else:
                last[term] = times + posting

    def of_terms(self) -> tuple[list[str], list[int], list[int]]:
        """Return the terms in order, how many postings each has, and all postings: what `pack_postings` takes."""
        terms, last, more = sorted(self._last), self._last, self._before
        counts, postings = list[int](), list[int]()
        for term in terms:
            if term in more:
                before = more[term]
                postings += before
                counts.append(len(before) + 1)
            else:
                counts.append(1)
            postings.append(last[term])
        return terms, counts, postings


@lru_cache(_AGENT_TURNS_KEPT)
def _agents(text: str, language: str, is_joining: bool) -> tuple[_Counted, int]:
    """Count the terms of an agent's turn. Cached: greetings and the like come again in other calls."""
    terms, searched_chars = _terms(text, language, is_joining=is_joining)
    counts = dict.fromkeys(terms, 0)
    for term in terms:
        counts[term] = min(counts[term] + 1, _COUNT_MAX)
    asked, reply = (
        tuple((term, (_ONCE << bits) * times) for term, times in counts.items()) for bits in (_ASKED_BITS, _REPLY_BITS)
    )
    return (asked, reply, len(terms)), searched_chars


def _terms(text: str, language: str, *, is_joining: bool) -> tuple[list[str], int]:
    """Return the terms of a text, and how many characters were searched for what is said in pieces."""
    if not text:
        return [], 0
    words, searched_chars = read_words(text, language, is_joining=is_joining)
    return terms_of(words, language), searched_chars
