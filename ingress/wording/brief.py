"""
The brief: who a caller is and what is known, for the prompt of an agent that never searches.

Most important first, in whole sentences, as many as fit. What is sensitive is left out: it is told only to whoever asks
for it.
"""

from collections.abc import Iterable, Iterator, Sequence

from msgspec import UNSET

from ingress.wording.cleaning import SUMMARY_CHARS_MAX, clean, sentence
from ingress.wording.spoken_name import spoken_name
from ingress.wording.told_facts import fact_words, said_on, told_facts, without_former_values
from ingress.wording.whose import are_several, of_another, own_calls
from projector.domain.audience import may_hear
from projector.domain.days import spoken_date
from projector.domain.facts.registry.registry import Registry
from projector.domain.facts.sensitive import sensitive_values
from projector.domain.facts.statement import CALLER
from projector.domain.facts.told.values_told import ToldValues
from projector.domain.facts.told_facts import OPEN_CATEGORIES
from projector.domain.memories import CallerView, FactDetails, Memory, is_corrected_alone, is_same_value
from projector.domain.reading.ids import squeezed

BRIEF_CHARS_MAX = 2500
_SENTENCE_CHARS_MAX, _LABEL_CHARS_MAX = 300, 60
_CALLS_MAX = 10
# More than fit into the longest brief; whether a fact would tell what is sensitive takes a while to see.
_FACTS_MAX = 400
# However much is known, the last calls have their place.
_CALLS_SHARE = 0.3
# The caller's, or that of somebody else: the first is told already, and the second to nobody who does not ask.
_PATIENT_NAME = "patientname"
_REGISTRY = Registry()


def caller_brief(
    view: CallerView | None,
    facts: Sequence[Memory],
    agent_id: str | None,
    *,
    registry: Registry | None = None,
    withheld: ToldValues | None = None,
    chars_max: int = BRIEF_CHARS_MAX,
) -> str:
    """
    Return what an agent may be told of a caller in a few sentences; empty for a stranger.

    Args:
        facts: what calls taught of the caller: what may be told, and all that is sensitive, so now or not.
        registry: what can be known of a caller, and is sensitive.
        withheld: by what is told what must not be; that of the facts and the view if it is None.
        chars_max: how long it may be at most.
    """
    if view is None:
        return ""
    registry = registry or _REGISTRY
    withheld = withheld or sensitive_values(view, facts, registry)
    told, summaries = [*_sentences(view, facts, agent_id, registry, withheld)], [*_calls(view, agent_id, withheld)]
    calls = _fitting(summaries, int(chars_max * _CALLS_SHARE))
    known = _fitting(told, chars_max - len(calls) - 1)
    calls = _fitting(summaries, chars_max - len(known) - 1)  # of the room that the facts left
    return f"{known} {calls}".strip()


def open_issues(
    view: CallerView | None,
    facts: Sequence[Memory],
    agent_id: str | None,
    *,
    registry: Registry | None = None,
    withheld: ToldValues | None = None,
) -> str:
    """
    Return what is still open with a caller, issues and promises, as far as this agent may say; else empty.

    Takes what `caller_brief` takes.
    """
    if view is None:
        return ""
    withheld = withheld or sensitive_values(view, facts, registry or _REGISTRY)
    return _fitting(_open_sentences(_told(view, facts, agent_id, withheld)), SUMMARY_CHARS_MAX)


def _sentences(
    view: CallerView, facts: Sequence[Memory], agent_id: str | None, registry: Registry, withheld: ToldValues
) -> Iterator[str]:
    told = _told(view, facts, agent_id, withheld)
    yield _who(view)
    yield from _open_sentences(told)
    values = [fact.value for _, fact in told]
    proofs = {
        (source.conversation_id, fact.attribute, source.value)
        for _, fact in told
        for source in fact.sources
        if source.kind == "collected"
    }
    for memory, fact in told:
        if fact.category not in OPEN_CATEGORIES:
            yield _fact_sentence(memory, fact)
    for collected in told_facts(view, agent_id):
        attribute = registry.meant_by(collected.id)
        is_name = attribute.name == "name" or squeezed(collected.id) == _PATIENT_NAME
        if (view.name and is_name) or (collected.conversation_id, attribute.name, collected.value) in proofs:
            continue
        is_sensitive = attribute.sensitive != "none"
        if (
            not is_sensitive
            and not withheld.is_in(collected.value)
            and not any(is_same_value(collected.value, value) for value in values)
        ):
            yield sentence(fact_words(collected), _SENTENCE_CHARS_MAX)


def _told(
    view: CallerView, facts: Sequence[Memory], agent_id: str | None, withheld: ToldValues
) -> list[tuple[Memory, FactDetails]]:
    """Return the facts that an agent may be told without being asked, the most important first."""
    may_be_told = [
        (memory, memory.fact)
        for memory in facts
        if memory.fact is not UNSET
        and memory.is_current
        and memory.fact.sensitive == "none"
        and may_hear(memory.told_to, agent_id)
        # While names alternate nobody knows who is calling, and of whom a call spoke.
        and memory.person == view.person != 0
        and not (memory.fact.attribute == "name" and memory.fact.about == CALLER and view.name)
    ]
    may_be_told.sort(key=lambda each: (-each[0].salience, -each[0].occurred_at_s, each[0].id))
    told = [each for each in may_be_told[:_FACTS_MAX] if not withheld.is_in(each[0].text)]
    heard = {
        (fact.attribute, source.value)
        for memory, fact in told
        for source in fact.sources
        if source.kind == "operator" and not is_corrected_alone(memory)
    }
    told = [each for each in told if not (is_corrected_alone(each[0]) and (each[1].attribute, each[1].value) in heard)]
    told.sort(key=lambda each: (each[1].about != CALLER, -each[0].salience, -each[0].occurred_at_s, each[0].id))
    return told


def _who(view: CallerView) -> str:
    name = spoken_name(view.name)
    if not view.is_returning:
        return f"The caller is {name}." if name else ""
    since = spoken_date(view.first_call_at_s, view.first_call_timezone)
    last = spoken_date(view.last_call_at_s, view.last_call_timezone)
    times = {1: "once", 2: "twice"}.get(view.call_count, f"{view.call_count} times")
    when = [*([f"first on {since}"] if since else []), *([f"last on {last}"] if last and last != since else [])]
    who = name if name and not are_several(view) else "This caller" if not are_several(view) else "Several people here"
    has = "have" if are_several(view) else "has"
    return f"{who} {has} spoken with us {times}{', ' + ', '.join(when) if when else ''}."


def _open_sentences(told: Iterable[tuple[Memory, FactDetails]]) -> Iterator[str]:
    for memory, fact in told:
        if fact.category in OPEN_CATEGORIES:
            what = "Open issue" if fact.category == "issue" else "Promised by us"
            yield _dated(what, memory)


def _fact_sentence(memory: Memory, fact: FactDetails) -> str:
    return _dated("" if fact.about == CALLER else f"About {fact.about}", memory)


def _dated(label: str, memory: Memory) -> str:
    day = said_on(memory)
    before = f"{clean(label, _LABEL_CHARS_MAX)}: " if label else ""
    after = f" (said on {day})" if day else ""
    # One character is for the full stop.
    words = clean(memory.text, _SENTENCE_CHARS_MAX - len(before) - len(after) - 1).rstrip(".")
    return sentence(before + words + after, _SENTENCE_CHARS_MAX)


def _calls(view: CallerView, agent_id: str | None, withheld: ToldValues) -> Iterator[str]:
    facts = told_facts(view, agent_id)
    calls = [call for call in own_calls(view) if may_hear(call.audience, agent_id)]
    for call in calls[: -_CALLS_MAX - 1 : -1]:
        summary = withheld.without(call.summary) or withheld.without(call.title)
        words = without_former_values(summary, call.occurred_at_s, facts)
        if not words:
            continue
        who = of_another(call, view)
        day = spoken_date(call.occurred_at_s, call.timezone)
        yield sentence(
            f"Call{f' with {who}' if who else ''}{f' on {day}' if day else ''}: {words}", _SENTENCE_CHARS_MAX
        )


def _fitting(sentences: Iterable[str], chars_max: int) -> str:
    """Join the sentences that fit, in their order."""
    text = ""
    for each in dict.fromkeys(sentences):
        longer = f"{text} {each}".strip()
        if each and len(longer) <= chars_max:
            text = longer
    return text
