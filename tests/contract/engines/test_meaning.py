"""What an engine that claims meaning finds, whatever makes its vectors."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from projector.engines.open import Engines
from tests.contract.engines.kinds import KINDS, SHIPPED, VECTORS_IN_POSTGRES, Kind, emptied
from tests.contract.engines.memories import AGENT, ANA, BEN, OTHER_AGENT, AnyEngine, found, ids, memory, put, search

_CLAIMING = [kind for kind in (*KINDS, VECTORS_IN_POSTGRES, SHIPPED) if kind.claims_meaning]
_RASH = memory("I come out in a rash when I touch latex.")
_OTHERS = [
    memory(text)
    for text in (
        "The parcel is behind the garden shed.",
        "My sister collects the keys on Thursday.",
        "We have a puppy called Rex.",
        "I paid the invoice last week.",
    )
]


def _param(kind: Kind) -> object:
    marks = [pytest.mark.skip(reason=f"{kind.name}: {kind.why_not}")] if kind.why_not else []
    return pytest.param(kind, id=kind.name, marks=marks)


@pytest.fixture(params=map(_param, _CLAIMING))
def claiming(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Engines, AnyEngine]]:
    """One engine at a time that claims meaning, empty, and the engines of its process."""
    kind: Kind = request.param
    with kind.engines(tmp_path) as engines, emptied(engines) as engine:
        yield engines, engine


@pytest.fixture
def understanding(claiming: tuple[Engines, AnyEngine]) -> AnyEngine:
    """One engine at a time that claims meaning, empty."""
    return claiming[1]


def test_memory_is_found_by_a_paraphrase(understanding: AnyEngine) -> None:
    """A question that shares no word with a memory finds it before all others, also in another language."""
    put(understanding, *_OTHERS, _RASH)

    assert found(understanding, "any allergies?")[:1] == ids(_RASH)
    assert found(understanding, "Allergien?")[:1] == ids(_RASH)


def test_short_answer_is_found_by_what_the_agent_asked(understanding: AnyEngine) -> None:
    """An answer that says nothing by itself is found by the meaning of the agent's turn before it."""
    yes = memory("Yes, I do.", asked="Do you have a dog at home?")
    put(understanding, *_OTHERS[:2], _OTHERS[3], yes, _RASH)

    assert found(understanding, "Hund?")[:1] == ids(yes)


def test_meaning_shows_nobody_what_they_may_not_hear(understanding: AnyEngine) -> None:
    """Neither another caller nor another agent finds a memory by its meaning."""
    secret = memory("I come out in a rash when I touch latex.", key="secret", told_to=AGENT)
    bens = memory("I come out in a rash when I touch latex.", caller=BEN)
    put(understanding, *_OTHERS, secret, bens)

    assert ids(secret)[0] not in found(understanding, "any allergies?", agent=OTHER_AGENT)
    assert ids(bens)[0] not in found(understanding, "any allergies?", caller=ANA)
    assert found(understanding, "any allergies?", caller=BEN) == ids(bens)


def test_scores_stay_between_0_and_1_and_fall(understanding: AnyEngine) -> None:
    """Whatever a sum of words and meaning comes to, a score is below 1, and the best comes first."""
    put(understanding, *_OTHERS, _RASH, memory("Allergies: rash, latex rash, allergic to latex.", salience=0.95))

    hits = search(understanding, "Allergies: rash, latex rash, allergic to latex?")

    assert all(0 < hit.score < 1 for hit in hits)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert hits[0].score > 0.5


def test_what_was_forgotten_is_not_found_by_meaning(understanding: AnyEngine) -> None:
    """A caller who was forgotten, and a conversation that was emptied, are found by nothing."""
    put(understanding, *_OTHERS, _RASH, memory("I am allergic to latex.", caller=BEN))
    understanding.forget(BEN)
    understanding.replace(ANA, _RASH.conversation_id, _OTHERS)

    assert not found(understanding, "any allergies?", caller=BEN)
    assert ids(_RASH)[0] not in found(understanding, "any allergies?")
