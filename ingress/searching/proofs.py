"""What was found, without telling the same twice: a fact, and the turn or the collected value that proves it."""

from collections.abc import Iterable, Iterator, Sequence

from msgspec import UNSET, structs

from ingress.searching.found import Ranked
from projector.domain.facts.registry.registry import Registry
from projector.domain.memories import FactSource, Memory, is_corrected_alone

# A turn by its call and index; a collected value by its call, the attribute that its id means, and the value.
_Proof = tuple[str, int] | tuple[str, str, str]


def facts_in_place_of_proofs(found: Sequence[Ranked], registry: Registry) -> list[Ranked]:
    """
    Return what was found, each fact in the place of the first memory that proves it, and without these memories.

    The first fact that takes the place of a turn has it as its `proof`, and the answer tells it as the source. A fact
    that merely fills the answer is as certain as what it takes the place of.

    Args:
        registry: says which attribute the id of a collected value means.
    """
    proving: dict[_Proof, list[int]] = {}
    for place, each in enumerate(found):
        if (proof := _as_proof(each.memory, registry)) is not None:
            proving.setdefault(proof, []).append(place)
    places = {place: place for place in range(len(found))}
    scores = [each.score for each in found]
    certain = [each.is_certain for each in found]
    proven: set[int] = set()
    turns: dict[int, Memory | None] = {}
    for place, each in enumerate(found):
        proofs = [other for proof in _proofs(each.memory) for other in proving.get(proof, ())]
        new = [found[proof].memory for proof in sorted(proofs) if proof not in proven]
        turns[place] = next((memory for memory in new if memory.kind == "turn"), each.proof)
        proven.update(proofs)
        places[place] = min([place, *proofs])
        if proofs and each.is_certain is False:
            certain[place] = found[min(proofs)].is_certain
        scores[place] = max([each.score, *(found[proof].score for proof in proofs)])
    order = sorted(places, key=lambda place: (places[place], place))
    return [
        structs.replace(found[place], score=scores[place], is_certain=certain[place], proof=turns[place])
        for place in order
        if place not in proven
    ]


def without_proofs(memories: Sequence[Memory], told: Sequence[Memory], registry: Registry) -> list[Memory]:
    """Return memories without those that prove a fact that is told, or one among themselves."""
    proofs = {proof for memory in (*told, *memories) for proof in _proofs(memory)}
    return [memory for memory in memories if _as_proof(memory, registry) not in proofs]


def without_proven(memories: Iterable[Memory], told: Sequence[Memory], registry: Registry) -> Iterator[Memory]:
    """Yield memories without the facts of which a proof is told."""
    proofs = {_as_proof(memory, registry) for memory in told}
    return (memory for memory in memories if proofs.isdisjoint(_proofs(memory)))


def _as_proof(memory: Memory, registry: Registry) -> _Proof | None:
    if memory.kind == "turn" and memory.source.turn is not None:
        return memory.conversation_id, memory.source.turn
    if memory.kind == "collected":
        return memory.conversation_id, registry.meant_by(memory.key).name, memory.source.words
    # What a person corrected is told to all agents; to one who heard it, the fact with its proof says the same.
    is_alone = memory.fact is not UNSET and is_corrected_alone(memory) and bool(memory.fact.sources)
    return _correction(memory, memory.fact.sources[0]) if memory.fact is not UNSET and is_alone else None


def _proofs(memory: Memory) -> list[_Proof]:
    if memory.fact is UNSET or is_corrected_alone(memory):
        return []
    return [
        (source.conversation_id, source.turn) if source.turn is not None else _correction(memory, source)
        for source in memory.fact.sources
    ]


def _correction(memory: Memory, source: FactSource) -> _Proof:
    """Return by what a source without a turn is known: the value, of a call, or of whom a person corrected."""
    assert memory.fact is not UNSET
    return source.conversation_id or f"#{memory.person}", memory.fact.attribute, source.value
