"""Whether a statement says so where the caller does, and not where the caller says the contrary."""

from collections.abc import Sequence
from itertools import pairwise

from projector.domain.facts.statement import Statement
from projector.domain.facts.told.counting.numbers import numbers_in, pieces_of
from projector.domain.facts.told.negations import (
    AFFIRMATIONS,
    CLAUSE_WORDS,
    CONTRARIES,
    CONTRARY_PAIRS,
    CONTRASTS,
    EXCLUSIONS,
    INTERJECTIONS,
    JOINING_WORDS,
    NEGATING_SIGNS,
    NEUTRAL_SIGNS,
    REASSURING_SIGNS,
    holds_negation,
    is_negation,
    is_negation_at,
    without_reassurance,
)
from projector.domain.facts.told.stems import EMPTY_WORDS, stem_of
from projector.domain.facts.told.tokens import Token, composed, tokens_of, without_sounds
from projector.domain.facts.validation.people.people_words import (
    FIRST_PERSON,
    OTHERS,
    POSSESSIVES,
    THIRD_PERSON,
)
from projector.domain.facts.validation.people.relations import names_relation

# What these say is that something is not so, or not liked: their sentences may hold a negation and may not.
_NEGATIVE_BY_NATURE = frozenset({"dislike", "complaint", "issue", "promise"})
_BEFORE_LEFT = frozenset({"my", "your", "his", "her", "their", "our", "the", "a", "on", "in", "upper", "lower"})
# Who or what somebody calls `my` is there, whatever is denied of them: `my dear old husband can't drive`.
_OWNED_WORDS_MAX = 3
_OWN = frozenset({"family_member", "relationship", "pet", "household"})
# Of these `yes` to a question with a negation may mean either.
_ASKED = frozenset({"allergy", "condition", "disability", "medication", "pregnancy", "symptom"})
_GIVING_IN = frozenset({"okay", "ok", "alright", "gut", "vale", "bon", "dobrze", "tamam", "oké", "okej"})
_VERB_LAST = frozenset({"ja", "ko", "zh"})
_KOREAN_NOT = frozenset({"안", "못"})
_SUBJECTS = FIRST_PERSON | THIRD_PERSON
# Where something is left it is still somebody's: `he left his case in the room`.
_PLACES, _WHOSE = (
    frozenset({"in", "on", "at", "behind"}),
    frozenset({"the", "my", "your", "his", "her", "our", "their"}),
)


def agrees(statement: Statement, quoted: str, language: str, answered: str = "") -> bool:
    """
    Tell whether a statement says as so what is quoted as so, and as denied what is denied there.

    Args:
        quoted: the words of the turn.
        answered: the words that they answer.
    """
    if statement.status == "ended" or statement.attribute in _NEGATIVE_BY_NATURE or statement.category == "promise":
        return True
    wanted = _marks(tokens_of(statement.value), statement.value, language)
    clauses = clauses_of(quoted)
    quoting = _telling(wanted, clauses, language)
    if denies(statement, language):
        return _is_denied(statement, quoted, answered if not quoting else "", language)
    owning = quoting or clauses_of(quoted)
    if statement.attribute in _OWN and any(_is_owned(clause, wanted, language) for clause in owning):
        return True
    if quoting and all(map(_is_contrary, quoting)) and not any(map(_is_contrary, clauses_of(statement.content))):
        return False
    if quoting:
        return _is_said(quoting, clauses, quoted, language)
    # The agent said the words, and the caller something to them: a `no` is no yes.
    is_yes = not _begins_with_no(quoted, language)
    return is_yes or (statement.attribute not in _ASKED and _ends_with_yes(quoted))


def _is_said(
    quoting: Sequence[Sequence[Token]], clauses: Sequence[Sequence[Token]], quoted: str, language: str
) -> bool:
    """
    Tell whether the clauses that tell something do not deny it.

    Args:
        quoting: those of `clauses` that tell it.
        quoted: the words of all clauses.
    """
    if _is_denied_after(quoting[-1], clauses, quoted, language):
        return False
    # Where the verb comes last, so does what denies it: a `not allergic` after the nuts.
    telling = quoting[-1:] if language in _VERB_LAST else quoting
    return not all(_is_negative(clause, language) for clause in telling)


def _is_denied_after(telling: Sequence[Token], clauses: Sequence[Sequence[Token]], quoted: str, language: str) -> bool:
    """Tell whether nothing but a `no` follows what is told: `warfarin, no`, and not `warfarin, no?`"""
    last = clauses[-1]
    is_bare = len(last) == 1 and _is_interjected(last) and is_negation(last[0].text, language)
    is_asked = composed(quoted)[last[0].end :].strip()[:1] in {"?", "\u061f"}
    return is_bare and not is_asked and len(clauses) > 1 and clauses[-2] is telling


def _is_denied(statement: Statement, quoted: str, answered: str, language: str) -> bool:
    """
    Tell whether what a statement denies is denied: by who speaks, or in an offer that they take, `without interest`.

    Args:
        answered: the words that are answered, where only they say what is stated.
    """
    told = [token.text for token in tokens_of(quoted)]
    denying = {token.text for token in tokens_of(statement.value) if is_negation(token.text, language)}
    is_offered = bool(denying) and denying <= {token.text for token in tokens_of(answered)}
    if is_offered and statement.attribute not in _ASKED:
        return not _begins_with_no(quoted, language) or _ends_with_yes(quoted)
    is_bare = bool(told and answered) and told[0] in INTERJECTIONS and is_negation(told[0], language)
    # Who keeps off gluten cannot have it.
    is_contrary = any(map(_is_contrary, clauses_of(quoted)))
    return is_bare or is_contrary or is_negative(quoted, language) or not EXCLUSIONS.isdisjoint(told)


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
    for token in tokens_of(CONTRASTS.sub("\\1\u3001", without_sounds(text))):
        is_first = not clauses or token.begins_clause or token.text in CLAUSE_WORDS or token.text in joining
        if is_first or _has_own_subject(clauses[-1], token):
            clauses.append([])
        clauses[-1].append(token)
    return clauses


def _has_own_subject(clause: Sequence[Token], token: Token) -> bool:
    """Tell whether a subject begins a new clause: `and they stopped it`, and not `my son and I`."""
    told = [each.text for each in clause[-2:]]
    return (
        len(clause) > 2 and told[-1] in JOINING_WORDS and token.text in _SUBJECTS and told[-2] not in _SUBJECTS | OTHERS
    )


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
    if language == "ar":
        before = next((at for at in range(len(told)) if is_negation_at(told, at, language)), len(told))
        return any(names_relation(word, " ".join(told[:before]), language) for word in wanted)
    if language == "zh" and (first := next((at for at, word in enumerate(told) if word in wanted), None)) is not None:
        return not _is_negative(clause[:first], language)
    mine = next((at for at, word in enumerate(told) if word in POSSESSIVES), None)
    if mine is None or _is_negative(clause[:mine], language):
        return False
    return any(stem_of(word, language) in wanted for word in told[mine + 1 : mine + 1 + _OWNED_WORDS_MAX])


def _begins_with_no(text: str, language: str) -> bool:
    """
    Tell whether an answer begins with a negation: `no`, or `well, no`; and not `yes, but not on Monday`.

    What stands after a first clause of several words is another matter, but for a `no`: `the money, there are no more`.
    """
    clauses = clauses_of(text)[:2]
    if clauses and clauses[0][0].text in AFFIRMATIONS:
        return False
    if len(clauses) > 1 and len(clauses[0]) > 1 and not _is_interjected(clauses[1]):
        clauses = clauses[:1]
    first = [token for clause in clauses for token in clause]
    signs = REASSURING_SIGNS.sub("", NEUTRAL_SIGNS.sub("", "".join(token.text for token in first)))
    told = without_reassurance([token.text for token in first])
    return holds_negation(told, language) or any(sign in signs for sign in NEGATING_SIGNS)


def _ends_with_yes(text: str) -> bool:
    """Tell whether somebody gives in after a sigh: `Oof, he won't like that. Okay.`; and not `No. Okay.`"""
    clauses = clauses_of(text)
    is_no = bool(clauses) and (_is_interjected(clauses[0]) or _is_interjected(clauses[-1]))
    return len(clauses) > 1 and not is_no and len(clauses[-1]) == 1 and clauses[-1][0].text in _GIVING_IN


def _is_interjected(clause: Sequence[Token]) -> bool:
    return clause[0].text in INTERJECTIONS


def _is_contrary(clause: Sequence[Token]) -> bool:
    told = [token.text for token in clause]
    # `My left ear` is none that was left.
    told = [word for before, word in pairwise(["", *told]) if word != "left" or before not in _BEFORE_LEFT]
    if "left" in told and any(pair[0] in _PLACES and pair[1] in _WHOSE for pair in pairwise(told)):
        told = [word for word in told if word != "left"]
    return not CONTRARIES.isdisjoint(told) or not CONTRARY_PAIRS.isdisjoint(pairwise(told))


def _is_negative(clause: Sequence[Token], language: str) -> bool:
    # `No` alone answers something else: `No, but he is allergic to latex`.
    if len(clause) == 1 and clause[0].text in INTERJECTIONS:
        return False
    if holds_negation([token.text for token in clause], language) or _denies_in_korean(clause):
        return True
    joined = NEUTRAL_SIGNS.sub("", "".join(token.text for token in clause))
    return any(sign in joined for sign in NEGATING_SIGNS)


def _denies_in_korean(clause: Sequence[Token]) -> bool:
    """Tell whether `not` stands before a verb as a word of its own: `안 먹어요`, and not `안내`."""
    return any(
        token.text in _KOREAN_NOT and bool(after.gap) and (bool(token.gap) or at == 0)
        for at, (token, after) in enumerate(pairwise(clause))
    )
