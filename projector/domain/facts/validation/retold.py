"""
Decides of what an answer says of a call as a whole: its summary, topics, open issues, sentiment, the next greeting.

These have no quote. So they hold no number, address or name that nobody said in the call, no order, link or markup.
The greeting is said to whoever calls next: it is made of our words, names nobody but whom the caller named, and holds
nothing sensitive. Who greets judges it again, by what is known then.
"""

import re
from collections.abc import Iterable
from functools import cached_property

import msgspec
from msgspec import UNSET, Raw, UnsetType

from projector.domain.calls import Call
from projector.domain.facts.statement import Reason, Rejected, Retold, Statement
from projector.domain.facts.validation.answer import Answer
from projector.domain.facts.validation.evidence.evidence import Evidence
from projector.domain.facts.validation.hostile.faults import fault_of
from projector.domain.greetings.matters import is_delicate, topics_told_by
from projector.domain.greetings.proposal import fault_of_shape, fault_of_words
from projector.domain.greetings.topic_words import Topic
from projector.domain.greetings.vocabulary import language_key
from projector.domain.names.fields import NAME_FIELDS
from projector.domain.names.heard import heard_name

_TEXTS_MAX = 30
_SUMMARY_CHARS_MAX, _ISSUE_CHARS_MAX, _TOPIC_CHARS_MAX = 600, 300, 60
_CLAUSE_END = re.compile(r"[.!?;,\u2026\u3001\u3002\uff01\uff0c\uff1f\u060c\u061f\u0964]")
_SENTIMENTS = frozenset({"positive", "neutral", "negative", "mixed"})


class Retelling:
    """
    Judges what is said of one call as a whole.

    Args:
        statements: those of the same answer that count.
        language: of the call, ISO 639-1.
    """

    def __init__(self, call: Call, statements: Iterable[Statement], language: str) -> None:
        self._all = Evidence(" \u2026 ".join(turn.text for turn in call.turns), "", "", language)
        self._callers = Evidence(" \u2026 ".join(turn.text for turn in call.turns if turn.is_caller), "", "", language)
        self._turns = tuple(turn.text for turn in call.turns)
        self._name = heard_name(call, NAME_FIELDS)
        self._greetings_language = language_key(call.language)
        self._sensitive = [each.value for each in statements if each.sensitive != "none"]
        self._language = language
        self._rejected: list[Rejected] = []

    def of(self, answer: Answer) -> Retold:
        """Return what of an answer counts, and what does not, with the reason."""
        return Retold(
            summary=self._text("summary", answer.summary, _SUMMARY_CHARS_MAX),
            topics=self._texts("topics", answer.topics, _TOPIC_CHARS_MAX),
            open_issues=self._texts("open_issues", answer.open_issues, _ISSUE_CHARS_MAX),
            sentiment=self._sentiment(answer.sentiment),
            next_greeting=self.greeting(answer.next_greeting),
            rejected=tuple(self._rejected),
        )

    def _text(self, field: str, raw: Raw | UnsetType, chars_max: int) -> str:
        text = self._decoded(field, raw)
        return self._judged(field, 0, text, chars_max) if text is not None else ""

    def _texts(self, field: str, raw: Raw | UnsetType, chars_max: int) -> tuple[str, ...]:
        if raw is UNSET or bytes(raw) == b"null":
            return ()
        try:
            items = msgspec.json.decode(raw, type=list[Raw])
        except (msgspec.MsgspecError, RecursionError):
            self._reject(field, 0, "undecodable", "")
            return ()
        kept: list[str] = []
        for number, item in enumerate(items[: _TEXTS_MAX + 1]):
            text = self._decoded(field, item, number)
            if number == _TEXTS_MAX:
                self._reject(field, number, "too_many", text or "")
            elif text is not None and (judged := self._judged(field, number, text, chars_max)):
                kept.append(judged)
        return tuple(dict.fromkeys(kept))

    def _sentiment(self, raw: Raw | UnsetType) -> str:
        text = (self._decoded("sentiment", raw) or "").casefold()
        if text and text not in _SENTIMENTS:
            self._reject("sentiment", 0, "out_of_range", text)
            return ""
        return text

    def greeting(self, raw: Raw | UnsetType) -> str:
        """Return the greeting that is proposed; empty where there is none, or it does not count."""
        text = self._decoded("next_greeting", raw)
        fault = self._greeting_fault(text) if text is not None else None
        if text is not None and fault is not None:
            self._reject("next_greeting", 0, fault, text)
        return text if text is not None and fault is None else ""

    def _greeting_fault(self, text: str) -> Reason | None:
        # What is far too long is looked at no further.
        fault: Reason | None = fault_of_shape(text) or fault_of(text, self._language, is_promise=False)
        if (fault := fault or self._proof_fault(text, self._callers, is_named=False)) is not None:
            return fault
        greeting = Evidence(text, "", "", self._language)
        if any(map(greeting.holds_any, self._sensitive)):
            return "sensitive"
        names = (self._name.whole, self._name.address, self._name.given) if self._name is not None else ()
        return fault_of_words(
            text,
            self._greetings_language,
            names=names,
            is_told=self._is_told,
            is_spoken_of=lambda topic: topic in self._topics,
        )

    @cached_property
    def _topics(self) -> frozenset[Topic]:
        """The topics of which somebody spoke, in a clause without health, money, a complaint or other people."""
        language = self._greetings_language
        clauses = (clause for turn in self._turns for clause in _CLAUSE_END.split(turn))
        harmless = (clause for clause in clauses if not is_delicate(clause, language))
        return frozenset[Topic]().union(*(topics_told_by(text, language) for text in harmless))

    def _is_told(self, word: str) -> bool:
        """Tell whether the caller said a word; of numbers that is asked of the whole greeting."""
        return word.isdecimal() or self._callers.has_word(word)

    def _judged(self, field: str, number: int, text: str, chars_max: int) -> str:
        fault: Reason | None = "too_long" if len(text) > chars_max else None
        fault = fault or fault_of(text, self._language, is_promise=False) or self._proof_fault(text, self._all)
        if fault is None:
            return text
        self._reject(field, number, fault, text)
        return ""

    @staticmethod
    def _proof_fault(text: str, evidence: Evidence, *, is_named: bool = True) -> Reason | None:
        if evidence.addresses_beside(text):
            return "other_address"
        if evidence.numbers_beside(text):
            return "other_number"
        return "other_name" if is_named and evidence.names_beside(text) else None

    def _decoded(self, field: str, raw: Raw | UnsetType, number: int = 0) -> str | None:
        """Return a text; None where there is none."""
        if raw is UNSET:
            return None
        try:
            text = msgspec.json.decode(raw, type=str | None)
        except (msgspec.MsgspecError, RecursionError):
            self._reject(field, number, "undecodable", "")
            return None
        if text is None or not text.strip():
            return None
        return " ".join(text.split()) if text.isprintable() else text.strip()

    def _reject(self, field: str, number: int, reason: Reason, text: str) -> None:
        self._rejected.append(Rejected(number, reason, field, " ".join(text.split())[:80]))
