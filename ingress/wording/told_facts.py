"""What an agent may be told of the facts about a caller: when each was said, and until when it was so."""

import math
import re
from collections.abc import Iterable, Sequence

from msgspec import UNSET, Struct

from events.wire.timezone import UTC_NAME
from projector.domain.audience import may_hear
from projector.domain.days import dated_value, spoken_date
from projector.domain.facts.told_facts import is_planned
from projector.domain.memories import (
    CallerView,
    Fact,
    FormerValue,
    Memory,
    is_of,
    is_same_value,
    label_of,
)

# A shorter value, such as an age or `yes`, stands in many a sentence that speaks of something else.
# Nobody says what is longer in so many words.
_TELLING_CHARS_MIN, _VALUE_CHARS_MAX = 4, 200
_WORD_CHARS_MIN = 3
_WORD = re.compile(r"[^\W_]+")
# People say `12 Oak` of what is collected as `12 Oak Street, Springfield`.
_SAID_SHARE = 0.5


class Outdated(Struct, frozen=True):
    """
    What is no longer so in a memory: a former value of a fact.

    `fact` is what is so now, None where the agent may not hear it. `until_s` is Unix seconds, 0 if unknown; where it is
    not exact, the value had been replaced by then. `timezone` is the IANA name of the zone in which that was said.
    """

    fact: Fact | None
    until_s: int = 0
    timezone: str = UTC_NAME
    is_exact: bool = True

    @property
    def words(self) -> str:
        """Until when it was so."""
        date = spoken_date(self.until_s, self.timezone)
        if not date:
            return "no longer so"
        return f"until {date}" if self.is_exact else f"no longer so on {date}"


def told_facts(view: CallerView, agent_id: str | None) -> list[Fact]:
    """
    Return the facts that an agent may hear, the heaviest first; all of them for no agent in particular.

    What the agent collected itself counts for it, not what another one did under the same id in a call of both.
    """
    facts = [fact for fact in view.facts if may_hear(fact.told_to, agent_id)]
    own = {fact.id for fact in facts if fact.told_to is not None and fact.agent_id == agent_id}
    return [fact for fact in facts if fact.told_to is None or fact.id not in own or fact.agent_id == agent_id]


def outdated(memory: Memory, facts: Sequence[Fact]) -> Outdated | None:
    """
    Return what is no longer so in a memory; None where nothing is.

    Args:
        facts: those that the agent may hear.
    """
    if memory.kind == "collected":
        return None if memory.is_current else _outdated_value(memory, facts)
    if memory.kind == "pattern":
        return None
    if memory.fact is not UNSET:
        return (
            None
            if memory.is_current or is_planned(memory)
            else Outdated(None, memory.fact.until_s, memory.fact.until_timezone)
        )
    changed = [fact for fact in facts if fact.before]
    text = _plain(memory.source.words or memory.text) if changed else ""
    for fact in changed:
        for former in fact.before:
            if not _was_so(former, memory.occurred_at_s) or not _holds(text, former.value, share=_SAID_SHARE):
                continue
            if _holds(text, fact.value):
                break  # it tells what is so now as well
            return Outdated(fact, former.until_s, former.until_timezone)
    return None


def without_former_values(text: str, said_at_s: int, facts: Sequence[Fact]) -> str:
    """
    Return what was written of a call, with words on until when it was so in place of each former value.

    Args:
        said_at_s: when the call was, Unix seconds; 0 if not known.
        facts: those that the agent may hear.
    """
    for fact in facts:
        for former in fact.before:
            if _was_so(former, said_at_s) and _holds(_plain(text), former.value, share=_SAID_SHARE):
                said = _said(former.value).split(text)
                text = f"({fact.label}, {Outdated(fact, former.until_s, former.until_timezone).words})".join(said)
    return text


def fact_of(memory: Memory, facts: Iterable[Fact]) -> Fact | None:
    """Return the current fact under the id of a collected value; None where the agent may not hear it."""
    return next((fact for fact in facts if is_of(fact, memory)), None)


def said_on(memory: Memory) -> str:
    """Return the day on which a fact was said, `9 November 2025`; empty for one that a person gave, and nobody said."""
    sources = memory.fact.sources if memory.fact is not UNSET else ()
    is_given = bool(sources) and all(source.kind == "operator" for source in sources)
    return "" if is_given else spoken_date(memory.occurred_at_s, memory.timezone)


def fact_words(fact: Fact) -> str:
    """Return a fact with the day on which it was said: `Address, said on 9 November 2025: 99 Elm`."""
    return dated_value(fact.label, fact.value, fact.occurred_at_s, fact.timezone)


def former_words(fact: Fact, former: FormerValue) -> str:
    """Return what a fact was, and until when: `Address, said on 9 November 2025, until 3 May 2026: 12 Oak`."""
    until = Outdated(fact, former.until_s, former.until_timezone).words
    return dated_value(fact.label, former.value, former.occurred_at_s, former.timezone, until)


def value_words(memory: Memory, until: Outdated | None = None) -> str:
    """Return the memory of a collected value in the words of `fact_words` and `former_words`."""
    return dated_value(
        label_of(memory), memory.source.words, memory.occurred_at_s, memory.timezone, until.words if until else ""
    )


def _outdated_value(memory: Memory, facts: Sequence[Fact]) -> Outdated | None:
    fact = fact_of(memory, facts)
    if fact is None:
        return Outdated(None)
    # Told again, and so still; or more exactly in the same call.
    if is_same_value(fact.value, memory.source.words) or fact.conversation_id == memory.conversation_id:
        return None
    for former in fact.before:
        if _was_so(former, memory.occurred_at_s) and is_same_value(former.value, memory.source.words):
            return Outdated(fact, former.until_s, former.until_timezone)
    # Of many former values only the last few are kept: before them it was another one, at the latest.
    first = fact.before[0] if fact.before else fact
    return Outdated(fact, first.occurred_at_s, first.timezone, is_exact=False)


def _was_so(former: FormerValue, at_s: int) -> bool:
    return not former.until_s or at_s < former.until_s or at_s <= former.occurred_at_s


def _holds(text: str, value: str, *, share: float = 1.0) -> bool:
    """Tell whether a text says a value, or at least the first share of its words, and two of them."""
    if len(value) > _VALUE_CHARS_MAX:
        return False
    words = _plain(value).split()
    said = " ".join(words[: _least(words, share)])
    return len(said.replace(" ", "")) >= _TELLING_CHARS_MIN and f" {said} " in text


def _said(value: str) -> re.Pattern[str]:
    """Return an expression for a value in a text, or for as much of it as `_holds` asks for at least."""
    words = list(map(re.escape, _plain(value).split()))
    least = _least(words, _SAID_SHARE)
    between = r"[\W_]+"
    more = "".join(f"(?:{between}{word}" for word in words[least:]) + ")?" * len(words[least:])
    return re.compile(rf"(?<![^\W_]){between.join(words[:least])}{more}(?![^\W_])", re.IGNORECASE)


def _least(words: Sequence[str], share: float) -> int:
    """Return how many of a value's words tell it at least; they do not end in a little one, as in `Monday at`."""
    least = max(2, math.ceil(len(words) * share))
    while least < len(words) and len(words[least - 1]) < _WORD_CHARS_MIN and not words[least - 1].isdigit():
        least += 1
    return least


def _plain(text: str) -> str:
    return f" {' '.join(_WORD.findall(text.lower()))} "
