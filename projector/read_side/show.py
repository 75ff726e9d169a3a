"""What is known of a caller, as lines for a person to read before a call."""

from collections.abc import Iterator

from events.process.terminal import count_of, one_line
from projector.domain.days import spoken_date
from projector.domain.memories import CallerView, Memory, iso_moment
from projector.read_model.protocol import ReadModel
from projector.read_model.records import MissedCall


def show_caller(read_model: ReadModel, caller: str) -> Iterator[str]:
    """Yield lines that say what is known of a caller, each fact with its source; no line for a stranger."""
    # What callers said could hold sequences that a terminal obeys.
    yield from (one_line(line, instead="?") for line in _lines(read_model, caller))


def _lines(read_model: ReadModel, caller: str) -> Iterator[str]:
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
        first = spoken_date(view.first_call_at_s, view.first_call_timezone)
        since = f", since {first}" if first else ""
        language = f", last in {view.language}" if view.language else ""
        yield f"{count_of(view.call_count, 'call')}{since}{language}"
    else:
        yield "Has not spoken with us yet"
    if view.facts:
        yield ""
        yield "Facts"
        for fact in view.facts:
            date = spoken_date(fact.occurred_at_s, fact.timezone)
            yield f"  {fact.label}: {fact.value}  [{fact.conversation_id}{', ' + date if date else ''}]"
    collected = [memory for memory in memories if memory.kind == "collected"]
    current = {memory.text for memory in collected if memory.is_current}
    # The same, told again, takes the place of nothing.
    history = [memory for memory in collected if not memory.is_current and memory.text not in current]
    if history:
        yield ""
        yield "Superseded"
        for memory in history:
            yield f"  {memory.text}  [{memory.conversation_id}]"
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


def _missed_line(call: MissedCall) -> str:
    return (
        f"Not reached  {iso_moment(call.event_timestamp_s) or 'time not known'}  {call.reason}  {call.conversation_id}"
    )
