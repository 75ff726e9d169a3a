"""What calls taught of a caller, and what of it was rejected, as lines for a person to read."""

from collections.abc import Iterable, Iterator, Sequence

import msgspec
from msgspec import UNSET

from events.log.ours.correction import read_correction_body, standing
from events.process.terminal import count_of, one_line
from projector.domain.calls import Call
from projector.domain.days import first_second, spoken_date
from projector.domain.facts.registry.registry import Registry
from projector.domain.facts.statement import CALLER, Rejected, Retold
from projector.domain.facts.told_facts import is_planned
from projector.domain.facts.validation.validate import retold, validated
from projector.domain.memories import FactDetails, FactSource, Memory
from projector.read_model.protocol import ReadModel
from projector.read_model.records import KeptCorrection

# A memory of kind `fact`, and what it says.
FactTold = tuple[Memory, FactDetails]
_calls = msgspec.json.Decoder(Call)
# What is done with once it is settled.
_TO_CLOSE = frozenset({"issue", "promise"})


def fact_sections(memories: Sequence[Memory]) -> Iterator[tuple[str, list[str]]]:
    """Yield titles, each with lines on the facts of a caller."""
    for title, facts in grouped_facts(memories):
        yield title, [*_lines(facts)]


def grouped_facts(memories: Sequence[Memory]) -> list[tuple[str, list[FactTold]]]:
    """Return titles, each with facts of a caller: open issues and promises, all else, and those that closed."""
    facts = facts_in_order(memories)
    is_open = [each for each in facts if each[0].is_current]
    return [
        ("Open issues", [each for each in is_open if each[1].category == "issue"]),
        ("Open promises", [each for each in is_open if each[1].category == "promise"]),
        ("Known from calls", [each for each in facts if each[1].category not in _TO_CLOSE]),
        (
            "Closed issues and promises",
            [each for each in facts if each[1].category in _TO_CLOSE and not each[0].is_current],
        ),
    ]


def facts_in_order(memories: Iterable[Memory]) -> list[FactTold]:
    """Return those memories that are facts: the caller's own first, by attribute, and what was so before what is."""
    return sorted(
        ((memory, memory.fact) for memory in memories if memory.fact is not UNSET),
        key=lambda each: (
            each[1].about != CALLER,
            each[1].about,
            each[1].attribute,
            each[1].first_said_at_s,
            each[0].id,
        ),
    )


def extraction_lines(read_model: ReadModel, conversation_id: str, registry: Registry) -> Iterator[str]:
    """
    Yield lines on what a model said of a call: what counts, and what was rejected, with the reason.

    No line for a call that is not known.
    """
    extracted = read_model.extracted(conversation_id)
    if extracted is None:
        return
    if extracted.extraction is None:
        yield "No model said anything of this call"
        return
    kept = extracted.extraction
    call = _calls.decode(extracted.call.body)
    found = validated(kept.answer, call, registry)
    date = spoken_date(kept.completed_at_s, "UTC") or "a day that is not known"
    yield f"Said on {date}, prompt version {kept.prompt_version}, extraction {kept.sha256[:12]}"
    for statement in found.statements:
        about = "" if statement.about == CALLER else f"{statement.about}: "
        words = f"{about}{statement.attribute} = {statement.value}"
        yield one_line(f'  counts    {words}  "{statement.quote}"  (turn {statement.turn})', instead="?")
    yield from map(_rejected, found.rejected)
    counts = ", ".join(f"{reason} {count}" for reason, count in found.counts().items())
    yield f"{count_of(len(found.statements), 'statement')} of {len(found.statements) + len(found.rejected)} counts" + (
        f"; rejected: {counts}" if counts else ""
    )
    yield from _retold_lines(retold(kept.answer, call, registry))


def rejected_lines(read_model: ReadModel, caller: str, registry: Registry) -> Iterator[str]:
    """Yield a line for each thing that models said of a caller's calls and that does not count, with the reason."""
    keys = read_model.keys_of(caller)
    for conversation_id in dict.fromkeys(id_ for key in keys for id_ in read_model.conversations(key)):
        extracted = read_model.extracted(conversation_id)
        # A version that counts no more may have been this caller's.
        if extracted is None or extracted.extraction is None or extracted.call.caller != caller:
            continue
        found = validated(extracted.extraction.answer, _calls.decode(extracted.call.body), registry)
        for each in found.rejected:
            yield f"  {each.attribute or '-'} = {each.value or '-'}  {each.reason}  [{conversation_id}]"


def correction_lines(kept: Sequence[KeptCorrection]) -> Iterator[str]:
    """Yield lines on what persons corrected of a caller, with the positions by which that can be undone."""
    read = {each.position: read_correction_body(each.body) for each in kept}
    counting = standing(read.items())
    for position, correction in sorted(read.items()):
        match correction.action:
            case "correct":
                whose = f" of person {correction.person}" if correction.person != 1 else ""
                what = f"{correction.attribute} = {correction.value}{whose}"
            case "merge" | "split":
                what = f"with {correction.other}" if correction.other else "from all"
            case "optout":
                what = "of all calls" if correction.is_all else "from then on"
            case "undo":
                what = f"position {correction.undoes}"
            case _:
                what = correction.memory_id
        who = f", by {correction.by}" if correction.by else ""
        why = f", why: {correction.why}" if correction.why else ""
        state = "" if position in counting else "  (undone)"
        yield f"  {position}  {correction.action} {what}  (on {spoken_date(correction.at_s, 'UTC')}{who}{why}){state}"


def _rejected(rejected: Rejected) -> str:
    words = f"{rejected.attribute or '-'} = {rejected.value or '-'}"
    return one_line(f"  rejected  {words}  {rejected.reason}", instead="?")


def _retold_lines(told: Retold) -> Iterator[str]:
    """Yield lines on what is said of the call as a whole: of it a next greeting alone may be told to anybody."""
    said = [("summary", told.summary), *(("topics", each) for each in told.topics)]
    said += [("open_issues", each) for each in told.open_issues]
    said += [("sentiment", told.sentiment), ("next_greeting", told.next_greeting)]
    lines = [one_line(f"  counts    {field} = {text}", instead="?") for field, text in said if text]
    lines += map(_rejected, told.rejected)
    if lines:
        yield "Of the call as a whole"
        yield from lines


def _lines(facts: Sequence[FactTold]) -> Iterator[str]:
    for memory, fact in facts:
        about = "" if fact.about == CALLER else f"{fact.about}, "
        yield f"  {about}{fact.attribute}: {fact.value}  ({when_so(memory, fact)}{sensitive_words(fact)})  {memory.id}"
        for source in fact.sources:
            yield f"      {_source(source)}"


def when_so(memory: Memory, fact: FactDetails) -> str:
    """Return since when a fact is so, until when it was, and in how many calls it was said."""
    since = spoken_date(fact.first_said_at_s, memory.timezone)
    until = spoken_date(fact.until_s, fact.until_timezone)
    when = ", ".join(
        [*([f"said on {since}"] if since else []), *([f"until {until}"] if until else [])]
        + ([] if memory.is_current or until else ["planned" if is_planned(memory) else "no longer so"])
        + ([f"from {_day(fact.valid_from, memory.timezone)}"] if is_planned(memory) and fact.valid_from else [])
    )
    times = f", in {count_of(fact.count, 'call')}" if fact.count > 1 else ""
    return f"{when or 'day not known'}{times}"


def _day(iso_day: str, timezone: str) -> str:
    return spoken_date(first_second(iso_day, timezone), timezone) or iso_day


def sensitive_words(fact: FactDetails) -> str:
    """Return, with a comma before it, that a fact is sensitive, and of what kind; nothing where it is not."""
    return "" if fact.sensitive == "none" else f", sensitive: {fact.sensitive.replace('_', ' ')}"


def _source(source: FactSource) -> str:
    if source.kind == "operator":
        return f"corrected: {source.value}"
    if source.kind == "collected":
        return f"collected: {source.value}  [{source.conversation_id}]"
    return f'"{source.quote}"  [{source.conversation_id}, turn {source.turn}, second {source.second}]'
