"""What is known of a caller, as lines for a person to read before a call."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from events.process.terminal import count_of, one_line
from events.wire.timezone import UTC_NAME
from projector.domain.days import dated_value, spoken_date, spoken_moment
from projector.domain.facts.registry.registry import Registry
from projector.domain.memories import (
    CallerView,
    Memory,
    is_same_value,
    label_of,
)
from projector.read_model.protocol import ReadModel
from projector.read_model.records import MissedCall
from projector.read_side.facts import correction_lines, fact_sections, rejected_lines
from projector.read_side.story.learned import Learned, is_issue, learned_values, whose
from projector.read_side.whole.agent_names import agent_names


def show_caller(read_model: ReadModel, caller: str, registry: Registry | None = None) -> Iterator[str]:
    """
    Yield lines that say what is known of a caller, each fact with its source; no line for a stranger.

    Args:
        registry: by which it is decided what of models' answers counts; our own if not given.
    """
    # What callers said could hold sequences that a terminal obeys.
    yield from (one_line(line, instead="?") for line in _lines(read_model, caller, registry or Registry()))


def _lines(read_model: ReadModel, caller: str, registry: Registry) -> Iterator[str]:
    caller = read_model.remembered_as(caller)
    view = read_model.view(caller)
    keys = read_model.keys_of(caller)
    missed = [call for key in keys for call in read_model.missed_calls(key)]
    corrections = [each for key in keys for each in read_model.corrections(key)]
    if view is None and not missed and not corrections:
        return
    memories = list(read_model.all_memories(caller))
    if view is None:
        yield f"Name not known ({caller})"
        yield "Has not spoken with us yet"
    else:
        yield from _who(view)
    yield from (f"Also known as {key}" for key in keys[1:])
    names = agent_names(read_model, (fact.agent_id for fact in view.facts) if view is not None else ())
    yield from _known(view, memories, names)
    yield from _timeline(view, memories, missed)
    yield from _section("Rejected", rejected_lines(read_model, caller, registry))
    yield from _section("Corrected", correction_lines(corrections))


def _known(view: CallerView | None, memories: list[Memory], names: Mapping[str, str]) -> Iterator[str]:
    sections: dict[str, list[str]] = {title: [] for title in ("Open issues", "Open promises", "Facts", "Preferences")}
    if view is not None:
        for title, line in _collected_facts(view, names):
            sections[title].append(line)
    for title, lines in fact_sections(memories):
        sections.setdefault(title, []).extend(lines)
    for title, lines in sections.items():
        yield from _section(title, lines)
    if view is not None:
        yield from _collected(view, [memory for memory in memories if memory.kind == "collected"])


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    for number, line in enumerate(lines):
        yield from () if number else ("", title)
        yield line


def _collected_facts(view: CallerView, names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    of_id = Counter(fact.id for fact in view.facts)
    for fact in view.facts:
        title = "Preferences" if fact.is_preference else "Open issues" if is_issue(fact) else "Facts"
        of = f", {names.get(fact.agent_id or '', 'no agent')}" if of_id[fact.id] > 1 else ""
        words = dated_value(fact.label, fact.value, fact.occurred_at_s, fact.timezone)
        yield title, f"  {words}  [{fact.conversation_id}{of}]"


def _who(view: CallerView) -> Iterator[str]:
    yield f"{view.name or 'Name not known'} ({view.caller})"
    if len(view.people) > 1:
        taken_for = f"taken for {view.name}" if view.person else "names alternate, so nobody is greeted by name"
        yield f"Several people call: {', '.join(each.name for each in view.people)} ({taken_for})"
    if view.is_returning:
        first = spoken_date(view.first_call_at_s, view.first_call_timezone)
        since = f", since {first}" if first else ""
        language = f", last in {view.language}" if view.language else ""
        yield f"{count_of(view.call_count, 'call')}{since}{language}"
    else:
        yield "Has not spoken with us yet"


def _collected(view: CallerView, memories: list[Memory]) -> Iterator[str]:
    # While names alternate the facts are nobody's, and what nobody in particular told is no fact either.
    others = [memory for memory in memories if memory.is_current and not _is_a_fact(memory, view)]
    yield from _section("Of others who call from this number", (_value_line(view, memory) for memory in others))
    yield from _section("Superseded", _superseded(view, memories))


def _value_line(view: CallerView, memory: Memory) -> str:
    words = dated_value(label_of(memory), memory.source.words, memory.occurred_at_s, memory.timezone)
    return f"  {_name(view, memory)}: {words}  [{memory.conversation_id}]"


def _is_a_fact(memory: Memory, view: CallerView) -> bool:
    return memory.person != 0 and memory.person == view.person


def _superseded(view: CallerView, collected: list[Memory]) -> Iterator[str]:
    """
    Yield a line for each value that is no longer so, oldest first.

    Args:
        collected: the memories of all values, in the order of the calls.
    """
    now = {whose(memory): memory.source.words for memory in collected if memory.is_current}
    # The value that was said next, and the day on which another one was.
    after: dict[tuple[int, str, str | None], tuple[Memory, str]] = {}
    lines: list[str] = []
    for memory in reversed(collected):
        of, value = whose(memory), memory.source.words
        following, until = after.get(of, (memory, ""))
        if not is_same_value(following.source.words, value):
            until = spoken_date(following.occurred_at_s, following.timezone)
        after[of] = memory, until
        # The same, told again, takes the place of nothing.
        if not memory.is_current and not is_same_value(now.get(of, ""), value):
            until_words = f"until {until}" if until else ""
            words = dated_value(label_of(memory), value, memory.occurred_at_s, memory.timezone, until_words)
            who = "" if _is_a_fact(memory, view) else f"{_name(view, memory)}: "
            lines.append(f"  {who}{words}  [{memory.conversation_id}]")
    yield from reversed(lines)


def _timeline(view: CallerView | None, memories: list[Memory], missed: list[MissedCall]) -> Iterator[str]:
    """Yield what happened, oldest first: calls, with what each of them taught, and calls that did not come about."""
    calls: dict[str, list[Memory]] = {}
    for memory in memories:
        if memory.kind in {"summary", "turn"}:
            calls.setdefault(memory.conversation_id, []).append(memory)
    learned = learned_values(memories)
    entries = [(call.event_timestamp_s, [_missed_line(call)]) for call in missed]
    if view is not None:
        for conversation_id, remembered in calls.items():
            at_s = min(memory.occurred_at_s for memory in remembered)
            taught = [each for each in learned if each.memory.conversation_id == conversation_id]
            entries.append((at_s, [*_call_lines(view, conversation_id, at_s, remembered), *_taught_lines(taught)]))
    in_order = sorted(entries, key=lambda entry: entry[0])
    yield from _section("Timeline", (line for _, lines in in_order for line in lines))


def _call_lines(view: CallerView, conversation_id: str, at_s: int, remembered: list[Memory]) -> Iterator[str]:
    who = f"  {_name(view, remembered[0])}" if len(view.people) > 1 else ""
    at = spoken_moment(at_s, remembered[0].timezone) or "time not known"
    yield f"  {at}  {conversation_id}{who}"
    summary = next((memory.source.words for memory in remembered if memory.kind == "summary"), "")
    turns = sum(memory.kind == "turn" for memory in remembered)
    removed = sorted({kind.replace("_", " ") for memory in remembered for kind in memory.redacted})
    without = f", without: {', '.join(removed)}" if removed else ""
    yield f"    {summary or 'no summary'}  ({count_of(turns, 'thing')} said{without})"


def _taught_lines(taught: list[Learned]) -> Iterator[str]:
    new = [f"{each.label}: {each.value}" for each in taught if each.before is None and not each.again]
    if new:
        yield f"    Learned {'; '.join(new)}"
    for each in taught:
        if each.before is not None and not each.again:
            yield f"    Changed {each.label}: {each.value}, before {each.before.source.words}"


def _name(view: CallerView, memory: Memory) -> str:
    return next((each.name for each in view.people if each.number == memory.person), "Somebody")


def _missed_line(call: MissedCall) -> str:
    at = spoken_moment(call.event_timestamp_s, UTC_NAME) or "time not known"
    return f"  {at}  {call.conversation_id}  Not reached: {call.reason}"
