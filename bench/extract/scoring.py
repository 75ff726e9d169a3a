"""How well what a model stated of calls fits what a careful reader noted of them."""

import re
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from bench.recall.corpora.facts import GoldFact
from projector.domain.facts.statement import CALLER

_TOKEN = re.compile(r"\w", re.UNICODE)
_WORD = re.compile(r"\w+", re.UNICODE)


class Stated(Struct, frozen=True, kw_only=True):
    """A statement that counts, or a fact that is so now: whom it is about, and what it says of them."""

    about: str
    attribute: str
    value: str
    content: str = ""


class Score(Struct, frozen=True, kw_only=True):
    """
    What was found of the gold.

    `stated` counts the statements, `agreeing` those that say what a gold fact of their call says; the rest need not be
    wrong, for no reader notes everything. `found` of `gold` facts were stated. `updated` of `updates` are told rightly
    at the end: the new value is so, and the old one is not.
    """

    stated: int
    agreeing: int
    gold: int
    found: int
    updates: int
    updated: int

    @property
    def precision(self) -> float:
        """The share of statements that agree with the gold."""
        return self.agreeing / self.stated if self.stated else 0.0

    @property
    def recall(self) -> float:
        """The share of the gold that was stated."""
        return self.found / self.gold if self.gold else 0.0

    @property
    def update_accuracy(self) -> float:
        """The share of changes that are told rightly at the end."""
        return self.updated / self.updates if self.updates else 0.0


def score(
    gold: Mapping[str, Sequence[GoldFact]],
    stated: Mapping[str, Mapping[int, Sequence[Stated]]],
    current: Mapping[str, Sequence[Stated]],
) -> Score:
    """
    Compare.

    Args:
        gold: the gold facts, by the name of their caller.
        stated: the statements that count, by the name of the caller and the number of the call, from 1.
        current: what is told as so now, by the name of the caller.
    """
    said = [(name, call, each) for name, calls in stated.items() for call, some in calls.items() for each in some]
    agreeing = sum(any(fact.call == call and says(each, fact) for fact in gold[name]) for name, call, each in said)
    facts = [(name, fact) for name, some in gold.items() for fact in some]
    found = sum(any(says(each, fact) for each in stated.get(name, {}).get(fact.call, ())) for name, fact in facts)
    changes = [(name, fact) for name, fact in facts if fact.supersedes is not None or fact.ends is not None]
    return Score(
        stated=len(said),
        agreeing=agreeing,
        gold=len(facts),
        found=found,
        updates=len(changes),
        updated=sum(_is_told_rightly(fact, gold[name], current.get(name, ())) for name, fact in changes),
    )


def says(stated: Stated, fact: GoldFact) -> bool:
    """Tell whether a statement says what a gold fact says: of the same person, and with the same value, however cut."""
    if (stated.about == CALLER) != (fact.about == CALLER):
        return False
    return any(_is_same(stated.value, value) for value in fact.values)


def _is_told_rightly(fact: GoldFact, facts: Iterable[GoldFact], current: Sequence[Stated]) -> bool:
    """Tell whether what took another's place is so now, and what it took the place of is not."""
    later = [each for each in facts if (each.call, each.turn) > (fact.call, fact.turn)]
    former = fact.supersedes if fact.supersedes is not None else fact.ends
    assert former is not None
    same = [each for each in current if (each.about == CALLER) == (fact.about == CALLER)]
    if any(_is_exactly(each.value, former) for each in same):
        return False
    is_over = fact.ends is not None or any(each.supersedes in fact.values or each.ends in fact.values for each in later)
    return is_over or any(says(each, fact) for each in same)


def _is_same(one: str, other: str) -> bool:
    """Tell whether the words of the shorter of two values are in the longer one; without blanks, its signs."""
    few, many = sorted((_words(one), _words(other)), key=len)
    if few and few <= many:
        return True
    short, long = sorted(("".join(_TOKEN.findall(text.casefold())) for text in (one, other)), key=len)
    return len(short) > 1 and short in long


def _is_exactly(one: str, other: str) -> bool:
    return _words(one) == _words(other)


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.casefold()))
