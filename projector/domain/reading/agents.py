"""Which agents were in a call, after transfers, and which of them heard a turn."""

from collections.abc import Sequence
from typing import Any

from events.wire.webhooks import AgentRef, TranscriptionData

# A call goes through a few agents. With more, all of them are told all of it: an audience for each turn would cost too
# much.
_AGENTS_MAX = 20


def agents_of(data: TranscriptionData) -> tuple[str, ...]:
    """Return the agents of a call in the order in which they came, each as often as it came; none if nobody says."""
    visited = data.visited_agents if isinstance(data.visited_agents, list) else []
    agents = [id_ for visit in visited if (id_ := _agent_id(visit))]
    if data.agent_id and data.agent_id not in agents:
        agents.insert(0, data.agent_id)
    spoke = dict.fromkeys(id_ for turn in data.transcript or () if (id_ := _agent_id(turn.agent_metadata)))
    for id_ in agents:
        spoke.pop(id_, None)
    return (*agents, *spoke)


def heard_by(data: TranscriptionData, agents: Sequence[str]) -> list[frozenset[str] | None]:
    """
    Return for each turn of the transcript the agents that heard it: that agent, and those that came after it.

    None for a turn that does not name its agent: all of the call may know it.

    Args:
        agents: the `agents_of` the call.
    """
    named = [_agent_id(turn.agent_metadata) for turn in data.transcript or ()]
    if len(agents) > _AGENTS_MAX or not any(named):
        return [None] * len(named)
    later: list[frozenset[str]] = []
    for agent_id in reversed(named):
        since = later[-1] if later else frozenset[str]()
        later.append(since | {agent_id} if agent_id and agent_id not in since else since)
    later.reverse()
    heard: list[frozenset[str] | None] = []
    at = 0
    for agent_id, then in zip(named, later, strict=True):
        if agent_id is None:
            heard.append(None)
        elif agent_id in agents[at:]:
            at = agents.index(agent_id, at)
            heard.append(then.union(agents[at:]))
        else:  # it came back without being listed again
            heard.append(then)
    return heard


def _agent_id(named: Any) -> str | None:
    """Return the agent that is named; an id alone names it, too."""
    if named is None:
        return None  # as nearly all turns have it
    id_ = named.agent_id if isinstance(named, AgentRef) else named
    return id_ if isinstance(id_, str) and id_ else None
