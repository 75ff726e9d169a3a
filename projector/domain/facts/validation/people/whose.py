"""Tells of whom some words speak, and if of anybody: what a daughter has must not become the caller's own."""

import re
from collections.abc import Iterable, Sequence

from projector.domain.facts.registry.registry import OTHER
from projector.domain.facts.told.stems import content_tokens, stem_of
from projector.domain.facts.told.tokens import UNPARTED, Token, composed, tokens_of
from projector.domain.facts.validation.people.attributes import (
    OF_HEALTH,
    OF_ONE_PERSON,
    OF_WHO_IS,
    OF_WHO_WANTS,
    OF_WHOM_IS_SPOKEN,
)
from projector.domain.facts.validation.people.people_words import (
    AFTER_FOR,
    ARTICLES,
    BEFORE_CALLERS,
    BEING,
    CALLERS,
    FIRST_PERSON,
    FOR,
    GREETINGS,
    HAVING,
    INTRODUCING,
    NOBODY,
    ONLY_IN,
    OTHERS,
    POSSESSIVES,
    SIGNS_OF_OTHERS,
    THIRD_PERSON,
    THROUGH,
    TITLES,
    TO_ME,
    WHO,
)
from projector.domain.facts.validation.people.receiving import is_received, is_received_in_signs
from projector.domain.facts.validation.people.relations import is_of_me_in_signs, relations_in_signs, speaks_of_relation
from projector.domain.facts.validation.people.subjects import Subjects
from projector.domain.facts.validation.people.verb_words import (
    AT_WHOM,
    COPULAS,
    GIVEN_BY_ME,
    GIVING,
    LIKE,
    LIVING,
    NAMING_ANOTHER,
    SENDING_TO,
    THIRD_VERBS_OF_PERSONS,
    TO,
    WANTING,
    WITH,
)

_VALUE_CHARS_MIN = 3
_WORDS_BEFORE_NAME = 5
_SENTENCE_END = re.compile(r"[.!?\u2026]")
_UNPARTED = re.compile(f"[{UNPARTED}]")


def says_the_callers(content: str, about: str, language: str) -> bool:
    """
    Tell whether a sentence about somebody else says of the caller what it is to say of them.

    Args:
        about: whom the sentence is about: `son` of `The caller's son can't have nuts`.
    """
    told = tokens_of(content)
    at = next((at for at, token in enumerate(told[:3]) if token.text in CALLERS), None)
    if at is None or any(token.text not in ARTICLES | BEFORE_CALLERS for token in told[:at]):
        return False
    stems = {stem_of(token.text, language) for token in told}
    named = [stem_of(token.text, language) for token in content_tokens(about, language)]
    return not all(stem in stems for stem in named)


def is_of_another(attribute: str, value: str, clause: str, language: str, callers: frozenset[str]) -> bool:
    """
    Tell whether words speak of somebody near to the caller, and not of the caller: `my daughter is allergic to nuts`.

    Only for what one person has. That there is a daughter is the caller's own. Of several persons that are spoken of,
    it is the one who stands nearest before the value.

    Args:
        value: what the words are said to tell of the caller.
        clause: the quote, with the rest of the clauses in which it stands.
        language: of the clause, ISO 639-1.
        callers: the words of the caller's own name, in lower case.
    """
    if attribute not in OF_WHOM_IS_SPOKEN and not attribute.startswith(OTHER):
        return False
    tokens = tokens_of(clause)
    if attribute == "name" and _is_anothers_name(tokens_of(value), tokens):
        return True
    is_personal = attribute in OF_ONE_PERSON or attribute == "occupation"
    # Who works as a driver is not spoken of as somebody's driver.
    told = _without(value, clause, language) if attribute == "occupation" else clause
    if is_personal and speaks_of_relation(told, language):
        return True
    others = [sign for sign in SIGNS_OF_OTHERS if sign in told]
    others += relations_in_signs(told, language) if language != "ko" else []  # there, as of other words with spaces
    if is_personal and others:
        return not is_of_me_in_signs(clause) and not is_received_in_signs(clause, others)
    return _is_spoken_of_another(attribute, tokens_of(value), clause, language, callers)


def _without(value: str, clause: str, language: str) -> str:
    """Return the words of a clause but for those of a value."""
    stems = {stem_of(token.text, language) for token in tokens_of(value)}
    kept = (token.text for token in tokens_of(clause) if stem_of(token.text, language) not in stems)
    return clause.replace(value, " ") if _UNPARTED.search(clause) else " ".join(kept)


def _is_spoken_of_another(
    attribute: str, value: Sequence[Token], clause: str, language: str, callers: frozenset[str]
) -> bool:
    tokens, is_health = tokens_of(clause), attribute in OF_HEALTH
    begin, end = _place_of(value, tokens)
    is_being = is_health or attribute in OF_WHO_IS
    words_of_value = frozenset(token.text for token in value)
    subjects = Subjects(tokens, words_of_value, language, callers, is_health=is_health, is_being=is_being)
    spoken_of = _Persons(tokens, composed(clause), language, callers if is_health else None, subjects)
    if attribute in OF_WHO_WANTS or attribute.startswith(OTHER):
        return spoken_of.wants(begin)
    if is_health and spoken_of.is_for_another(end, len(tokens)):
        return True
    if is_received(tokens, begin, end, language):
        return False
    before = spoken_of.nearest(range(begin - 1, -1, -1))
    if before is not None:
        return before
    # `Szymański. My father was Polish.`: a name is told by its own sentence.
    ends = (at for at in range(end, len(tokens)) if attribute == "name" and _SENTENCE_END.search(tokens[at].gap))
    return spoken_of.nearest(range(end, next(ends, len(tokens)))) or False


class _Persons:
    """
    The persons of whom a clause speaks.

    Args:
        callers: the words of the caller's own name; None where names at the beginning say nothing.
        subjects: those of its verbs.
    """

    def __init__(
        self,
        tokens: Sequence[Token],
        clause: str,
        language: str,
        callers: frozenset[str] | None,
        subjects: Subjects,
    ) -> None:
        self._told = [token.text for token in tokens]
        self._is_capital = [clause[token.begin].isupper() for token in tokens]
        self._starts = [at == 0 or token.begins_clause for at, token in enumerate(tokens)]
        self._wanting = WANTING | COPULAS.get(language, frozenset()) | THIRD_VERBS_OF_PERSONS.get(language, frozenset())
        self._language, self._callers, self._subjects = language, callers, subjects
        self._is_on_living = callers is None and LIVING.is_in(self._told)

    def wants(self, begin: int) -> bool:
        """Tell whether the last verb of wanting or liking before a place is another's: `my wife loves opera`."""
        for at in range(begin - 1, -1, -1):
            whose = self._subjects.is_anothers(at)
            is_anothers = at > 0 and self._told[at] in self._wanting and self._is_another(at - 1)
            if whose is not None or is_anothers:
                return whose is not False
            if self._is_first_person(at):
                return False
        return False

    def nearest(self, places: Iterable[int]) -> bool | None:
        """Return whether the first person at some places is another than the caller; None where there is nobody."""
        is_to_me = False
        for at in places:
            whose = self._subjects.is_anothers(at)
            if whose is not None or self._is_another(at):
                return whose is not False
            if self._is_first_person(at) or self._is_with_me(at):
                return False
            is_to_me = is_to_me or self._told[at] in TO_ME
        return False if is_to_me else None

    def _is_with_me(self, at: int) -> bool:
        if self._told[at] not in TO_ME or at == 0:
            return False
        return self._told[at - 1] in WITH or (self._is_on_living and self._told[at - 1] in AT_WHOM)

    def is_for_another(self, begin: int, end: int) -> bool:
        """Tell whether something is for another person: `I need warfarin for my mother`."""
        marks = AFTER_FOR | TO if not GIVING.isdisjoint(self._told) else AFTER_FOR
        if any(self._told[at] in GIVEN_BY_ME and self._told[at + 1] in OTHERS for at in range(len(self._told) - 1)):
            return True
        return any(
            self._told[at] in marks
            and (self._is_another(at + 1) or any(map(self._is_another, range(at + 2, min(at + 4, end)))))
            for at in range(begin, end - 1)
        ) or any(self._told[at] in AFTER_FOR and self._told[at + 1] in {"her", "them"} for at in range(begin, end - 1))

    def _is_first_person(self, at: int) -> bool:
        is_related = at > 0 and self._told[at - 1] in WHO  # `my son, who I'm calling for, has asthma`
        return self._told[at] in FIRST_PERSON and self._is_of_the_language(at) and not is_related

    def _is_another(self, at: int) -> bool:
        word = self._told[at]
        if not self._is_of_the_language(at):
            return False
        if word in THIRD_PERSON:
            return not (word == "sie" and self._is_capital[at] and not self._starts[at])
        if word in OTHERS:
            return self._is_named_as_another(at)
        return self._callers is not None and self._is_name(at)

    def _is_named_as_another(self, at: int) -> bool:
        before = self._told[max(0, at - 3) : at]
        mark = next((back for back in (1, 2) if len(before) >= back and before[-back] in POSSESSIVES | ARTICLES), 0)
        ahead = self._told[at - mark - 1] if at - mark > 0 else ""
        is_beside = self._callers is None and (ahead in THROUGH | WITH or (self._is_on_living and ahead in AT_WHOM))
        if ahead in LIKE or is_beside:
            return False
        if mark and before[-mark] in POSSESSIVES:
            return True
        if self._callers is None or ahead in BEING or self._told[at + 1 : at + 2] in (["doktor"], ["doctor"]):
            return False
        is_bare = self._starts[at] and at + 1 < len(self._told) and self._told[at + 1] in HAVING
        return bool(mark) or is_bare

    def _is_name(self, at: int) -> bool:
        """Tell whether a capital word is the name of somebody who has something: `Tim is`, `our Emma has`."""
        word = self._told[at].removesuffix("'s")
        if not self._is_capital[at] or word in NOBODY or word in self._callers_words:
            return False
        if self._told[at] in FIRST_PERSON | TO_ME | POSSESSIVES | ARTICLES or len(word) == 1:
            return False
        is_our = at > 0 and self._told[at - 1] in POSSESSIVES
        if is_our and self._language != "de":
            return True
        if not is_our and not self._starts[at]:
            return False
        after = self._told[at + 1 : at + 2]
        surname = at + 2 < len(self._told) and self._is_capital[at + 1] and self._told[at + 2] in HAVING
        has = bool(after) and after[0] in HAVING
        return has or surname or self._told[at].endswith("'s")

    @property
    def _callers_words(self) -> frozenset[str]:
        return self._callers or frozenset()

    def _is_of_the_language(self, at: int) -> bool:
        languages = ONLY_IN.get(self._told[at])
        return languages is None or self._language in languages


def _place_of(value: Sequence[Token], told: Sequence[Token]) -> tuple[int, int]:
    """Return the first token of a value, and the one after it; the end of all where it does not stand there."""
    wanted = [token.text for token in value]
    wanted = [word for word in wanted if len(word) >= _VALUE_CHARS_MIN and word not in HAVING] or wanted
    places = [at for at, token in enumerate(told) if any(map(token.text.startswith, wanted))]
    begin = places[0] if places else len(told)
    return begin, begin + 1 if places else begin


def _is_anothers_name(name: Sequence[Token], told: Sequence[Token]) -> bool:
    """Tell whether a name is that of whom the caller greets, or calls for: `Hello Lisa`, and not `Hello, Lisa here`."""
    first = next((at for at, token in enumerate(told) if name and token.text == name[0].text), 0)
    ahead = [token.text for token in told[max(0, first - _WORDS_BEFORE_NAME) : first]]
    is_called = SENDING_TO.is_in(ahead) and (TO_ME | {"mi", "me"}).isdisjoint(ahead)  # and not `call me Ann`
    if (NAMING_ANOTHER.is_in(ahead) or is_called) and FIRST_PERSON.isdisjoint(ahead):
        return True
    before = [token for token in told[:first] if token.text not in TITLES]
    after = [token.text for token in told[first + len(name) : first + len(name) + 1]]
    begins_clause = told[first].begins_clause and told[first - 1].text not in TITLES  # `Mrs. Hansen`
    if not before or begins_clause or not INTRODUCING.isdisjoint(after):
        return False
    return before[-1].text in GREETINGS or before[-1].text in FOR
