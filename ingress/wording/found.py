"""What was found for a question, as sentences: whose each memory is, when it was said, and until when it was so."""

import itertools
from collections.abc import Iterator, Sequence

from msgspec import UNSET

from ingress.wording.cleaning import clean, joined, sentence
from ingress.wording.told_facts import Outdated, fact_of, fact_words, former_words, outdated, said_on, value_words
from ingress.wording.whose import facts_beside, said_by_another
from projector.domain.days import first_second, spoken_date
from projector.domain.facts.statement import CALLER
from projector.domain.facts.told_facts import OPEN_CATEGORIES, is_planned
from projector.domain.memories import CallerView, Fact, FactDetails, Memory

CANNOT_LOOK = "Earlier calls cannot be looked up right now."
# Said after what was found, where not all could be searched.
CANNOT_LOOK_FURTHER = "Not all earlier calls can be looked up right now."
NOTHING_CERTAIN = "Nothing that was found answers this for certain."
NOBODY_KNOWN = "Nothing is known of this caller from earlier calls."
# Said where somebody may act on the answer, and be hurt.
ASK_THE_CALLER = "Ask the caller."
_NOTE_CHARS_MAX = 150
_NOT_CLOSED = "not closed since"
_QUOTE_CHARS_MAX = 200


def found_summary(
    memories: Sequence[Memory],
    facts: Sequence[Fact] = (),
    view: CallerView | None = None,
    *,
    asks_before: bool = False,
    likely: Sequence[Memory] = (),
    is_safety: bool = False,
    is_degraded: bool = False,
) -> str:
    """
    Return one or two sentences on the best memories that were found.

    In place of what is no longer so is told what is so now. Where nothing is certain it says so, and denies nothing.

    Args:
        memories: those that are certain.
        facts: those that the agent may hear.
        view: says who calls from the caller's number; None for a caller of whom nothing is held.
        asks_before: whether the question asks what was before: then both are told.
        likely: what speaks of what a question of safety asks about, whether it is certain or not.
        is_safety: whether somebody may be hurt by a wrong answer.
        is_degraded: whether not all could be searched.
    """
    best = _best(memories, facts, view, asks_before=asks_before)
    if best:
        return joined([*best, CANNOT_LOOK_FURTHER] if is_degraded else best)
    held = NOBODY_KNOWN if view is None else NOTHING_CERTAIN
    nothing = CANNOT_LOOK if is_degraded else held
    if not is_safety:
        return nothing
    return joined([nothing, ASK_THE_CALLER, *_best(likely, facts, view, asks_before=asks_before)[:1]])


def _best(
    memories: Sequence[Memory], facts: Sequence[Fact], view: CallerView | None, *, asks_before: bool
) -> list[str]:
    sentences = (words for memory in memories for words in _sentences(memory, facts, view, asks_before=asks_before))
    return list(itertools.islice(dict.fromkeys(sentences), 2))


def memory_words(memory: Memory, facts: Sequence[Fact], view: CallerView | None, chars_max: int) -> str:
    """
    Return a memory as it is handed to the agent, clean.

    What another one said begins with who that is. A fact says when it was said, and what is no longer so until when it
    was.
    """
    stale = outdated(memory, facts_beside(memory, view, facts))
    who = said_by_another(memory, view)
    whose = f"Said by {who}: " if who else ""
    whose += _about(memory)
    if memory.fact is not UNSET:
        note = _fact_note(memory, memory.fact, stale)
        return clean(whose + memory.text, chars_max - len(note)) + note
    if stale is None:
        return clean(whose + memory.text, chars_max)
    if memory.kind == "collected":
        return clean(whose + value_words(memory, stale), chars_max)
    note = clean(f"({stale.fact.label}: {stale.words})" if stale.fact else f"({stale.words})", _NOTE_CHARS_MAX)
    return f"{clean(whose + memory.text, chars_max - len(note) - 1)} {note}"


def _about(memory: Memory) -> str:
    """Return of whom a fact is, where that is not the caller, as words before it."""
    is_of_another = memory.fact is not UNSET and memory.fact.about != CALLER
    return f"About {memory.fact.about}: " if is_of_another and memory.fact is not UNSET else ""


def _fact_note(memory: Memory, fact: FactDetails, stale: Outdated | None) -> str:
    """Return when a fact was said and whether that is still so, as words after it; empty where nothing is known."""
    day = said_on(memory)
    notes = [f"{'promised' if fact.category == 'promise' else 'said'} on {day}"] if day else []
    due = spoken_date(first_second(fact.valid_to, memory.timezone), memory.timezone)
    if fact.category == "promise" and due:
        notes += [f"for {due}"]
    if fact.category in OPEN_CATEGORIES:
        # That nobody closed it is all that is known.
        notes += [_closed_note(stale) if stale is not None else _NOT_CLOSED]
    elif stale is not None:
        notes += [stale.words]
    elif is_planned(memory):
        begins = spoken_date(first_second(fact.valid_from, memory.timezone), memory.timezone)
        notes += [f"planned from {begins}" if begins else "planned"]
    return f" ({', '.join(notes)})" if notes else ""


def _closed_note(stale: Outdated) -> str:
    day = spoken_date(stale.until_s, stale.timezone)
    return f"closed on {day}" if day else "closed"


def _is_told_stale(memory: Memory) -> bool:
    """Tell whether a fact that is no longer so is told although nobody asks for it: nothing took its place."""
    return memory.fact is not UNSET and (memory.fact.category in OPEN_CATEGORIES or memory.fact.status == "past")


def _sentences(memory: Memory, facts: Sequence[Fact], view: CallerView | None, *, asks_before: bool) -> Iterator[str]:
    facts, who = facts_beside(memory, view, facts), said_by_another(memory, view)
    stale = outdated(memory, facts)
    fact = fact_of(memory, facts) if memory.kind == "collected" else None
    if stale is not None and (asks_before or _is_told_stale(memory)):
        yield _memory_sentence(memory, stale, who)
    elif stale is not None:
        if stale.fact:
            yield sentence(fact_words(stale.fact), _QUOTE_CHARS_MAX)
    elif fact is None:
        yield _memory_sentence(memory, None, who)
    else:
        # The same may have been said again since.
        if asks_before and fact.before:
            yield sentence(former_words(fact, fact.before[-1]), _QUOTE_CHARS_MAX)
        yield sentence(fact_words(fact), _QUOTE_CHARS_MAX)


def _memory_sentence(memory: Memory, stale: Outdated | None, who: str) -> str:
    """
    Return what is remembered as a sentence.

    Args:
        who: who said it; empty for the caller.
    """
    date = spoken_date(memory.occurred_at_s, memory.timezone)
    if memory.kind == "turn":
        quote = clean(memory.text, _QUOTE_CHARS_MAX).rstrip(".").replace('"', "'")
        said = f'{who or "the caller"} said: "{quote}"' + (f" ({stale.words})." if stale else ".")
        return f"On {date} {said}" if date else said[:1].upper() + said[1:]
    if memory.kind == "summary" and (date or who):
        call = (f"the call with {who}" if who else "the call") + (f" on {date}" if date else "")
        return sentence(f"From {call}: {memory.source.words}", _QUOTE_CHARS_MAX)
    whose = (f"Said by {who}: " if who else "") + _about(memory)
    if memory.kind == "collected":
        return sentence(whose + value_words(memory, stale), _QUOTE_CHARS_MAX)
    note = f" ({stale.words})" if stale is not None else ""
    if memory.fact is not UNSET:
        note = _fact_note(memory, memory.fact, stale)
    words = clean(whose + memory.text, _QUOTE_CHARS_MAX - len(note) - 1)
    return sentence((words.rstrip(".") if note else words) + note, _QUOTE_CHARS_MAX)
