"""
What is sensitive of a caller, and by which words it would be told.

A fact or a collected value is sensitive that is on health, money, credentials or somebody else.
"""

import re
from collections.abc import Callable, Iterable

from msgspec import UNSET

from projector.domain.facts.registry.registry import Registry
from projector.domain.facts.statement import CALLER
from projector.domain.facts.told.values_told import ToldValues
from projector.domain.memories import CallerView, Memory

_WORD = re.compile(r"[^\W_]+")


def is_sensitive(memory: Memory, registry: Registry) -> bool:
    """Tell whether a memory is a fact or a collected value on health, money, credentials or somebody else."""
    return _sensitivity(memory, registry) != "none"


def is_on_somebody_else(memory: Memory, registry: Registry) -> bool:
    """Tell whether a memory is sensitive because it is on somebody else, and for nothing else that is known."""
    return _sensitivity(memory, registry) == "third_party"


def _sensitivity(memory: Memory, registry: Registry) -> str:
    if memory.kind == "collected":
        return registry.meant_by(memory.key).sensitive
    return memory.fact.sensitive if memory.fact is not UNSET else "none"


def sensitive_values(
    view: CallerView | None,
    facts: Iterable[Memory],
    registry: Registry,
    *,
    also: Callable[[str], bool] | None = None,
    but: str = "none",
) -> ToldValues:
    """
    Return the values by which a text tells what is sensitive: those that are so and those that were.

    Whoever may hear them: a summary that holds one tells it to whomever the summary is told.

    Args:
        facts: all that calls taught of the caller.
        also: tells of a text whether it is sensitive, although nobody stated so.
        but: what a collected value may be on and is not meant, such as `third_party`.
    """
    facts = [*facts]
    sensitive = [memory for memory in facts if is_sensitive(memory, registry)]
    own = _own_words(view, facts)
    values = [_without_own(value, memory, own) for memory in sensitive for value in _values(memory)]
    collected = view.facts if view is not None else ()
    for fact in collected:
        if registry.meant_by(fact.id).sensitive not in {"none", but}:
            values += [fact.value, *(former.value for former in fact.before)]
    languages = {memory.language for memory in sensitive} | ({view.language} if view is not None else set())
    return ToldValues(values, sorted(filter(None, languages)), also=also)


def _own_words(view: CallerView | None, facts: Iterable[Memory]) -> dict[str, frozenset[str]]:
    """Return by attribute the words of what is the caller's own, and not sensitive."""
    own: dict[str, set[str]] = {"name": set(_words(view.name))} if view is not None else {}
    for memory in facts:
        if memory.fact is not UNSET and memory.fact.about == CALLER and memory.fact.sensitive == "none":
            own.setdefault(memory.fact.attribute, set()).update(_words(memory.fact.value))
    return {attribute: frozenset(words) for attribute, words in own.items()}


def _without_own(value: str, memory: Memory, own: dict[str, frozenset[str]]) -> str:
    """
    Return somebody else's value without what is the caller's own too.

    A last name and an address that they share tell nothing of that one.
    """
    if memory.fact is UNSET or memory.fact.sensitive != "third_party":
        return value
    shared = own.get(memory.fact.attribute, frozenset())
    return " ".join(word for word in value.split() if shared.isdisjoint(_words(word)))


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _values(memory: Memory) -> list[str]:
    if memory.fact is UNSET:
        return [memory.source.words]
    return [memory.fact.value, *(source.value for source in memory.fact.sources)]
