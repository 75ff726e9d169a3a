"""The newest few calls that each agent had with a caller."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain

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
            person: the number of whoever the call was with.
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


def _newest_of_each_agent(calls: Sequence[PastCall]) -> Iterator[PastCall]:
    """Yield the calls that are among the newest of at least one of their agents, oldest first."""
    agents_of = [agents_in(call.audience) for call in calls]
    left = Counter(chain.from_iterable(agents_of))
    for call, agents in zip(calls, agents_of, strict=True):
        if any(left[agent] <= _OF_AN_AGENT_MAX for agent in agents):
            yield call
        for agent in agents:
            left[agent] -= 1
