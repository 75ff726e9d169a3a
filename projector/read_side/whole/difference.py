"""How two read models differ, caller by caller."""

from collections.abc import Iterable, Iterator
from heapq import merge
from itertools import groupby
from typing import Literal

import msgspec
from msgspec import UNSET, Struct

from events.process.terminal import count_of, one_line
from projector.domain.days import spoken_date
from projector.domain.memories import CallerView, Fact, FactDetails, Memory
from projector.read_model.protocol import ReadModel

# What a person compares; the order and the sources of what is told need not be the same.
_FIELDS = ("name", "language", "call_count", "person", "timezone")
_MEMORY_FIELDS = ("text", "sector", "salience", "told_to", "is_current", "person", "source", "fact")


class Change(Struct, frozen=True, kw_only=True):
    """
    One thing that differs: `what` it is, and how it was and is, in words. None where it is not there.

    `id` is that of a memory, None for what is no memory.
    """

    what: str
    before: str | None
    after: str | None
    id: str | None = None


class CallerDifference(Struct, frozen=True, kw_only=True):
    """How one caller differs: `added`, `removed` or `changed`, with each thing that does."""

    caller: str
    name: str
    state: Literal["added", "removed", "changed"]
    changes: tuple[Change, ...]


def differences(before: ReadModel, after: ReadModel) -> Iterator[CallerDifference]:
    """Yield each caller who differs, in the order of their keys."""
    both = merge(_tagged(before, is_after=False), _tagged(after, is_after=True), key=lambda each: each[0])
    for caller, views in groupby(both, key=lambda each: each[0]):
        old: CallerView | None = None
        new: CallerView | None = None
        for _, is_after, view in views:
            old, new = (old, view) if is_after else (view, new)
        found = _difference(before, after, caller, old, new)
        if found is not None:
            yield found


def difference_lines(difference: CallerDifference) -> Iterator[str]:
    """Yield lines for a person: the caller, then what is gone (-), new (+) or different (~)."""
    name = f"  {difference.name}" if difference.name else ""
    state = "" if difference.state == "changed" else f"  ({difference.state})"
    yield one_line(f"{difference.caller}{name}{state}", instead="?")
    for change in difference.changes:
        if change.before is None:
            line = f"  + {change.what}: {change.after}"
        elif change.after is None:
            line = f"  - {change.what}: {change.before}"
        else:
            line = f"  ~ {change.what}: {change.after}, before {change.before}"
        yield one_line(line, instead="?")


def _tagged(read_model: ReadModel, *, is_after: bool) -> Iterator[tuple[str, bool, CallerView]]:
    for view in read_model.views():
        yield view.caller, is_after, view


def _difference(
    before: ReadModel, after: ReadModel, caller: str, old: CallerView | None, new: CallerView | None
) -> CallerDifference | None:
    changes = (
        *_of_views(old, new),
        *_of_memories(
            before.all_memories(caller) if old is not None else (),
            after.all_memories(caller) if new is not None else (),
        ),
    )
    if not changes and old is not None and new is not None:
        return None
    state: Literal["added", "removed", "changed"] = "changed" if old and new else "added" if new else "removed"
    name = (new.name if new else "") or (old.name if old else "")
    return CallerDifference(caller=caller, name=name, state=state, changes=changes)


def _of_views(old: CallerView | None, new: CallerView | None) -> Iterator[Change]:
    for field in _FIELDS if old is not None and new is not None else ():
        was, now = getattr(old, field), getattr(new, field)
        if was != now:
            yield Change(what=field.replace("_", " "), before=_or_unknown(was), after=_or_unknown(now))
    was_facts, now_facts = _facts(old), _facts(new)
    for key in sorted(was_facts.keys() | now_facts.keys()):
        before, after = was_facts.get(key), now_facts.get(key)
        if (before and _told(before)) != (after and _told(after)):
            fact = after or before
            assert fact is not None
            yield Change(
                what=f"fact {fact.label}",
                before=None if before is None else before.value,
                after=None if after is None else after.value,
            )


def _or_unknown(value: object) -> str:
    return "not known" if value in (None, "") else str(value)


def _facts(view: CallerView | None) -> dict[tuple[str, str], Fact]:
    # What all agents are told is one fact; each agent has its own of all others.
    facts = view.facts if view is not None else ()
    return {(fact.id, "" if fact.told_to is None else fact.agent_id or "-"): fact for fact in facts}


def _told(fact: Fact) -> tuple[str, str, str | None]:
    return fact.label, fact.value, fact.told_to


def _of_memories(before: Iterable[Memory], after: Iterable[Memory]) -> Iterator[Change]:
    old, new = ({memory.id: _as_told(memory) for memory in memories} for memories in (before, after))
    for id_ in dict.fromkeys([*old, *new]):
        was, now = old.get(id_), new.get(id_)
        if was is None or now is None or any(getattr(was, field) != getattr(now, field) for field in _MEMORY_FIELDS):
            memory = now or was
            assert memory is not None
            yield Change(what=f"{memory.kind} memory", before=_words(was, now), after=_words(now, was), id=id_)


def _as_told(memory: Memory) -> Memory:
    """Return a memory without the questions by which a fact is found: nobody is told them."""
    if memory.fact is UNSET:
        return memory
    return msgspec.structs.replace(memory, fact=msgspec.structs.replace(memory.fact, questions=()))


def _words(memory: Memory | None, other: Memory | None) -> str | None:
    """Return a memory in words: its text, and of what else it has that which the other one has otherwise."""
    if memory is None:
        return None
    differing = [] if other is None else [name for name in _MEMORY_FIELDS[1:] if _differ(memory, other, name)]
    more = ", ".join(filter(None, (_value(memory, name) for name in differing)))
    return f"{memory.text} ({more})" if more else memory.text


def _differ(memory: Memory, other: Memory, name: str) -> bool:
    return bool(getattr(memory, name) != getattr(other, name))


def _value(memory: Memory, name: str) -> str:
    if name == "source":
        return f"from turn {memory.source.turn}: {memory.source.words}"
    if name == "fact":
        return "" if memory.fact is UNSET else _fact(memory.fact)
    value = getattr(memory, name)
    told = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return f"{name.removeprefix('is_').replace('_', ' ')} {told}"


def _fact(fact: FactDetails) -> str:
    until = spoken_date(fact.until_s, fact.until_timezone)
    ended = f" until {until}" if until else ""
    sensitive = "not sensitive" if fact.sensitive == "none" else f"sensitive: {fact.sensitive.replace('_', ' ')}"
    said = f"in {count_of(fact.count, 'call')}"
    return f"{fact.value}, {fact.status}{ended}, importance {fact.importance}, {sensitive}, {said}"


def summary(count: int, callers: int) -> str:
    """Return how many callers differ, of how many there are now."""
    return (
        f"{count_of(count, 'caller')} of {callers} {'differs' if count == 1 else 'differ'}"
        if count
        else "no difference"
    )
