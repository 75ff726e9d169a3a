"""
Whether of two things that can both be so the newer one takes the place of the older: another dose, or the contrary.

In doubt both stand: what somebody takes, or agreed to, is sooner told twice than lost.
"""

from collections.abc import Iterator

from msgspec import Struct

from projector.domain.facts.told.counting.number_of import is_number_word
from projector.domain.facts.told.negations import holds_negation, is_negation
from projector.domain.facts.told.stems import content_tokens, stem_of
from projector.domain.facts.told.tokens import Token
from projector.domain.facts.told.word_list import words

# Beside a number these say how much, and not of what.
_UNITS = words(
    """
    mg g kg ml l dl µg μg ug mcg ie iu ui i.e mval mmol milligram milligrams milligramm milligramme milligrammes
    miligramo miligramos miligrama miligramas milligrammo milligrammi miligram miligramy miligramów gram grams gramm
    gramme grammes gramo gramos microgram micrograms mikrogramm er units unit einheiten unidades unités unità
    """
)
# Two sentences that say the contrary of each other have so many of all their words in common.
_SAME_SHARE = 0.7


class _Dose(Struct, frozen=True):
    """What is taken, by the stems of its words; how much; and what is said after the last number of a value."""

    of: frozenset[str]
    number: str


def is_other_dose(new: str, old: str, language: str) -> bool:
    """
    Tell whether a value says another dose of all the medicines that an older one says.

    `Ramipril 2.5` of `Ramipril 5 mg`; and not `insulin 8 units in the evening` of `insulin 10 units in the morning`.

    Args:
        language: of both, ISO 639-1.
    """
    (doses, how), (former, how_before) = _doses(new, language), _doses(old, language)
    if not former or (how and how_before and how != how_before):
        return False
    numbers = {dose.of: dose.number for dose in doses}
    if len(numbers) < len(doses) or not {dose.of for dose in former} <= numbers.keys():
        return False
    return any(numbers[dose.of] != dose.number for dose in former)


def is_contrary(new: str, old: str, language: str) -> bool:
    """
    Tell whether one of two sentences says what the other denies: `consents to calls being recorded`, `does not`.

    Args:
        language: of both, ISO 639-1.
    """
    (told, is_denied), (former, was_denied) = _sentence(new, language), _sentence(old, language)
    return is_denied != was_denied and len(told & former) >= _SAME_SHARE * len(told | former)


def _doses(value: str, language: str) -> tuple[list[_Dose], frozenset[str]]:
    """Return each medicine of a value with its number, most often after it, and the words after the last number."""
    doses: list[_Dose] = []
    of: set[str] = set()
    number = first = ""
    for token in content_tokens(value, language):
        if _is_number(token, language) and not of:
            first += f"{token.text} "
        elif _is_number(token, language):
            number += f"{token.text} "
        elif token.text.strip(".") not in _UNITS:
            if of and number:
                doses.append(_Dose(frozenset(of), number))
            if number:
                of, number = set(), ""
            of.add(stem_of(token.text, language))
    if of and (number or (first and not doses)):  # `5 mg of ramipril`
        doses.append(_Dose(frozenset(of), number or first))
        of = set()
    return doses, frozenset(of)


def _is_number(token: Token, language: str) -> bool:
    return token.text[:1].isdigit() or is_number_word(token.text, language)


def _sentence(text: str, language: str) -> tuple[frozenset[str], bool]:
    """Return the stems of a sentence's words but for negations, and whether it holds one."""
    tokens = content_tokens(text, language)
    told = [token.text for token in tokens]
    return frozenset(_stems(told, language)), holds_negation(told, language)


def _stems(told: list[str], language: str) -> Iterator[str]:
    return (stem_of(word, language) for word in told if not is_negation(word, language))
