"""What the fold keeps of a caller's calls: its state, and states of a while ago, to go back to for a late call."""

from collections.abc import Sequence

from msgspec import Struct

from projector.domain.calls import Call
from projector.domain.memories import CallerView, Memory
from projector.domain.names.speaker import Speaker
from projector.domain.rules.home import Home
from projector.domain.rules.newest_calls import NewestCalls
from projector.domain.rules.past_calls import PastCalls
from projector.domain.rules.people import People
from projector.domain.rules.visits import Visits

# Calls between two stops: so many, and at most twice as many, are folded again for a late call.
_CALLS_PER_STOP = 32


class FoldState(Struct, frozen=True):
    """
    What the fold keeps of a caller's calls: enough to take the next one, and to say what is known of the caller.

    `order` is that of the last call, None before the first. Each other field is the state of one rule.
    """

    caller: str
    order: tuple[int, str] | None = None
    people: People = People()
    visits: Visits = Visits()
    past_calls: PastCalls = PastCalls()
    home: Home = Home()
    newest_calls: NewestCalls = NewestCalls()

    def comes_before(self, call: Call) -> bool:
        """Tell whether a call is later than all calls so far: only then can it be added."""
        return self.order is None or self.order < call.order

    def view(self) -> CallerView:
        """Return what is known of the caller."""
        last = self.people.last_named
        return CallerView(
            caller=self.caller,
            name=last.name.whole if last else "",
            given_name=last.name.address if last else "",
            language=self.visits.language,
            call_count=self.visits.count,
            first_call_at_s=self.visits.first_at_s,
            last_call_at_s=self.visits.last_at_s,
            facts=last.facts.in_order() if last else (),
            past_calls=self.past_calls.calls,
            person=last.number if last else 0,
            people=self.people.names(),
            timezone=self.home.timezone,
            first_call_timezone=self.visits.first_timezone,
            last_call_timezone=self.visits.last_timezone,
            newest_calls=self.newest_calls.calls,
        )

    def memories(self) -> tuple[Memory, ...]:
        """Return the memories that stem from many calls, in place of those that an earlier state gave."""
        return tuple(self.visits.memories(self.caller, are_several=len(self.people.names()) > 1))


class Trail(Struct, frozen=True):
    """
    How far a caller's calls are folded, and where the fold can be taken up again for a call that is a little late.

    `stops` are one or two states of a while ago, the older one first: one after each 32 calls, the first before all
    calls. `since` holds the conversations of the calls after the older one, in order, and `speakers` who spoke in them,
    as a model said. `count` is that of all calls.
    """

    state: FoldState
    stops: tuple[FoldState, ...]
    since: tuple[str, ...] = ()
    count: int = 0
    speakers: dict[str, Speaker] = {}

    @classmethod
    def begin(cls, caller: str) -> "Trail":
        """Return the trail of a caller before the first call."""
        state = FoldState(caller)
        return cls(state, (state,))

    def after(self, conversation_id: str, state: FoldState, speaker: Speaker | None = None) -> "Trail":
        """Return the trail once the next call is folded, which led to a state."""
        stops, since, count = self.stops, (*self.since, conversation_id), self.count + 1
        speakers = self.speakers if speaker is None else {**self.speakers, conversation_id: speaker}
        if count % _CALLS_PER_STOP == 0:
            since = since[-_CALLS_PER_STOP:]
            stops = (*stops[-1:], state)
            speakers = _of(speakers, since)
        return Trail(state, stops, since, count, speakers)

    def back_before(self, call: Call) -> tuple["Trail", tuple[str, ...]] | None:
        """
        Return the newest trail to which a call can be added, and the conversations of the calls to be added again.

        Returns:
            None where the call is too late for that: all calls must be folded.
        """
        if self.state.comes_before(call):
            return self, ()
        for number, stop in reversed([*enumerate(self.stops)]):
            if stop.comes_before(call):
                before, again = self.since[: number * _CALLS_PER_STOP], self.since[number * _CALLS_PER_STOP :]
                speakers = _of(self.speakers, before)
                return Trail(stop, self.stops[: number + 1], before, self.count - len(again), speakers), again
        return None


def _of(speakers: dict[str, Speaker], conversations: Sequence[str]) -> dict[str, Speaker]:
    return {each: speakers[each] for each in conversations if each in speakers}
