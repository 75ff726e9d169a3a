"""
What is of the time that a question names: of some days, of one call, or of before or after something that happened.

A time is a condition beside the words. It raises what is of it, and hides nothing: a day in a question is as often
that of an appointment as that of a call.
"""

from collections.abc import Callable, Iterable, Sequence

from msgspec import Struct

from ingress.searching.asking import Asking
from ingress.searching.openings import openings_in
from ingress.searching.proofs import without_proofs, without_proven
from ingress.searching.questions.events import Event
from ingress.searching.questions.when import FIRST_CALL, Asked, Span
from ingress.searching.withholding import told_of_time, told_unasked, without_values
from projector.domain.facts.told.values_told import ToldValues
from projector.domain.memories import CallerView, Memory
from projector.engines.protocol import Hit
from projector.read_model.protocol import ReadModel

# Of a time, so many of the newest memories are looked at.
_OF_TIME_MAX = 200
# Of a memory of the time that was asked about, what its score lacks of 1 is raised to this power: what was said then
# comes before a value that was collected at another time, which weighs more by itself.
_LACK_POWER = 3
# So much is added to it before: what is of that time is told before what fits hardly, although nothing else was found
# in it.
_OF_TIME_ADDED = 0.1
# In an answer to a question about a time alone, the summary of a call says the most, and the values that were collected
# in it, such as a reference, the least.
_PLACES = {"summary": 0, "turn": 1, "fact": 1}
_DAY_S = 24 * 60 * 60
# Who tells of the same thing as the best of what was found scores at least this share of it, and this much at all.
_EVENT_SHARE, _EVENT_SCORE_MIN = 0.7, 0.1


class Time(Struct, frozen=True):
    """The time that a question is about; of one call alone, if it names that."""

    span: Span
    conversation_id: str | None = None

    def holds(self, memory: Memory) -> bool:
        """Tell whether a memory is of that time."""
        is_within = self.span.since_s <= memory.occurred_at_s < self.span.until_s
        return is_within and self.conversation_id in {None, memory.call}


def time_of(
    asked: Asked, asking: Asking, read_model: ReadModel, view: CallerView, search: Callable[[str], list[Hit]]
) -> Time | None:
    """
    Return the time that a question is about; None for any, and for one of which nobody can tell when it was.

    Args:
        search: returns what fits some words, best first.
    """
    if asked.event is not None:
        return _of_event(asked.event, search(asked.event.words), asking, read_model, view.caller)
    if asked.call is not None:
        return _of_call(asked.call, asking, read_model, view)
    # Of a month without a year the last one is meant in which there was a call.
    for span in asked.spans:
        if read_model.within(view.caller, span.since_s, span.until_s, agent_id=asking.audience, limit=1):
            return Time(span)
    return Time(asked.spans[0]) if asked.spans else None


def of_time(
    when: Time | None,
    asking: Asking,
    read_model: ReadModel,
    view: CallerView,
    sensitive: Sequence[Memory],
    *,
    asks_reason: bool,
    values: ToldValues,
) -> list[Memory]:
    """
    Return the memories of a time that may be told to whoever asks about it, what says most of it first.

    Who asks why somebody called is told the words with which the calls open, on whatever they are.

    Args:
        asks_reason: whether the question is why somebody called.
        sensitive: all sensitive facts of the caller.
        values: those of what is sensitive, for where nobody is told of it.
    """
    if when is None:
        return []
    span = when.span
    memories = read_model.within(view.caller, span.since_s, span.until_s, agent_id=asking.audience, limit=_OF_TIME_MAX)
    held = [memory for memory in memories if when.holds(memory)]
    openings = openings_in(held, [*held, *sensitive]) if asks_reason else []
    if not asking.tells_sensitive:
        openings = without_values(told_unasked(openings, asking.registry, sensitive), values)
    opening = {memory.id for memory in openings}
    rest = without_proven(without_proofs(held, [], asking.registry), openings, asking.registry)
    others = [memory for memory in rest if memory.id not in opening]
    if asking.tells_sensitive:
        others = told_of_time(others, view, asking.registry, sensitive)
    else:
        others = without_values(told_unasked(others, asking.registry, sensitive), values)
    return _in_order([*openings, *others])


def _in_order(memories: Sequence[Memory]) -> list[Memory]:
    """Return memories of the newest call first, and of each call what says most of it, in the order of its turns."""
    began: dict[str | None, int] = {}
    for memory in memories:
        began[memory.call] = min(memory.occurred_at_s, began.get(memory.call, memory.occurred_at_s))

    def place(memory: Memory) -> tuple[int, int, int]:
        return _PLACES.get(memory.kind, len(_PLACES)), -began[memory.call], memory.source.turn or 0

    return sorted(memories, key=place)


def score_with_time(score: float, memory: Memory, when: Time | None) -> float:
    """Return the score of a memory, raised if it is of the time that is asked about."""
    if when is None or not when.holds(memory):
        return score
    return round(1 - (1 - min(1.0, score + _OF_TIME_ADDED)) ** _LACK_POWER, 4)


def _of_event(event: Event, hits: list[Hit], asking: Asking, read_model: ReadModel, caller: str) -> Time | None:
    """Return the time before or after something was first told of, the call in which it was after it."""
    told = [hit for hit in hits if hit.score >= max(_EVENT_SCORE_MIN, _EVENT_SHARE * hits[0].score)]
    memories = read_model.memories(caller, [hit.memory_id for hit in told]).values()
    said = [memory for memory in _dated(memories) if memory.call is not None]
    if not said:
        return None
    first_s = min(memory.occurred_at_s for memory in said)
    # A moment is that of a turn, and the call began before it.
    calls = {memory.call for memory in said if memory.call is not None and memory.occurred_at_s == first_s}
    of_calls = [memory for call in calls for memory in _dated(read_model.conversation(caller, call))]
    began_s = min(memory.occurred_at_s for memory in [*of_calls, *said])
    return Time(Span(0, began_s) if event.is_before else Span(began_s, asking.at_s + _DAY_S))


def _of_call(number: int, asking: Asking, read_model: ReadModel, view: CallerView) -> Time | None:
    """Return the time of a call that the agent may know of: the first one, or one counted back from the last."""
    if number == FIRST_CALL:
        since_s = view.first_call_at_s
        memories = read_model.within(
            view.caller, since_s, since_s + _DAY_S, agent_id=asking.audience, limit=_OF_TIME_MAX
        )
        first = min(filter(_is_of_one_call, memories), key=lambda memory: memory.occurred_at_s, default=None)
        return _call_of(first) if first is not None else None
    calls: dict[str, Memory] = {}
    for memory in _dated(read_model.recent(view.caller, agent_id=asking.audience, limit=_OF_TIME_MAX)):
        # The newest memory may be what many calls show, or be of the conversation in which this is asked.
        if _is_of_one_call(memory) and memory.conversation_id != asking.question.conversation_id:
            calls.setdefault(memory.conversation_id, memory)
    newest = list(calls.values())
    return _call_of(newest[-number - 1]) if len(newest) >= -number else None


def _is_of_one_call(memory: Memory) -> bool:
    """Tell whether a memory was said in one call, and not in several: a pattern, or a fact."""
    return memory.kind not in {"pattern", "fact"}


def _call_of(memory: Memory) -> Time:
    """Return the time of the call of a memory."""
    at_s = memory.occurred_at_s
    return Time(Span(at_s - _DAY_S, at_s + _DAY_S), memory.conversation_id)


def _dated(memories: Iterable[Memory]) -> list[Memory]:
    return [memory for memory in memories if memory.occurred_at_s > 0]
