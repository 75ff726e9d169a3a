"""
The fold: turns the calls of one caller into the memories and the view of that caller, one call after the other.

Arithmetic only. The same calls give the same bytes, at any time and on any machine. What it needs of the calls before
is its state; so a new call costs the same after ten calls as after ten thousand.
"""

from collections.abc import Sequence

from msgspec import Struct

from projector.domain.calls import Call
from projector.domain.fold_state import FoldState, Trail
from projector.domain.memories import CallerView, Memory, Superseded, as_history
from projector.domain.rules.facts import collected_memories
from projector.domain.rules.said import said_memories

# Part of the read model's fingerprint: raise it with every change of what a fold returns or keeps, or of a call's
# caller key.
FOLD_VERSION = 5
NAME_FIELDS = ("user_name", "caller_name", "full_name", "name", "first_name + last_name")


class FoldSettings(Struct, frozen=True):
    """The settings of the fold. `name_fields` are the data collection ids that name the caller, most trusted first."""

    name_fields: tuple[str, ...] = NAME_FIELDS


class AddedCall(Struct, frozen=True):
    """What a call changes: the state, the memories of that call, and those of earlier calls that it supersedes."""

    conversation_id: str
    state: FoldState
    memories: tuple[Memory, ...]
    superseded: tuple[Superseded, ...]


class FoldResult(Struct, frozen=True):
    """The result of folding one caller whole; the memories are in the order of their calls."""

    trail: Trail
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
            home=state.home.after(call),
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
    trail = Trail.begin(calls[0].caller)
    memories: dict[str, Memory] = {}
    for call in sorted(calls, key=lambda call: call.order):
        added = add(trail.state, call, settings)
        for old in added.superseded:
            memories[old.memory_id] = as_history(memories[old.memory_id])
        memories |= {memory.id: memory for memory in added.memories}
        trail = trail.after(call.conversation_id, added.state)
    return FoldResult(trail, trail.state.view(), (*memories.values(), *trail.state.memories()))
