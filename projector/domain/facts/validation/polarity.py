"""Whether a statement says so where the caller does, and not where the caller says the contrary."""

from collections.abc import Sequence
from itertools import pairwise

from projector.domain.facts.statement import Statement
from projector.domain.facts.told.negations import (
    AFFIRMATIONS,
    CLAUSE_WORDS,
    CONTRARIES,
    CONTRARY_PAIRS,
    EXCLUSIONS,
    INTERJECTIONS,
    JOINING_WORDS,
    NEGATING_SIGNS,
    is_negation,
)
from projector.domain.facts.told.numbers import numbers_in, pieces_of
from projector.domain.facts.told.stems import EMPTY_WORDS, stem_of
from projector.domain.facts.told.tokens import Token, tokens_of, without_sounds
from projector.domain.facts.validation.people.people_words import POSSESSIVES

# What these say is that something is not so, or not liked: their sentences may hold a negation and may not.
_NEGATIVE_BY_NATURE = frozenset({"dislike", "complaint", "issue", "promise"})
_BEFORE_LEFT = frozenset({"my", "your", "his", "her", "their", "our", "the", "a", "on", "in", "upper", "lower"})
# Who or what somebody calls `my` is there, whatever is denied of them: `my dear old husband can't drive`.
_OWNED_WORDS_MAX = 3
_OWN = frozenset({"family_member", "relationship", "pet"})


def agrees(statement: Statement, quoted: str, language: str) -> bool:
    """
    Tell whether a statement negates what is quoted, or says as true what is negated there.

    Args:
        quoted: the words of the turn.
    """
    if statement.status == "ended" or statement.attribute in _NEGATIVE_BY_NATURE or statement.category == "promise":
        return True
    wanted = _marks(tokens_of(statement.value), statement.value, language)
    if denies(statement, language):
        return is_negative(quoted, language) or not EXCLUSIONS.isdisjoint(token.text for token in tokens_of(quoted))
    quoting = _telling(wanted, clauses_of(quoted), language)
    if statement.attribute in _OWN and any(_is_owned(clause, wanted, language) for clause in quoting):
        return True
    if quoting and all(map(_is_contrary, quoting)) and not any(map(_is_contrary, clauses_of(statement.content))):
        return False
    if quoting:
        return not all(_is_negative(clause, language) for clause in quoting)
    # The agent said the words, and the caller something to them: a `no` is no yes.
    return not _begins_with_no(quoted, language)


def denies(statement: Statement, language: str) -> bool:
    """Tell whether a statement says of its value that it is not so: in the value, or in each clause that tells it."""
    wanted = _marks(tokens_of(statement.value), statement.value, language)
    telling = _telling(wanted, clauses_of(statement.content, joining=JOINING_WORDS), language)
    is_denied = bool(telling) and all(_is_negative(clause, language) for clause in telling)
    return is_negative(statement.value, language) or is_denied


def is_negative(text: str, language: str) -> bool:
    """Tell whether a text holds a negation."""
    return _is_negative(tokens_of(text), language)


def clauses_of(text: str, *, joining: frozenset[str] = frozenset()) -> list[list[Token]]:
    """Return the clauses of a text: what stands between commas, stops, and words such as `but`, or as `joining`."""
    clauses: list[list[Token]] = []
    for token in tokens_of(without_sounds(text)):
        if not clauses or token.begins_clause or token.text in CLAUSE_WORDS or token.text in joining:
            clauses.append([])
        clauses[-1].append(token)
    return clauses


def _telling(wanted: frozenset[str], clauses: Sequence[Sequence[Token]], language: str) -> list[Sequence[Token]]:
    """Return the clauses that say most of what is wanted; none where no clause says any of it."""
    said = [len(wanted & _marks(clause, " ".join(token.text for token in clause), language)) for clause in clauses]
    most = max(said, default=0)
    return [clause for clause, count in zip(clauses, said, strict=True) if most and count == most]


def _marks(tokens: Sequence[Token], text: str, language: str) -> frozenset[str]:
    """Return the stems and the numbers of some words, but for those that say nothing."""
    empty = EMPTY_WORDS.get(language, frozenset())
    told = [token.text for token in tokens if token.text not in empty and not is_negation(token.text, language)]
    stems = {stem_of(word, language) for word in told}
    return frozenset({*stems, *numbers_in(pieces_of(text, language))})


def _is_owned(clause: Sequence[Token], wanted: frozenset[str], language: str) -> bool:
    """Tell whether a clause calls somebody `my`, and denies nothing before that: `that's not my son`."""
    told = [token.text for token in clause]
    mine = next((at for at, word in enumerate(told) if word in POSSESSIVES), None)
    if mine is None or _is_negative(clause[:mine], language):
        return False
    return any(stem_of(word, language) in wanted for word in told[mine + 1 : mine + 1 + _OWNED_WORDS_MAX])


def _begins_with_no(text: str, language: str) -> bool:
    """Tell whether an answer begins with a negation: `no`, or `well, no`; and not `yes, but not on Monday`."""
    first = [token for clause in clauses_of(text)[:2] for token in clause]
    if first and first[0].text in AFFIRMATIONS:
        return False
    return any(is_negation(token.text, language) for token in first)


def _is_contrary(clause: Sequence[Token]) -> bool:
    told = [token.text for token in clause]
    # `My left ear` is none that was left.
    told = [word for before, word in pairwise(["", *told]) if word != "left" or before not in _BEFORE_LEFT]
    return not CONTRARIES.isdisjoint(told) or not CONTRARY_PAIRS.isdisjoint(pairwise(told))


def _is_negative(clause: Sequence[Token], language: str) -> bool:
    # `No` alone answers something else: `No, but he is allergic to latex`.
    if len(clause) == 1 and clause[0].text in INTERJECTIONS:
        return False
    if any(is_negation(token.text, language) for token in clause):
        return True
    joined = "".join(token.text for token in clause)
    return any(sign in joined for sign in NEGATING_SIGNS)
