"""
What is told beside what a search found, as far as there is room: facts, the heaviest first, and the newest memories.

A search that finds nothing says nothing of what is known. So a caller of whom something is known is never answered
with an empty list.
"""

from collections.abc import Iterable, Iterator, Sequence

from ingress.searching.asking import Asking
from ingress.searching.proofs import without_proofs
from ingress.searching.questions.subject import is_named, speaks_of
from ingress.searching.withholding import told_unasked, without_values
from ingress.wording.told_facts import told_facts
from projector.domain.audience import may_hear
from projector.domain.facts.sensitive import is_sensitive
from projector.domain.facts.told.values_told import ToldValues
from projector.domain.memories import CallerView, Fact, Memory, memory_id
from projector.read_model.protocol import ReadModel

# To a question of safety so many of the newest memories are read.
_LOOKED_AT_MAX = 300


def padding(
    asking: Asking,
    read_model: ReadModel,
    view: CallerView,
    found: Iterable[Memory],
    sensitive: Sequence[Memory],
    *,
    values: ToldValues,
    room: int,
) -> Iterator[Memory]:
    """
    Yield what the agent may be told besides what was found: current facts, then the newest memories.

    To a question of safety what speaks of the matter comes before these, and so does what is sensitive where the
    question names its attribute.

    Args:
        sensitive: all sensitive facts of the caller.
        values: those of what is sensitive: what tells one is not told to whoever did not ask.
        room: how many at most.
    """
    told = list(found)
    there = {memory.id for memory in told}
    if room <= 0:
        return
    facts = current_memories(view.caller, told_facts(view, asking.audience), read_model, asking.audience)
    count = _LOOKED_AT_MAX if asking.topics else room + len(there) + len(facts)
    recent = read_model.recent(view.caller, agent_id=asking.audience, limit=count)
    heard = [memory for memory in sensitive if memory.is_current and may_hear(memory.told_to, asking.audience)]
    beside = without_proofs([*heard, *facts, *recent], told, asking.registry)
    asked = [memory for memory in beside if _is_asked(memory, asking)]
    unasked = without_values(told_unasked(beside, asking.registry, sensitive), values)
    for memory in [*asked, *unasked]:
        if memory.id not in there:
            there.add(memory.id)
            yield memory
            room -= 1
            if not room:
                return


def _is_asked(memory: Memory, asking: Asking) -> bool:
    """Tell whether a question asks for a memory by what it is on, in whichever words."""
    if is_sensitive(memory, asking.registry):
        if not asking.tells_sensitive:
            return False
        if is_named(memory, " ".join([asking.words, *asking.keywords]), asking.registry):
            return True
    return speaks_of(memory, asking.topics, asking.registry)


def current_memories(caller: str, facts: Sequence[Fact], read_model: ReadModel, agent_id: str | None) -> list[Memory]:
    """Return the memories of current facts that an agent may hear, in their order."""
    ids = [memory_id(caller, "collected", fact.conversation_id, fact.id) for fact in facts]
    memories = read_model.memories(caller, ids)
    found = (memories.get(id_) for id_ in ids)
    return [memory for memory in found if memory is not None and may_hear(memory.told_to, agent_id)]
