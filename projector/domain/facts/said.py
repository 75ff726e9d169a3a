"""What was said of a caller, statement by statement, with its place in the order of all calls."""

import re

from msgspec import Struct

from events.wire.timezone import UTC_NAME
from projector.domain.audience import audience_of_one
from projector.domain.calls import Call
from projector.domain.days import first_second, last_second
from projector.domain.facts.registry.registry import OTHER, Attribute, Registry
from projector.domain.facts.statement import CALLER, Category, Statement, Status
from projector.domain.facts.told.stems import content_stems
from projector.domain.facts.told.values import normal_value
from projector.domain.facts.validation.polarity import denies, is_negative
from projector.domain.memories import NO_AGENT, Memory

# After every turn: what was collected is known once the call is over.
_AFTER_ALL_TURNS = 1_000_000_000
_DEFAULT_LANGUAGE = "en"
# No attribute holds it, and nobody by whom somebody is called.
GROUP_SEPARATOR = "\u001f"
_COLLECTED_IMPORTANCE = 6
_MAY_BE_NEGATIVE = frozenset(
    {
        *("accessibility", "availability", "complaint", "condition", "dislike", "household", "instruction", "issue"),
        *("mood", "plan", "preference"),
    }
)
# A sentence about these denies what they do, and not that there are any: `The order has not arrived`.
_MAY_BE_DENIED_OF = _MAY_BE_NEGATIVE | {
    "case",
    "consent",
    "contact_preference",
    "order",
    "payment",
    "product",
    "promise",
}
# The words by which something is taken back, in the nine languages.
_WITHDRAWN = re.compile(
    r"\bno longer\b|(?:\bnot|n['\u2019]t|\bcannot)\b[^.!?]{0,60}\bany ?(?:more|longer)\b|"
    r"\bnicht mehr\b|\bkeine?n?\b[^.!?]{0,40}\bmehr\b|\bya no\b|"
    r"\bn[e'\u2019]\s?[^.!?]{0,40}\bplus\b|\bnon\b[^.!?]{0,40}\bpiù\b|\bniet meer\b|\bgeen\b[^.!?]{0,40}\bmeer\b|"
    r"\bniet langer\b|\bgeen\b[^.!?]{0,40}\blanger\b|\bnicht länger\b|\bjá não\b|\binte\b[^.!?]{0,40}\bkvar\b|"
    r"\bnie\b[^.!?]{0,40}\bjuż\b|\bjuż\b[^.!?]{0,40}\bnie\b|"
    r"\bnão\b[^.!?]{0,40}\bmais\b|\binte längre\b|\binte\b[^.!?]{0,40}\blängre\b",
    re.IGNORECASE,
)

# `Cannot have nuts` is an allergy; `is not allergic to nuts` is none.
_NOT_ALLERGIC = re.compile(
    r"(?:\b(?:is|am|are) (?:not|no longer)|\b(?:is|are)n['\u2019]t|\bhas no|\bno|\bnon|\bpas|\bnicht|\bkeine|\bniet|"
    r"\bgeen|\bnie|\binte|\bingen|\bnão|\baucune|\bnessuna|\bninguna|\bnenhuma) "
    r"(?!(?:only|just|nur|solo|seulement|alleen|tylko|bara|apenas|só)\b)(?:[^\W\d_]+ ){0,2}"
    r"(?:allerg|al[eé]rg|überempfindlich|uczul|intoler)",
    re.IGNORECASE,
)


class Group(Struct, frozen=True, order=True):
    """
    What values are compared within: one attribute of one person, as far as one audience knows it.

    `person` is the number among those who call from the caller's number. `about` is in lower case. `agent` is the agent
    whose own it is, None for what all agents share.
    """

    person: int
    about: str
    attribute: str
    agent: str | None

    @property
    def key(self) -> str:
        """The group as one text."""
        return GROUP_SEPARATOR.join(
            (str(self.person), self.about, self.attribute, "*" if self.agent is None else f"={self.agent}")
        )

    @classmethod
    def of_key(cls, key: str) -> "Group":
        """Return the group of a key."""
        # What an agent's id holds is nothing to us: it comes last.
        person, about, attribute, whose = key.split(GROUP_SEPARATOR, 3)
        return cls(int(person), about, attribute, None if whose == "*" else whose[1:])


class Said(Struct, frozen=True, kw_only=True):
    """
    One statement, as it stands in the order of all that was said of a caller.

    `at_s` and `conversation_id` are the order of its call, `turn` that within the call. `normal` is the normal form of
    the value, `stems` those of its words. `begins_at_s` is when it is to be so, of what is planned: Unix seconds, 0 if
    not known. `told_to` is the audience of its turn. `memory_id` is that of the collected value's own memory, and
    `field` its data collection id. `is_operators` is whether a person corrected it, which counts above all else.
    `questions` are as in `Statement`.
    """

    person: int
    about: str
    attribute: str
    agent: str | None
    at_s: int
    conversation_id: str
    turn: int
    status: Status
    normal: str
    value: str
    content: str
    told_to: str | None
    category: Category = "factual"
    importance: int = _COLLECTED_IMPORTANCE
    sensitive: str = "none"
    quote: str = ""
    second: int | None = None
    valid_from: str | None = None
    valid_to: str | None = None
    stems: tuple[str, ...] = ()
    begins_at_s: int = 0
    language: str | None = None
    timezone: str = UTC_NAME
    memory_id: str = ""
    field: str = ""
    is_operators: bool = False
    redacted: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()

    @property
    def group(self) -> Group:
        """What its value is compared within."""
        return Group(self.person, self.about.casefold(), self.attribute, self.agent)

    @property
    def order(self) -> tuple[int, str, int, int, str, tuple[str, ...], int, tuple[str, ...]]:
        """Sort key: from what the calls say, never from when, how often or in which order an answer said it."""
        # Of one breath, what ends comes before what begins: `no longer Delta, now Cigna`.
        rank = {"ended": 0, "past": 1}.get(self.status, 2)
        words = (self.value, self.content, self.status, self.category, self.sensitive, self.quote, self.memory_id)
        dates = (self.valid_from or "", self.valid_to or "")
        place = (self.at_s, self.conversation_id, self.turn, rank, self.normal)
        return *place, (*words, *dates), -self.importance, self.questions

    @property
    def call_order(self) -> tuple[int, str]:
        """Sort key of its call, as `Call.order`."""
        return self.at_s, self.conversation_id

    @property
    def spoken(self) -> str:
        """The language of its words, ISO 639-1."""
        return _language(self.language)

    @property
    def is_collected(self) -> bool:
        """Whether an agent collected it, and no model stated it."""
        return bool(self.memory_id)


def stated(statement: Statement, call: Call, person: int, registry: Registry, region: str) -> Said:
    """Return what a statement of a call says; the statement must count (see `validation`)."""
    attribute = registry.sameness(statement.attribute)
    assert attribute is not None, "an unknown attribute does not count"
    turn = next(turn for turn in call.turns if turn.index == statement.turn)
    language = _language(call.language)
    told_to = call.audience if turn.told_to is None else turn.told_to
    status, begins_at_s = _status(statement, attribute.name, call, language)
    return Said(
        person=person,
        about=statement.about,
        attribute=attribute.name,
        agent=_agent(attribute, statement.about, call.agent_id),
        at_s=call.order[0],
        conversation_id=call.conversation_id,
        turn=statement.turn,
        status=status,
        normal=normal_value(statement.value, attribute.name, language, region),
        value=statement.value,
        content=statement.content,
        told_to=told_to,
        category=statement.category,
        importance=statement.importance,
        sensitive=_sensitive(attribute, statement),
        quote=statement.quote,
        second=turn.second,
        valid_from=statement.valid_from,
        valid_to=statement.valid_to,
        stems=tuple(content_stems(statement.value, language)),
        begins_at_s=begins_at_s,
        language=call.language,
        timezone=call.timezone,
        redacted=turn.redacted,
        questions=statement.questions,
    )


def collected(memory: Memory, registry: Registry, region: str) -> Said:
    """Return what a collected value says, of its memory."""
    attribute = registry.meant_by(memory.key)
    language = _language(memory.language)
    return Said(
        person=memory.person,
        about=CALLER,
        attribute=attribute.name,
        agent=_agent(attribute, CALLER, memory.agent_id) if memory.told_to is not None else None,
        at_s=memory.occurred_at_s,
        conversation_id=memory.conversation_id,
        turn=_AFTER_ALL_TURNS,
        status="current",
        normal=normal_value(memory.source.words, attribute.name, language, region),
        value=memory.source.words,
        content=memory.text,
        told_to=memory.told_to,
        sensitive=attribute.sensitive,
        stems=tuple(content_stems(memory.source.words, language)),
        language=memory.language,
        timezone=memory.timezone,
        memory_id=memory.id,
        field=memory.key,
        redacted=memory.redacted,
    )


def corrected(group: Group, value: str, at_s: int, registry: Registry, region: str) -> Said:
    """Return what a person said is so, in place of what a group says."""
    attribute = registry.get(group.attribute)
    assert attribute is not None
    return Said(
        person=group.person,
        about=CALLER,
        attribute=group.attribute,
        agent=group.agent,
        at_s=at_s,
        conversation_id="",
        turn=_AFTER_ALL_TURNS,
        status="current",
        normal=normal_value(value, group.attribute, _DEFAULT_LANGUAGE, region),
        value=value,
        content=f"{attribute.label()}: {value}",
        told_to=None if group.agent is None else audience_of_one(group.agent),
        sensitive=attribute.sensitive,
        stems=tuple(content_stems(value, _DEFAULT_LANGUAGE)),
        is_operators=True,
    )


def _agent(attribute: Attribute, about: str, agent_id: str | None) -> str | None:
    # What is said of others is the agent's own, also where the caller's own would be shared.
    return None if attribute.is_shared and about == CALLER else agent_id or NO_AGENT


def _status(statement: Statement, attribute: str, call: Call, language: str) -> tuple[Status, int]:
    """Return whether a statement is so at its call, by its words and its days; and from when on, if it is planned."""
    if _is_withdrawn(statement, attribute, language):
        return "ended", 0
    at_s = call.order[0]
    begins_at_s = first_second(statement.valid_from, call.timezone)
    # On the day itself it is so still.
    ends_at_s = last_second(statement.valid_to, call.timezone)
    if statement.status == "current" and at_s and ends_at_s and ends_at_s < at_s:
        return "past", 0
    if statement.status in {"current", "planned"} and at_s and begins_at_s:
        return ("planned", begins_at_s) if begins_at_s > at_s else ("current", 0)
    return statement.status, 0


def _is_withdrawn(statement: Statement, attribute: str, language: str) -> bool:
    if statement.status != "current":
        return statement.status == "ended"
    if _WITHDRAWN.search(statement.value) is not None:
        # `May no longer drive` is a condition, `no longer with Delta` is no insurance.
        return attribute not in _MAY_BE_NEGATIVE and not attribute.startswith(OTHER)
    if _WITHDRAWN.search(statement.content) is not None:
        return True
    if attribute == "allergy":
        return _NOT_ALLERGIC.search(statement.content) is not None
    # `Is not with Delta` would else make Delta the insurance.
    may_be_denied = attribute in _MAY_BE_DENIED_OF or attribute.startswith(OTHER)
    return not may_be_denied and not is_negative(statement.value, language) and denies(statement, language)


def _sensitive(attribute: Attribute, statement: Statement) -> str:
    if attribute.sensitive != "none":
        return attribute.sensitive
    if statement.sensitive == "none" and statement.about != CALLER:
        return "third_party"
    return statement.sensitive


def _language(tag: str | None) -> str:
    return re.split(r"[-_]", tag.lower(), maxsplit=1)[0] if tag else _DEFAULT_LANGUAGE
