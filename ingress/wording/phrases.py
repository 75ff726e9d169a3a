"""
Sentences for the agent about a caller. They can be spoken.

All of them come from what callers said, and an LLM will read them. So they are capped, without control characters and
template braces, and they are quotes and facts, never instructions.
"""

import re
from collections.abc import Sequence

from ingress.wording.cleaning import SUMMARY_CHARS_MAX, clean, joined, sentence, shorten
from ingress.wording.spoken_name import spoken_name
from ingress.wording.told_facts import fact_words, former_words, told_facts, without_former_values
from ingress.wording.whose import are_several, of_another, other_people, own_calls
from projector.domain.audience import may_hear
from projector.domain.days import spoken_date
from projector.domain.memories import VITAL_WEIGHT, CallerView, Fact, PastCall

_TITLE_CHARS_MAX = 80
_FACT_CHARS_MAX = 150
# Less of a sentence says nothing.
_SHORTENED_CHARS_MIN = 40
_HISTORY_CALLS_MAX = 3


def profile_summary(view: CallerView, agent_id: str | None, *, asks_before: bool = False) -> str:
    """
    Return sentences on who a caller is, as far as this agent may say; empty if nothing is known.

    The heaviest facts are told if anything is, an allergy before how often the caller has spoken with us.

    Args:
        asks_before: whether to say as well what the facts were before.
    """
    facts = [fact for fact in told_facts(view, agent_id) if not _is_in_name(fact.value, view.name)]
    if not view.is_returning and not facts:
        return ""
    vital = [_fact_sentence(fact) for fact in facts if fact.weight >= VITAL_WEIGHT]
    sentences = [_visits(view)] if view.is_returning else []
    for fact in facts:
        sentences.append(_fact_sentence(fact))
        if asks_before and fact.before:
            sentences.append(sentence(former_words(fact, fact.before[-1]), _FACT_CHARS_MAX))
    return _fitting(sentences, vital)


def _is_in_name(value: str, name: str) -> bool:
    """Return whether a value says nothing but the name, or a part of it, however it is written."""
    words, said = (set(re.findall(r"[^\W\d_]+", text.casefold())) for text in (name, value))
    return value == name or bool(said and said <= words)


def _visits(view: CallerView) -> str:
    """Return how often the caller has spoken with us, and who that is."""
    last = f", last on {date}" if (date := spoken_date(view.last_call_at_s, view.last_call_timezone)) else ""
    name = spoken_name(view.name) or "This caller"
    if not are_several(view):
        return f"{name} has spoken with us {_times(view.call_count)}{last}."
    others = clean(other_people(view), SUMMARY_CHARS_MAX // 2)
    if view.person:
        # How often is of the number: of whom each call was with, only the last few are known.
        return f"The last caller was {name}. {others} also called from this number: {view.call_count} calls{last}."
    return f"Several people call from this number: {others}. They have spoken with us {_times(view.call_count)}{last}."


def last_call_summary(view: CallerView, agent_id: str | None, *, asks_before: bool = False) -> str:
    """
    Return what the last call was about, as far as this agent may say; empty if there was none.

    Args:
        asks_before: whether to say as well what is no longer so.
    """
    calls = _told_to(own_calls(view), agent_id)
    if not calls or not (calls[-1].summary or calls[-1].title):
        return ""
    date = spoken_date(calls[-1].occurred_at_s, calls[-1].timezone)
    words = calls[-1].summary or calls[-1].title
    if not asks_before:
        words = without_former_values(words, calls[-1].occurred_at_s, told_facts(view, agent_id))
    if who := of_another(calls[-1], view):
        words = f"{who} called. {words}"
    return sentence(f"On {date}: {words}" if date else words, SUMMARY_CHARS_MAX)


def caller_history(view: CallerView, agent_id: str | None) -> str:
    """Return what the earlier calls were about, newest first, as far as this agent may say."""
    facts = told_facts(view, agent_id)
    topics = [
        clean(without_former_values(words, call.occurred_at_s, facts), _TITLE_CHARS_MAX).rstrip(".")
        + _when_and_who(call, view)
        for call in _told_to(own_calls(view), agent_id)[: -_HISTORY_CALLS_MAX - 1 : -1]
        if (words := call.title or call.summary)
    ]
    return shorten(f"Previous calls: {'; '.join(topics)}.", SUMMARY_CHARS_MAX) if topics else ""


def _when_and_who(call: PastCall, view: CallerView) -> str:
    known = [part for part in (of_another(call, view), spoken_date(call.occurred_at_s, call.timezone)) if part]
    return f" ({', '.join(known)})" if known else ""


def caller_preferences(view: CallerView, agent_id: str | None) -> str:
    """Return sentences on what the caller prefers, as far as this agent may say."""
    facts = [fact for fact in told_facts(view, agent_id) if fact.is_preference]
    return joined(map(_fact_sentence, facts))


def _fact_sentence(fact: Fact) -> str:
    return sentence(fact_words(fact), SUMMARY_CHARS_MAX if fact.weight >= VITAL_WEIGHT else _FACT_CHARS_MAX)


def _told_to(calls: Sequence[PastCall], agent_id: str | None) -> list[PastCall]:
    return [call for call in calls if may_hear(call.audience, agent_id)]


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def _fitting(sentences: Sequence[str], vital: Sequence[str]) -> str:
    """
    Join the sentences that fit, in their order.

    Args:
        vital: those that get their room before all others: shortened, each to its share, where they do not all fit.
    """
    chosen: dict[str, str] = {}
    left = SUMMARY_CHARS_MAX
    for number, told in enumerate(vital):
        others = vital[number + 1 :]
        room = max(left - sum(len(other) + 1 for other in others), left // (len(others) + 1))
        if room >= _SHORTENED_CHARS_MIN:
            chosen[told] = shorten(told, room)
            left -= len(chosen[told]) + 1
    for told in sentences:
        if told and told not in vital and len(told) <= left:
            chosen[told] = told
            left -= len(told) + 1
    return " ".join(chosen[told] for told in dict.fromkeys(sentences) if told in chosen)
