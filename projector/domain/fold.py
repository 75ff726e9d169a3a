"""
The fold: turns the calls of one caller into the memories and the view of that caller, one call after the other.

Arithmetic only. The same calls give the same bytes, at any time and on any machine. What it needs of the calls before
is its state; so a new call costs the same after ten calls as after ten thousand.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

from projector.domain.calls import Call
from projector.domain.facts.registry.registry import AddedAttribute, Registry
from projector.domain.memories import CallerView, Memory, Superseded, as_history
from projector.domain.names.fields import NAME_FIELDS, squeezed_fields
from projector.domain.names.heard import heard_name
from projector.domain.names.speaker import Speaker
from projector.domain.reading.ids import squeezed
from projector.domain.rules.facts import collected_memories
from projector.domain.rules.fold_state import FoldState, Trail
from projector.domain.rules.people import People, Person, counted
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


def add(state: FoldState, call: Call, settings: FoldSettings, speaker: Speaker | None = None) -> AddedCall:
    """
    Fold one more call.

    Args:
        call: of the same caller, and later than all calls before: see `FoldState.comes_before`.
        speaker: who speaks in it, as a model says; counts where the call itself names nobody.
    """
    if call.machine:  # what a mailbox says is nobody's, and what the agent heard of it is no value
        return AddedCall(call.conversation_id, replace(state, order=call.order), (), ())
    call = _without_fields(call, settings.hidden_fields)
    people = state.people
    person, holder, is_named = _people_of(people, call, settings, speaker)
    shared = shared_ids(call, settings.shared()) if call.collected else frozenset()
    call = counted(call, holder, shared, settings.name_fields)
    told = holder.facts.told(call, shared)
    known = replace(holder, facts=holder.facts.after(told)) if told else holder
    if holder.number == person.number:
        person = known
    else:
        people = people.with_facts(known)
    return AddedCall(
        conversation_id=call.conversation_id,
        state=FoldState(
            caller=state.caller,
            order=call.order,
            people=people.after(person, is_named=is_named),
            visits=state.visits.after(call),
            past_calls=state.past_calls.after(call, person.number),
            home=state.home.after(call),
            newest_calls=state.newest_calls.after(call, person.number),
        ),
        memories=(
            *_of_person(collected_memories(call, told), holder.number),
            *said_memories(call, person.number),
        ),
        superseded=tuple(holder.facts.superseded_by(call, shared)),
    )


def _people_of(
    people: People, call: Call, settings: FoldSettings, speaker: Speaker | None
) -> tuple[Person, Person, bool]:
    """Return who a call is with, whose the values are that it collected, and whether it told the name."""
    # What a caller never said names nobody.
    heard = None if call.is_monologue else heard_name(call, settings.name_fields)
    # `patient_name` is the mother's of whoever calls for her.
    if call.is_monologue or speaker is None or (heard is not None and not speaker.is_of_another(heard)):
        person = people.caller_of(heard)
        return person, person, heard is not None
    person, is_named = people.speaker_of(speaker)
    holder = people.called_for(person, speaker)
    # Somebody new is a guest at first: until they call again, the next caller is taken for whoever was before.
    is_guest = person.number > people.count
    return person, holder, is_named and not is_guest


def _of_person(memories: Iterable[Memory], person: int) -> Iterator[Memory]:
    return (memory if memory.person == person else replace(memory, person=person) for memory in memories)


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


def fold(calls: Sequence[Call], settings: FoldSettings, speakers: Mapping[str, Speaker] | None = None) -> FoldResult:
    """
    Return what we remember of the calls of one caller: what `add` makes of them, one after the other.

    Args:
        calls: at least one; all of the same caller, one version of each call, in any order.
        speakers: who speaks in them, as a model says, by the conversation.
    """
    trail, speakers = Trail.begin(calls[0].caller), speakers or {}
    memories: dict[str, Memory] = {}
    for call in sorted(calls, key=lambda call: call.order):
        speaker = speakers.get(call.conversation_id)
        added = add(trail.state, call, settings, speaker)
        for old in added.superseded:
            memories[old.memory_id] = as_history(memories[old.memory_id])
        for memory in added.memories:
            memories[memory.id] = memory
        trail = trail.after(call.conversation_id, added.state, speaker)
    return FoldResult(trail, trail.state.view(), (*memories.values(), *trail.state.memories()))
