"""The records that the projection makes: memories, and a view of each caller."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Literal

import msgspec
from msgspec import Struct

from events.wire.timezone import UTC_NAME

Kind = Literal["collected", "summary", "turn", "pattern"]


Sector = Literal["episodic", "semantic", "procedural", "emotional", "reflective"]


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


class Memory(Struct, frozen=True, kw_only=True):
    """
    One thing remembered of one caller.

    `key` is the turn's index, the data collection id, or the rule's name. `agent_id` is the agent of the call.
    `told_to` is the audience: the only agent that may hear it, None for all. `salience` is the weight, 0 to 1.
    `occurred_at_s` is Unix seconds, 0 if the call does not say. A memory with `is_current` false is history: a newer
    value of the same id superseded it. `redacted` names the kinds of numbers that were removed from its text or from
    the agent's question before it. `language` is that of the call, a BCP 47 tag, None if the call does not say.
    `timezone` is the IANA name of the zone in which the call's days are counted.
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
    timezone: str = UTC_NAME


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

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_UNIX_S_MAX = 253_402_300_799  # the last second of the year 9999, the end of Python's datetime


class Fact(Struct, frozen=True, kw_only=True):
    """
    The current value of a data collection id; `label` is the id in words.

    `redacted` names the kinds of numbers that were removed from the value. `timezone` is that of its call.
    """

    id: str
    label: str
    value: str
    is_preference: bool
    conversation_id: str
    agent_id: str | None
    occurred_at_s: int
    redacted: tuple[str, ...] = ()
    timezone: str = UTC_NAME


class PastCall(Struct, frozen=True, kw_only=True):
    """What an agent may say about an earlier call that it had with the caller. `timezone` is an IANA name."""

    conversation_id: str
    agent_id: str | None
    occurred_at_s: int
    direction: str | None
    title: str
    summary: str
    timezone: str = UTC_NAME


class CallerView(Struct, frozen=True, kw_only=True):
    """
    All that is known of one caller, in one record.

    `call_count` counts the calls in which the caller said something. `first_call_at_s` and `last_call_at_s` are those
    of these calls, Unix seconds. `given_name` is how to address the caller, empty if it is not known. `past_calls`
    holds the newest few calls of each agent, oldest first. `timezone` is the IANA name of the caller's time zone, as
    far as the calls name one; the two other zones are those of the first and the last call.
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
    timezone: str = UTC_NAME
    first_call_timezone: str = UTC_NAME
    last_call_timezone: str = UTC_NAME

    @property
    def is_returning(self) -> bool:
        """Whether the caller has spoken with us before."""
        return self.call_count > 0


def memory_id(caller: str, kind: Kind, conversation_id: str, key: str) -> str:
    """Return the id of a memory: the same for the same caller, kind, conversation and key, on every replay."""
    return hashlib.sha256(msgspec.json.encode([caller, kind, conversation_id, key])).hexdigest()[:32]


def moment(unix_s: int) -> datetime | None:
    """Return Unix seconds as an aware UTC datetime; None for 0, which means `not known`."""
    return _EPOCH + timedelta(seconds=unix_s) if 0 < unix_s <= _UNIX_S_MAX else None


def iso_moment(unix_s: int) -> str | None:
    """Return Unix seconds as RFC 3339 text, UTC; None for 0."""
    at = moment(unix_s)
    return at.strftime("%Y-%m-%dT%H:%M:%SZ") if at else None
