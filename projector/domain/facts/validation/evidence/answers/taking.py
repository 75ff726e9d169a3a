"""Whether an answer takes what the other said: words that only the other said prove nothing without a yes."""

import re
from collections.abc import Sequence

from projector.domain.facts.told.counting.numbers import numbers_in, pieces_of
from projector.domain.facts.told.negations import INTERJECTIONS, is_negation, without_reassurance
from projector.domain.facts.told.stems import EMPTY_WORDS, stem_of
from projector.domain.facts.told.tokens import SOUNDS, tokens_of
from projector.domain.facts.told.word_list import words
from projector.domain.facts.validation.evidence.answers.against_words import AGAINST, OTHER_THINGS
from projector.domain.facts.validation.evidence.answers.harmless_words import HARMLESS, OFFERED
from projector.domain.facts.validation.evidence.answers.in_signs import takes_in_signs
from projector.domain.facts.validation.evidence.answers.yes_words import GOOD, LIGHT, SOUNDS_OF_YES, TAKING, YES

_CLAUSE = re.compile(r"[^,.;!?\u2026\u060c\u061b\u061f\u0964]+[,.;!?\u2026\u060c\u061b\u061f\u0964]?")
_QUESTION_MARKS = ("?", "\u061f")
_OF_SIGNS = frozenset({"ja", "ko", "zh"})
# Of a language whose words for yes we do not know, so short an answer is one.
_UNKNOWN_WORDS_MAX = 3
_LETTER_CHARS_MAX = 2
# Who says these lets something be, and has not said that they have it.
_GIVING_IN = words(
    """
    ok okay oké okej oki dobrze dobře bine хорошо добре гаразд tamam olur vale tá prima selvä sopii تمام claro
    selvfølgelig gerne gjerne gärna graag volontiers volentieri d'accord einverstanden akkoord zgoda combinado
    """
)
# They deny that somebody knows.
_UNSURE = words("bilmiyorum bilmem bilemiyorum duymuyorum sure sicher sûr sicuro pewien säker")
# The second one, of two that were offered.
_CHOOSING, _CHOICES, _CHOSEN_WORDS_MAX = words("the that this"), words("or and"), 4
# What is no answer to whether one has something: `lovely`, and not `I have`.
_HAVING = words(
    """
    am do does have has did is bin hab habe ist stimmt soy tengo es eso suis ai c'est sono è ho ben heb is jestem mam
    sou tenho é är har right correct richtig korrekt correcto cierto giusto vero corretto klopt juist dokładnie certo
    correto stämmer doğru верно правильно вірно صح صحيح सही exact fait zgadza wel var есть є عندي
    """
)
# What sounds like an answer, and takes nothing; also what says that the agent is wrong.
DOUBTS = words(
    """
    maybe perhaps think wonder wrong incorrect unsure doubt depends expensive teuer cher chère caro cara duur drogo dyrt
    vielleicht überlegen überlege denke falsch weiß
    quizás quizá pensar pensaré pensarlo equivocado
    peut-être réfléchir réfléchis faux
    forse penso pensarci pensarlo sbagliato
    misschien denken fout
    może zastanowię pomyślę źle
    talvez pensar errado
    kanske fundera fel
    """
)


def takes(answer: str, language: str, taken: str = "", *, is_asked: bool = False) -> bool:
    """
    Tell whether an answer that says nothing of its own of what the other said says yes to it.

    A clause of it says so as a whole, or begins with it, and none says anything against it. Of a language whose words
    for yes we do not know any short answer does, but for one that denies.

    Args:
        answer: the words of who answers.
        language: of these, ISO 639-1.
        taken: what the other said: who repeats it, and says nothing else, takes it, as `By five.` does.
        is_asked: whether it was asked for what one has, and nothing was offered: then `lovely` is no yes.
    """
    if language in _OF_SIGNS:
        return takes_in_signs(answer, language, taken, is_asked=is_asked)
    if language not in YES:
        told = [token.text for token in tokens_of(answer)]
        return len(told) <= _UNKNOWN_WORDS_MAX and not any(is_negation(word, language) for word in told)
    return _Answer(answer, language, taken, is_asked=is_asked).is_yes()


class _Answer:
    """An answer, clause by clause."""

    def __init__(self, answer: str, language: str, taken: str, *, is_asked: bool) -> None:
        self._language = language
        clauses = [(clause, [token.text for token in tokens_of(clause)]) for clause in _CLAUSE.findall(answer)]
        clauses = [(clause, told) for clause, told in clauses if told]
        # `Is that good?` takes nothing; `okay, and when?` does.
        self._asking = [told for clause, told in clauses if clause.endswith(_QUESTION_MARKS)]
        self._saying = [clause for clause, _ in clauses if not clause.endswith(_QUESTION_MARKS)]
        asked_at = next(
            (at for at, (clause, _) in enumerate(clauses) if clause.endswith(_QUESTION_MARKS)), len(clauses)
        )
        self._before_question = asked_at
        self._yes = YES[language] - _GIVING_IN if is_asked else YES[language]
        self._good = self._yes | (GOOD[language] & _HAVING if is_asked else GOOD[language])
        self._light, self._taking, self._is_asked = LIGHT[language], TAKING[language], is_asked
        pieces = pieces_of(taken, language)
        self._taken = {stem_of(piece.text, language) for piece in pieces} | {*numbers_in(pieces)}
        self._has_choice = not _CHOICES.isdisjoint(token.text for token in tokens_of(taken))

    def is_yes(self) -> bool:
        """Tell whether it takes what it answers."""
        other = OTHER_THINGS.get(self._language)
        if other is not None and any(map(other.is_in, self._asking)):
            return False
        told = [[token.text for token in tokens_of(clause)] for clause in self._saying]
        if any(map(self._is_against, told)):
            return False
        yeses = [self._says_yes(clause) for clause in self._saying]
        # `Oof, he won't like that. Okay.`; after a question of the caller's own it is of another matter.
        is_given_in = len(told) > 1 and yeses[-1] and not self._begins_with_no(told[0])
        same = told[: self._before_question] if any(yeses[: self._before_question]) else told
        is_no = any(map(self._denies, same)) or any(map(self._begins_with_no, told))
        return (is_given_in or not is_no) and (any(yeses) or self._repeats())

    def _is_against(self, told: Sequence[str]) -> bool:
        """Tell whether a clause puts off, doubts or turns down what is offered, in words that were not offered."""
        against = AGAINST[self._language]
        told = HARMLESS[self._language].without(told)
        found = (told[at : at + against.length_at(told, at)] for at in range(len(told)))
        return any(row and not self._is_offered(row) for row in found)

    def _is_offered(self, told: Sequence[str]) -> bool:
        return OFFERED.is_in(told) and all(stem_of(word, self._language) in self._taken for word in told)

    def _says_yes(self, clause: str) -> bool:
        """Tell whether a clause says yes, and nothing else; or begins with a yes."""
        told = [token.text for token in tokens_of(clause)]
        if any(sound in clause.casefold() for sound in SOUNDS_OF_YES):
            return True
        if self._denies(told):
            return False
        if not self._is_asked and self._taking.is_in(told):
            return True
        said = [word for word in told if word not in SOUNDS]
        first = next((word for word in said if word in self._yes or word not in self._light), "")
        if first in self._yes:
            return True
        rest = self._unsaid(clause)
        return (bool(rest) and rest <= self._good) or self._chooses(said)

    def _unsaid(self, clause: str) -> set[str]:
        """Return the words of a clause but for those that say nothing, and those that were said before."""
        pieces = pieces_of(clause, self._language)
        is_number_told = self._taken.issuperset(numbers_in(pieces))
        told = {piece.text for piece in pieces if not (piece.is_number and is_number_told)} - SOUNDS
        good = told & self._good
        return good | {word for word in told - self._light - good if stem_of(word, self._language) not in self._taken}

    def _chooses(self, said: Sequence[str]) -> bool:
        """Tell whether a clause chooses one of two: `the big one`."""
        is_one = said[-1:] == ["one"] and said[0] in _CHOOSING and len(said) <= _CHOSEN_WORDS_MAX
        return is_one and self._has_choice and self._language == "en"

    def _repeats(self) -> bool:
        """Tell whether an answer says nothing but what was said before: `By five.`"""
        if self._is_asked or self._asking or not self._saying:
            return False
        pieces = [pieces_of(clause, self._language) for clause in self._saying]
        has_sound = any(piece.text in SOUNDS for each in pieces for piece in each)
        has_number = any(piece.is_number for each in pieces for piece in each)
        unsaid = {word for clause in self._saying for word in self._unsaid(clause)}
        # The letters of a code have many names.
        return (
            has_number
            and not has_sound
            and all(len(word) <= _LETTER_CHARS_MAX and not word.isdigit() for word in unsaid)
        )

    def _begins_with_no(self, told: Sequence[str]) -> bool:
        return told[0] in INTERJECTIONS and is_negation(told[0], self._language)

    def _denies(self, told: Sequence[str]) -> bool:
        told = HARMLESS[self._language].without(without_reassurance(told))
        return any(is_negation(word, self._language) for word in told)


def considers(answer: str, content: str) -> bool:
    """Tell whether a sentence says itself that somebody is in doubt: `I'll think about it`."""
    doubts = DOUBTS & {token.text for token in tokens_of(answer)}
    return not doubts.isdisjoint(token.text for token in tokens_of(content))


def takes_back(answer: str, language: str, answered: str, *, is_ended: bool) -> bool:
    """
    Tell whether an answer denies what the agent said: a bare `no`, or one in the agent's words; not `I don't know`.

    Args:
        answered: what the agent said.
        is_ended: whether it says that something has ended, for which other words do.
    """
    tokens = tokens_of(answer)
    told = [token.text for token in tokens]
    if not _UNSURE.isdisjoint(told):
        return False
    if not any(is_negation(word, language) for word in told) or is_ended:
        return is_ended and any(is_negation(word, language) for word in told)
    if told[0] in INTERJECTIONS and (len(told) == 1 or tokens[1].begins_clause):
        return True
    said = {stem_of(token.text, language) for token in tokens_of(answered)}
    empty = EMPTY_WORDS.get(language, frozenset())
    rest = [word for word in told if word not in empty and not is_negation(word, language)]
    return all(stem_of(word, language) in said for word in rest)
