"""Collected values: each is a memory, and a fact until a later call says otherwise to an agent that may hear it."""

import re
from collections.abc import Iterable, Iterator

from msgspec import Struct

from projector.domain.calls import Call, Value
from projector.domain.memories import (
    NO_AGENT,
    Fact,
    FormerValue,
    Memory,
    Source,
    Superseded,
    is_same_value,
    memory_id,
)
from projector.domain.reading.ids import id_in_words
from projector.domain.reading.kept import kept_if_short
from projector.domain.rules.weight import weight_of

# Source: the product's seeds (HIGH salience).
_SALIENCE = 0.9
_PREFERENCE = re.compile(r"prefer|favou?rite|wunsch|vorliebe|prefier|préfér")
# The state must not grow with a value that is another one in each call.
_FORMER_MAX = 3


class CurrentFacts(Struct, frozen=True):
    """
    The current value of each data collection id.

    `shared` holds what is every agent's, by the id. `own` holds what is that of one agent, by the agent and the id: two
    agents may mean different things by one id.
    """

    shared: dict[str, Fact] = {}
    own: dict[str, dict[str, Fact]] = {}

    def told(self, call: Call, shared: frozenset[str]) -> list[Fact]:
        """
        Return what is so now of each value that a call collected.

        Args:
            shared: the ids of the call's values that are every agent's: see `shared_ids`.
        """
        return [_fact(call, id_, self.before(call, id_, shared), shared) for id_ in call.collected]

    def after(self, told: Iterable[Fact]) -> "CurrentFacts":
        """Return the current values once a call is over in which these were told."""
        of_all: dict[str, Fact] = {}
        of_agents: dict[str, dict[str, Fact]] = {}
        for fact in told:
            of_one = of_all if fact.told_to is None else of_agents.setdefault(fact.agent_id or NO_AGENT, {})
            of_one[fact.id] = fact
        own = {agent: self.own.get(agent, {}) | of_agent for agent, of_agent in of_agents.items()}
        return CurrentFacts(self.shared | of_all, self.own | own)

    def superseded_by(self, call: Call, shared: frozenset[str]) -> list[Superseded]:
        """Return the memories of the values that a call collected anew."""
        old = [self.before(call, id_, shared) for id_ in call.collected]
        return [
            Superseded(fact.conversation_id, memory_id(call.caller, "collected", fact.conversation_id, fact.id))
            for fact in old
            if fact is not None
        ]

    def before(self, call: Call, id_: str, shared: frozenset[str]) -> Fact | None:
        """Return what a value that a call collected takes the place of; None if it is told for the first time."""
        facts = self.shared if id_ in shared else self.own.get(_agent(call, id_), {})
        return facts.get(id_)

    def in_order(self) -> tuple[Fact, ...]:
        """Return the current values, the heaviest first, and the newest first among those."""
        facts = [*self.shared.values(), *(fact for own in self.own.values() for fact in own.values())]
        return tuple(sorted(facts, key=lambda fact: (-fact.weight, -fact.occurred_at_s, fact.id, fact.told_to or "")))


def collected_memories(call: Call, told: Iterable[Fact]) -> Iterator[Memory]:
    """
    Yield a memory for each value that a call collected.

    Args:
        told: these values, as facts.
    """
    for fact in told:
        yield Memory(
            id=memory_id(call.caller, "collected", call.conversation_id, fact.id),
            caller=call.caller,
            kind="collected",
            key=fact.id,
            sector="procedural" if fact.is_preference else "semantic",
            salience=_SALIENCE,
            text=f"{fact.label}: {fact.value}",
            conversation_id=call.conversation_id,
            agent_id=fact.agent_id,
            told_to=fact.told_to,
            occurred_at_s=fact.occurred_at_s,
            source=Source(words=fact.value),
            redacted=fact.redacted,
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


def _agent(call: Call, id_: str) -> str:
    """Return the agent that collected a value; after a transfer it is heard by all agents of the call."""
    return call.collected_by.get(id_) or call.agent_id or NO_AGENT


def _fact(call: Call, id_: str, old: Fact | None, shared: frozenset[str]) -> Fact:
    value, field = in_words(call.collected[id_]), call.field_of(id_)
    is_preference = _names_preference(field)
    return Fact(
        id=id_,
        label=_capitalised(call.collected_names.get(id_, id_)),
        value=value,
        is_preference=is_preference,
        conversation_id=call.conversation_id,
        agent_id=_agent(call, id_) or None,
        occurred_at_s=call.order[0],
        redacted=call.collected_redacted.get(id_, ()),
        told_to=None if id_ in shared else call.audience,
        weight=weight_of(field, value, is_preference=is_preference),
        before=_before(old, value, call) if old is not None else (),
        timezone=call.timezone,
    )


def _before(old: Fact, value: str, call: Call) -> tuple[FormerValue, ...]:
    # The same, told again, takes the place of nothing.
    if is_same_value(old.value, value):
        return old.before
    former = FormerValue(old.value, old.occurred_at_s, call.order[0], old.timezone, call.timezone)
    return (*old.before, former)[-_FORMER_MAX:]


@kept_if_short
def _names_preference(field: str) -> bool:
    return _PREFERENCE.search(field.lower()) is not None


@kept_if_short
def _capitalised(name: str) -> str:
    words = " ".join(id_in_words(name).split())
    return words[:1].upper() + words[1:]
