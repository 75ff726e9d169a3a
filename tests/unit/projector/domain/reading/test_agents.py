"""After a transfer, the agent who heard something may be told it."""

import json
from typing import Any

import pytest

from projector.domain.audience import agents_in, audience_of, may_hear
from projector.domain.calls import Call
from projector.domain.fold import FoldSettings, fold
from projector.domain.memories import NO_AGENT
from tests.support.calls import call_in
from tests.support.samples import transcription

SALES, BILLING, DESK, OTHER = "agent_sales", "agent_billing", "agent_desk", "agent_other"
AGENTS = (SALES, BILLING, DESK, OTHER)


def call(
    *turns: tuple[str, Any], visited: Any = None, agent: str | None = SALES, id_: str = "conv_1", at_s: int = 1000
) -> Call:
    """Return a call with turns of the caller, each with what its `agent_metadata` is."""
    webhook = json.loads(transcription(id_, *[words for words, _ in turns], summary="They spoke.", title="Talk"))
    data = webhook["data"]
    data |= {"agent_id": agent, "visited_agents": visited}
    data["metadata"]["start_time_unix_secs"] = at_s
    for (_, metadata), turn in zip(turns, data["transcript"][1::2], strict=True):
        turn["agent_metadata"] = metadata
    return call_in(json.dumps(webhook).encode())


def by(agent_id: str) -> dict[str, Any]:
    return {"agent_id": agent_id, "workflow_node_id": None}


def told(call: Call) -> dict[str, set[str]]:
    """Return for each text that is remembered of a call which agents may hear it."""
    memories = fold([call], FoldSettings()).memories
    return {m.source.words: {agent for agent in AGENTS if may_hear(m.told_to, agent)} for m in memories}


def test_every_agent_of_a_call_is_told() -> None:
    """What was said in a call, and its summary, is told to every agent that was in it, and to no other."""
    visited = [by(SALES), by(BILLING)]
    assert told(call(("Hello.", None), visited=visited)) == {
        "They spoke.": {SALES, BILLING},
        "Hello.": {SALES, BILLING},
    }


def test_turn_is_told_to_its_agent_and_those_after_it() -> None:
    """What was said to one agent is told to that agent and to those that came later, not to those that had left."""
    turns = [("One.", by(SALES)), ("Two.", by(BILLING)), ("Three.", by(DESK))]
    heard = told(call(*turns, visited=[by(SALES), by(BILLING), by(DESK)]))

    assert heard["One."] == {SALES, BILLING, DESK}
    assert heard["Two."] == {BILLING, DESK}
    assert heard["Three."] == {DESK}
    assert heard["They spoke."] == {SALES, BILLING, DESK}


def test_agent_that_comes_back_has_heard_what_was_said_then() -> None:
    """A call may come back to its first agent, who then hears on, but not what another was told for itself before."""
    turns = [("One.", by(SALES)), ("Two.", by(BILLING)), ("Three.", by(SALES))]
    heard = told(call(*turns, visited=[by(SALES), by(BILLING)]))

    assert heard["One."] == {SALES, BILLING}
    assert heard["Two."] == {SALES, BILLING}
    assert heard["Three."] == {SALES}


@pytest.mark.parametrize(
    ("visited", "agents"),
    [
        (None, {SALES}),
        ([], {SALES}),
        ([by(SALES)], {SALES}),
        ([by(BILLING)], {SALES, BILLING}),
        ([BILLING, DESK], {SALES, BILLING, DESK}),
        ([by(BILLING), None, 5, [], {}, {"agent_id": 7}], {SALES, BILLING}),
        ("agent_billing", {SALES}),
        ({"agent_id": BILLING}, {SALES}),
    ],
)
def test_agents_are_read_however_they_are_listed(visited: Any, agents: set[str]) -> None:
    """Odd values in the list of agents cost those values alone."""
    assert told(call(("Hello.", None), visited=visited))["Hello."] == agents


@pytest.mark.parametrize("metadata", [None, {}, 5, [], {"agent_id": None}, {"agent_id": [SALES]}])
def test_turn_that_names_no_agent_is_told_to_all_of_the_call(metadata: Any) -> None:
    """Where a turn does not say who heard it, the agents of the call are told."""
    assert told(call(("Hello.", metadata), visited=[by(SALES), by(BILLING)]))["Hello."] == {SALES, BILLING}


def test_turns_alone_show_a_transfer() -> None:
    """Where the visited agents are not listed, the turns name them."""
    heard = told(call(("One.", by(SALES)), ("Two.", by(BILLING))))

    assert heard == {"One.": {SALES, BILLING}, "Two.": {BILLING}, "They spoke.": {SALES, BILLING}}


def test_call_without_an_agent_is_told_to_none() -> None:
    """A call that names no agent is found by searches across all agents alone."""
    memories = fold([call(("Hello.", None), agent=None)], FoldSettings()).memories
    assert {memory.told_to for memory in memories} == {NO_AGENT}


def test_each_agent_has_its_own_last_calls() -> None:
    """The newest three calls of each agent are kept, a call with two agents among those of both."""
    calls = [
        call(("Hello.", None), visited=[by(SALES), by(BILLING)], id_="conv_both", at_s=1000),
        *(call(("Hello.", None), id_=f"conv_{n}", at_s=2000 + n) for n in range(4)),
    ]
    past = fold(calls, FoldSettings()).view.past_calls

    assert [each.conversation_id for each in past] == ["conv_both", "conv_1", "conv_2", "conv_3"]
    assert may_hear(past[0].audience, BILLING)
    assert not may_hear(past[1].audience, BILLING)


@pytest.mark.parametrize("agent_id", ["agent a", "agent%20a", "%", "a b c", " ", "a\tb"])
def test_agents_id_is_never_read_as_two(agent_id: str) -> None:
    """Whatever an agent's id holds, it is one member of an audience, and nobody else's."""
    audience = audience_of([agent_id, OTHER])

    assert may_hear(audience, agent_id)
    assert may_hear(audience, OTHER)
    assert len(agents_in(audience)) == 2
    for other in ("agent", "a", "b", "", "20a", f"{agent_id} {OTHER}", audience):
        assert not may_hear(audience, other)


def test_many_agents_are_all_told_all() -> None:
    """However many agents a call says that it had, reading it takes time in proportion, and all of them are told."""
    turns = [(f"Number {n}.", by(f"agent_{n}")) for n in range(2000)]
    read = call(*turns)

    assert len(agents_in(read.audience)) == 2001
    assert {turn.told_to for turn in read.turns} == {None}
