"""The brief: what an agent that never searches is told of a caller, and what it is not."""

from typing import Any

import msgspec
import pytest
from msgspec import UNSET

from ingress.wording.brief import caller_brief, open_issues
from projector.domain.memories import CallerView, Fact, FactDetails, Memory, PastCall, Source
from tests.support.samples import AGENT, MARTA, NOON_S

VIEW = CallerView(
    caller=MARTA,
    name="Marta Lindqvist",
    given_name="Marta",
    language="en",
    call_count=2,
    first_call_at_s=NOON_S - 24 * 60 * 60,
    last_call_at_s=NOON_S,
    facts=(),
    past_calls=(),
    person=1,
)


def taught(text: str, **changed: Any) -> Memory:
    """Return a fact as a memory."""
    details = {
        "about": "caller",
        "attribute": "preference",
        "value": text,
        "status": "current",
        "category": "factual",
        "importance": 5,
        "sensitive": "none",
        "count": 1,
        "first_said_at_s": NOON_S,
    }
    of_memory = {key: changed.pop(key) for key in ("is_current", "told_to", "person") if key in changed}
    fact = msgspec.convert(details | changed, FactDetails)
    memory = Memory(
        id=text,
        caller=MARTA,
        kind="fact",
        key="",
        sector="semantic",
        salience=fact.importance / 10,
        text=text,
        conversation_id="fact:1",
        agent_id=AGENT,
        occurred_at_s=NOON_S,
        source=Source(),
        fact=fact,
        told_to=AGENT,
    )
    return msgspec.structs.replace(memory, **of_memory)


def test_begins_with_what_matters_most() -> None:
    """Who it is, what is open, what is known by its weight, and then the last calls with this agent."""
    view = msgspec.structs.replace(
        VIEW,
        past_calls=(
            PastCall(
                conversation_id="conv_1",
                agent_id=AGENT,
                occurred_at_s=NOON_S,
                direction="inbound",
                title="Couch",
                summary="She called about a couch.",
            ),
        ),
    )
    facts = [
        taught("She likes tea.", importance=3),
        taught("She works nights.", importance=7),
        taught("One foot is broken.", category="issue"),
    ]
    assert caller_brief(view, facts, AGENT) == (
        "Marta Lindqvist has spoken with us twice, first on 11 November 2025, last on 12 November 2025. "
        "Open issue: One foot is broken (said on 12 November 2025). "
        "She works nights (said on 12 November 2025). "
        "She likes tea (said on 12 November 2025). "
        "Call on 12 November 2025: She called about a couch."
    )
    assert open_issues(view, facts, AGENT) == "Open issue: One foot is broken (said on 12 November 2025)."


@pytest.mark.parametrize(
    "changed",
    [
        {"sensitive": "health"},
        {"sensitive": "money"},
        {"sensitive": "third_party"},
        {"sensitive": "credentials"},
        {"is_current": False},
        {"told_to": "agent_other"},
        {"person": 2},
    ],
)
def test_leaves_out_what_is_not_to_be_told(changed: dict[str, Any]) -> None:
    """What is sensitive, over, another agent's or another person's is neither in the brief nor among what is open."""
    secret = taught("The secret of the caller.", category="issue", **changed)
    assert "secret" not in caller_brief(VIEW, [secret], AGENT)
    assert open_issues(VIEW, [secret], AGENT) == ""


def test_is_better_than_nothing_without_any_model() -> None:
    """Of what was collected, a brief is made as well; without what is sensitive."""
    collected = [
        Fact(
            id=id_,
            label=id_.title(),
            value=value,
            is_preference=False,
            conversation_id="conv_1",
            agent_id=AGENT,
            occurred_at_s=NOON_S,
        )
        for id_, value in (("city", "Lund"), ("allergies", "penicillin"))
    ]
    brief = caller_brief(msgspec.structs.replace(VIEW, facts=tuple(collected)), [], AGENT)
    assert "City, said on 12 November 2025: Lund." in brief
    assert "penicillin" not in brief


def test_keeps_to_its_length_in_whole_sentences() -> None:
    """However much is known, the brief has its length at most, and ends where a sentence does."""
    facts = [taught(f"The caller likes the thing with the number {number}.") for number in range(200)]
    brief = caller_brief(VIEW, facts, AGENT, chars_max=700)
    assert 600 < len(brief) <= 700
    assert brief.endswith(").")


def test_strangers_have_none() -> None:
    """Of whom nothing is known nothing is told."""
    assert caller_brief(None, [], AGENT) == ""
    assert open_issues(None, [], AGENT) == ""
    assert taught("x").fact is not UNSET
