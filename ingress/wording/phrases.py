"""
Sentences for the agent about a caller. They can be spoken.

All of them come from what callers said, and an LLM will read them. So they are capped, without control characters and
template braces, and they are quotes and facts, never instructions.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence

from projector.domain.days import spoken_date
from projector.domain.memories import CallerView, Memory, PastCall

SUMMARY_CHARS_MAX = 300
CANNOT_LOOK = "Earlier calls cannot be looked up right now."
_TITLE_CHARS_MAX = 80
_FACT_CHARS_MAX = 120
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


def profile_summary(view: CallerView) -> str:
    """Return sentences on who a caller is; empty if nothing is known."""
    if not view.is_returning and not view.facts:
        return ""
    name = clean(view.name, _TITLE_CHARS_MAX) or "This caller"
    sentences = []
    if view.is_returning:
        last = spoken_date(view.last_call_at_s, view.last_call_timezone)
        sentences.append(
            f"{name} has spoken with us {_times(view.call_count)}" + (f", last on {last}." if last else ".")
        )
    sentences += [
        _sentence(f"{fact.label}: {fact.value}", _FACT_CHARS_MAX)
        for fact in view.facts
        if fact.value not in view.name.split() and fact.value != view.name
    ]
    return _joined(sentences)


def last_call_summary(view: CallerView, agent_id: str | None) -> str:
    """Return what the last call was about, as far as this agent may say; empty if there was none."""
    calls = _told_to(view.past_calls, agent_id)
    if not calls:
        return ""
    date = spoken_date(calls[-1].occurred_at_s, calls[-1].timezone)
    words = calls[-1].summary or calls[-1].title
    return _sentence(f"On {date}: {words}" if date else words, SUMMARY_CHARS_MAX)


def caller_history(view: CallerView, agent_id: str | None) -> str:
    """Return what the earlier calls were about, newest first, as far as this agent may say."""
    topics = [
        clean(call.title or call.summary, _TITLE_CHARS_MAX).rstrip(".")
        + (f" ({date})" if (date := spoken_date(call.occurred_at_s, call.timezone)) else "")
        for call in _told_to(view.past_calls, agent_id)[: -_HISTORY_CALLS_MAX - 1 : -1]
    ]
    return shorten(f"Previous calls: {'; '.join(topics)}.", SUMMARY_CHARS_MAX) if topics else ""


def caller_preferences(view: CallerView) -> str:
    """Return sentences on what the caller prefers."""
    return _joined(
        _sentence(f"{fact.label}: {fact.value}", _FACT_CHARS_MAX) for fact in view.facts if fact.is_preference
    )


def found_summary(memories: Sequence[Memory]) -> str:
    """Return one or two sentences on the best memories that were found."""
    if not memories:
        return "Nothing about that is known from earlier calls."
    return _joined(_memory_sentence(memory) for memory in memories[:2])


def _memory_sentence(memory: Memory) -> str:
    date = spoken_date(memory.occurred_at_s, memory.timezone)
    if memory.kind == "turn":
        quote = clean(memory.text, _QUOTE_CHARS_MAX).rstrip(".").replace('"', "'")
        return f'On {date} the caller said: "{quote}".' if date else f'The caller said: "{quote}".'
    if memory.kind == "summary":
        return _sentence(f"From the call on {date}: {memory.source.words}" if date else memory.text, _QUOTE_CHARS_MAX)
    return _sentence(memory.text, _QUOTE_CHARS_MAX)


def _told_to(calls: Sequence[PastCall], agent_id: str | None) -> list[PastCall]:
    return [call for call in calls if agent_id is None or call.agent_id == agent_id]


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def _sentence(text: str, chars_max: int) -> str:
    text = clean(text, chars_max - 1)
    return text if not text or text.endswith((".", "!", "?", "…")) else text + "."


def _joined(sentences: Iterable[str]) -> str:
    """Join as many sentences as fit."""
    text = ""
    for sentence in sentences:
        longer = f"{text} {sentence}".strip()
        if len(longer) > SUMMARY_CHARS_MAX:
            return text or shorten(sentence, SUMMARY_CHARS_MAX)
        text = longer
    return text
