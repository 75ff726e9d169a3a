"""
Finds the words of a quote in a turn.

A model writes down what it read nearly as it was: it drops fillers and punctuation, writes `...` where it leaves
something out, and mends a letter. It is forgiven that. A changed digit, a changed word of a number and a negation
that is there in one of both only are never forgiven.
"""

import re

from msgspec import Struct

from projector.domain.facts.told.counting.number_of import number_of
from projector.domain.facts.told.negations import INTERJECTIONS, is_negation, is_negation_at
from projector.domain.facts.told.tokens import SOUNDS, Token, composed, tokens_of, without_sounds
from projector.domain.facts.told.word_list import words

# From this length on, one letter may differ.
_LONG_MIN = 6
# What is left out of a quote is little: else it would stand for all that was said.
_SPAN_CHARS_MAX = 1000
_BRACKETS, _QUESTION_MARKS = frozenset("()"), frozenset("?\u061f")
# French puts a blank before the mark.
_BLANKS_MAX = 2
_ELLIPSIS = re.compile(r"\.{3,}|\u2026|\[\.{2,}\]")
# What says nothing in one language may be a name in another, as `Ben` is.
_FILLERS = {
    language: words(of_language) | SOUNDS
    for language, of_language in {
        "de": "tja also halt eben na ach",
        "en": "well like so okay ok y'know",
        "es": "pues bueno este ay",
        "fr": "ben bah hein beh",
        "it": "cioè allora beh",
        "nl": "nou hè",
        "pl": "yyy eee ee",
        "pt": "né ahn hã",
        "sv": "asså liksom",
    }.items()
}
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
        language: of the fillers and the words of numbers, ISO 639-1.
    """
    turn = composed(turn)
    told, parts = _tokens(turn), [part for each in _ELLIPSIS.split(composed(quote)) if (part := _tokens(each))]
    found: list[tuple[int, int]] = []
    for part in parts:
        at = found[-1][1] if found else 0
        places = (
            place
            # Where all words of it stand, before where it has a filler more.
            for may_skip in (False, True)
            for start in range(at, len(told))
            if (place := _place(part, told, start, language, may_skip=may_skip)) is not None
        )
        place = next(places, None)
        if place is None or (found and at < place[0] and _is_negation_alone(told[at : place[0]], language)):
            return None
        found.append(place)
    if not found:
        return None
    begin, end = told[found[0][0]].begin, told[found[-1][1] - 1].end
    if end - begin > _SPAN_CHARS_MAX or _is_cut_at_negation(turn, begin, end, language):
        return None
    return Span(turn[begin:end], begin, end)


def _place(
    part: list[Token], told: list[Token], start: int, language: str, *, may_skip: bool
) -> tuple[int, int] | None:
    """
    Return from which token until which one some words stand, the first of them at `start`; None where not.

    Args:
        may_skip: whether they may have fillers that are not there.
    """
    fillers = _FILLERS.get(language, SOUNDS)
    wanted, at, begin, end = 0, start, -1, start
    is_more_before = is_more_after = False
    while wanted < len(part):
        if at < len(told) and _is_same(part[wanted].text, told[at].text, language):
            begin, end = at if begin < 0 else begin, at + 1
            wanted, at = wanted + 1, at + 1
            is_more_after = False
        elif may_skip and part[wanted].text in fillers:
            wanted += 1
            is_more_before, is_more_after = is_more_before or begin < 0, True
        elif begin >= 0 and at < len(told) and told[at].text in fillers:
            at += 1
        else:
            return None
    if begin < 0:
        return None
    # Of `Um, no, I'd rather not`, the quote `Um, I'd rather not` leaves the negation out.
    is_cut_before = is_more_before and begin > 0 and is_negation(told[begin - 1].text, language)
    is_cut_after = is_more_after and end < len(told) and is_negation(told[end].text, language)
    return None if is_cut_before or is_cut_after else (begin, end)


def _is_cut_at_negation(turn: str, begin: int, end: int, language: str) -> bool:
    """Tell whether a negation stands just before some words or just after them, in the same clause."""
    tokens = tokens_of(without_sounds(turn))
    first = next((at for at, token in enumerate(tokens) if token.begin >= begin), len(tokens))
    after = next((at for at, token in enumerate(tokens) if token.begin >= end), len(tokens))
    told = [token.text for token in tokens]

    def is_of_one_clause(at: int) -> bool:
        # `(Not) allergic`: what stands in brackets is of the clause around them.
        return not tokens[at].begins_clause or not _BRACKETS.isdisjoint(tokens[at].gap)

    is_before = 0 < first < len(tokens) and is_of_one_clause(first) and is_negation_at(told, first - 1, language)
    return is_before or (after < len(tokens) and is_of_one_clause(after) and is_negation_at(told, after, language))


def _is_negation_alone(left_out: list[Token], language: str) -> bool:
    said = [token.text for token in left_out if token.text not in _FILLERS.get(language, SOUNDS)]
    return bool(said) and all(is_negation(word, language) for word in said)


def clause_around(span: Span, turn: str, language: str) -> str:
    """Return the words of a span with the rest of its clauses, and with a `no` that follows alone: `warfarin, no`."""
    turn = composed(turn)
    tokens = tokens_of(without_sounds(turn))
    begins = [token.begin for token in tokens if token.begins_clause and token.begin <= span.begin]
    ends = [token.begin - len(token.gap) for token in tokens if token.begins_clause and token.begin >= span.end]
    end = max(min(ends, default=len(turn)), span.end)
    after = next((at for at, token in enumerate(tokens) if token.begin >= end), len(tokens))
    if _is_no_alone(tokens, after, language):
        end = tokens[after].end + len(question_after(Span("", end, tokens[after].end), turn))
    return turn[max(begins, default=0) : end]


def _is_no_alone(tokens: list[Token], at: int, language: str) -> bool:
    if at >= len(tokens) or tokens[at].gap.strip() != ",":
        return False
    is_last = at + 1 == len(tokens) or tokens[at + 1].begins_clause
    return is_last and tokens[at].text in INTERJECTIONS and is_negation(tokens[at].text, language)


def question_after(span: Span, turn: str) -> str:
    """Return the question mark after a quote; empty where none stands there: `Ninety-six?` takes no offer."""
    after = composed(turn)[span.end : span.end + _BLANKS_MAX + 1].lstrip()
    return "?" if after[:1] and after[0] in _QUESTION_MARKS else ""


def _tokens(text: str) -> list[Token]:
    for filler in _SIGN_FILLERS:
        text = text.replace(filler, "\u3001" * len(filler))
    return tokens_of(text)


def _is_same(one: str, other: str, language: str) -> bool:
    if one == other or (language == "ar" and _and_left_out(one) == _and_left_out(other)):
        return True
    if min(len(one), len(other)) < _LONG_MIN or abs(len(one) - len(other)) > 1:
        return False
    return all(_may_be_mended(word, language) for word in (one, other)) and _is_one_letter_apart(one, other)


def _and_left_out(word: str) -> str:
    """Return an Arabic word without the `and` that is written as its first letter."""
    return word[1:] if word.startswith("\u0648") and len(word) > _LONG_MIN // 2 else word


def _may_be_mended(word: str, language: str) -> bool:
    return word.isalpha() and not is_negation(word, language) and number_of(word, language) is None


def _is_one_letter_apart(one: str, other: str) -> bool:
    """Tell whether one letter more, less or other turns one word into the other."""
    short, long = sorted((one, other), key=len)
    begin = next((at for at, pair in enumerate(zip(short, long, strict=False)) if pair[0] != pair[1]), len(short))
    return short[begin + (len(short) == len(long)) :] == long[begin + 1 :]
