"""What is sensitive of a caller: told only to a question about it, and to nobody where the operator wants that."""

from collections.abc import Callable, Iterable, Sequence

from msgspec import UNSET, structs

from ingress.searching.found import Found, Ranked
from ingress.searching.questions.words.grave_words import is_grave
from ingress.searching.questions.words.sensitive_words import speaks_of_sensitive
from projector.domain.facts.registry.registry import Registry
from projector.domain.facts.sensitive import is_on_somebody_else, is_sensitive, sensitive_values
from projector.domain.facts.told.values_told import ToldValues
from projector.domain.facts.told.word_list import words
from projector.domain.memories import CallerView, Memory

# What stands for what was asked, and names nothing.
_TAKING_UP = words(
    """
    yes no one some none it that them those same too two three both ja nein eins einen eine keinen das auch sí uno una
    eso ninguno oui non un une ça aucun sì no nessuno ook een geen tak nie jeden jedną też sim não um uma isso também
    en ett ingen
    """
)


def told_unasked(memories: Iterable[Memory], registry: Registry, sensitive: Iterable[Memory]) -> list[Memory]:
    """
    Return the memories that may be told without a question about them.

    Args:
        sensitive: all sensitive facts of the caller, whose turns are not told either.
    """
    proofs = proofs_of(sensitive)
    return [
        memory
        for memory in memories
        if not is_sensitive(memory, registry) and (memory.conversation_id, memory.source.turn) not in proofs
    ]


def without_values(memories: Iterable[Memory], values: ToldValues) -> list[Memory]:
    """
    Return memories without the words that tell some values: of a summary the rest is left, of others nothing.

    Args:
        values: those of what is sensitive.
    """
    rest = [_without(each, values) if each.kind == "summary" else each for each in memories]
    return [memory for memory in rest if memory.text and not values.is_in(memory.text)]


def _without(memory: Memory, values: ToldValues, *, also_if: Callable[[str], bool] = bool) -> Memory:
    words, text = (values.without(each, also_if=also_if) for each in (memory.source.words, memory.text))
    return structs.replace(memory, text=text, source=structs.replace(memory.source, words=words))


def _said(memory: Memory) -> str:
    """Return all words of a memory, and those that it answers."""
    return f"{memory.source.asked} {memory.source.words} {memory.text}"


def _is_confidential(text: str) -> bool:
    """Tell whether what is on somebody else is on their health, money or credentials too, by its words."""
    return speaks_of_sensitive(text) or is_grave(text)


def _speaks(memory: Memory) -> bool:
    return _is_confidential(_said(memory))


def told_of_time(
    memories: Iterable[Memory], view: CallerView, registry: Registry, sensitive: Sequence[Memory]
) -> list[Memory]:
    """
    Return the memories of a time that may be told to whoever asks about that time.

    What is on somebody else is among them, as it is in what a search finds. What is on health, money or credentials is
    not, nor what speaks of somebody else's health, money or credentials although no model called it that.

    Args:
        sensitive: all sensitive facts of the caller.
    """
    others = [memory for memory in sensitive if is_on_somebody_else(memory, registry) and not _speaks(memory)]
    harmless = {memory.id for memory in others}
    guarded = [memory for memory in sensitive if memory.id not in harmless]
    guarded_values = sensitive_values(view, guarded, registry, but="third_party")
    values, proofs = sensitive_values(view, others, registry), proofs_of(others)

    def may_be_told(memory: Memory) -> bool:
        if is_sensitive(memory, registry) and not is_on_somebody_else(memory, registry):
            return False
        is_of_others = memory.id in harmless or _is_among(memory, proofs) or values.is_in(_said(memory))
        return memory.kind == "summary" or not (is_of_others and _speaks(memory))

    told = without_values(_without_facts(memories, guarded), guarded_values)
    rest = [_without(each, values, also_if=_is_confidential) if each.kind == "summary" else each for each in told]
    return [memory for memory in rest if memory.text and may_be_told(memory)]


def _without_facts(memories: Iterable[Memory], guarded: Sequence[Memory]) -> list[Memory]:
    """Return memories without some facts and the turns that prove them."""
    ids, proofs = {memory.id for memory in guarded}, proofs_of(guarded)
    return [memory for memory in memories if memory.id not in ids and not _is_among(memory, proofs)]


def asked_for(found: Sequence[Ranked], asked: ToldValues, sensitive: Iterable[Memory]) -> list[Ranked]:
    """
    Return what was found without turns on health, money or credentials that hold no word of the question.

    A turn that proves a fact on these, and holds none, was found for what was said around it; one on somebody else is
    told all the same, unless it states something else than what the agent asked there.

    Args:
        asked: the words of the question.
    """
    all_proofs = proofs_of(sensitive)
    proofs = proofs_of(memory for memory in sensitive if memory.fact is UNSET or memory.fact.sensitive != "third_party")
    # `My brother has one` is told to who asks for a hamster, and `my brother owes thousands` is not.
    facts = (memory for memory in sensitive if memory.fact is not UNSET)
    answering = proofs_of(fact for fact in facts if asked.is_in(fact.text) or _takes_up(fact))

    def is_of_something_else(memory: Memory) -> bool:
        is_found_by_question = memory.kind == "turn" and asked.is_in(memory.source.asked)
        return is_found_by_question and not _is_among(memory, answering)

    def is_untold(memory: Memory) -> bool:
        # A model may call `my brother has lupus` somebody else's: that it is on health its words say.
        is_beside = speaks_of_sensitive(memory.text) or is_of_something_else(memory)
        return _is_among(memory, proofs) or (_is_among(memory, all_proofs) and is_beside)

    return [each for each in found if not is_untold(each.memory) or asked.is_in(each.memory.text)]


def with_harmless_proofs(found: Sequence[Ranked], sensitive: Sequence[Memory], values: ToldValues) -> list[Ranked]:
    """
    Return what was found, each fact without the turn that proves it where that turn tells what is sensitive.

    The fact's own words stay its source.

    Args:
        sensitive: all sensitive facts of the caller.
        values: theirs.
    """

    proofs = proofs_of(sensitive)

    def is_harmless(proof: Memory) -> bool:
        says = f"{proof.source.asked} {proof.text}"
        return not (_is_among(proof, proofs) or _tells(proof, values) or speaks_of_sensitive(says))

    return [_with_proof_if(each, is_harmless) for each in found]


def withheld(found: Found, registry: Registry) -> Found:
    """
    Return what was found without what is sensitive, and without the words that tell it.

    These are the turns that prove such a fact, and whatever holds its value, or answers a question that does; and what
    speaks of health or credentials, although nobody stated it.
    """
    if found.caller is None:
        return found
    values = sensitive_values(found.view, found.sensitive, registry, also=speaks_of_sensitive)
    proofs = proofs_of(found.sensitive)

    def may_be_told(memory: Memory) -> bool:
        return not is_sensitive(memory, registry) and not _is_among(memory, proofs) and not _tells(memory, values)

    memories = [_with_proof_if(each, may_be_told) for each in found.memories if may_be_told(each.memory)]
    view = None if found.view is None else without_sensitive(found.view, registry, values)
    return structs.replace(found, memories=memories, view=view)


def told_sensitive(found: Found, count: int, registry: Registry) -> int:
    """Return how many of the first memories that were found are sensitive, or prove what is."""
    memories = [each.memory for each in found.memories[:count]]
    return len(memories) - len(told_unasked(memories, registry, found.sensitive))


def proofs_of(facts: Iterable[Memory]) -> frozenset[tuple[str, int]]:
    """Return the turns that prove some facts: each by its call and its index."""
    return frozenset(
        (source.conversation_id, source.turn)
        for memory in facts
        if memory.fact is not UNSET
        for source in memory.fact.sources
        if source.turn is not None
    )


def without_sensitive(view: CallerView, registry: Registry, values: ToldValues) -> CallerView:
    """
    Return a view without what is sensitive: neither the collected values nor the sentences on calls that tell it.

    Args:
        values: by which it would be told.
    """
    facts = tuple(
        structs.replace(fact, before=tuple(former for former in fact.before if not values.is_in(former.value)))
        for fact in view.facts
        if registry.meant_by(fact.id).sensitive == "none" and not values.is_in(fact.value)
    )
    return structs.replace(with_calls_without(view, values), facts=facts)


def with_calls_without(view: CallerView, values: ToldValues) -> CallerView:
    """
    Return a view whose calls have no sentence that tells a sensitive value; what was collected stays.

    An operator collects an allergy so that the agent knows of it; a summary tells what nobody chose to be told.

    Args:
        values: by which it would be told.
    """
    calls = tuple(
        structs.replace(call, title=values.without(call.title), summary=values.without(call.summary))
        for call in view.past_calls
    )
    return structs.replace(view, past_calls=calls)


def _takes_up(memory: Memory) -> bool:
    """Tell whether the value of a fact says no more than the question before it: `one`."""
    return memory.fact is not UNSET and _TAKING_UP.issuperset(memory.fact.value.casefold().split())


def _is_among(memory: Memory, proofs: frozenset[tuple[str, int]]) -> bool:
    return (memory.conversation_id, memory.source.turn) in proofs


def _with_proof_if(ranked: Ranked, may_be_told: Callable[[Memory], bool]) -> Ranked:
    if ranked.proof is None or may_be_told(ranked.proof):
        return ranked
    return structs.replace(ranked, proof=None)


def _tells(memory: Memory, values: ToldValues) -> bool:
    source = memory.source
    return any(map(values.is_in, (memory.text, source.words, source.asked)))
