"""Tells who receives what somebody gives: `my mother gave me warfarin` speaks of the caller's own."""

from collections.abc import Sequence

from projector.domain.facts.told.tokens import Token
from projector.domain.facts.validation.people.people_words import HAVING, TO_ME
from projector.domain.facts.validation.people.verb_words import AUXILIARIES, GIVING, NOT_GIVEN, TAKING, TO

# In these languages a value may begin its sentence, and the verb comes next.
_VERB_SECOND = frozenset({"de", "nl", "sv"})
# A dative in these languages alone.
_MI = frozenset({"it", "pl"})
_PASSIVE = frozenset({"was", "were", "been", "wurde", "fue", "été"})
# From where, and not to whom: `母にもらった`, `母がくれた`.
_RECEIVED, _GAVE = ("もら", "いただい"), ("くれ", "くださっ")


def is_received(tokens: Sequence[Token], begin: int, end: int, language: str) -> bool:
    """
    Tell whether the clause of a value says that somebody gives it to the caller, or has them take it.

    Args:
        tokens: of the quote, with the rest of its clauses.
        begin: the first word of the value.
        end: the first word after it.
    """
    first = next((at for at in range(min(begin, len(tokens) - 1), 0, -1) if tokens[at].begins_clause), 0)
    last = next((at for at in range(end, len(tokens)) if tokens[at].begins_clause), len(tokens))
    told = [token.text for token in tokens[first:last]]
    value, after = begin - first, end - first
    me = [at for at, word in enumerate(told) if _is_me(word, language) and not value <= at < after]
    is_verb_second = language in _VERB_SECOND
    return any(
        _is_given(told, at, value, after, is_verb_second=is_verb_second) or _is_to_take(told, at, value) for at in me
    )


def is_received_in_signs(clause: str, others: Sequence[str]) -> bool:
    """Tell the same of a clause in Japanese, of the others of whom it speaks."""
    if any(sign in clause for sign in _RECEIVED):
        return any(f"{other}{mark}" in clause for other in others for mark in ("に", "から"))
    return any(sign in clause for sign in _GAVE) and not any(f"{other}に" in clause for other in others)


def _is_given(told: Sequence[str], me: int, value: int, after: int, *, is_verb_second: bool) -> bool:
    verbs = [at for at, word in enumerate(told) if word in GIVING]
    # `Gave me warfarin`, `mir Marcumar gegeben`, `gave warfarin to me`, `warfarin was given to me`.
    giving = next((at for at in verbs if min(me, value) - 3 <= at <= max(me, after) + 4), None)
    if giving is None:
        return False
    is_to_me = told[me - 1 : me] != [] and told[me - 1] in TO
    if value < min(me, giving) and not is_to_me and not (is_verb_second and _is_fronted(told, me, after)):
        return False
    begin, end = min(me, giving, value), max(me, giving, value)
    others = [
        told[at]
        for at in range(begin, end)
        if told[at] not in GIVING | AUXILIARIES | TO and not (told[at] in _PASSIVE and told[at + 1] in GIVING)
    ]
    last = [word for word in told[max(me, giving, value) :] if word in HAVING - AUXILIARIES - GIVING]
    return NOT_GIVEN.isdisjoint(others) and HAVING.isdisjoint(others) and not last


def _is_fronted(told: Sequence[str], me: int, after: int) -> bool:
    """Tell whether a value begins its sentence, and the verb follows: `Marcumar hat mir meine Mutter gegeben`."""
    return told[after : after + 1] != [] and told[after] in AUXILIARIES | GIVING and me == after + 1


def _is_to_take(told: Sequence[str], me: int, value: int) -> bool:
    """Tell whether the caller is told, or made, to take something: `makes me take warfarin`."""
    rest = told[me + 1 : value]
    verb = rest[1:2] if rest[:1] == ["to"] else rest[:1]
    return bool(verb) and verb[0] in TAKING and NOT_GIVEN.isdisjoint(rest[2:])


def _is_me(word: str, language: str) -> bool:
    return word in TO_ME or (word == "mi" and language in _MI) or (word == "m'a" and language == "fr")
