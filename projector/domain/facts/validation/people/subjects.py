"""Tells whether a verb has somebody else for its subject: speech to text writes `tim is allergic` without a capital."""

from collections.abc import Sequence

from projector.domain.facts.told.tokens import Token
from projector.domain.facts.validation.people.people_words import (
    ARTICLES,
    CALLERS,
    FIRST_PERSON,
    NOBODY,
    ONLY_IN,
    POSSESSIVES,
    TO_ME,
    WHO,
)
from projector.domain.facts.validation.people.verb_words import (
    ADVERBS,
    ANY_VERBS,
    COPULAS,
    DEMONSTRATIVES,
    JOINING,
    NEEDING,
    OF_SOMEBODY,
    OURS,
    PARTICIPLES,
    PREPOSITIONS,
    THINGS,
    THIRD_VERBS,
    THIRD_VERBS_OF_PERSONS,
    YOUNG,
)

_NONE: frozenset[str] = frozenset()
_NO_PERSONS = NOBODY | THINGS | ADVERBS | JOINING | PREPOSITIONS | ARTICLES
_ELIDED_ARTICLES = frozenset({"l", "un", "dell", "all", "nell", "sull", "dall"})
_CONTRACTIONS = frozenset({"it's", "that's", "there's", "what's", "who's", "here's", "he's", "she's", "let's"})


class Subjects:
    """
    The subjects of the verbs of a clause.

    Args:
        value: the words of what is said of the caller: they are no person.
        is_health: whether it is on somebody's health, where `has` and `can't` tell of a person, too.
        is_being: whether it is what somebody is: `Tim is a plumber`.
    """

    def __init__(
        self,
        tokens: Sequence[Token],
        value: frozenset[str],
        language: str,
        callers: frozenset[str],
        *,
        is_health: bool,
        is_being: bool,
    ) -> None:
        self._told = [token.text for token in tokens]
        self._starts = [at == 0 or token.begins_clause for at, token in enumerate(tokens)]
        self._is_health, self._value, self._callers = is_health, value, callers
        things = THIRD_VERBS.get(language, _NONE) if is_health else _NONE
        self._third = THIRD_VERBS_OF_PERSONS.get(language, _NONE) | things
        self._any = ANY_VERBS.get(language, _NONE) if is_health else _NONE
        self._copulas = COPULAS.get(language, _NONE) if is_being else _NONE
        self._first = frozenset(word for word in FIRST_PERSON if language in ONLY_IN.get(word, (language,)))
        self._demonstratives = DEMONSTRATIVES.get(language, _NONE) if is_health else _NONE
        self._is_english = language == "en"

    def is_anothers(self, at: int) -> bool | None:
        """Return whether the verb at a place is another's; None where it is no verb, or has a thing for its subject."""
        word, after = self._told[at], self._told[at + 1 : at + 3]
        if word.endswith("'s") and self._is_english:
            return True if self._is_persons(at) else None
        if word in self._copulas:
            if any(map(_is_of_somebody, after)) or (self._is_english and after[:1] == ["on"]):
                return self._of_third(at)
            return self._of_bare(at)
        if word in self._third:
            is_past = not PARTICIPLES.isdisjoint(after)
            return None if is_past else self._of_third(at)
        return self._of_bare(at) if word in self._any else None

    def _of_third(self, verb: int) -> bool | None:
        """Return whose a verb of the third person is: who leaves the subject out speaks of another."""
        at = self._subject_of(verb)
        if at is None:
            return True
        word, before = self._told[at], self._told[max(0, at - 2) : at]
        if word in self._first or word in self._callers:
            return False
        if word in YOUNG or word in self._demonstratives:
            return True
        if word in JOINING | WHO | ARTICLES | POSSESSIVES | CALLERS | TO_ME or self._is_thing(word):
            return None
        # A thing works, and a boy has asthma.
        if not self._is_health and not ARTICLES.isdisjoint(before):
            return None
        # `My knee has`, and `our Jack has`.
        is_of_me = not POSSESSIVES.isdisjoint(before) and OURS.isdisjoint(before)
        may_be_thing = not self._is_english or self._told[verb] in NEEDING
        return None if is_of_me and (may_be_thing or not self._is_health) else True

    def _of_bare(self, verb: int) -> bool | None:
        """Return whether a verb of any person has one for its subject that is called by a name alone: `tim can't`."""
        at = self._subject_of(verb)
        if at and self._told[at] in YOUNG and self._told[at - 1] in ARTICLES and self._is_health:
            return True  # `la piccola`
        if at is None or not self._is_person(self._told[at]):
            return None
        before = self._told[at - 1 : at] if not self._starts[at] else []
        if self._told[at].partition("'")[0] in _ELIDED_ARTICLES and "'" in self._told[at]:
            return None  # `l'ascenseur est en panne`
        return None if before and before[0] in ARTICLES | POSSESSIVES | PREPOSITIONS else True

    def _subject_of(self, verb: int) -> int | None:
        """Return the last word of a subject; None where a verb begins its clause."""
        at = verb
        while not self._starts[at]:
            at -= 1
            if self._told[at] in ADVERBS:
                continue
            # `Emma from my class`: whom the words after a preposition are on is not the subject.
            begin = max(0, at - 3)
            marks = [place for place in range(begin, at) if self._told[place] in PREPOSITIONS]
            is_phrase = bool(marks) and marks[-1] > 0 and self._told[marks[-1] + 1] in POSSESSIVES | ARTICLES | TO_ME
            return marks[-1] - 1 if is_phrase else at
        return None

    def _is_persons(self, at: int) -> bool:
        """Tell whether an English word with `'s` says what a person is or has: `Emma's on`, `Tim's asthma`."""
        word, after = self._told[at], self._told[at + 1 : at + 2]
        if word in _CONTRACTIONS or not after or not self._is_person(word.removesuffix("'s")):
            return False
        if not self._is_health:
            return after[0] in THINGS
        # `I'm allergic to Emma's cat`.
        is_of_thing = after[0] in self._value and PREPOSITIONS.isdisjoint(self._told[max(0, at - 2) : at])
        return is_of_thing or after[0] in {"on", "got", "been", "had"} or _is_of_somebody(after[0])

    def _is_thing(self, word: str) -> bool:
        return word in _NO_PERSONS or word in self._value or word.isdigit()

    def _is_person(self, word: str) -> bool:
        known = self._first | TO_ME | POSSESSIVES | WHO | CALLERS
        return len(word) > 1 and not self._is_thing(word) and word not in known and word not in self._callers


def _is_of_somebody(word: str) -> bool:
    return word.startswith(OF_SOMEBODY)
