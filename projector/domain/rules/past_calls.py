"""The newest few calls that each agent had with a caller."""

from msgspec import Struct

from projector.domain.calls import Call
from projector.domain.memories import PastCall

_OF_AN_AGENT_MAX = 3


class PastCalls(Struct, frozen=True):
    """The newest calls of each agent that have words of the caller and a title or summary, oldest first."""

    calls: tuple[PastCall, ...] = ()

    def after(self, call: Call) -> "PastCalls":
        """Return the same once a call is over."""
        if not call.is_counted or not (call.summary or call.title):
            return self
        past = PastCall(
            conversation_id=call.conversation_id,
            agent_id=call.agent_id,
            occurred_at_s=call.order[0],
            direction=call.direction,
            title=call.title,
            summary=call.summary,
            timezone=call.timezone,
        )
        of_agent = [each for each in self.calls if each.agent_id == call.agent_id]
        gone = of_agent[0] if len(of_agent) == _OF_AN_AGENT_MAX else None
        return PastCalls((*(each for each in self.calls if each is not gone), past))
