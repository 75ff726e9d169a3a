"""
Sentences for the agent about a caller. They can be spoken.

All of them come from what callers said, and an LLM will read them. So they are capped, without control characters and
template braces, and they are quotes and facts, never instructions.
"""

import itertools
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from ingress.wording.spoken_name import spoken_name
from ingress.wording.told_facts import (
    Outdated,
    fact_of,
    fact_words,
    former_words,
    outdated,
    told_facts,
    value_words,
    without_former_values,
)
from projector.domain.audience import may_hear
from projector.domain.memories import VITAL_WEIGHT, CallerView, Fact, Memory, PastCall, spoken_date

SUMMARY_CHARS_MAX = 300
CANNOT_LOOK = "Earlier calls cannot be looked up right now."
_TITLE_CHARS_MAX = 80
_FACT_CHARS_MAX = 150
# Less of a sentence says nothing.
_SHORTENED_CHARS_MIN = 40
_QUOTE_CHARS_MAX = 200
_HISTORY_CALLS_MAX = 3
# Longer text is cut before it is cleaned: a sentence has at most a few hundred characters.
_READ_CHARS_MAX = 5000
# These join the parts of an emoji, and of Persian and Indic words. Every other invisible format character is removed.
_JOINERS = "\u200c\u200d"
_TEMPLATE_BRACES = re.compile(r"\{\{+|\}\}+")
_SENTENCE_END = re.compile(r"[.!?…](?=\s|$)")


def clean(text: str, chars_max: int) -> str:
    """Return a text that is safe to give to an LLM and to speak: one line, no control characters, capped."""
    text = "".join(char if _is_speakable(char) else " " for char in text[:_READ_CHARS_MAX])
    while _TEMPLATE_BRACES.search(text):  # repeated: a removal may bring two braces together, as in "{}}{"
        text = _TEMPLATE_BRACES.sub("", text)
    return shorten(" ".join(text.split()), chars_max)


def _is_speakable(char: str) -> bool:
    # Not speakable: control, format (also marks of text direction), surrogate, private, line and paragraph separators.
    return char in _JOINERS or unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


def shorten(text: str, chars_max: int) -> str:
    """Return a text of at most `chars_max` characters, cut after a sentence if that leaves at least half of them."""
    if len(text) <= chars_max:
        return text
    cut = text[:chars_max]
    ends = [match.end() for match in _SENTENCE_END.finditer(cut)]
    if ends and ends[-1] >= chars_max // 2:
        return cut[: ends[-1]]
    cut = cut[: chars_max - 1]
    return (cut.rpartition(" ")[0].rstrip(" ,;:-") or cut) + "…"


def profile_summary(view: CallerView, agent_id: str | None, *, asks_before: bool = False) -> str:
    """
    Return sentences on who a caller is, as far as this agent may say; empty if nothing is known.

    The heaviest facts are told if anything is, an allergy before how often the caller has spoken with us.

    Args:
        asks_before: whether to say as well what the facts were before.
    """
    facts = [fact for fact in told_facts(view, agent_id) if not _is_name(fact, view)]
    if not view.is_returning and not facts:
        return ""
    vital = [_fact_sentence(fact) for fact in facts if fact.weight >= VITAL_WEIGHT]
    sentences = [_visits(view)]
    for fact in facts:
        sentences.append(_fact_sentence(fact))
        if asks_before and fact.before:
            sentences.append(_sentence(former_words(fact, fact.before[-1]), _FACT_CHARS_MAX))
    return _fitting(sentences, vital)


def _is_name(fact: Fact, view: CallerView) -> bool:
    return fact.value in view.name.split() or fact.value == view.name


def _visits(view: CallerView) -> str:
    if not view.is_returning:
        return ""
    name = spoken_name(view.name) or "This caller"
    last = spoken_date(view.last_call_at_s)
    return f"{name} has spoken with us {_times(view.call_count)}" + (f", last on {last}." if last else ".")


def last_call_summary(view: CallerView, agent_id: str | None, *, asks_before: bool = False) -> str:
    """
    Return what the last call was about, as far as this agent may say; empty if there was none.

    Args:
        asks_before: whether to say as well what is no longer so.
    """
    calls = _told_to(view.past_calls, agent_id)
    if not calls:
        return ""
    date = spoken_date(calls[-1].occurred_at_s)
    words = calls[-1].summary or calls[-1].title
    if not asks_before:
        words = without_former_values(words, calls[-1].occurred_at_s, told_facts(view, agent_id))
    return _sentence(f"On {date}: {words}" if date else words, SUMMARY_CHARS_MAX)


def caller_history(view: CallerView, agent_id: str | None) -> str:
    """Return what the earlier calls were about, newest first, as far as this agent may say."""
    facts = told_facts(view, agent_id)
    topics = [
        clean(without_former_values(call.title or call.summary, call.occurred_at_s, facts), _TITLE_CHARS_MAX).rstrip(
            "."
        )
        + (f" ({date})" if (date := spoken_date(call.occurred_at_s)) else "")
        for call in _told_to(view.past_calls, agent_id)[: -_HISTORY_CALLS_MAX - 1 : -1]
    ]
    return shorten(f"Previous calls: {'; '.join(topics)}.", SUMMARY_CHARS_MAX) if topics else ""


def caller_preferences(view: CallerView, agent_id: str | None) -> str:
    """Return sentences on what the caller prefers, as far as this agent may say."""
    facts = [fact for fact in told_facts(view, agent_id) if fact.is_preference]
    return _joined(map(_fact_sentence, facts))


def found_summary(memories: Sequence[Memory], facts: Sequence[Fact] = (), *, asks_before: bool = False) -> str:
    """
    Return one or two sentences on the best memories that were found.

    In place of what is no longer so is told what is so now.

    Args:
        facts: those that the agent may hear.
        asks_before: whether the question asks what was before: then both are told.
    """
    sentences = (words for memory in memories for words in _found_sentences(memory, facts, asks_before=asks_before))
    best = list(itertools.islice(dict.fromkeys(sentences), 2))
    return _joined(best) if best else "Nothing about that is known from earlier calls."


def memory_words(memory: Memory, facts: Sequence[Fact], chars_max: int) -> str:
    """Return a memory as it is handed to the agent, clean: what is no longer so says until when it was."""
    stale = outdated(memory, facts)
    if stale is None:
        return clean(memory.text, chars_max)
    if memory.kind == "collected":
        return clean(value_words(memory, stale), chars_max)
    note = clean(f"({stale.fact.label}: {stale.words})" if stale.fact else f"({stale.words})", _FACT_CHARS_MAX)
    return f"{clean(memory.text, chars_max - len(note) - 1)} {note}"


def _found_sentences(memory: Memory, facts: Sequence[Fact], *, asks_before: bool) -> Iterator[str]:
    stale = outdated(memory, facts)
    fact = fact_of(memory, facts) if memory.kind == "collected" else None
    if stale is not None and asks_before:
        yield _memory_sentence(memory, stale)
    elif stale is not None:
        if stale.fact:
            yield _sentence(fact_words(stale.fact), _QUOTE_CHARS_MAX)
    elif fact is None:
        yield _memory_sentence(memory, None)
    else:
        # The same may have been said again since.
        if asks_before and fact.before:
            yield _sentence(former_words(fact, fact.before[-1]), _QUOTE_CHARS_MAX)
        yield _sentence(fact_words(fact), _QUOTE_CHARS_MAX)


def _memory_sentence(memory: Memory, stale: Outdated | None) -> str:
    date = spoken_date(memory.occurred_at_s)
    if memory.kind == "collected":
        return _sentence(value_words(memory, stale), _QUOTE_CHARS_MAX)
    if memory.kind == "turn":
        quote = clean(memory.text, _QUOTE_CHARS_MAX).rstrip(".").replace('"', "'")
        end = f" ({stale.words})." if stale else "."
        return f'On {date} the caller said: "{quote}"{end}' if date else f'The caller said: "{quote}"{end}'
    if memory.kind == "summary":
        return _sentence(f"From the call on {date}: {memory.source.words}" if date else memory.text, _QUOTE_CHARS_MAX)
    return _sentence(memory.text, _QUOTE_CHARS_MAX)


def _fact_sentence(fact: Fact) -> str:
    return _sentence(fact_words(fact), SUMMARY_CHARS_MAX if fact.weight >= VITAL_WEIGHT else _FACT_CHARS_MAX)


def _told_to(calls: Sequence[PastCall], agent_id: str | None) -> list[PastCall]:
    return [call for call in calls if may_hear(call.audience, agent_id)]


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def _sentence(text: str, chars_max: int) -> str:
    text = clean(text, chars_max - 1)
    return text if not text or text.endswith((".", "!", "?", "…")) else text + "."


def _fitting(sentences: Sequence[str], vital: Sequence[str]) -> str:
    """
    Join the sentences that fit, in their order.

    Args:
        vital: those that get their room before all others: shortened, each to its share, where they do not all fit.
    """
    chosen: dict[str, str] = {}
    left = SUMMARY_CHARS_MAX
    for number, sentence in enumerate(vital):
        others = vital[number + 1 :]
        room = max(left - sum(len(other) + 1 for other in others), left // (len(others) + 1))
        if room >= _SHORTENED_CHARS_MIN:
            chosen[sentence] = shorten(sentence, room)
            left -= len(chosen[sentence]) + 1
    for sentence in sentences:
        if sentence and sentence not in vital and len(sentence) <= left:
            chosen[sentence] = sentence
            left -= len(sentence) + 1
    return " ".join(chosen[sentence] for sentence in dict.fromkeys(sentences) if sentence in chosen)


def _joined(sentences: Iterable[str]) -> str:
    """Join as many sentences as fit."""
    text = ""
    for sentence in sentences:
        longer = f"{text} {sentence}".strip()
        if len(longer) > SUMMARY_CHARS_MAX:
            return text or shorten(sentence, SUMMARY_CHARS_MAX)
        text = longer
    return text
