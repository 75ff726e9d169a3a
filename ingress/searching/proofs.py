"""What was found, without telling the same twice: a fact, and the turn of the call that proves it."""

from collections.abc import Sequence

from msgspec import UNSET, structs

from ingress.searching.found import Ranked


def facts_in_place_of_proofs(found: Sequence[Ranked]) -> list[Ranked]:
    """
    Return what was found, each fact in the place of the first turn that proves it, and without these turns.

    The answer tells the words of the turn with the fact, as its source.
    """
    turns = {
        (each.memory.conversation_id, each.memory.source.turn): place
        for place, each in enumerate(found)
        if each.memory.kind == "turn"
    }
    places = {place: place for place in range(len(found))}
    scores = [each.score for each in found]
    proven: set[int] = set()
    for place, each in enumerate(found):
        if each.memory.fact is UNSET:
            continue
        proofs = [
            turns[source.conversation_id, source.turn]
            for source in each.memory.fact.sources
            if (source.conversation_id, source.turn) in turns
        ]
        proven.update(proofs)
        places[place] = min([place, *proofs])
        scores[place] = max([each.score, *(found[proof].score for proof in proofs)])
    order = sorted(places, key=lambda place: (places[place], place))
    return [structs.replace(found[place], score=scores[place]) for place in order if place not in proven]
