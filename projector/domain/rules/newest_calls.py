"""The newest call that each agent had with a caller."""

from msgspec import Struct

from projector.domain.audience import agents_in
from projector.domain.calls import Call
from projector.domain.greetings.agents_call import AgentsCall


class NewestCalls(Struct, frozen=True):
    """The newest call of each agent, also one in which the caller said nothing, in the order of the calls."""

    calls: tuple[AgentsCall, ...] = ()

    def after(self, call: Call, person: int) -> "NewestCalls":
        """
        Return the same once a call is over.

        Args:
            person: the number of the person whom the call was with.
        """
        agents = [agent for agent in agents_in(call.audience) if agent]
        newest = tuple(
            AgentsCall(
                agent=agent,
                conversation_id=call.conversation_id,
                occurred_at_s=call.order[0],
                person=person,
                language=call.language,
                is_alone=len(agents) == 1,
            )
            for agent in agents
        )
        return NewestCalls((*(each for each in self.calls if each.agent not in agents), *newest))
