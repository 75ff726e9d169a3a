"""Where callers say why they call: the turns with which a call opens."""

from collections.abc import Iterable, Sequence

from msgspec import UNSET

from ingress.searching.questions.words.grave_words import speaks_of_money_or_codes
from ingress.searching.questions.words.sensitive_words import speaks_of_credentials
from projector.domain.facts.statement import CALLER
from projector.domain.memories import Memory

# Who answers `Who is calling?` first says in the next turn what it is about.
_TURNS_MAX = 2
_UNTOLD = frozenset({"money", "credentials"})


def openings_in(memories: Iterable[Memory], facts: Sequence[Memory]) -> list[Memory]:
    """
    Return the turns in which callers say why they call, of each call one or two: up to the first that states something.

    A turn on money or credentials is none, whatever else it says: nobody has to say why they call by what they owe.

    Args:
        memories: those of some calls.
        facts: those that these calls taught. Who calls is not why.
    """
    sources = [
        (source.conversation_id, source.turn, memory.fact)
        for memory in facts
        if memory.fact is not UNSET
        for source in memory.fact.sources
    ]
    stating = {(call, turn) for call, turn, fact in sources if (fact.attribute, fact.about) != ("name", CALLER)}
    secret = {(call, turn) for call, turn, fact in sources if fact.sensitive in _UNTOLD}
    turns: dict[str, list[Memory]] = {}
    for memory in sorted(memories, key=lambda memory: memory.source.turn or 0):
        if memory.kind == "turn":
            turns.setdefault(memory.conversation_id, []).append(memory)
    openings: list[Memory] = []
    for of_call in turns.values():
        for memory in of_call[:_TURNS_MAX]:
            openings.append(memory)
            if (memory.conversation_id, memory.source.turn) in stating:
                break
    return [
        memory
        for memory in openings
        if (memory.conversation_id, memory.source.turn) not in secret
        and not speaks_of_credentials(memory.text)
        and not speaks_of_money_or_codes(memory.text)
    ]
