"""
Facts as memories: one for each period of each value, with its proofs.

They stand under no call, for several calls prove one. In place of a conversation stands the period, so that a change
of one rewrites no other.
"""

import hashlib
from collections.abc import Callable, Sequence

import msgspec
from msgspec import UNSET

from projector.domain.days import first_second, last_second
from projector.domain.facts.history import Rules, Settled
from projector.domain.facts.period import End, Period
from projector.domain.facts.registry.registry import Attribute, Registry
from projector.domain.facts.said import Group, Said
from projector.domain.facts.statement import CALLER
from projector.domain.facts.told.consents import is_contrary
from projector.domain.facts.told.renewals import medicine_words, renewed_doses
from projector.domain.memories import FactDetails, Memory, Sector, Source
from projector.domain.names.sameness import is_told_in_part

_PREFIX = "fact:"
_IMPORTANT, _IMPORTANCE_MAX = 8, 7
_SECTORS: dict[str, Sector] = {
    "factual": "semantic",
    "preference": "procedural",
    "issue": "episodic",
    "promise": "episodic",
    "emotional": "emotional",
    "relational": "reflective",
}
# What is called by a name, and often by a part of it: `Saint-Aubin` of `3 bis, allée du Moulin, Saint-Aubin`.
_CALLED = frozenset({"address", "employer", "insurance", "pharmacy"})
# What is open until somebody closes it.
OPEN_CATEGORIES = frozenset({"issue", "promise"})
# What an agent heard of these is its own, however important.
_OWN_CATEGORIES = OPEN_CATEGORIES | {"emotional"}


def prefix_of(group: Group) -> str:
    """Return how what stands in place of a conversation begins, in all memories of a group."""
    return f"{_PREFIX}{_hash(group.key)}:"


def range_of_group(fact: Memory) -> tuple[str, str]:
    """Return what stands in place of a conversation in all memories of a fact's group: from the first, to below."""
    prefix = fact.conversation_id.rsplit(":", 2)[0]
    return f"{prefix}:", f"{prefix};"


def conversation_of(group: Group, normal: str, number: int) -> str:
    """Return what stands in place of a conversation in the memory of one period of a group."""
    return f"{prefix_of(group)}{value_key(normal)}:{number}"


def value_key(normal: str) -> str:
    """Return what a value is filed under, however long it is."""
    return _hash(normal)


def rules_of(callers: Sequence[str], group: Group, registry: Registry, settled: Settled | None = None) -> Rules:
    """
    Return how one group of a caller is folded.

    Args:
        callers: the keys of the caller.
        settled: what a person settled of the caller.
    """
    return Rules(
        is_several=_attribute(group, registry).is_several,
        is_part=_is_name_in_part
        if group.attribute == "name"
        else _is_in_part
        if group.attribute in _CALLED
        else _never,
        renewed=_RENEWALS.get(group.attribute),
        words_of=_medicines if group.attribute == "medication" else _no_words,
        ids_of=lambda normal, number: [fact_id(caller, group, normal, number) for caller in callers],
        settled=settled or Settled(),
    )


def _is_name_in_part(said: Said, whole: Said) -> bool:
    return is_told_in_part(said.value, whole.value)


def _is_in_part(said: Said, whole: Said) -> bool:
    return bool(said.stems) and {*said.stems} < {*whole.stems}


def _other_doses(said: Said, standing: Sequence[Said]) -> list[bool]:
    return renewed_doses(said.value, [each.value for each in standing], said.spoken)


def _medicines(said: Said) -> frozenset[str]:
    return medicine_words(said.stems)


def _no_words(said: Said) -> None:  # noqa: ARG001 - as the rules have it
    return None


def _contraries(said: Said, standing: Sequence[Said]) -> list[bool]:
    return [is_contrary(said.content, each.content, said.spoken) for each in standing]


# Several can be so of these, and not two that say how much of one medicine, or yes and no to the same.
_RENEWALS: dict[str, Callable[[Said, Sequence[Said]], list[bool]]] = {
    "medication": _other_doses,
    "consent": _contraries,
}


def _never(said: Said, whole: Said) -> bool:  # noqa: ARG001 - as the rules have it
    return False


def fact_memory(caller: str, group: Group, period: Period, rules: Rules, registry: Registry) -> Memory | None:
    """Return the memory of one period of a group; None for a correction under each agent, told once."""
    if group.agent is not None and not period.is_heard:
        return None
    attribute = _attribute(group, registry)
    is_private = not attribute.is_safe or period.sensitive != "none" or group.about != CALLER
    is_told_to_all = group.agent is None or (
        period.importance >= _IMPORTANT and not is_private and period.stated.category not in _OWN_CATEGORIES
    )
    importance = min(period.importance, _IMPORTANCE_MAX) if is_private else period.importance
    last, stated = period.last, period.stated
    end = period.end or (rules.resolved(period) if period.is_current or period.is_planned else None)
    return Memory(
        id=fact_id(caller, group, period.normal, period.number),
        caller=caller,
        kind="fact",
        key=f"{group.about}/{group.attribute}",
        sector=_SECTORS[stated.category],
        salience=round(min(1.0, importance / 10 + 0.02 * min(max(period.calls - 1, 0), 5)), 2),
        text=stated.content,
        conversation_id=conversation_of(group, period.normal, period.number),
        agent_id=group.agent,
        told_to=None if is_told_to_all or period.agents is None else " ".join(period.agents),
        occurred_at_s=last.at_s,
        is_current=period.is_current and end is None,
        source=Source(turn=stated.turn if stated.quote else None, second=stated.second, words=stated.quote),
        redacted=period.redacted,
        language=last.language,
        person=group.person,
        timezone=last.timezone,
        fact=_details(period, end, importance, is_several=rules.is_several),
    )


def at_moment(memory: Memory, at_s: int) -> Memory:
    """
    Return a memory as it is at a moment: what is planned takes the place of what is so on its day.

    What says until when it is so is past after that day; an issue and a promise stay open until somebody closes them.
    The fold knows no clock: it says from when on and until when, and whoever tells a fact asks whether that has come.

    Args:
        at_s: Unix seconds.
    """
    if memory.fact is UNSET:
        return memory
    fact = memory.fact
    if memory.is_current and 0 < fact.until_s <= at_s:
        return msgspec.structs.replace(memory, is_current=False)
    begins_at_s = first_second(fact.valid_from, memory.timezone) if is_planned(memory) else 0
    has_begun = 0 < begins_at_s <= at_s
    ends_at_s = last_second(fact.valid_to, memory.timezone) if fact.category not in OPEN_CATEGORIES else 0
    if (memory.is_current or has_begun) and 0 < ends_at_s < at_s:
        past = msgspec.structs.replace(fact, status="past", until_s=ends_at_s, until_timezone=memory.timezone)
        return msgspec.structs.replace(memory, is_current=False, fact=past)
    if has_begun:
        return msgspec.structs.replace(memory, is_current=True, fact=msgspec.structs.replace(fact, status="current"))
    return memory


def is_planned(memory: Memory) -> bool:
    """Tell whether a memory says what is to be so, and is not yet."""
    return memory.fact is not UNSET and memory.fact.status == "planned" and not memory.is_current


def fact_id(caller: str, group: Group, normal: str, number: int) -> str:
    """
    Return the id of a fact: it depends on what is said, and not on the words, the model or the call that said it.

    Args:
        normal: the normal form of the value.
        number: counts the times in which that was so, from 1.
    """
    whose = [group.person, group.agent] if group.person != 1 or group.agent is not None else []
    key = [caller, "fact", group.about, group.attribute, normal, number, *whose]
    return hashlib.sha256(msgspec.json.encode(key)).hexdigest()[:32]


def _details(period: Period, end: End | None, importance: int, *, is_several: bool) -> FactDetails:
    stated, until = period.stated, end or period.expected_end
    status = "past" if period.was_only_past else "ended" if end is not None else stated.status
    if not is_several and status in {"current", "planned"}:
        status = "planned" if period.is_planned else "current"
    return FactDetails(
        about=stated.about,
        attribute=stated.attribute,
        value=stated.value,
        status=status,
        category=stated.category,
        importance=importance,
        sensitive=period.sensitive,
        count=period.calls,
        first_said_at_s=period.first_said_at_s,
        until_s=until.at_s if until is not None else 0,
        until_timezone=until.timezone if until is not None else stated.timezone,
        valid_from=stated.valid_from,
        valid_to=stated.valid_to,
        sources=tuple(period.sources),
        questions=stated.questions,
    )


def _attribute(group: Group, registry: Registry) -> Attribute:
    attribute = registry.get(group.attribute)
    assert attribute is not None, "what is said is of an attribute that the registry knows"
    return attribute


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
