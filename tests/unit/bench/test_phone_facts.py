"""The gold facts of the phone calls."""

from bench.recall.corpora import facts, phone


def test_every_caller_of_the_first_fifteen_has_gold_facts() -> None:
    """Of each caller there are eight facts and more, each with its proof; together more than 150."""
    gold = facts.load(phone.load().calls)
    assert len(gold) >= 15
    assert all(len(of_caller) >= 8 for of_caller in gold.values())
    assert sum(map(len, gold.values())) >= 150


def test_gold_says_what_takes_the_place_of_what() -> None:
    """The gold holds values that supersede others, facts that end, and facts about others than the caller."""
    found = [fact for of_caller in facts.load(phone.load().calls).values() for fact in of_caller]
    assert sum(fact.supersedes is not None for fact in found) >= 8
    assert sum(fact.ends is not None for fact in found) >= 4
    assert sum(fact.about != "caller" for fact in found) >= 20
    assert sum(fact.category == "promise" for fact in found) >= 3
