"""What was said in one call: the summary, and each turn of the caller. It depends on no other call."""

from collections.abc import Iterator

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


def said_memories(call: Call) -> Iterator[Memory]:
    """Yield a memory for the summary of a call, and one for each turn of the caller."""
    if call.summary:
        yield _summary(call)
    of_call = call.audience
    asked: Turn | None = None
    answers = repeated_chars = 0
    for turn in call.turns:
        if turn.is_caller:
            answers += 1
            if asked and 1 < answers <= _ANSWERS_MAX:
                repeated_chars += min(len(asked.text), _ASKED_CHARS_MAX)
            is_kept = answers == 1 or (answers <= _ANSWERS_MAX and repeated_chars <= _REPEATED_CHARS_MAX)
            yield _turn(call, turn, asked if is_kept else None, of_call)
        else:
            asked, answers = turn, 0


def _summary(call: Call) -> Memory:
    at_s = call.order[0]
    day = day_of(at_s, call.timezone)
    return Memory(
        id=memory_id(call.caller, "summary", call.conversation_id, "summary"),
        caller=call.caller,
        kind="summary",
        key="summary",
        sector="episodic",
        salience=_SUMMARY_SALIENCE,
        text=f"{day}: {call.summary}" if day else call.summary,
        conversation_id=call.conversation_id,
        agent_id=call.agent_id,
        told_to=call.audience,
        occurred_at_s=at_s,
        source=Source(words=call.summary),
        redacted=call.summary_redacted,
        language=call.language,
        timezone=call.timezone,
    )


def _turn(call: Call, turn: Turn, asked: Turn | None, of_call: str) -> Memory:
    key, at_s = str(turn.index), call.order[0]
    redacted = turn.redacted if asked is None or not asked.redacted else (*turn.redacted, *asked.redacted)
    return Memory(
        id=memory_id(call.caller, "turn", call.conversation_id, key),
        caller=call.caller,
        kind="turn",
        key=key,
        sector="episodic",
        salience=_TURN_SALIENCE,
        text=turn.text,
        conversation_id=call.conversation_id,
        agent_id=call.agent_id,
        told_to=of_call if turn.told_to is None else turn.told_to,
        occurred_at_s=at_s + turn.second if at_s else 0,
        source=Source(
            turn=turn.index,
            second=turn.second,
            words=turn.text,
            asked=asked.text[-_ASKED_CHARS_MAX:] if asked else "",
        ),
        redacted=tuple(sorted({*redacted})) if redacted else (),
        language=call.language,
        timezone=call.timezone,
    )
