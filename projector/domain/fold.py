"""
The fold: turns the calls of one caller into the memories and the view of that caller, one call after the other.

Arithmetic only. The same calls give the same bytes, at any time and on any machine. What it needs of the calls before
is its state; so a new call costs the same after ten calls as after ten thousand.
"""

from collections.abc import Sequence
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

from projector.domain.calls import Call
from projector.domain.facts.registry.registry import AddedAttribute, Registry
from projector.domain.memories import CallerView, Memory, Superseded, as_history
from projector.domain.names.fields import NAME_FIELDS, squeezed_fields
from projector.domain.names.heard import heard_name
from projector.domain.reading.ids import squeezed
from projector.domain.rules.facts import collected_memories
from projector.domain.rules.fold_state import FoldState, Trail
from projector.domain.rules.people import counted
from projector.domain.rules.said import said_memories
from projector.domain.rules.sharing import shared_ids

# Part of the read model's fingerprint: raise it with every change of what a fold returns or keeps, or of a call's
# caller key.
FOLD_VERSION = 14
# The greatest number that an event may name.
VERSION_MAX = 2**53 - 1


class FoldSettings(Struct, frozen=True):
    """
    The settings of the fold.

    `name_fields` are the data collection ids that name the caller: see `NAME_FIELDS`. `shared_fields` are those that
    all agents may be told, besides those about the person. `hidden_fields` are those that nobody is told. Ids are
    compared without case, `_`, `-` and blanks. `fact_attributes` are the operator's own attributes of facts. Of what
    models said, answers to a prompt of a version above `prompt_max` do not count.
    """

    name_fields: tuple[str, ...] = NAME_FIELDS
    shared_fields: tuple[str, ...] = ()
    hidden_fields: tuple[str, ...] = ()
    fact_attributes: dict[str, AddedAttribute] = {}
    prompt_max: int = VERSION_MAX

    def registry(self) -> Registry:
        """Return what can be known of a caller."""
        return Registry(self.fact_attributes, shared=self.shared_fields, hidden=self.hidden_fields)

    def shared(self) -> frozenset[str]:
        """Return the ids that all agents may be told, squeezed: the caller's name is theirs, under whatever id."""
        return _shared(self.name_fields, self.shared_fields)


# A fold asks for each call anew.
@lru_cache(maxsize=8)
def _shared(name_fields: tuple[str, ...], shared_fields: tuple[str, ...]) -> frozenset[str]:
    names = (id_ for field in squeezed_fields(name_fields) for id_ in field)
    return frozenset((*names, *map(squeezed, shared_fields)))


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
    if call.machine:  # what a mailbox says is nobody's, and what the agent heard of it is no value
        return AddedCall(call.conversation_id, replace(state, order=call.order), (), ())
    call = _without_fields(call, settings.hidden_fields)
    # What a caller never said names nobody.
    heard = None if call.is_monologue else heard_name(call, settings.name_fields)
    person = state.people.caller_of(heard)
    shared = shared_ids(call, settings.shared()) if call.collected else frozenset()
    call = counted(call, person, shared, settings.name_fields)
    known = replace(person, facts=person.facts.after(call, shared))
    return AddedCall(
        conversation_id=call.conversation_id,
        state=FoldState(
            caller=state.caller,
            order=call.order,
            people=state.people.after(known, is_named=heard is not None),
            visits=state.visits.after(call),
            past_calls=state.past_calls.after(call, person.number),
            home=state.home.after(call),
            newest_calls=state.newest_calls.after(call, person.number),
        ),
        memories=tuple(
            memory if memory.person == person.number else replace(memory, person=person.number)
            for memory in (*collected_memories(call, shared), *said_memories(call))
        ),
        superseded=tuple(person.facts.superseded_by(call, shared)),
    )


def _without_fields(call: Call, hidden: Sequence[str]) -> Call:
    """Return a call without the values whose id or name is one of some ids."""
    if not hidden:
        return call
    hidden_ids = frozenset(map(squeezed, hidden))
    kept = {
        id_: value
        for id_, value in call.collected.items()
        if hidden_ids.isdisjoint({squeezed(id_), squeezed(call.collected_names.get(id_, id_))})
    }
    return call if len(kept) == len(call.collected) else replace(call, collected=kept)


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
