"""
Facts as memories: one for each period of each value, with its proofs.

They stand under no call, for several calls prove one. In place of a conversation stands their value, so that a change
of one rewrites no other.
"""

import hashlib
from collections.abc import Iterable, Sequence

import msgspec
from msgspec import Struct, structs

from projector.domain.audience import agents_in
from projector.domain.facts.history import Period, history
from projector.domain.facts.registry.registry import Registry
from projector.domain.facts.said import Group, Said
from projector.domain.facts.statement import CALLER
from projector.domain.memories import FactDetails, FactSource, Memory, Sector, Source

_PREFIX = "fact:"
_IMPORTANT, _IMPORTANCE_MAX = 8, 7
_SOURCES_MAX = 8
_SECTORS: dict[str, Sector] = {
    "factual": "semantic",
    "preference": "procedural",
    "issue": "episodic",
    "promise": "episodic",
    "emotional": "emotional",
    "relational": "reflective",
}


def prefix_of(group: Group) -> str:
    """Return how what stands in place of a conversation begins, in all memories of a group."""
    return f"{_PREFIX}{_hash(group.key)}:"


def conversation_of(group: Group, normal: str) -> str:
    """Return what stands in place of a conversation in the memories of one value of a group."""
    return prefix_of(group) + _hash(normal)


class Settled(Struct, frozen=True):
    """What a person settled, by the ids of facts: those that are wrong, and when others were done, Unix seconds."""

    dropped: frozenset[str] = frozenset()
    resolved: dict[str, int] = {}


def fact_memories(
    caller: str, group: Group, said: Sequence[Said], registry: Registry, settled: Settled | None = None
) -> list[Memory]:
    """
    Return the memories of one group, in the order in which their periods began.

    Where no model and no person stated anything, there are none: what was collected has memories of its own.
    """
    if all(each.is_collected for each in said):
        return []
    attribute = registry.get(group.attribute)
    assert attribute is not None
    settled = settled or Settled()
    memories = []
    for period in history(said, is_several=attribute.is_several):
        id_ = fact_id(caller, group, period)
        if id_ in settled.dropped or (group.agent is not None and all(each.is_operators for each in period.said)):
            continue  # what a person corrected is told once, and not under each agent
        if period.is_current and id_ in settled.resolved:
            period.ended_by = structs.replace(period.said[-1], at_s=settled.resolved[id_], is_operators=True)
        memories.append(_memory(caller, group, period, is_safe=attribute.is_safe))
    return memories


def outdated(said: Sequence[Said], registry: Registry, group: Group) -> dict[str, bool]:
    """
    Return of each collected value of a group, by its memory, whether it is so no longer.

    Under one data collection id a newer value takes the place of the old one, as everywhere; and what a model stated
    takes the place of what was collected before.
    """
    attribute = registry.get(group.attribute)
    assert attribute is not None
    collected = sorted((each for each in said if each.is_collected), key=lambda each: each.order)
    newest = {each.field: each.memory_id for each in collected}
    current = set(newest.values())
    if len(collected) < len(said):
        current &= {
            each.memory_id
            for period in history(said, is_several=attribute.is_several)
            if period.is_current
            for each in period.said
        }
    return {each.memory_id: each.memory_id not in current for each in collected}


def fact_id(caller: str, group: Group, period: Period) -> str:
    """
    Return the id of a fact: it depends on what is said, and not on the words, the model or the call that said it.
    """
    whose = [group.person, group.agent] if group.person != 1 or group.agent is not None else []
    key = [caller, "fact", group.about, group.attribute, period.normal, period.number, *whose]
    return hashlib.sha256(msgspec.json.encode(key)).hexdigest()[:32]


def _memory(caller: str, group: Group, period: Period, *, is_safe: bool) -> Memory:
    last = period.said[-1]
    stated = next((each for each in reversed(period.said) if not each.is_collected), last)
    sensitive = next((each.sensitive for each in period.said if each.sensitive != "none"), "none")
    highest = max(each.importance for each in period.said)
    is_told_to_all = group.agent is None or (
        highest >= _IMPORTANT and is_safe and sensitive == "none" and group.about == CALLER
    )
    is_capped = not is_safe or sensitive != "none" or group.about != CALLER
    importance = min(highest, _IMPORTANCE_MAX) if is_capped else highest
    calls = len({each.conversation_id for each in period.said})
    return Memory(
        id=fact_id(caller, group, period),
        caller=caller,
        kind="fact",
        key=f"{group.about}/{group.attribute}",
        sector=_SECTORS[stated.category],
        salience=round(min(1.0, importance / 10 + 0.02 * min(calls - 1, 5)), 2),
        text=stated.content,
        conversation_id=conversation_of(group, period.normal),
        agent_id=group.agent if group.agent is not None else last.agent,
        told_to=None if is_told_to_all else _audience(period.said),
        occurred_at_s=last.at_s,
        is_current=period.is_current,
        source=Source(turn=stated.turn if not stated.is_collected else None, second=stated.second, words=stated.quote),
        redacted=tuple(sorted({kind for each in period.said for kind in each.redacted})),
        language=last.language,
        person=group.person,
        timezone=last.timezone,
        fact=_details(period, stated, importance, sensitive, calls),
    )


def _details(period: Period, stated: Said, importance: int, sensitive: str, calls: int) -> FactDetails:
    first, ended = period.said[0], period.ended_by
    status = "past" if period.was_only_past else "ended" if ended is not None else stated.status
    return FactDetails(
        about=stated.about,
        attribute=stated.attribute,
        value=stated.value,
        status=status,
        category=stated.category,
        importance=importance,
        sensitive=sensitive,
        count=calls,
        first_said_at_s=first.at_s,
        until_s=ended.at_s if ended is not None else 0,
        until_timezone=ended.timezone if ended is not None else stated.timezone,
        valid_from=stated.valid_from,
        valid_to=stated.valid_to,
        sources=tuple(map(_source, _first_and_last(period.said))),
    )


def _first_and_last(said: Sequence[Said]) -> Sequence[Said]:
    return said if len(said) <= _SOURCES_MAX else [said[0], *said[1 - _SOURCES_MAX :]]


def _source(said: Said) -> FactSource:
    return FactSource(
        kind="operator" if said.is_operators else "collected" if said.is_collected else "extraction",
        conversation_id=said.conversation_id,
        said_at_s=said.at_s,
        value=said.value,
        quote=said.quote,
        turn=None if said.is_collected or said.is_operators else said.turn,
        second=said.second,
    )


def _audience(said: Iterable[Said]) -> str | None:
    agents: set[str] = set()
    for each in said:
        if each.told_to is None:
            return None
        agents.update(agents_in(each.told_to))
    return " ".join(sorted(agents))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
