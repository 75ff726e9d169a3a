"""
Decides of what an answer says of a call as a whole: its summary, topics, open issues, sentiment, the next greeting.

These have no quote. So they hold no number, address or name that nobody said in the call, no order, link or markup;
and the greeting names nobody but whom the caller named, and nothing sensitive.
"""

import re
from collections.abc import Iterable

import msgspec
from msgspec import UNSET, Raw, UnsetType

from projector.domain.calls import Call
from projector.domain.facts.statement import Reason, Rejected, Retold, Statement
from projector.domain.facts.validation.answer import Answer
from projector.domain.facts.validation.evidence import Evidence
from projector.domain.facts.validation.hostile.faults import fault_of

_TEXTS_MAX = 30
_SUMMARY_CHARS_MAX, _ISSUE_CHARS_MAX, _TOPIC_CHARS_MAX, _GREETING_CHARS_MAX = 600, 300, 60, 160
_SENTIMENTS = frozenset({"positive", "neutral", "negative", "mixed"})
_SENTENCE_ENDS = re.compile(r"[.!?\u2026\u3002\uff01\uff1f]+(?=\s|$)|[\u3002\uff01\uff1f]")
# How the sentences of a greeting begin.
_OPENERS = """
    hi hello hey welcome good nice great how what when where which who why is are was were do does did has have had can
    could would will shall may and so thanks thank glad lovely hallo guten willkommen schön wie was wann wo ist sind
    haben hat hatten können soll darf und danke hola bienvenido bienvenida buenos buenas qué cómo cuándo ha han tiene y
    gracias encantado bonjour bonsoir bienvenue ravi comment avez est-ce êtes et merci ciao buongiorno buonasera
    bentornato bentornata come è avete ha e grazie hoi goedemorgen goedemiddag welkom fijn hoe wat wanneer heeft zijn en
    dag bedankt cześć witaj witamy miło jak co kiedy czy i dziękuję olá oi bom boa bem-vindo bem-vinda como está tem
    obrigado hej välkommen kul hur vad när har är och tack
"""
_QUESTIONS = re.compile(r"[?\uff1f]")


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
            next_greeting=self._greeting(answer.next_greeting),
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

    def _greeting(self, raw: Raw | UnsetType) -> str:
        text = self._decoded("next_greeting", raw)
        fault = self._greeting_fault(text) if text is not None else None
        if text is not None and fault is not None:
            self._reject("next_greeting", 0, fault, text)
        return text if text is not None and fault is None else ""

    def _greeting_fault(self, text: str) -> Reason | None:
        if (fault := fault_of(text, self._language, is_promise=False)) is not None:
            return fault
        sentences, questions = len(_SENTENCE_ENDS.findall(text)), len(_QUESTIONS.findall(text))
        if len(text) > _GREETING_CHARS_MAX or sentences > 2 or questions > 1:
            return "too_long"
        if (fault := self._proof_fault(text, self._callers, openers=_OPENERS)) is not None:
            return fault
        greeting = Evidence(text, "", "", self._language)
        return "sensitive" if any(map(greeting.holds_any, self._sensitive)) else None

    def _judged(self, field: str, number: int, text: str, chars_max: int) -> str:
        fault: Reason | None = "too_long" if len(text) > chars_max else None
        fault = fault or fault_of(text, self._language, is_promise=False) or self._proof_fault(text, self._all)
        if fault is None:
            return text
        self._reject(field, number, fault, text)
        return ""

    @staticmethod
    def _proof_fault(text: str, evidence: Evidence, *, openers: str = "") -> Reason | None:
        if evidence.addresses_beside(text):
            return "other_address"
        if evidence.numbers_beside(text):
            return "other_number"
        return "other_name" if evidence.names_beside(text, labels=openers) else None

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
