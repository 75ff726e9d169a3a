"""What was found, without telling the same twice: a fact, and the turn of the call that proves it."""

from collections.abc import Sequence

from msgspec import UNSET

from projector.domain.memories import Memory

Scored = tuple[Memory, float]


def facts_in_place_of_proofs(found: Sequence[Scored]) -> list[Scored]:
    """
    Return what was found, each fact in the place of the first turn that proves it, and without these turns.

    The answer tells the words of the turn with the fact, as its source.
    """
    turns = {
        (memory.conversation_id, memory.source.turn): place
        for place, (memory, _) in enumerate(found)
        if memory.kind == "turn"
    }
    places = {place: place for place in range(len(found))}
    scores = [score for _, score in found]
    proven: set[int] = set()
    for place, (memory, score) in enumerate(found):
        if memory.fact is UNSET:
            continue
        proofs = [
            turns[source.conversation_id, source.turn]
            for source in memory.fact.sources
            if (source.conversation_id, source.turn) in turns
        ]
        proven.update(proofs)
        places[place] = min([place, *proofs])
        scores[place] = max([score, *(found[proof][1] for proof in proofs)])
    order = sorted(places, key=lambda place: (places[place], place))
    return [(found[place][0], scores[place]) for place in order if place not in proven]
