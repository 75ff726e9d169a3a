"""Finds sensitive numbers in a whole call, even if spread over several turns, read back, or named by a question."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence

from msgspec import Struct, structs

from projector.domain.calls import Turn
from projector.domain.redaction.digit_words import DIGITS_MAX, ENDS, FILLER, MIXED, digits_in_words, lower_words_of
from projector.domain.redaction.read_back import ReadBack
from projector.domain.redaction.sensitive_numbers import (
    Span,
    begins_iban,
    cards,
    code_names,
    codes,
    grouped_ssns,
    ibans,
    names_card_code,
    names_ssn,
    near,
    nine_digits,
)
from projector.domain.redaction.speakers import pieces_said_by, read_text
from projector.domain.redaction.spoken_numbers import LONG_DIGITS_MIN, Piece, blank_removed, digits_of, long_runs

# The security code of a card is looked for in so many turns before and after the card number.
_TURNS_NEAR = 6
# A code may be read back within so many turns.
_TURNS_BACK = 2
# They follow the country in an IBAN. Source: ISO 13616-1.
_CHECK_DIGITS = 2
# Joins texts so that no number continues from one into the next.
_BETWEEN = " apart "
# Words that stand for digits, with nothing but fillers between them, as `digits_in_words` says. A few digits by
# themselves are left out, as most calls have them, if the word before is no country.
_RUN = re.compile(
    rb"[\x01-%c](?:(?<!%c.)|(?<=[%c-%c])|(?=%c*[\x01-%c]))[\x01-%c%c]*"
    % (DIGITS_MAX, ENDS, LONG_DIGITS_MIN, DIGITS_MAX, FILLER, DIGITS_MAX, DIGITS_MAX, FILLER),
    re.DOTALL,
)


class Text(Struct, frozen=True):
    """One text of a call; `context` may name what it holds: the question before it, or the id of a collected value."""

    words: str
    context: str = ""


def find(turns: Sequence[Turn], texts: Sequence[Text]) -> list[Span]:
    """
    Return where the texts of a call hold sensitive numbers, the more certain ones first.

    The time that it takes grows as the texts do, and no faster.

    Args:
        texts: the text of each turn, then all other texts. The text of a turn may be empty, to leave it out.
    """
    if not (names_codes(turns, texts, is_blanking=True) or _may_be_long(turns, texts)):
        return []
    search = _Search(turns, texts)
    return [*search.ibans(), *search.grouped_ssns(), *search.cards(), *search.named_ssns(), *search.codes()]


def names_codes(turns: Sequence[Turn], texts: Sequence[Text], *, is_blanking: bool) -> bool:
    """
    Return whether a text, or what it answers, may have a name that only the security code of a card has.

    Args:
        is_blanking: whether to overlook what was removed before.
    """
    # One search over all texts is faster than one for each. What a turn answers is a turn, also where that is left out.
    others = texts[len(turns) :]
    every = "\n".join([turn.text for turn in turns] + [f"{text.context}\n{text.words}" for text in others])
    return names_card_code(blank_removed(every) if is_blanking else every)


def _may_be_long(turns: Sequence[Turn], texts: Sequence[Text]) -> bool:
    """
    Return whether the texts may hold a number as long as a card number, a social security number or an IBAN.

    A quick look at the words alone, which ends the search for most calls. A True may be wrong, a False never is.
    """
    told: dict[bool, list[str]] = {True: [], False: []}
    for turn, text in zip(turns, texts, strict=False):
        told[turn.is_caller].append(text.words)
    parts = [*map(" ".join, told.values()), *[text.words for text in texts[len(turns) :]]]
    words = lower_words_of(_BETWEEN.join(parts))
    digits = digits_in_words(words)
    return MIXED in digits or any(_may_hold_long(words, digits, run.span()) for run in _RUN.finditer(digits))


def _may_hold_long(words: Sequence[str], digits: bytes, run: tuple[int, int]) -> bool:
    begin, end = run
    told = [at for at in range(begin, end) if digits[at] != FILLER]
    left = sum([digits[at] for at in told])
    if left >= LONG_DIGITS_MIN:
        return True
    # In place of a number, an IBAN begins with the code of a country: the word before, or the letters of two.
    last, before = _two_before(words, digits, begin)
    for at in told:
        if left >= _CHECK_DIGITS and (begins_iban(last) or begins_iban(before + last)):
            return True
        left -= digits[at]
        last, before = words[at], last
    return False


def _two_before(words: Sequence[str], digits: bytes, at: int) -> tuple[str, str]:
    """Return the last word before a place that is no filler, and the one before that; empty where there is none."""
    found: list[str] = []
    while at and len(found) < 2:
        at -= 1
        if digits[at] != FILLER:
            found.append(words[at])
    last, before = (*found, "", "")[:2]
    return last, before


class _Search:
    """One search. Call the methods in this order: each removes what it found from the text that the next one sees."""

    def __init__(self, turns: Sequence[Turn], texts: Sequence[Text]) -> None:
        self._turns = turns
        self._texts = [Text(blank_removed(text.words), text.context) for text in texts]
        self._contexts = _Contexts(self._texts)
        self._read = [read_text(text.words, where) for where, text in enumerate(texts)]
        words = [turn.text if text.words else "" for turn, text in zip(turns, texts, strict=False)]
        told = (pieces_said_by(is_caller, turns, words, self._read) for is_caller in (True, False))
        self._streams = [*told, *(read.pieces for read in self._read[len(turns) :])]
        self._card_places: dict[int, list[tuple[int, int]]] = defaultdict(list)
        self._ssns: set[str] = set()

    def ibans(self) -> list[Span]:
        """Find IBANs."""
        return self._find_and_remove("iban", lambda stream: list(ibans(stream)))

    def grouped_ssns(self) -> list[Span]:
        """Find social security numbers that are written in their three groups."""

        def ssns_of(stream: Sequence[Piece]) -> list[Sequence[Piece]]:
            found: list[Sequence[Piece]] = [pieces for run in long_runs(stream) for pieces in grouped_ssns(run)]
            self._ssns |= {digits_of(pieces) for pieces in found}
            return found

        return self._find_and_remove("ssn", ssns_of)

    def cards(self) -> list[Span]:
        """Find card numbers, and the parts that the listener repeats while the speaker tells them."""
        told: list[Sequence[Piece]] = []

        def cards_of(stream: Sequence[Piece]) -> list[Sequence[Piece]]:
            found: list[Sequence[Piece]] = [pieces for run in long_runs(stream) for pieces in cards(run)]
            told.extend(pieces for pieces in found if pieces[0].where < pieces[-1].where)
            return found

        spans = self._find_and_remove("card", cards_of)
        if told:
            spoken = [ReadBack(stream) for stream in self._streams[:2]]
            for pieces in told:
                for stream in spoken:
                    spans += [span for run in stream.take_parts_of(pieces) for span in _spans(run, "card")]
            self._streams[:2] = [stream.left() for stream in spoken]
        for span in spans:
            self._card_places[span.where].append((span.begin, span.end))
        return spans

    def named_ssns(self) -> list[Span]:
        """Find social security numbers that are named, or that repeat one that was found."""
        found = [pieces for stream in self._streams for run in long_runs(stream) for pieces in nine_digits(run)]
        is_named: dict[int, bool] = {}
        for pieces in found:
            where = pieces[0].where
            if where not in is_named:
                is_named[where] = names_ssn(self._texts[where].words) or self._contexts.names_ssn(where)
            if is_named[where]:
                self._ssns.add(digits_of(pieces))
        if not self._ssns:
            return []
        return self._find_and_remove("ssn", lambda stream: _same_ssns(stream, self._ssns))

    def codes(self) -> list[Span]:
        """Find security codes: near a card number, or named, or read back."""
        left: dict[int, list[Piece]] = defaultdict(list)
        for stream in self._streams:
            for piece in stream:
                left[piece.where].append(piece)
        in_text = {where: list(codes(pieces, self._texts[where].words)) for where, pieces in left.items()}
        before = _turns_of_the_caller_before(self._turns)
        found = [
            code
            for where, candidates in in_text.items()
            if candidates
            for code in self._codes_among(where, candidates, before)
        ]
        # A speaker who reads a code back rarely names it again.
        digits = {(code[0].where, digits_of(code)) for code in found if code[0].where < len(self._turns)}
        found += [
            code
            for where, candidates in in_text.items()
            if digits and where < len(self._turns)
            for code in candidates
            if any((turn, digits_of(code)) in digits for turn in range(where - _TURNS_BACK, where + _TURNS_BACK + 1))
        ]
        return [span for code in found for span in _spans(code, "security_code")]

    def _codes_among(self, where: int, candidates: list[list[Piece]], before: Mapping[int, int]) -> list[list[Piece]]:
        if before.get(where) in self._card_places and self._is_bare(where):
            return candidates
        if where < len(self._turns):
            is_card_near = any(
                turn in self._card_places for turn in range(where - _TURNS_NEAR, where + _TURNS_NEAR + 1)
            )
        else:
            is_card_near = bool(self._card_places)
        if self._contexts.names_code(where, is_card_near=is_card_near):
            return candidates
        names = code_names(self._texts[where].words, is_card_near=is_card_near)
        return near([*self._card_places.get(where, ()), *names], candidates)

    def _is_bare(self, where: int) -> bool:
        """Return whether a text is only digits."""
        read = self._read[where]
        return read.tail != "apart" and all(one.is_number and one.gap != "apart" for one in read.pieces)

    def _find_and_remove(self, kind: str, search: Callable[[Sequence[Piece]], list[Sequence[Piece]]]) -> list[Span]:
        spans: list[Span] = []
        for at, stream in enumerate(self._streams):
            found = search(stream)
            spans += [span for pieces in found for span in _spans(pieces, kind)]
            if found:
                self._streams[at] = _without(stream, found)
        return spans


class _Contexts:
    """What the contexts of texts name; each is read once, however many texts answer the same question."""

    def __init__(self, texts: Sequence[Text]) -> None:
        self._texts = texts
        self._ssns: dict[str, bool] = {}
        self._codes: dict[tuple[str, bool], bool] = {}

    def names_ssn(self, where: int) -> bool:
        context = self._texts[where].context
        if context not in self._ssns:
            self._ssns[context] = names_ssn(blank_removed(context))
        return self._ssns[context]

    def names_code(self, where: int, *, is_card_near: bool) -> bool:
        key = (self._texts[where].context, is_card_near)
        if key not in self._codes:
            self._codes[key] = bool(code_names(blank_removed(key[0]), is_card_near=is_card_near))
        return self._codes[key]


def _turns_of_the_caller_before(turns: Sequence[Turn]) -> dict[int, int]:
    """Return, for each of the caller's turns but the first, the caller's turn before it."""
    own = [at for at, turn in enumerate(turns) if turn.is_caller]
    return dict(zip(own[1:], own, strict=False))


def _same_ssns(stream: Sequence[Piece], known: set[str]) -> list[Sequence[Piece]]:
    """Return repetitions of known SSNs: a caller who reads one back rarely names it again."""
    return [pieces for run in long_runs(stream) for pieces in nine_digits(run) if digits_of(pieces) in known]


def _spans(pieces: Sequence[Piece], kind: str) -> Iterator[Span]:
    """Yield the spans of a number: one in each text over which it is spread."""
    first = pieces[0]
    for at, piece in enumerate(pieces):
        if piece.where != first.where:
            yield Span(first.where, first.begin, pieces[at - 1].end, kind)
            first = piece
    yield Span(first.where, first.begin, pieces[-1].end, kind)


def _without(stream: Sequence[Piece], found: Sequence[Sequence[Piece]]) -> list[Piece]:
    """Return the pieces of a stream without those that were found, and with a gap in their place."""
    places = {(piece.where, piece.begin) for pieces in found for piece in pieces}
    left: list[Piece] = []
    is_gap = False
    for piece in stream:
        if (piece.where, piece.begin) in places:
            is_gap = True
            continue
        left.append(structs.replace(piece, gap="apart") if is_gap else piece)
        is_gap = False
    return left
