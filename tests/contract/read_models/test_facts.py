"""A reader gets the facts that it asks for, and neither the rest nor those of another caller."""

from typing import Any, Literal

import msgspec

from projector.domain.audience import audience_of
from projector.domain.memories import FactDetails, Memory
from projector.read_model.protocol import ReadModelWriter
from tests.contract.engines.memories import AGENT, ANA, BEN, OTHER_AGENT, memory
from tests.contract.read_models.rows import TWO, call, write


def fact(
    text: str, *, sensitive: str = "none", status: Literal["current", "planned"] = "current", **more: Any
) -> Memory:
    """Return a fact; see `memory`."""
    details = FactDetails(
        about="caller",
        attribute="interest",
        value=text,
        status=status,
        category="factual",
        importance=5,
        sensitive=sensitive,
        count=1,
        first_said_at_s=0,
    )
    return msgspec.structs.replace(memory(text, **more), kind="fact", fact=details)


def test_heaviest_facts_come_first_as_far_as_an_agent_may_hear(writer: ReadModelWriter) -> None:
    """Of the facts those that are so come by their weight, not more than asked for; no turn, and none of others."""
    heavy, light, own, former, foreign = (
        fact(text, told_to=told_to, salience=salience, is_current=is_current)
        for text, told_to, salience, is_current in (
            ("heavy", None, 0.9, True),
            ("light", None, 0.2, True),
            ("own", audience_of([AGENT]), 0.5, True),
            ("former", None, 1.0, False),
            ("foreign", audience_of([OTHER_AGENT]), 0.95, True),
        )
    )
    write(writer, light, foreign, own, former, heavy, memory("My son is 3."))

    heaviest = writer.read_model.heaviest_facts
    assert heaviest(ANA, agent_id=AGENT, limit=9) == [heavy, own, light]
    assert heaviest(ANA, agent_id=AGENT, limit=2) == [heavy, own]
    assert heaviest(ANA, agent_id=None, limit=1) == [foreign]
    assert heaviest(BEN, agent_id=None, limit=9) == []


def test_sensitive_and_planned_facts_come_without_the_others(writer: ReadModelWriter) -> None:
    """They come whoever may hear them and whenever they held; a text that looks like JSON decides nothing."""
    plain, health, money, planned, quoting = (
        fact("I like tea."),
        fact("I take warfarin.", sensitive="health", is_current=False, told_to=audience_of([OTHER_AGENT])),
        fact("I owe you 5 euros.", sensitive="money"),
        fact("I move to Berlin.", status="planned", is_current=False),
        fact('I said "sensitive":"none" and "status":"planned".', sensitive="third_party"),
    )
    write(writer, plain, health, money, planned, quoting, memory("My son is 3."))
    write(
        writer, fact("I take aspirin.", sensitive="health", caller=BEN), caller=BEN, calls=(call("conv_2", BEN, TWO),)
    )

    read_model = writer.read_model
    assert read_model.sensitive_facts(ANA) == sorted((health, money, quoting), key=lambda each: each.id)
    assert read_model.planned_facts(ANA) == [planned]
    assert read_model.planned_facts(BEN) == []
    with writer.transaction():
        writer.parties.begin_forgetting(ANA, 1)
    assert (read_model.sensitive_facts(ANA), read_model.planned_facts(ANA)) == ([], [])


def test_periods_are_what_answers_the_same(writer: ReadModelWriter) -> None:
    """They come as they were and are, without those of another group whose name begins alike, and of nobody else."""
    was, now, other, longer = (
        fact(text, conversation=f"fact:{group}:{value}:1", is_current=text != "was")
        for text, group, value in (("was", "1a", "x"), ("now", "1a", "y"), ("other", "1b", "x"), ("longer", "1a1", "x"))
    )
    write(writer, was, now, other, longer, memory("My son is 3."))
    of_ben = fact("of Ben", caller=BEN, conversation="fact:1a:x:1")
    write(writer, of_ben, caller=BEN, calls=(call("conv_2", BEN, TWO),))

    read_model = writer.read_model
    assert read_model.periods(ANA, was) == read_model.periods(ANA, now) == sorted((was, now), key=lambda each: each.id)
    assert read_model.periods(ANA, longer) == [longer]
    with writer.transaction():
        writer.parties.begin_forgetting(ANA, 1)
    assert read_model.periods(ANA, was) == []
