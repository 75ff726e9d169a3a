"""What is known of a caller, as lines for a person to read before a call."""

from collections import Counter
from collections.abc import Iterator

from events.process.terminal import count_of, one_line
from projector.domain.memories import (
    CallerView,
    Memory,
    dated_value,
    is_same_value,
    iso_moment,
    label_of,
    spoken_date,
)
from projector.read_model.protocol import ReadModel
from projector.read_model.records import MissedCall


def show_caller(read_model: ReadModel, caller: str) -> Iterator[str]:
    """Yield lines that say what is known of a caller, each fact with its source; no line for a stranger."""
    # What callers said could hold sequences that a terminal obeys.
    yield from (one_line(line, instead="?") for line in _lines(read_model, caller))


def _lines(read_model: ReadModel, caller: str) -> Iterator[str]:
    caller = read_model.remembered_as(caller)
    view = read_model.view(caller)
    missed = read_model.missed_calls(caller)
    if view is None and not missed:
        return
    if view is not None:
        yield from _known(view, list(read_model.all_memories(caller)))
    for call in missed:
        yield _missed_line(call)


def _known(view: CallerView, memories: list[Memory]) -> Iterator[str]:
    yield f"{view.name or 'Name not known'} ({view.caller})"
    if view.is_returning:
        first = spoken_date(view.first_call_at_s)
        since = f", since {first}" if first else ""
        language = f", last in {view.language}" if view.language else ""
        yield f"{count_of(view.call_count, 'call')}{since}{language}"
    else:
        yield "Has not spoken with us yet"
    if view.facts:
        yield ""
        yield "Facts"
        of_id = Counter(fact.id for fact in view.facts)
        for fact in view.facts:
            whose = f", {fact.agent_id or 'no agent'}" if of_id[fact.id] > 1 else ""
            yield f"  {dated_value(fact.label, fact.value, fact.occurred_at_s)}  [{fact.conversation_id}{whose}]"
    superseded = [*_superseded(view, [memory for memory in memories if memory.kind == "collected"])]
    if superseded:
        yield ""
        yield "Superseded"
        yield from superseded
    calls: dict[str, list[Memory]] = {}
    for memory in memories:
        if memory.kind in {"summary", "turn"}:
            calls.setdefault(memory.conversation_id, []).append(memory)
    if calls:
        yield ""
        yield "Calls"
    for conversation_id, remembered in calls.items():
        at = min(memory.occurred_at_s for memory in remembered)
        yield f"  {iso_moment(at) or 'time not known'}  {conversation_id}"
        summary = next((memory.source.words for memory in remembered if memory.kind == "summary"), "")
        turns = sum(memory.kind == "turn" for memory in remembered)
        removed = sorted({kind.replace("_", " ") for memory in remembered for kind in memory.redacted})
        without = f", without: {', '.join(removed)}" if removed else ""
        yield f"    {summary or 'no summary'}  ({count_of(turns, 'thing')} said{without})"


def _superseded(view: CallerView, collected: list[Memory]) -> Iterator[str]:
    """
    Yield a line for each value that is no longer so, oldest first.

    Args:
        collected: the memories of all values, in the order of the calls.
    """
    now = {_whose(fact.id, fact.told_to, fact.agent_id): fact.value for fact in view.facts}
    after: dict[tuple[str, str | None], tuple[Memory, int]] = {}
    lines: list[str] = []
    for memory in reversed(collected):
        of = _whose(memory.key, memory.told_to, memory.agent_id)
        value = memory.source.words
        following, until_s = after.get(of, (memory, 0))
        if not is_same_value(following.source.words, value):
            until_s = following.occurred_at_s
        after[of] = memory, until_s
        # The same, told again, takes the place of nothing.
        if not memory.is_current and not is_same_value(now.get(of, ""), value):
            date = spoken_date(until_s)
            words = dated_value(label_of(memory), value, memory.occurred_at_s, f"until {date}" if date else "")
            lines.append(f"  {words}  [{memory.conversation_id}]")
    yield from reversed(lines)


def _whose(id_: str, told_to: str | None, agent_id: str | None) -> tuple[str, str | None]:
    # Under one id each agent has its own value, but for what is told to all.
    return id_, None if told_to is None else agent_id or ""


def _missed_line(call: MissedCall) -> str:
    return (
        f"Not reached  {iso_moment(call.event_timestamp_s) or 'time not known'}  {call.reason}  {call.conversation_id}"
    )
