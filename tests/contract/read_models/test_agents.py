"""What a read model keeps of agents."""

import random

import msgspec

from events.log.ours.agent_profile import AgentProfile
from events.log.receipt import Place
from projector.read_model.protocol import ReadModelWriter
from projector.read_model.records import AgentMet, KeptProfile
from tests.contract.read_models.rows import ONE, TWO, call


def keep(writer: ReadModelWriter, position: int, **profile: str) -> AgentProfile:
    """Keep a profile at a position, and return it."""
    one = AgentProfile(**({"agent_id": "agent_1"} | profile))  # type: ignore[arg-type]
    with writer.transaction():
        writer.agents.put(KeptProfile(position, one.agent_id, msgspec.json.encode(one)))
    return one


def test_last_profile_of_an_agent_counts(writer: ReadModelWriter) -> None:
    """Of an agent the profile with the greatest position is told, in whatever order they were kept."""
    newer = keep(writer, 12, name="Nova")
    older = keep(writer, 3, name="Ada")
    keep(writer, 7, agent_id="agent_2", name="Otto")

    assert writer.agents.last("agent_1") == KeptProfile(12, "agent_1", msgspec.json.encode(newer))
    assert writer.read_model.agent_profile("agent_1") == newer
    assert older != newer


def test_profile_is_kept_once(writer: ReadModelWriter) -> None:
    """What stands at a position is never replaced."""
    first = keep(writer, 3, name="Ada")
    keep(writer, 3, name="Slipped in")
    assert writer.read_model.agent_profile("agent_1") == first


def test_no_profile_is_told_of_another_agent(writer: ReadModelWriter) -> None:
    """An agent of whom nothing is known has no profile, whatever its id looks like, and no agent has none."""
    keep(writer, 3, name="Ada")
    for other in ("agent_10", "agent_", "AGENT_1", " agent_1", "agent_1\0", "", None):
        assert writer.read_model.agent_profile(other) is None


def test_agents_are_those_of_the_calls(writer: ReadModelWriter) -> None:
    """Each agent that had a call is listed once with its last event; one whose calls are all removed is not."""
    with writer.transaction():
        writer.calls.put(call("conv_1", place=TWO), agent_number=None, agent_id="agent_b")
        writer.calls.put(call("conv_2", place=ONE), agent_number=None, agent_id="agent_b")
        writer.calls.put(call("conv_3", place=ONE), agent_number=None, agent_id="agent_a")
        writer.calls.put(call("conv_4", place=TWO), agent_number=None, agent_id=None)
        writer.callers.put(call().caller, b"{}", None)
    assert writer.read_model.agents() == [AgentMet("agent_a", 1), AgentMet("agent_b", 2)]

    with writer.transaction():
        writer.calls.remove("conv_3")
        writer.calls.remove("conv_1")
        writer.callers.put(call().caller, b"{}", None)
    assert writer.read_model.agents() == [AgentMet("agent_b", 1)]


def test_nobody_has_no_agents(writer: ReadModelWriter) -> None:
    """Where there are no calls there are no agents."""
    assert writer.read_model.agents() == []


def test_agents_with_endless_ids_are_agents_too(writer: ReadModelWriter) -> None:
    """Agents whose ids are as long as no index holds, and begin alike, are each one, with profiles of their own."""
    # Of random characters, or a database could shorten it.
    long = "".join(map(chr, random.Random(20).sample(range(0x20000, 0x2A000), 2000)))
    ids = sorted([long, f"{long}2", long[:300], long[:299], f"{long[:298]}\0", "agent_1"])
    with writer.transaction():
        for position, agent_id in enumerate(ids, 3):
            for number in range(2):
                kept = call(f"conv_{position}_{number}", place=Place(position + 10 * number, 0, "a" * 64))
                writer.calls.put(kept, agent_number=None, agent_id=agent_id)
    for position, agent_id in enumerate(ids, 3):
        keep(writer, position, agent_id=agent_id, name=f"Agent {position}")

    assert writer.read_model.agents() == [AgentMet(agent_id, at) for at, agent_id in enumerate(ids, 13)]
    for position, agent_id in enumerate(ids, 3):
        profile = writer.read_model.agent_profile(agent_id)
        assert profile is not None
        assert profile.name == f"Agent {position}"
    assert writer.read_model.agent_profile(f"{long}3") is None
