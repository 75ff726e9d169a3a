"""What was said in one call: the summary, and each turn of the caller. It depends on no other call."""

from collections.abc import Iterator

from msgspec.structs import replace

from projector.domain.calls import Call, Turn
from projector.domain.days import day_of
from projector.domain.memories import Memory, Source, memory_id

# Source: the product's seeds (MEDIUM and LOW salience).
_SUMMARY_SALIENCE, _TURN_SALIENCE = 0.7, 0.3
# Each answer keeps the question before it. Without these limits, one long turn of the agent before thousands of short
# ones would be kept thousands of times. The question stands at the end of a long turn.
_ASKED_CHARS_MAX, _ANSWERS_MAX = 4000, 10
# The answers after the first one repeat their question: in a call of a whole day, not more than this.
_REPEATED_CHARS_MAX = 256 * 1024


def said_memories(call: Call, person: int) -> Iterator[Memory]:
    """
    Yield a memory for the summary of a call, and one for each turn of the caller.

    Args:
        person: the number of the person whom the call was with.
    """
    of_call = _of_call(call, person)
    if call.summary:
        yield _summary(of_call, call)
    asked: Turn | None = None
    answers = repeated_chars = 0
    for turn in call.turns:
        if turn.is_caller:
            answers += 1
            if asked and 1 < answers <= _ANSWERS_MAX:
                repeated_chars += min(len(asked.text), _ASKED_CHARS_MAX)
            is_kept = answers == 1 or (answers <= _ANSWERS_MAX and repeated_chars <= _REPEATED_CHARS_MAX)
            yield _turn(of_call, turn, asked if is_kept else None)
        else:
            asked, answers = turn, 0


def _of_call(call: Call, person: int) -> Memory:
    """Return what the memories of a call have in common, as that of a turn."""
    return Memory(
        id="",
        caller=call.caller,
        kind="turn",
        key="",
        sector="episodic",
        salience=_TURN_SALIENCE,
        text="",
        conversation_id=call.conversation_id,
        agent_id=call.agent_id,
        told_to=call.audience,
        occurred_at_s=call.order[0],
        source=Source(),
        language=call.language,
        person=person,
        timezone=call.timezone,
    )


def _summary(of_call: Memory, call: Call) -> Memory:
    day = day_of(of_call.occurred_at_s, call.timezone)
    return replace(
        of_call,
        id=memory_id(call.caller, "summary", call.conversation_id, "summary"),
        kind="summary",
        key="summary",
        salience=_SUMMARY_SALIENCE,
        text=f"{day}: {call.summary}" if day else call.summary,
        source=Source(words=call.summary),
        redacted=call.summary_redacted,
    )


def _turn(of_call: Memory, turn: Turn, asked: Turn | None) -> Memory:
    key, at_s, text = str(turn.index), of_call.occurred_at_s, turn.text
    redacted = turn.redacted if asked is None or not asked.redacted else (*turn.redacted, *asked.redacted)
    return replace(
        of_call,
        id=memory_id(of_call.caller, "turn", of_call.conversation_id, key),
        key=key,
        text=text,
        told_to=of_call.told_to if turn.told_to is None else turn.told_to,
        occurred_at_s=at_s + turn.second if at_s else 0,
        source=Source(
            turn=turn.index,
            second=turn.second,
            words=text,
            asked=asked.text[-_ASKED_CHARS_MAX:] if asked else "",
        ),
        redacted=tuple(sorted({*redacted})) if redacted else (),
    )
