"""The lines that pass between the projector and the process that asks ElevenLabs about agents."""

from typing import Literal

from msgspec import Struct

from events.log.ours.agent_profile import AgentProfile

# `known`: here is the profile. `gone`: ElevenLabs has no such agent, or does not show it. `unusable`: what was answered
# is no profile; another agent's may be. `down`: nothing was answered, `refused`: our key is; of the rest nobody was
# asked then.
Outcome = Literal["known", "gone", "unusable", "down", "refused"]


class Question(Struct, frozen=True, kw_only=True):
    """The one line that the process reads: whom to ask, with which key, about which agents, in this order."""

    key: str
    base_url: str | None
    agent_ids: list[str]
    timeout_s: float
    process_s: int


class Told(Struct, frozen=True, kw_only=True):
    """
    One line that the process writes, as soon as it is told: what became of the question about an agent.

    `reason` says why there is no profile. `wait_s` is how many seconds ElevenLabs asks us to wait, if it does.
    """

    agent_id: str
    outcome: Outcome
    profile: AgentProfile | None = None
    reason: str = ""
    wait_s: float | None = None
