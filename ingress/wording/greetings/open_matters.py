"""
What is open with a caller, and what a greeting may ask about: of a closed list of topics, in nobody's words but ours.

An agent asks about what it heard itself, in the last thirty days, and what nobody has said to be done since. Health,
money, complaints and other people are no topics, nor is what is told only to whoever asks for it.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import islice

from msgspec import UNSET, Struct

from projector.domain.audience import audience_of, may_hear
from projector.domain.days import day_of
from projector.domain.facts.registry.registry import OTHER, Registry
from projector.domain.facts.statement import CALLER
from projector.domain.facts.told.values_told import ToldValues
from projector.domain.greetings.agents_call import AgentsCall
from projector.domain.greetings.days_named import day_named
from projector.domain.greetings.matters import is_delicate, topic_told_by
from projector.domain.greetings.parts import plain_words
from projector.domain.greetings.proposal import Matter
from projector.domain.greetings.topic_words import TOPICS, Topic
from projector.domain.greetings.vocabulary import language_key
from projector.domain.memories import CallerView, Fact, FactDetails, Memory

_DAY_S = 24 * 60 * 60
# The clocks of two machines are not one.
_AGE_S_MAX, _AHEAD_S_MAX = 30 * _DAY_S, _DAY_S
# A greeting asks about one; what a model proposes may be about one of so many.
_MATTERS_MAX = 8
# What these attributes of the registry, and other ids by which they are collected, are about.
_TOPIC_OF: dict[str, Topic] = {
    **dict.fromkeys(("order", "orders", "order_status", "order_date"), "order"),
    **dict.fromkeys(("appointment", "appointments", "booking", "reservation", "visit_date"), "appointment"),
    **dict.fromkeys(("parcel", "package", "delivery", "shipment", "parcel_number", "package_number"), "parcel"),
    **dict.fromkeys(("tracking_number", "delivery_date", "delivery_status", "delivery_time"), "parcel"),
    **dict.fromkeys(("repair", "repairs", "repair_number", "repair_status", "repair_date"), "repair"),
}
# What these are about is told by their words alone.
_TOLD_BY_WORDS = frozenset(
    {"issue", "issues", "open_issue", "open_issues", "promise", "case", "next_step", "follow_up"}
)
_OPEN_CATEGORIES = frozenset({"issue", "promise"})
_CATEGORIES = _OPEN_CATEGORIES | {"factual"}
_NEVER = frozenset({"complaint", "mood", "dislike", "consent"})


class _Told(Struct, frozen=True):
    """Something that was told of a topic, and when: Unix seconds."""

    topic: Topic
    at_s: int
    words: frozenset[str]

    @property
    def numbers(self) -> frozenset[str]:
        """The numbers by which one order is told from another."""
        return frozenset(word for word in self.words if word.isdecimal())

    def closes(self, other: "_Told") -> bool:
        """Tell whether what is said here to be done is what was open before."""
        if self.at_s <= other.at_s:
            return False
        if self.numbers and other.numbers:
            return not self.numbers.isdisjoint(other.numbers)
        # What has arrived was ordered.
        return self.topic == other.topic or (self.topic, other.topic) == ("parcel", "order")


def open_matters(
    view: CallerView,
    facts: Iterable[Memory],
    agent_id: str | None,
    *,
    registry: Registry,
    withheld: ToldValues,
    at_s: int,
) -> list[Matter]:
    """
    Return what a greeting may ask about, the newest first.

    Args:
        facts: what calls taught of the caller, so now or not.
        registry: what is sensitive.
        withheld: the values by which a text would tell what is sensitive.
        at_s: when the caller calls, Unix seconds.
    """
    if agent_id is None or not view.person:
        return []
    own = [
        memory
        for memory in facts
        if memory.fact is not UNSET and memory.agent_id == agent_id and memory.person == view.person
    ]
    done = [*_done(own, at_s)]
    asked = _Asked(view, agent_id, registry, withheld, at_s)
    known: list[Memory | Fact] = [*own, *view.facts]
    known.sort(key=lambda each: -each.occurred_at_s)
    told = filter(None, map(asked.of, known))
    still_open = (each for each in told if not any(other.closes(each) for other in done))
    return [*dict.fromkeys(Matter(each.topic, each.words) for each in islice(still_open, _MATTERS_MAX))]


def proposable(
    view: CallerView, facts: Iterable[Memory], agent_id: str | None, *, registry: Registry, at_s: int
) -> list[Matter]:
    """
    Return the topics that a proposal may name besides those that are known to be open.

    What was spoken of in the agent's newest call is open as far as no fact says more of it; takes what `open_matters`
    takes.
    """
    newest = newest_call(view, agent_id)
    if newest is None or not view.person or not _is_recent(newest.occurred_at_s, at_s):
        return []
    known: set[Topic | None] = set()
    for memory in facts:
        fact = memory.fact
        if fact is not UNSET and memory.agent_id == agent_id and _is_recent(_last_at_s(memory, fact), at_s):
            known.add(_topic_of(fact, memory.text, language_key(memory.language)))
    for collected in view.facts:
        if collected.agent_id == agent_id and _is_recent(collected.occurred_at_s, at_s):
            known.add(_topic_of_collected(collected, registry, language_key(view.language)))
    return [Matter(topic, frozenset()) for topic in TOPICS if topic not in known]


def _done(own: Sequence[Memory], at_s: int) -> Iterator[_Told]:
    """Yield what was said to be done, or over."""
    for memory in own:
        fact = memory.fact
        assert fact is not UNSET
        until_s = _last_at_s(memory, fact)
        is_over = not memory.is_current and fact.status in {"ended", "past"} and fact.about == CALLER
        if not is_over or until_s < at_s - _AGE_S_MAX:
            continue
        topic = _topic_of(fact, memory.text, language_key(memory.language))
        if topic is not None:
            yield _Told(topic, until_s, frozenset(plain_words(fact.value)))


class _Asked:
    """What one agent may ask one caller about, now; takes what `open_matters` takes."""

    def __init__(self, view: CallerView, agent_id: str, registry: Registry, withheld: ToldValues, at_s: int) -> None:
        self._view = view
        self._agent_id = agent_id
        self._registry = registry
        self._withheld = withheld
        self._at_s = at_s
        self._today = day_of(at_s, view.timezone)
        self._newest = newest_call(view, agent_id)

    def of(self, told: Memory | Fact) -> _Told | None:
        """Return what a fact tells of a topic; None where it tells of none, or is not to be asked about."""
        if not _is_recent(told.occurred_at_s, self._at_s) or not may_hear(told.told_to, self._agent_id):
            return None
        return self._of_fact(told) if isinstance(told, Memory) else self._of_collected(told)

    def _of_fact(self, memory: Memory) -> _Told | None:
        fact = memory.fact
        assert fact is not UNSET
        if (
            not memory.is_current
            or fact.about != CALLER
            or fact.sensitive != "none"
            or fact.category not in _CATEGORIES
        ):
            return None
        language = language_key(memory.language)
        text = f"{fact.value} {memory.text}"
        topic = _topic_of(fact, memory.text, language)
        if topic is None or is_delicate(text, language) or self._withheld.is_in(text):
            return None
        day = _day_of_fact(memory, fact, language) if topic == "appointment" else None
        if topic == "appointment" and not self._is_to_come(day, must_be_known=_name_of(fact) in _TOPIC_OF):
            return None
        if all(source.kind == "collected" for source in fact.sources) and topic != "appointment":
            last = fact.sources[-1].conversation_id if fact.sources else ""
            if not self._is_of_newest_call(last):
                return None
        return _Told(topic, memory.occurred_at_s, frozenset(plain_words(f"{fact.value} {fact.valid_from or ''}")))

    def _of_collected(self, fact: Fact) -> _Told | None:
        attribute = self._registry.meant_by(fact.id)
        if attribute.sensitive != "none" or fact.agent_id != self._agent_id:
            return None
        language = language_key(self._view.language)
        topic = _topic_of_collected(fact, self._registry, language)
        if topic is None or is_delicate(fact.value, language) or self._withheld.is_in(fact.value):
            return None
        if topic == "appointment":
            told_on = day_of(fact.occurred_at_s, fact.timezone)
            day = day_named(fact.value, language, told_on) if told_on is not None else None
            if not self._is_to_come(day, must_be_known=attribute.name.removeprefix(OTHER) in _TOPIC_OF):
                return None
        elif not self._is_of_newest_call(fact.conversation_id):
            # An agent collects what is open, and never that it is done: a later call in which it is not, closes it.
            return None
        return _Told(topic, fact.occurred_at_s, frozenset(plain_words(fact.value)))

    def _is_to_come(self, day: date | None, *, must_be_known: bool) -> bool:
        """Tell whether an appointment is today or later, as far as its day is known."""
        if day is None or self._today is None:
            return not must_be_known
        return day >= self._today

    def _is_of_newest_call(self, conversation_id: str) -> bool:
        return self._newest is not None and self._newest.conversation_id == conversation_id


def newest_call(view: CallerView, agent_id: str | None) -> AgentsCall | None:
    """Return the newest call that an agent had with a caller; None where it had none."""
    agent = audience_of([agent_id]) if agent_id else ""
    return next((call for call in view.newest_calls if call.agent == agent), None) if agent else None


def _is_recent(said_at_s: int, at_s: int) -> bool:
    return said_at_s > 0 and -_AHEAD_S_MAX < at_s - said_at_s < _AGE_S_MAX


def _last_at_s(memory: Memory, fact: FactDetails) -> int:
    return fact.until_s or memory.occurred_at_s


def _topic_of_collected(fact: Fact, registry: Registry, language: str) -> Topic | None:
    name = registry.meant_by(fact.id).name.removeprefix(OTHER)
    return _TOPIC_OF.get(name) or (topic_told_by(fact.value, language) if name in _TOLD_BY_WORDS else None)


def _topic_of(fact: FactDetails, content: str, language: str) -> Topic | None:
    name = _name_of(fact)
    if name in _NEVER:
        return None
    if name in _TOPIC_OF:
        return _TOPIC_OF[name]
    if name in _TOLD_BY_WORDS or fact.category in _OPEN_CATEGORIES:
        return topic_told_by(f"{fact.value} {content}", language)
    return None


def _name_of(fact: FactDetails) -> str:
    return fact.attribute.removeprefix(OTHER)


def _day_of_fact(memory: Memory, fact: FactDetails, language: str) -> date | None:
    """Return the day of an appointment: the one that its value names, else the one that the model gave it."""
    told_on = day_of(memory.occurred_at_s, memory.timezone)
    if told_on is None:
        return None
    named = day_named(fact.value, language, told_on)
    given = fact.valid_to or fact.valid_from
    return named or (date.fromisoformat(given) if given else day_named(memory.text, language, told_on))
