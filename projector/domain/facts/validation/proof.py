"""Looks for the proof of a statement in its call: who says so, of whom, and with which words."""

from functools import cached_property

from projector.domain.calls import Call, Turn
from projector.domain.days import local_moment
from projector.domain.facts.registry.registry import Attribute
from projector.domain.facts.statement import CALLER, Reason, Statement
from projector.domain.facts.told.stems import content_tokens
from projector.domain.facts.told.tokens import composed
from projector.domain.facts.validation.evidence.answers.taking import considers, takes, takes_back
from projector.domain.facts.validation.evidence.around import Around, around
from projector.domain.facts.validation.evidence.evidence import Evidence
from projector.domain.facts.validation.evidence.quote import Span, clause_around, find_quote, question_after
from projector.domain.facts.validation.people.attributes import OF_HEALTH, OF_ONE_PERSON, OF_SOMEBODY
from projector.domain.facts.validation.people.people_words import TITLES
from projector.domain.facts.validation.people.relations import is_relation_in_signs, names_relation
from projector.domain.facts.validation.people.spoken_of import is_name_of_another, is_of_whom_is_spoken
from projector.domain.facts.validation.people.whose import is_of_another, says_the_callers
from projector.domain.facts.validation.polarity import agrees, denies
from projector.domain.facts.validation.suppositions import is_doubted, is_supposed
from projector.domain.greetings.days_named import day_named, days_meant, words_of_day
from projector.domain.greetings.vocabulary import language_key
from projector.domain.names.fields import NAME_FIELDS
from projector.domain.names.heard import heard_name

# From so many digits on it is the number of another caller, whom a call says nothing about.
_NUMBER_DIGITS_MIN = 6
_OVER = frozenset({"past", "ended"})


class Proof:
    """
    Looks for the proofs of the statements of one call.

    Args:
        call: the call that was read, as it is kept.
        language: of the call, ISO 639-1.
    """

    def __init__(self, call: Call, language: str) -> None:
        self._call, self.language = call, language

    def of(self, statement: Statement, attribute: Attribute, *, is_promise: bool) -> Span | Reason:
        """
        Return the quote of a statement as it stands in its turn; why the statement does not count, where it does not.

        Args:
            attribute: which the statement states.
            is_promise: whether an agent says it.
        """
        turn = next((turn for turn in self._call.turns if turn.index == statement.turn), None)
        if turn is None or turn.is_caller == is_promise:
            return "no_such_turn"
        span = find_quote(statement.quote, turn.text, self.language)
        if span is None:
            return "quote_not_found"
        said = around(statement, self._call.turns, span, is_promise=is_promise, language=self.language)
        if said is None:
            return "no_such_turn"
        labels = f"{attribute.label()} {attribute.label(self.language)}"
        return (
            self._persons_fault(statement, turn, span, said)
            or self._unproven(statement, span, said, labels)
            or self._fault_of_what_is_meant(statement, turn, span, said, is_promise=is_promise)
            or span
        )

    def _persons_fault(self, statement: Statement, turn: Turn, span: Span, said: Around) -> Reason | None:
        language, about = self.language, statement.about
        if about != CALLER:
            is_so = self._is_named(about, turn, said) and not says_the_callers(statement.content, about, language)
            return None if is_so else "other_person"
        clause = clause_around(span, turn.text, self.language)
        is_others = is_of_another(statement.attribute, statement.value, clause, language, self._callers_name)
        if not is_others and statement.attribute in OF_SOMEBODY and statement.status != "ended":
            before = composed(turn.text)[: composed(turn.text).find(clause)]
            is_others = is_of_whom_is_spoken(clause, before, said.answered, language)
        if not is_others and statement.attribute == "name":
            is_others = is_name_of_another(statement.value, clause, language)
        return "other_person" if is_others else None

    def _unproven(self, statement: Statement, span: Span, said: Around, labels: str) -> Reason | None:
        about = "" if statement.about == CALLER else statement.about
        narrow = Evidence(
            span.text, said.answered, f"{about} {self._day_of(statement.value, statement, span, said)}", self.language
        )
        day = self._day_of(statement.content, statement, span, said)
        # Whose dose, age or name another turn tells nobody knows.
        near = "" if statement.attribute in OF_ONE_PERSON else said.near
        wide = Evidence(span.text, f"{near} \u2026 {said.answered}", f"{about} {day}", self.language)
        if narrow.addresses_beside(statement.value) or wide.addresses_beside(statement.content):
            return "other_address"
        if self._holds_other_number(statement, narrow, wide):
            return "other_number"
        names = narrow.names_beside(statement.value, labels=labels)
        # What a sentence needs to be understood by itself may stand anywhere in the call.
        names += [
            name
            for name in (narrow if statement.attribute in OF_ONE_PERSON else self._whole).names_beside(
                statement.content, labels=labels
            )
            if not (narrow.has_word(name.casefold()) or wide.has_word(name.casefold()))
        ]
        if names:
            return "other_name"
        if narrow.has_exchanged_numbers(statement.value):
            return "other_number"
        is_proven = "@" in statement.value or narrow.supports(statement.value)
        return None if is_proven else "unsupported"

    def _day_of(self, text: str, statement: Statement, span: Span, said: Around) -> str:
        """
        Return the words by which a statement's text names the day that was said; empty where it names none, or another.

        `Tomorrow` says the date of the day after the call, and `the 9th` says the month. What is past may have been on
        the last day of a name, and what is not on the next one.
        """
        at = local_moment(self._call.order[0], self._call.timezone)
        if at is None:
            return ""
        language, told_on = language_key(self.language), at.date()
        day = day_named(text, language, told_on)
        if day is None:
            return ""
        is_past = statement.status in _OVER
        meant = (days_meant(each, language, told_on, is_past=is_past) for each in (span.text, said.answered))
        return words_of_day(text, language, day) if day in set().union(*meant) else ""

    def _holds_other_number(self, statement: Statement, narrow: Evidence, wide: Evidence) -> bool:
        if narrow.numbers_beside(statement.value) or wide.numbers_beside(statement.content):
            return True
        # A sentence may add a number to the value's, and not put another in its place.
        content = Evidence(statement.content, "", "", self.language)
        return bool(narrow.numbers_beside(statement.content)) and bool(content.numbers_beside(statement.value))

    def _fault_of_what_is_meant(
        self, statement: Statement, turn: Turn, span: Span, said: Around, *, is_promise: bool
    ) -> Reason | None:
        language = self.language
        if not self._is_bound(statement, span.text):
            return "unsupported"
        clause = clause_around(span, turn.text, self.language)
        is_so = agrees(statement, clause, language, said.answered) and not is_supposed(
            statement.attribute, clause, language
        )
        if not is_so or is_doubted(statement, span, composed(turn.text)):
            return "polarity"
        is_theirs = is_promise or self._is_the_callers(statement, f"{span.text}{question_after(span, turn.text)}", said)
        return None if is_theirs else "unsupported"

    def _is_the_callers(self, statement: Statement, quoted: str, said: Around) -> bool:
        """Tell whether the caller said something of a value, or took what the agent said of it."""
        if Evidence(quoted, "", "", self.language).holds_any(statement.value):
            return True
        # An address is spelled in more than one way: that it was is asked of it as a whole.
        if "@" in statement.value or takes(
            quoted, self.language, said.answered, is_asked=statement.attribute in OF_HEALTH
        ):
            return True
        if statement.attribute == "interest" and considers(quoted, statement.content):
            return True
        is_denied = statement.status == "ended" or denies(statement, self.language)
        return is_denied and takes_back(quoted, self.language, said.answered, is_ended=statement.status == "ended")

    def _is_bound(self, statement: Statement, quoted: str) -> bool:
        """Tell whether the sentence says anything of the value, or of what is quoted: it is what others are told."""
        content = Evidence(statement.content, "", "", self.language)
        return content.holds_any(statement.value) or content.holds_any(quoted)

    def _is_named(self, about: str, turn: Turn, said: Around) -> bool:
        """Tell whether the caller names whom a statement is about, in this call."""
        if sum(map(str.isdigit, about)) >= _NUMBER_DIGITS_MIN or "@" in about:
            return False
        text = f"{self._of_caller} \u2026 {said.answered}"
        language = self.language
        evidence = Evidence(turn.text if turn.is_caller else "", text, "", self.language)
        words = [token.text for token in content_tokens(about, self.language)]
        words = [word for word in words if word not in TITLES] or words
        plain = composed(about).casefold()
        # Where nothing parts the words, a sign of one is no word: a husband stands in `大丈夫`.
        if is_relation_in_signs(plain, language):
            return names_relation(plain, f"{evidence.quoted} \u2026 {text}", language)
        return all(map(evidence.has_word, words))

    @cached_property
    def _of_caller(self) -> str:
        return " \u2026 ".join(turn.text for turn in self._call.turns if turn.is_caller)

    @cached_property
    def _whole(self) -> Evidence:
        return Evidence(" \u2026 ".join(turn.text for turn in self._call.turns), "", "", self.language)

    @cached_property
    def _callers_name(self) -> frozenset[str]:
        name = heard_name(self._call, NAME_FIELDS)
        return frozenset(f"{name.given} {name.family}".casefold().split()) if name is not None else frozenset()
