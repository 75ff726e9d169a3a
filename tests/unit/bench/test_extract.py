"""How what a model states is compared with the gold facts."""

from collections import defaultdict

import pytest
from msgspec.structs import replace

from bench.extract.scoring import Stated, says, score
from bench.recall.corpora import facts, phone
from bench.recall.corpora.facts import GoldFact

GOLD = facts.load(phone.load().calls)


def as_stated(fact: GoldFact, wording: int = 0) -> Stated:
    return Stated(about=fact.about, attribute=fact.attribute, value=fact.values[wording])


def stated(wording: int = 0) -> dict[str, dict[int, list[Stated]]]:
    """Return every gold fact as a statement."""
    found: dict[str, dict[int, list[Stated]]] = defaultdict(lambda: defaultdict(list))
    for name, some in GOLD.items():
        for fact in some:
            found[name][fact.call].append(as_stated(fact, wording))
    return found


def told_at_the_end() -> dict[str, list[Stated]]:
    """Return what is so at the end: all but what was superseded or ended."""
    over = {name: {fact.supersedes for fact in some} | {fact.ends for fact in some} for name, some in GOLD.items()}
    return {
        name: [as_stated(fact) for fact in some if fact.ends is None and fact.values[0] not in over[name]]
        for name, some in GOLD.items()
    }


@pytest.mark.parametrize("wording", [0, 1])
def test_gold_itself_is_perfect(wording: int) -> None:
    """In either wording."""
    found = score(GOLD, stated(wording), told_at_the_end())
    assert (found.precision, found.recall) == (1.0, 1.0)
    assert found.update_accuracy == 1.0
    assert found.gold == sum(map(len, GOLD.values()))


def test_nothing_stated_is_nothing_found() -> None:
    """And no change is told rightly by who knows nothing, but for what is merely over."""
    found = score(GOLD, {}, {})
    assert (found.precision, found.recall, found.stated) == (0.0, 0.0, 0)
    assert found.update_accuracy < 1.0


def test_invented_statement_lowers_precision_alone() -> None:
    """One more in a call."""
    some = stated()
    name = next(iter(some))
    some[name][1].append(Stated(about="caller", attribute="pet", value="a walrus called Ottokar"))
    found = score(GOLD, some, told_at_the_end())
    assert found.precision == pytest.approx((found.gold) / (found.gold + 1))
    assert found.recall == 1.0


def test_value_that_is_over_and_told_as_current_is_no_right_update() -> None:
    """However rightly the new one is told beside it."""
    current = told_at_the_end()
    name, fact = next((name, fact) for name, some in GOLD.items() for fact in some if fact.supersedes)
    assert fact.supersedes is not None
    current[name].append(replace(as_stated(fact), value=fact.supersedes))
    found = score(GOLD, stated(), current)
    assert found.updates - found.updated >= 1


def test_fact_about_another_is_not_the_callers() -> None:
    """The same value of somebody else says something else."""
    fact = next(fact for some in GOLD.values() for fact in some if fact.about == "caller")
    assert says(as_stated(fact), fact)
    assert not says(replace(as_stated(fact), about="son"), fact)
