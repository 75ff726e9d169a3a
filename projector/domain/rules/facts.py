"""Collected values: each one is a memory, and the newest of its id is a fact until a later call supersedes it."""

import re
from collections.abc import Iterator

from msgspec import Struct

from projector.domain.calls import Call, Value, id_in_words
from projector.domain.memories import Fact, Memory, Source, Superseded, memory_id

# Source: the product's seeds (HIGH salience).
_SALIENCE = 0.9
_PREFERENCE = re.compile(r"prefer|favou?rite|wunsch|vorliebe|prefier|préfér")


class CurrentFacts(Struct, frozen=True):
    """The current value of each data collection id, by the id."""

    by_id: dict[str, Fact] = {}

    def after(self, call: Call) -> "CurrentFacts":
        """Return the current values once a call is over."""
        return CurrentFacts({**self.by_id, **{id_: _fact(call, id_) for id_ in call.collected}})

    def superseded_by(self, call: Call) -> list[Superseded]:
        """Return the memories of the values that a call collected anew."""
        old = [self.by_id[id_] for id_ in call.collected if id_ in self.by_id]
        return [
            Superseded(fact.conversation_id, memory_id(call.caller, "collected", fact.conversation_id, fact.id))
            for fact in old
        ]

    def in_order(self) -> tuple[Fact, ...]:
        """Return the current values in the order of their ids."""
        return tuple(self.by_id[id_] for id_ in sorted(self.by_id))


def collected_memories(call: Call) -> Iterator[Memory]:
    """Yield a memory for each value that a call collected."""
    for id_, value in call.collected.items():
        words = in_words(value)
        yield Memory(
            id=memory_id(call.caller, "collected", call.conversation_id, id_),
            caller=call.caller,
            kind="collected",
            key=id_,
            sector="procedural" if _is_preference(id_) else "semantic",
            salience=_SALIENCE,
            text=f"{_label(id_)}: {words}",
            conversation_id=call.conversation_id,
            agent_id=call.agent_id,
            told_to=None,
            occurred_at_s=call.order[0],
            source=Source(words=words),
            redacted=call.collected_redacted.get(id_, ()),
            language=call.language,
            timezone=call.timezone,
        )


def in_words(value: Value) -> str:
    """Return a collected value as it is told."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def _fact(call: Call, id_: str) -> Fact:
    return Fact(
        id=id_,
        label=_label(id_),
        value=in_words(call.collected[id_]),
        is_preference=_is_preference(id_),
        conversation_id=call.conversation_id,
        agent_id=call.agent_id,
        occurred_at_s=call.order[0],
        redacted=call.collected_redacted.get(id_, ()),
        timezone=call.timezone,
    )


def _is_preference(id_: str) -> bool:
    return _PREFERENCE.search(id_.lower()) is not None


def _label(id_: str) -> str:
    words = " ".join(id_in_words(id_).split())
    return words[:1].upper() + words[1:]
