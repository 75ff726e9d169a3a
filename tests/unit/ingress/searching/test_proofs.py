"""A fact is told in place of the turn that proves it, and nothing else is lost or moved."""

from msgspec import UNSET, structs

from ingress.searching.found import Ranked
from ingress.searching.proofs import facts_in_place_of_proofs, without_proofs, without_proven
from projector.domain.facts.registry.registry import Registry
from projector.domain.memories import FactDetails, FactSource, Memory, Source
from tests.support.samples import AGENT, MARTA, NOON_S

REGISTRY = Registry()


def turn(conversation_id: str, index: int) -> Memory:
    return Memory(
        id=f"{conversation_id} {index}",
        caller=MARTA,
        kind="turn",
        key=str(index),
        sector="episodic",
        salience=0.3,
        text="I like tea.",
        conversation_id=conversation_id,
        agent_id=AGENT,
        told_to=AGENT,
        occurred_at_s=NOON_S,
        source=Source(turn=index, words="I like tea."),
    )


def fact(*proofs: tuple[str, int]) -> Memory:
    sources = tuple(
        FactSource(kind="extraction", conversation_id=call, said_at_s=NOON_S, value="tea", turn=index)
        for call, index in proofs
    )
    return Memory(
        id="fact",
        caller=MARTA,
        kind="fact",
        key="caller/interest",
        sector="semantic",
        salience=0.5,
        text="The caller likes tea.",
        conversation_id="fact:1:2",
        agent_id=AGENT,
        told_to=AGENT,
        occurred_at_s=NOON_S,
        source=Source(),
        fact=FactDetails(
            about="caller",
            attribute="interest",
            value="tea",
            status="current",
            category="factual",
            importance=5,
            sensitive="none",
            count=len(proofs),
            first_said_at_s=NOON_S,
            sources=sources,
        ),
    )


def test_takes_the_first_place_and_the_best_score_of_its_proofs() -> None:
    """Two turns that prove one fact make room for it; a turn that proves nothing keeps its place and score."""
    turns = [Ranked(turn("a", 1), 0.9), Ranked(turn("b", 1), 0.8), Ranked(turn("c", 1), 0.7)]
    ranked = facts_in_place_of_proofs([*turns, Ranked(fact(("a", 1), ("c", 1)), 0.5)], REGISTRY)
    assert [(each.memory.id, each.score) for each in ranked] == [("fact", 0.9), ("b 1", 0.8)]


def test_brings_the_turn_that_was_found_first() -> None:
    """A turn may hold the answer where its fact does not: the first fact has it, and no other one again."""
    turns = [Ranked(turn("a", 1), 0.9), Ranked(turn("b", 1), 0.8)]
    other = structs.replace(fact(("a", 1)), id="other")
    ranked = facts_in_place_of_proofs([*turns, Ranked(fact(("b", 1), ("a", 1)), 0.5), Ranked(other, 0.4)], REGISTRY)
    assert [(each.memory.id, each.proof and each.proof.id) for each in ranked] == [("fact", "a 1"), ("other", None)]
    assert facts_in_place_of_proofs([Ranked(fact(("a", 1)), 0.5)], REGISTRY)[0].proof is None


def test_leaves_what_was_found_without_its_fact() -> None:
    """A turn whose fact was not found stays, and so does a fact whose turns were not."""
    found = [Ranked(turn("a", 1), 0.9), Ranked(turn("a", 3), 0.8)]
    assert facts_in_place_of_proofs(found, REGISTRY) == found
    alone = [Ranked(turn("a", 3), 0.8), Ranked(fact(("a", 1)), 0.5)]
    assert facts_in_place_of_proofs(alone, REGISTRY) == alone
    assert facts_in_place_of_proofs([], REGISTRY) == []


def collected(id_: str, value: str, conversation_id: str = "a") -> Memory:
    return structs.replace(
        turn(conversation_id, 0),
        id=f"{conversation_id} {id_}",
        kind="collected",
        key=id_,
        text=f"{id_}: {value}",
        source=Source(words=value),
    )


def consent(value: str) -> Memory:
    source = FactSource(kind="collected", conversation_id="a", said_at_s=NOON_S, value=value)
    memory = fact()
    assert memory.fact is not UNSET
    details = structs.replace(memory.fact, attribute="consent", value=value, sources=(source,))
    return structs.replace(memory, id="consent", fact=details)


def test_collected_value_is_told_once() -> None:
    """A fact stands for the value that proves it; another field of the call that has the same value stays."""
    assert REGISTRY.meant_by("consent").name == "consent"
    sms, same, other = collected("sms_reminder", "yes"), collected("consent", "yes"), collected("consent", "yes", "b")
    found = [Ranked(sms, 0.9), Ranked(same, 0.8), Ranked(other, 0.7), Ranked(consent("yes"), 0.5)]
    ranked = facts_in_place_of_proofs(found, REGISTRY)
    assert [(each.memory.id, each.score) for each in ranked] == [(sms.id, 0.9), ("consent", 0.8), (other.id, 0.7)]


def test_what_fills_an_answer_does_not_tell_a_proof() -> None:
    """Beside a fact neither its turns nor its collected values are told, whether it is told before or among them."""
    told = fact(("a", 1))
    assert without_proofs([turn("a", 1), turn("a", 3)], [told], REGISTRY) == [turn("a", 3)]
    assert without_proofs([collected("consent", "yes"), consent("yes")], [], REGISTRY) == [consent("yes")]


def test_what_fills_an_answer_is_as_certain_as_its_proof() -> None:
    """A fact that merely fills the answer takes the place of what was found, and how certain that is."""
    same = collected("consent", "yes")
    found = [Ranked(same, 0.8), Ranked(turn("b", 1), 0.7), Ranked(consent("yes"), is_certain=False)]
    ranked = facts_in_place_of_proofs(found, REGISTRY)
    assert [(each.memory.id, each.score, each.is_certain) for each in ranked] == [
        ("consent", 0.8, None),
        ("b 1", 0.7, None),
    ]


def test_fact_does_not_fill_an_answer_that_tells_its_proof() -> None:
    """Beside a turn or a collected value the fact that it proves is left out, and no other one."""
    told = [turn("a", 1), collected("consent", "yes")]
    other = fact(("b", 1))
    assert list(without_proven([fact(("a", 1)), consent("yes"), other], told, REGISTRY)) == [other]
