"""
Finds the words of a quote in a turn.

A model writes down what it read nearly as it was: it drops fillers and punctuation, writes `...` where it leaves
something out, and mends a letter. It is forgiven that. A changed digit, a changed word of a number and a negation
that is there in one of both only are never forgiven.
"""

import re

from msgspec import Struct

from projector.domain.facts.told.negations import is_negation
from projector.domain.facts.told.number_of import number_of
from projector.domain.facts.told.tokens import Token, composed, tokens_of
from projector.domain.facts.told.word_list import words

# From this length on, one letter may differ.
_LONG_MIN = 6
_ELLIPSIS = re.compile(r"\.{3,}|\u2026|\[\.{2,}\]")
_FILLERS = words(
    """
    um uh uhm umm hm hmm mm mhm er erm ah oh well like so okay ok y'know äh ähm hm tja also halt eben na ach eh
    pues bueno este ay mmm euh ben bah hein ehm beh allora cioè eh nou hè no yyy eee hmm ee né ahn hã öh eh asså
    liksom
    """
) - {"no"}
# Fillers of scripts without spaces, as they are parted: character by character.
_SIGN_FILLERS = ("えっと", "えーと", "あの", "その", "ええと", "まあ", "うーん")


class Span(Struct, frozen=True):
    """The part of a turn that a quote stands for: `text` is the turn's, with everything between the parts."""

    text: str
    begin: int
    end: int


def find_quote(quote: str, turn: str, language: str) -> Span | None:
    """
    Return the part of a turn that a quote stands for; None where it does not stand there.

    Args:
        language: of the words of numbers, ISO 639-1.
    """
    turn = composed(turn)
    told = _spoken(turn)
    parts = [part for part in map(_spoken, _ELLIPSIS.split(composed(quote))) if part]
    if not parts:
        return _only_fillers(quote, turn)
    at, begin = 0, -1
    for part in parts:
        found = next((start for start in range(at, len(told)) if _stands(part, told, start, language)), None)
        if found is None or (at < found and begin >= 0 and _is_negation_alone(told[at:found])):
            return None
        begin = found if begin < 0 else begin
        at = found + len(part)
    if _is_cut_at_negation(told, begin, at):
        return None
    first, last = told[begin].begin, told[at - 1].end
    return Span(turn[first:last], first, last)


def _is_cut_at_negation(told: list[Token], begin: int, end: int) -> bool:
    """Tell whether a negation stands just before some words or just after them, in the same clause."""
    before = begin > 0 and not told[begin].begins_clause and is_negation(told[begin - 1].text)
    return before or (end < len(told) and not told[end].begins_clause and is_negation(told[end].text))


def _is_negation_alone(left_out: list[Token]) -> bool:
    return all(is_negation(token.text) for token in left_out)


def clause_around(span: Span, turn: str) -> str:
    """Return the words of a span with the rest of the clauses in which it begins and ends."""
    turn = composed(turn)
    tokens = tokens_of(turn)
    begins = [token.begin for token in tokens if token.begins_clause and token.begin <= span.begin]
    ends = [token.begin - len(token.gap) for token in tokens if token.begins_clause and token.begin >= span.end]
    return turn[max(begins, default=0) : max(min(ends, default=len(turn)), span.end)]


def _only_fillers(quote: str, turn: str) -> Span | None:
    """Return where a quote of nothing but fillers stands, such as `Okay`."""
    wanted, told = tokens_of(quote), tokens_of(turn)
    for start in range(len(told) - len(wanted) + 1):
        if wanted and all(one.text == other.text for one, other in zip(wanted, told[start:], strict=False)):
            first, last = told[start].begin, told[start + len(wanted) - 1].end
            return Span(turn[first:last], first, last)
    return None


def _spoken(text: str) -> list[Token]:
    for filler in _SIGN_FILLERS:
        text = text.replace(filler, "\u3001" * len(filler))
    return [token for token in tokens_of(text) if token.text not in _FILLERS]


def _stands(part: list[Token], told: list[Token], start: int, language: str) -> bool:
    if start + len(part) > len(told):
        return False
    return all(_is_same(one.text, told[start + at].text, language) for at, one in enumerate(part))


def _is_same(one: str, other: str, language: str) -> bool:
    if one == other:
        return True
    if min(len(one), len(other)) < _LONG_MIN or abs(len(one) - len(other)) > 1:
        return False
    return all(_may_be_mended(word, language) for word in (one, other)) and _is_one_letter_apart(one, other)


def _may_be_mended(word: str, language: str) -> bool:
    return word.isalpha() and not is_negation(word) and number_of(word, language) is None


def _is_one_letter_apart(one: str, other: str) -> bool:
    """Tell whether one letter more, less or other turns one word into the other."""
    short, long = sorted((one, other), key=len)
    begin = next((at for at, pair in enumerate(zip(short, long, strict=False)) if pair[0] != pair[1]), len(short))
    return short[begin + (len(short) == len(long)) :] == long[begin + 1 :]
