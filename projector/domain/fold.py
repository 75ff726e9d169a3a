"""
The fold: turns the calls of one caller into the memories and the view of that caller, one call after the other.

Arithmetic only. The same calls give the same bytes, at any time and on any machine. What it needs of the calls before
is its state; so a new call costs the same after ten calls as after ten thousand.
"""

from collections.abc import Sequence

from msgspec import Struct

from projector.domain.calls import Call
from projector.domain.memories import CallerView, Memory, Superseded, as_history
from projector.domain.rules.facts import CurrentFacts, collected_memories
from projector.domain.rules.name import KnownName
from projector.domain.rules.past_calls import PastCalls
from projector.domain.rules.said import said_memories
from projector.domain.rules.visits import Visits

# Part of the read model's fingerprint: raise it with every change of what a fold returns or keeps, or of a call's
# caller key.
FOLD_VERSION = 5
NAME_FIELDS = ("user_name", "caller_name", "full_name", "name", "first_name + last_name")


class FoldSettings(Struct, frozen=True):
    """The settings of the fold. `name_fields` are the data collection ids that name the caller, most trusted first."""

    name_fields: tuple[str, ...] = NAME_FIELDS


class FoldState(Struct, frozen=True):
    """
    What the fold keeps of a caller's calls: enough to take the next one, and to say what is known of the caller.

    `order` is that of the last call, None before the first. Each other field is the state of one rule.
    """

    caller: str
    order: tuple[int, str] | None = None
    facts: CurrentFacts = CurrentFacts()
    visits: Visits = Visits()
    name: KnownName = KnownName()
    past_calls: PastCalls = PastCalls()

    def comes_before(self, call: Call) -> bool:
        """Tell whether a call is later than all calls so far: only then can it be added."""
        return self.order is None or self.order < call.order

    def view(self) -> CallerView:
        """Return what is known of the caller."""
        return CallerView(
            caller=self.caller,
            name=self.name.whole,
            given_name=self.name.given,
            language=self.visits.language,
            call_count=self.visits.count,
            first_call_at_s=self.visits.first_at_s,
            last_call_at_s=self.visits.last_at_s,
            facts=self.facts.in_order(),
            past_calls=self.past_calls.calls,
        )

    def memories(self) -> tuple[Memory, ...]:
        """Return the memories that stem from many calls, in place of those that an earlier state gave."""
        return tuple(self.visits.memories(self.caller))


class AddedCall(Struct, frozen=True):
    """What a call changes: the state, the memories of that call, and those of earlier calls that it supersedes."""

    conversation_id: str
    state: FoldState
    memories: tuple[Memory, ...]
    superseded: tuple[Superseded, ...]


class FoldResult(Struct, frozen=True):
    """The result of folding one caller whole; the memories are in the order of their calls."""

    state: FoldState
    view: CallerView
    memories: tuple[Memory, ...]


def add(state: FoldState, call: Call, settings: FoldSettings) -> AddedCall:
    """
    Fold one more call.

    Args:
        call: of the same caller, and later than all calls before: see `FoldState.comes_before`.
    """
    return AddedCall(
        conversation_id=call.conversation_id,
        state=FoldState(
            caller=state.caller,
            order=call.order,
            facts=state.facts.after(call),
            visits=state.visits.after(call),
            name=state.name.after(call, settings.name_fields),
            past_calls=state.past_calls.after(call),
        ),
        memories=(*collected_memories(call), *said_memories(call)),
        superseded=tuple(state.facts.superseded_by(call)),
    )


def fold(calls: Sequence[Call], settings: FoldSettings) -> FoldResult:
    """
    Return what we remember of the calls of one caller: what `add` makes of them, one after the other.

    Args:
        calls: at least one; all of the same caller, one version of each call, in any order.
    """
    state = FoldState(calls[0].caller)
    memories: dict[str, Memory] = {}
    for call in sorted(calls, key=lambda call: call.order):
        added = add(state, call, settings)
        for old in added.superseded:
            memories[old.memory_id] = as_history(memories[old.memory_id])
        memories |= {memory.id: memory for memory in added.memories}
        state = added.state
    return FoldResult(state, state.view(), (*memories.values(), *state.memories()))
