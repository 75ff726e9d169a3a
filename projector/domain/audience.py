"""
Who may be told a memory, in one text: agents' ids with blanks between them.

A memory that several agents heard is one memory, so that no search finds it twice.
"""

from collections.abc import Iterable


def audience_of(agent_ids: Iterable[str]) -> str:
    """Return the audience that some agents make, whatever their order; `NO_AGENT`, the empty text, for none."""
    return " ".join(sorted(map(_quoted, set(agent_ids))))


def audience_of_one(agent_id: str | None) -> str:
    """Return the audience that one agent makes; `NO_AGENT` where there is none."""
    return _quoted(agent_id) if agent_id else ""


def may_hear(told_to: str | None, agent_id: str | None) -> bool:
    """
    Tell whether an agent is of an audience.

    Args:
        told_to: the audience; None for all agents.
        agent_id: None for an asker who may know everything.
    """
    return told_to is None or agent_id is None or _quoted(agent_id) in told_to.split(" ")


def agents_in(told_to: str) -> list[str]:
    """Return the members of an audience, each as an audience of its own; that of no agent is its own member."""
    return told_to.split(" ")


def ids_in(told_to: str) -> list[str]:
    """Return the ids of the agents that are of an audience; none for that of no agent."""
    return [member.replace("%20", " ").replace("%25", "%") for member in told_to.split(" ") if member]


def _quoted(agent_id: str) -> str:
    # ElevenLabs' ids hold neither; what else is sent as one must not be read as two.
    return agent_id.replace("%", "%25").replace(" ", "%20")
