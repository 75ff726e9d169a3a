"""Which agents were in a call, after transfers, and which of them heard a turn."""

from collections.abc import Iterator
from typing import Any

from events.wire.webhooks import AgentRef, TranscriptionData


def agents_of(data: TranscriptionData) -> tuple[str, ...]:
    """Return the agents of a call in the order in which they came, each as often as it came; none if nobody says."""
    visited = data.visited_agents if isinstance(data.visited_agents, list) else []
    agents = [id_ for visit in visited if (id_ := _agent_id(visit))]
    if data.agent_id and data.agent_id not in agents:
        agents.insert(0, data.agent_id)
    for turn in data.transcript or ():
        id_ = _agent_id(turn.agent_metadata)
        if id_ and id_ not in agents:
            agents.append(id_)
    return tuple(agents)


def heard_by(data: TranscriptionData) -> Iterator[tuple[str, ...] | None]:
    """
    Yield for each turn of the transcript the agents that heard it: that agent, and those that came after it.

    None for a turn that does not name its agent: all of the call may know it.
    """
    agents = agents_of(data)
    named = [_agent_id(turn.agent_metadata) for turn in data.transcript or ()]
    since = 0
    for index, agent_id in enumerate(named):
        if not agent_id:
            yield None
            continue
        later = {id_ for id_ in named[index:] if id_}
        if agent_id in agents[since:]:
            since = agents.index(agent_id, since)
            later.update(agents[since:])
        yield tuple(sorted(later))


def _agent_id(named: Any) -> str | None:
    """Return the agent that is named; an id alone names it, too."""
    id_ = named.agent_id if isinstance(named, AgentRef) else named
    return id_ if isinstance(id_, str) and id_ else None
