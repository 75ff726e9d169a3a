"""
The fold: turns the calls of one caller into the memories and the view of that caller.

Arithmetic only. The same calls give the same bytes, at any time and on any machine.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from msgspec import Struct

from projector.domain.calls import Call, Turn, Value, id_in_words
from projector.domain.memories import (
    NO_AGENT,
    NO_CONVERSATION,
    CallerView,
    Fact,
    Memory,
    PastCall,
    Source,
    iso_moment,
    memory_id,
    spoken_date,
)

# Part of the read model's fingerprint: raise it with every change of what a fold returns, or of a call's caller key.
FOLD_VERSION = 4
NAME_FIELDS = ("user_name", "caller_name", "full_name", "name", "first_name + last_name")
# Source: the product's seeds (HIGH, MEDIUM and LOW salience).
_HIGH, _MEDIUM, _LOW = 0.9, 0.7, 0.3
_PAST_CALLS_MAX = 3
_PREFERENCE = re.compile(r"prefer|favou?rite|wunsch|vorliebe|prefier|préfér")
_HONORIFIC = re.compile(
    r"(?:mr|mrs|ms|miss|dr|prof|sir|madam|herr|frau|señora?|sra?|mme|mlle|m|signora?|sig|dhr|mevr)\.?", re.IGNORECASE
)


class FoldSettings(Struct, frozen=True):
    """The settings of the fold. `name_fields` are the data collection ids that name the caller, most trusted first."""

    name_fields: tuple[str, ...] = NAME_FIELDS


class FoldResult(Struct, frozen=True):
    """The result of folding one caller; the memories are in the order of their calls."""

    view: CallerView
    memories: tuple[Memory, ...]


class _Name(Struct, frozen=True):
    whole: str = ""
    given: str = ""


def fold(calls: Sequence[Call], settings: FoldSettings) -> FoldResult:
    """
    Return what we remember of the calls of one caller.

    Args:
        calls: at least one; all of the same caller, one version of each call, in any order.
    """
    calls = sorted(calls, key=lambda call: call.order)
    caller = calls[0].caller
    newest = {id_: call.conversation_id for call in calls for id_ in call.collected}
    memories = [memory for call in calls for memory in _memories_of(call, newest)]
    counted = [call for call in calls if call.is_counted]
    if len(counted) > 1:
        memories.append(_frequency(counted))
    name = _name(calls, settings.name_fields)
    languages = [call.language for call in counted if call.language]
    view = CallerView(
        caller=caller,
        name=name.whole,
        given_name=name.given,
        language=languages[-1] if languages else None,
        call_count=len(counted),
        first_call_at_s=counted[0].order[0] if counted else 0,
        last_call_at_s=counted[-1].order[0] if counted else 0,
        facts=tuple(_facts(calls, newest)),
        past_calls=tuple(_past_calls(counted)),
    )
    return FoldResult(view, tuple(memories))


def _memories_of(call: Call, newest: dict[str, str]) -> Iterator[Memory]:
    at_s = call.order[0]
    for id_, value in call.collected.items():
        yield Memory(
            id=memory_id(call.caller, "collected", call.conversation_id, id_),
            caller=call.caller,
            kind="collected",
            key=id_,
            sector="procedural" if _is_preference(id_) else "semantic",
            salience=_HIGH,
            text=f"{_label(id_)}: {_words(value)}",
            conversation_id=call.conversation_id,
            agent_id=call.agent_id,
            told_to=None,
            occurred_at_s=at_s,
            is_current=newest[id_] == call.conversation_id,
            source=Source(words=_words(value)),
            redacted=call.collected_redacted.get(id_, ()),
            language=call.language,
        )
    if call.summary:
        date = iso_moment(at_s)
        yield Memory(
            id=memory_id(call.caller, "summary", call.conversation_id, "summary"),
            caller=call.caller,
            kind="summary",
            key="summary",
            sector="episodic",
            salience=_MEDIUM,
            text=f"{date[:10]}: {call.summary}" if date else call.summary,
            conversation_id=call.conversation_id,
            agent_id=call.agent_id,
            told_to=call.agent_id or NO_AGENT,
            occurred_at_s=at_s,
            source=Source(words=call.summary),
            redacted=call.summary_redacted,
            language=call.language,
        )
    asked: Turn | None = None
    for turn in call.turns:
        if turn.is_caller:
            yield _turn_memory(call, turn, asked)
        else:
            asked = turn


def _turn_memory(call: Call, turn: Turn, asked: Turn | None) -> Memory:
    return Memory(
        id=memory_id(call.caller, "turn", call.conversation_id, str(turn.index)),
        caller=call.caller,
        kind="turn",
        key=str(turn.index),
        sector="episodic",
        salience=_LOW,
        text=turn.text,
        conversation_id=call.conversation_id,
        agent_id=call.agent_id,
        told_to=call.agent_id or NO_AGENT,
        occurred_at_s=call.order[0] + turn.second if call.order[0] else 0,
        source=Source(
            turn=turn.index,
            second=turn.second,
            words=turn.text,
            asked=asked.text if asked else "",
        ),
        redacted=tuple(sorted({*turn.redacted, *(asked.redacted if asked else ())})),
        language=call.language,
    )


def _frequency(counted: Sequence[Call]) -> Memory:
    first, last = counted[0].order[0], counted[-1].order[0]
    text = f"The caller has spoken with us {len(counted)} times"
    if spoken_date(first) and spoken_date(last):
        text += f", first on {spoken_date(first)}, last on {spoken_date(last)}"
    return Memory(
        id=memory_id(counted[0].caller, "pattern", NO_CONVERSATION, "frequency"),
        caller=counted[0].caller,
        kind="pattern",
        key="frequency",
        sector="reflective",
        salience=_MEDIUM,
        text=text + ".",
        conversation_id=NO_CONVERSATION,
        agent_id=None,
        told_to=None,
        occurred_at_s=last,
        source=Source(),
    )


def _facts(calls: Sequence[Call], newest: dict[str, str]) -> Iterator[Fact]:
    current = {
        id_: Fact(
            id=id_,
            label=_label(id_),
            value=_words(value),
            is_preference=_is_preference(id_),
            conversation_id=call.conversation_id,
            agent_id=call.agent_id,
            occurred_at_s=call.order[0],
            redacted=call.collected_redacted.get(id_, ()),
        )
        for call in calls
        for id_, value in call.collected.items()
        if newest[id_] == call.conversation_id
    }
    yield from (current[id_] for id_ in sorted(current))


def _past_calls(counted: Sequence[Call]) -> list[PastCall]:
    described = [call for call in counted if call.summary or call.title]
    of_agent: dict[str | None, int] = defaultdict(int)
    kept: list[PastCall] = []
    for call in reversed(described):
        of_agent[call.agent_id] += 1
        if of_agent[call.agent_id] <= _PAST_CALLS_MAX:
            kept.append(
                PastCall(
                    conversation_id=call.conversation_id,
                    agent_id=call.agent_id,
                    occurred_at_s=call.order[0],
                    direction=call.direction,
                    title=call.title,
                    summary=call.summary,
                )
            )
    return kept[::-1]


def _name(calls: Sequence[Call], fields: Sequence[str]) -> _Name:
    name = _Name()
    said: dict[str, str] = {}
    for call in calls:
        # If the value was a card number, do not greet the caller with the text that replaced it.
        here = {
            id_: _words(value)
            for id_, value in call.collected.items()
            if isinstance(value, str) and id_ not in call.collected_redacted
        }
        said |= here
        for field in fields:
            ids = [id_.strip() for id_ in field.split("+")]
            if not any(id_ in here for id_ in ids):
                continue
            parts = [said.get(id_, "") for id_ in ids]
            if name.given and not parts[0]:
                continue  # a last name alone is worth less than the name that is known already
            whole = " ".join(part for part in parts if part)
            given = parts[0] if len(parts) > 1 else _first_name(whole)
            name = _Name(whole=whole, given=given)
            break
    return name


def _first_name(whole: str) -> str:
    first, _, rest = whole.partition(" ")
    return whole if rest and _HONORIFIC.fullmatch(first) else first


def _is_preference(id_: str) -> bool:
    return _PREFERENCE.search(id_.lower()) is not None


def _label(id_: str) -> str:
    words = " ".join(id_in_words(id_).split())
    return words[:1].upper() + words[1:]


def _words(value: Value) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)
