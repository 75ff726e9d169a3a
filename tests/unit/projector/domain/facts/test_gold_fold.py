"""The fold, on the gold facts of all phone callers: given good statements and bad ones, in any order and wording."""

import random
from collections import defaultdict
from typing import Any

import msgspec
from msgspec import UNSET

from bench.recall.corpora.conversations import Call as SpokenCall
from bench.recall.corpora.facts import GoldFact
from projector.domain.facts.history import history
from projector.domain.facts.registry.registry import Registry
from projector.domain.facts.said import Group, Said, stated
from projector.domain.facts.told.values import normal_value
from projector.domain.facts.told_facts import fact_memory, rules_of
from projector.domain.facts.validation.validate import validated
from projector.domain.memories import Memory
from tests.support.gold import POISONS, call_of, gold_facts, poisoned

REGISTRY = Registry()
REGION = "US"


def _by_caller() -> dict[str, list[tuple[SpokenCall, GoldFact]]]:
    found: dict[str, list[tuple[SpokenCall, GoldFact]]] = defaultdict(list)
    for spoken, fact in gold_facts():
        found[spoken.caller].append((spoken, fact))
    return found


def _fold(caller: str, answers: list[tuple[SpokenCall, dict[str, Any]]]) -> list[Memory]:
    """Return the facts that statements of some calls make, each call with one answer."""
    of_call: dict[str, tuple[SpokenCall, list[dict[str, Any]]]] = {}
    for spoken, item in answers:
        of_call.setdefault(spoken.conversation_id, (spoken, []))[1].append(item)
    groups: dict[Group, list[Said]] = defaultdict(list)
    for spoken, items in of_call.values():
        call = call_of(spoken)
        for begin in range(0, len(items), 30):  # more than a model may say at once
            answer = msgspec.json.encode({"memories": items[begin : begin + 30]})
            for statement in validated(answer, call, REGISTRY).statements:
                said = stated(statement, call, 1, REGISTRY, REGION)
                groups[said.group].append(said)
    memories = []
    for group, of_group in groups.items():
        rules = rules_of([caller], group, REGISTRY)
        memories += [fact_memory(caller, group, period, rules, REGISTRY) for period in history(of_group, rules)]
    return [memory for memory in memories if memory is not None]


def _key(spoken: SpokenCall, fact: GoldFact, value: str) -> tuple[str, str, str]:
    attribute = REGISTRY.sameness(fact.attribute)
    assert attribute is not None
    return fact.about.casefold(), attribute.name, normal_value(value, attribute.name, spoken.language, REGION)


def _known(memories: list[Memory], language: str) -> dict[tuple[str, str, str], bool]:
    """Return of each value whether it is so now."""
    known: dict[tuple[str, str, str], bool] = {}
    for memory in memories:
        fact = memory.fact
        assert fact is not UNSET
        key = (fact.about.casefold(), fact.attribute, normal_value(fact.value, fact.attribute, language, REGION))
        known[key] = known.get(key, False) or memory.is_current
    return known


def test_folds_gold_among_poison() -> None:
    """
    Of good statements, shuffled, doubled and in two wordings among a fifth of poison, 99 of 100 and more are kept.

    The current value is right for every fact, and no poison is kept: what is known is what the gold knows.
    """
    chance = random.Random(1)
    kept, total, wrong, foreign = 0, 0, [], []
    for caller, gold in _by_caller().items():
        language = gold[0][0].language
        answers = [(spoken, fact.statement(wording)) for spoken, fact in gold for wording in (0, 1, 0)]
        for number, (spoken, fact) in enumerate(gold):
            item = poisoned(spoken, fact, POISONS[number % len(POISONS)], chance)
            if item is not None:
                answers.append((spoken, item))
        chance.shuffle(answers)
        known = _known(_fold(caller, answers), language)
        ended = {_key(spoken, fact, fact.ends) for spoken, fact in gold if fact.ends is not None}
        ended |= {_key(spoken, fact, fact.supersedes) for spoken, fact in gold if fact.supersedes is not None}
        expected = {_key(spoken, fact, fact.values[0]) for spoken, fact in gold if fact.status != "ended"}
        total += len(expected)
        kept += len(expected & known.keys())
        wrong += [(key, known[key]) for key in expected & known.keys() if known[key] == (key in ended)]
        foreign += [key for key in known.keys() - expected if known[key]]
    assert kept >= 0.99 * total
    assert wrong == []
    assert foreign == []


def test_ids_are_the_same_across_wordings_models_and_orders() -> None:
    """Two models, in two wordings and any order, make the same ids."""
    chance = random.Random(2)
    for caller, gold in _by_caller().items():
        made = []
        for wording in (0, 1):
            answers = [(spoken, fact.statement(wording)) for spoken, fact in gold]
            chance.shuffle(answers)
            made.append(sorted(memory.id for memory in _fold(caller, answers)))
        assert made[0] == made[1]
        assert len({*made[0]}) == len(made[0])
