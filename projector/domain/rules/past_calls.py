"""The newest few calls that each agent had with a caller."""

from collections import defaultdict
from collections.abc import Sequence

from msgspec import Struct

from projector.domain.audience import agents_in
from projector.domain.calls import Call
from projector.domain.memories import PastCall

_OF_AN_AGENT_MAX = 3


class PastCalls(Struct, frozen=True):
    """The newest calls of each agent that have words of the caller and a title or summary, oldest first."""

    calls: tuple[PastCall, ...] = ()

    def after(self, call: Call, person: int) -> "PastCalls":
        """
        Return the same once a call is over.

        Args:
            person: the number of the person whom the call was with.
        """
        if not call.is_counted or not (call.summary or call.title):
            return self
        past = PastCall(
            conversation_id=call.conversation_id,
            agent_id=call.agent_id,
            occurred_at_s=call.order[0],
            direction=call.direction,
            title=call.title,
            summary=call.summary,
            told_to=call.told_to,
            person=person,
            timezone=call.timezone,
        )
        return PastCalls(tuple(_newest_of_each_agent((*self.calls, past))))


def _newest_of_each_agent(calls: Sequence[PastCall]) -> Sequence[PastCall]:
    """Return the calls that are among the newest of at least one of their agents, oldest first."""
    if len(calls) <= _OF_AN_AGENT_MAX:
        return calls
    newest: list[PastCall] = []
    later: dict[str, int] = defaultdict(int)
    for call in reversed(calls):
        agents = agents_in(call.audience)
        if any(later[agent] < _OF_AN_AGENT_MAX for agent in agents):
            newest.append(call)
        for agent in agents:
            later[agent] += 1
    return newest[::-1]
