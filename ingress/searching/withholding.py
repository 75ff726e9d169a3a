"""
What is sensitive of a caller: told only to a question about it, and to nobody where the operator wants that.

A fact or a collected value is sensitive that is on health, money, credentials or somebody else.
"""

from collections.abc import Iterable

from msgspec import UNSET, structs

from ingress.searching.found import Found
from projector.domain.facts.registry.registry import Registry
from projector.domain.memories import CallerView, Memory
from projector.read_model.protocol import ReadModel


def is_sensitive(memory: Memory, registry: Registry) -> bool:
    """Tell whether a memory is a fact or a collected value on health, money, credentials or somebody else."""
    if memory.kind == "collected":
        return registry.meant_by(memory.key).sensitive != "none"
    return memory.fact is not UNSET and memory.fact.sensitive != "none"


def told_unasked(memories: Iterable[Memory], registry: Registry) -> list[Memory]:
    """Return the memories that may be told without a question about them."""
    return [memory for memory in memories if not is_sensitive(memory, registry)]


def withheld(found: Found, read_model: ReadModel, registry: Registry) -> Found:
    """Return what was found without facts that are sensitive, the turns that prove these, and such collected values."""
    if found.caller is None:
        return found
    proofs = {
        (source.conversation_id, source.turn)
        for memory in read_model.facts(found.caller)
        if memory.fact is not UNSET and is_sensitive(memory, registry)
        for source in memory.fact.sources
    }
    memories = [
        each
        for each in found.memories
        if not is_sensitive(each.memory, registry)
        and (each.memory.conversation_id, each.memory.source.turn) not in proofs
    ]
    view = None if found.view is None else without_sensitive(found.view, registry)
    return structs.replace(found, memories=memories, view=view)


def without_sensitive(view: CallerView, registry: Registry) -> CallerView:
    """Return a view without the collected values of attributes that are sensitive."""
    facts = tuple(fact for fact in view.facts if registry.meant_by(fact.id).sensitive == "none")
    return structs.replace(view, facts=facts)
