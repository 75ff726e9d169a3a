"""The records that the projection makes: memories, and a view of each caller."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from typing import Literal

import msgspec
from msgspec import UNSET, Struct, UnsetType

from events.wire.timezone import UTC_NAME
from projector.domain.audience import audience_of_one
from projector.domain.greetings.agents_call import AgentsCall

Kind = Literal["collected", "summary", "turn", "pattern", "fact"]
Sector = Literal["episodic", "semantic", "procedural", "emotional", "reflective"]

_encode = msgspec.json.Encoder().encode


class Source(Struct, frozen=True, kw_only=True):
    """
    Where a memory comes from.

    `turn` is the index in the transcript, from 0. `second` counts from the beginning of the call. `words` is the
    whole text that was said or written. `asked` is what the agent said just before: the end of it if that was long, and
    nothing after many turns of the caller in a row.
    """

    turn: int | None = None
    second: int | None = None
    words: str = ""
    asked: str = ""


class FactSource(Struct, frozen=True, kw_only=True):
    """
    One proof of a fact: `collected` by an agent, the words of a turn, or the word of an `operator`, of no conversation.

    `quote` are the words, `value` what was collected or stated. `turn` is an index in the transcript, None for a
    collected value; `said_at_s` is Unix seconds, 0 if the call does not say.
    """

    kind: Literal["collected", "extraction", "operator"]
    conversation_id: str
    said_at_s: int
    value: str
    quote: str = ""
    turn: int | None = None
    second: int | None = None


class FactDetails(Struct, frozen=True, kw_only=True):
    """
    What a memory of kind `fact` says, and how it is known.

    `about` is `caller`, or whom the call names. `attribute` is one of the registry. `count` is in how many calls it was
    said, `first_said_at_s` and `until_s` (when another value took its place, or it ended) are Unix seconds, 0 if not
    known. `valid_from` and `valid_to` are ISO dates as they were told. `sources` holds the first proof and the last
    few. `questions` are those by which a model would ask for it: for what compares meanings, and never told.
    """

    about: str
    attribute: str
    value: str
    status: Literal["current", "past", "ended", "planned"]
    category: str
    importance: int
    sensitive: str
    count: int
    first_said_at_s: int
    until_s: int = 0
    until_timezone: str = UTC_NAME
    valid_from: str | None = None
    valid_to: str | None = None
    sources: tuple[FactSource, ...] = ()
    questions: tuple[str, ...] = ()


class Memory(Struct, frozen=True, kw_only=True):
    """
    One thing remembered of one caller.

    `key` is the turn's index, the data collection id, or the rule's name. `agent_id` is the agent of the call.
    `told_to` is the audience, as `audience` makes it: the agents that may hear it, None for all. `salience` is the
    weight, 0 to 1. `occurred_at_s` is Unix seconds, 0 if the call does not say. A memory with `is_current` false is
    history: a newer value of the same id superseded it. `redacted` names the kinds of numbers that were removed from
    its text or from the agent's question before it. `language` is that of the call, a BCP 47 tag, None if the call does
    not say. `timezone` is the IANA name of the zone in which the call's days are counted. `person` is the number of
    whoever the call was with, among the people who call from the caller's number: 0 if nobody can say, and for what
    stems from many calls. `fact` is there for a memory of kind `fact` alone, whose `conversation_id` is no call's: see
    `projector.domain.facts.told_facts`.
    """

    id: str
    caller: str
    kind: Kind
    key: str
    sector: Sector
    salience: float
    text: str
    conversation_id: str
    agent_id: str | None
    told_to: str | None
    occurred_at_s: int
    is_current: bool = True
    decay_lambda: float = 0.0
    source: Source
    redacted: tuple[str, ...] = ()
    language: str | None = None
    person: int = 1
    timezone: str = UTC_NAME
    fact: FactDetails | UnsetType = UNSET

    @property
    def call(self) -> str | None:
        """The conversation that it comes from: of a fact, the last one that said it; None for what many calls show."""
        if self.fact is not UNSET:
            return self.fact.sources[-1].conversation_id or None if self.fact.sources else None
        return None if self.conversation_id == NO_CONVERSATION else self.conversation_id


class Superseded(Struct, frozen=True):
    """Names a memory of an earlier call that a later call has made history."""

    conversation_id: str
    memory_id: str


def as_history(memory: Memory) -> Memory:
    """Return a memory as it is once it is superseded."""
    return msgspec.structs.replace(memory, is_current=False)


def by_conversation(memories: Iterable[Memory]) -> dict[str, list[Memory]]:
    """Return memories grouped by their conversation."""
    found: dict[str, list[Memory]] = defaultdict(list)
    for memory in memories:
        found[memory.conversation_id].append(memory)
    return found


# In place of a conversation, in memories that stem from many calls.
NO_CONVERSATION = "-"

# Audience of a call without an agent: visible only to searches across all agents.
NO_AGENT = ""

# From this weight on a fact must not be left out: an allergy, an illness, a need.
VITAL_WEIGHT = 0.95


class FormerValue(Struct, frozen=True):
    """
    What a fact was before; later values that are the same count as one.

    `occurred_at_s` is when it was last said, and `until_s` when another value was said: Unix seconds, 0 if unknown.
    The time zones are the IANA names of those of the two calls.
    """

    value: str
    occurred_at_s: int
    until_s: int
    timezone: str = UTC_NAME
    until_timezone: str = UTC_NAME


class Fact(Struct, frozen=True, kw_only=True):
    """
    The current value of a data collection id; `label` is what the operator calls it, or the id in words.

    `told_to` is the audience: the only agent that may hear it, None for all. It is the newest value of the agent with
    `agent_id`; of all agents where all may hear it. `weight`, 0 to 1, is how much is lost if it is not told. `before`
    holds the last few values that it superseded, oldest first. `redacted` names the kinds of numbers that were removed
    from the value. `timezone` is that of its call.
    """

    id: str
    label: str
    value: str
    is_preference: bool
    conversation_id: str
    agent_id: str | None
    occurred_at_s: int
    redacted: tuple[str, ...] = ()
    told_to: str | None = None
    weight: float = 0.9
    before: tuple[FormerValue, ...] = ()
    timezone: str = UTC_NAME


class PastCall(Struct, frozen=True, kw_only=True):
    """
    What the agents of an earlier call with the caller may say about it.

    `told_to` is its audience; None for the agent of the call alone. `person` is as in `Memory`. `timezone` is an IANA
    name.
    """

    conversation_id: str
    agent_id: str | None
    occurred_at_s: int
    direction: str | None
    title: str
    summary: str
    told_to: str | None = None
    person: int = 1
    timezone: str = UTC_NAME

    @property
    def audience(self) -> str:
        """Who may be told of the call."""
        return audience_of_one(self.agent_id) if self.told_to is None else self.told_to


class PersonName(Struct, frozen=True):
    """The name of one of the people who call from one number; `number` counts them from 1, first come first."""

    number: int
    name: str


class CallerView(Struct, frozen=True, kw_only=True):
    """
    All that is known of one caller, in one record.

    `call_count` counts the calls in which the caller said something. `first_call_at_s` and `last_call_at_s` are those
    of these calls, Unix seconds. `given_name` is how to address the caller, empty if it is not known. `facts` are those
    of every agent, the heaviest first. `past_calls` holds the newest few calls of each agent, oldest first; of any call
    `newest_calls` holds each agent's newest. `timezone` is the IANA name of the caller's time zone, as far as the calls
    name one; the two other zones are those of the first and the last call.

    `people` names all who call from the caller's number, in the order of their last calls. `person` is the number of
    whoever the next caller is taken for: name and facts are that person's. While names alternate that is nobody, 0,
    without a name and without facts.
    """

    caller: str
    name: str
    given_name: str
    language: str | None
    call_count: int
    first_call_at_s: int
    last_call_at_s: int
    facts: tuple[Fact, ...]
    past_calls: tuple[PastCall, ...]
    person: int = 1
    people: tuple[PersonName, ...] = ()
    timezone: str = UTC_NAME
    first_call_timezone: str = UTC_NAME
    last_call_timezone: str = UTC_NAME
    newest_calls: tuple[AgentsCall, ...] = ()

    @property
    def is_returning(self) -> bool:
        """Whether the caller has spoken with us before."""
        return self.call_count > 0


def is_corrected_alone(memory: Memory) -> bool:
    """Tell whether a memory is a fact of which nobody said anything but a person who corrected it."""
    return memory.fact is not UNSET and all(source.kind == "operator" for source in memory.fact.sources)


def is_same_value(value: str, other: str) -> bool:
    """Tell whether two values say the same: they differ in case, in blanks or in a full stop at most."""
    return value == other or _plain(value) == _plain(other)


def _plain(value: str) -> str:
    return " ".join(value.casefold().split()).rstrip(".")


def memory_id(caller: str, kind: Kind, conversation_id: str, key: str) -> str:
    """Return the id of a memory: the same for the same caller, kind, conversation and key, on every replay."""
    return hashlib.sha256(_encode([caller, kind, conversation_id, key])).hexdigest()[:32]


def is_of(fact: Fact, collected: Memory) -> bool:
    """Tell whether a fact is what is so now of a collected value: under one id each agent may have its own."""
    is_shared = collected.told_to is None
    return (
        fact.id == collected.key
        and is_shared == (fact.told_to is None)
        and (is_shared or fact.agent_id == collected.agent_id)
    )


def label_of(collected: Memory) -> str:
    """Return what a collected value is called, of its memory."""
    return collected.text.removesuffix(f": {collected.source.words}")
