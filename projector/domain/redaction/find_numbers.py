"""Finds sensitive numbers in a whole call, even if spread over several turns, read back, or named by a question."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from msgspec import Struct, structs

from projector.domain.calls import Turn
from projector.domain.redaction.sensitive_numbers import (
    Span,
    are_near,
    begins_iban,
    cards,
    code_names,
    codes,
    grouped_ssns,
    ibans,
    may_name_code,
    names_ssn,
    nine_digits,
)
from projector.domain.redaction.spoken_numbers import (
    Joint,
    Piece,
    Pieces,
    blank_removed,
    digits_in_word,
    digits_of,
    holds_digits,
    lower_words_of,
    pieces_of,
    runs,
    weaker,
    words_of,
)

# The security code of a card is looked for in so many turns before and after the card number.
_TURNS_NEAR = 6
# A code may be read back within so many turns. A part of a card number that is read back has at least so many digits.
_TURNS_BACK, _READ_BACK_DIGITS_MIN = 2, 3
_FEW_CHARS = 30
# The shortest number that is found without being named is an SSN.
LONG_DIGITS_MIN = 9
# Joins texts so that no number continues from one into the next.
_BETWEEN = " apart "
# What a listener says to a speaker who is in the middle of a number. It does not end the number.
_GO_ON = re.compile(
    r"\b(?:card|digits?|rest|remaining|continue|go (?:on|ahead)|keep going|carry on"
    r"|(?:next|last) (?:\w+ )?(?:numbers?|group|part|ones?|four|three))\b",
    re.IGNORECASE,
)
_NOD = re.compile(
    r"m+|h+m+|m+h+m+|u+h|u+m|huh|aha|ah|oh|okay|ok|yes|yeah|yep|right|alright|all|sure|thanks|thank|you|got|it|that|great"
    r"|perfect|good|correct|and|then|next|please|so|far|i|have|i'm|listening|take|your|time|no|problem",
    re.IGNORECASE,
)


class Text(Struct, frozen=True):
    """One text of a call; `context` may name what it holds: the question before it, or the id of a collected value."""

    words: str
    context: str = ""


def find(turns: Sequence[Turn], texts: Sequence[Text]) -> list[Span]:
    """
    Return where the texts of a call hold sensitive numbers, the more certain ones first.

    Args:
        texts: the text of each turn, then all other texts.
    """
    if not (_may_be_long(turns, texts) or _names_codes(texts)):
        return []
    search = _Search(turns, texts)
    return [*search.ibans(), *search.grouped_ssns(), *search.cards(), *search.named_ssns(), *search.codes()]


def _may_be_long(turns: Sequence[Turn], texts: Sequence[Text]) -> bool:
    """
    Return whether the texts may hold a number as long as a card number, a social security number or an IBAN.

    A quick look at the words alone, which ends the search for most calls. A True may be wrong, a False never is.
    """
    parts = [" ".join(turn.text for turn in turns if turn.is_caller is is_caller) for is_caller in (True, False)]
    parts += (text.words for text in texts[len(turns) :])
    words = lower_words_of(_BETWEEN.join(parts))
    told = list(map(digits_in_word, words))
    if None in told:
        return True
    in_a_row = 0
    before = last = ""
    for word, digits in zip(words, told, strict=True):
        if not digits:
            continue
        if digits < 0:
            in_a_row = 0
        else:
            in_a_row += digits
            if in_a_row >= LONG_DIGITS_MIN or begins_iban(last) or begins_iban(before + last):
                return True
        before, last = last, word
    return False


def _names_codes(texts: Sequence[Text]) -> bool:
    # One search over all texts is faster than one for each. It can only find too much.
    all_of_it = "\n".join([f"{text.context}\n{text.words}" for text in texts])
    return may_name_code(all_of_it) and bool(code_names(blank_removed(all_of_it), is_card_near=False))


class _Search:
    """One search. Call the methods in this order: each removes what it found from the text that the next one sees."""

    def __init__(self, turns: Sequence[Turn], texts: Sequence[Text]) -> None:
        self._turns = turns
        self._texts = [Text(blank_removed(text.words), blank_removed(text.context)) for text in texts]
        self._read = [_pieces_of(text.words, where) for where, text in enumerate(texts)]
        told = (_pieces_said_by(is_caller, turns, self._read) for is_caller in (True, False))
        self._streams = [*told, *(read.pieces for read in self._read[len(turns) :])]
        self._card_places: dict[int, list[tuple[int, int]]] = defaultdict(list)
        self._ssns: set[str] = set()

    def ibans(self) -> list[Span]:
        """Find IBANs."""
        return self._find_and_remove("iban", lambda stream: list(ibans(stream)))

    def grouped_ssns(self) -> list[Span]:
        """Find social security numbers that are written in their three groups."""
        found = [pieces for stream in self._streams for run in runs(stream) for pieces in grouped_ssns(run)]
        self._ssns = {digits_of(pieces) for pieces in found}
        return self._find_and_remove(
            "ssn", lambda stream: [pieces for run in runs(stream) for pieces in grouped_ssns(run)]
        )

    def cards(self) -> list[Span]:
        """Find card numbers, and the parts that the listener repeats while the speaker tells them."""
        told: list[Sequence[Piece]] = []

        def cards_of(stream: Sequence[Piece]) -> list[Sequence[Piece]]:
            found: list[Sequence[Piece]] = [pieces for run in runs(stream) for pieces in cards(run)]
            told.extend(pieces for pieces in found if pieces[0].where < pieces[-1].where)
            return found

        spans = self._find_and_remove("card", cards_of)
        for pieces in told:
            spans += self._find_and_remove("card", partial(_read_back, told=pieces))
        for span in spans:
            self._card_places[span.where].append((span.begin, span.end))
        return spans

    def named_ssns(self) -> list[Span]:
        """Find social security numbers that are named, or that repeat one that was found."""
        found = [pieces for stream in self._streams for run in runs(stream) for pieces in nine_digits(run)]
        self._ssns |= {digits_of(pieces) for pieces in found if self._is_ssn_named(pieces[0].where)}
        return self._find_and_remove("ssn", partial(_same_ssns, known=self._ssns))

    def codes(self) -> list[Span]:
        """Find security codes: near a card number, or named, or read back."""
        left: dict[int, list[Piece]] = defaultdict(list)
        for stream in self._streams:
            for piece in stream:
                left[piece.where].append(piece)
        in_text = {where: list(codes(pieces, self._texts[where].words)) for where, pieces in left.items()}
        found = [code for where, candidates in in_text.items() for code in self._codes_among(where, candidates)]
        # A speaker who reads a code back rarely names it again.
        digits = {(code[0].where, digits_of(code)) for code in found if code[0].where < len(self._turns)}
        found += [
            code
            for where, candidates in in_text.items()
            for code in candidates
            if where < len(self._turns)
            and any((turn, digits_of(code)) in digits for turn in range(where - _TURNS_BACK, where + _TURNS_BACK + 1))
        ]
        return [span for code in found for span in _spans(code, "security_code")]

    def _codes_among(self, where: int, candidates: list[list[Piece]]) -> list[list[Piece]]:
        text = self._texts[where]
        is_turn = where < len(self._turns)
        is_card_near = any(not is_turn or abs(place - where) <= _TURNS_NEAR for place in self._card_places)
        if self._is_bare(where) or code_names(text.context, is_card_near=is_card_near):
            return candidates
        places = self._card_places.get(where, []) + code_names(text.words, is_card_near=is_card_near)
        return [code for code in candidates if any(are_near(place, code) for place in places)]

    def _is_bare(self, where: int) -> bool:
        """Return whether a turn is only digits, and the caller's next turn after one with a card number."""
        if where >= len(self._turns) or not self._turns[where].is_caller:
            return False
        earlier = [at for at in range(where) if self._turns[at].is_caller]
        read = self._read[where]
        is_digits = read.tail != "apart" and all(one.is_number and one.gap != "apart" for one in read.pieces)
        return bool(earlier) and earlier[-1] in self._card_places and is_digits

    def _is_ssn_named(self, where: int) -> bool:
        return names_ssn(self._texts[where].words) or names_ssn(self._texts[where].context)

    def _find_and_remove(self, kind: str, search: Callable[[Sequence[Piece]], list[Sequence[Piece]]]) -> list[Span]:
        spans: list[Span] = []
        for at, stream in enumerate(self._streams):
            found = search(stream)
            spans += [span for pieces in found for span in _spans(pieces, kind)]
            if found:
                self._streams[at] = _without(stream, found)
        return spans


def _pieces_of(text: str, where: int) -> Pieces:
    # Most turns hold no digits. A short one may still be part of a number: `uh`, or the `D E` of an IBAN.
    is_read = len(text) <= _FEW_CHARS or holds_digits(text)
    return pieces_of(text, where) if is_read else Pieces([], "apart")


def _pieces_said_by(is_caller: bool, turns: Sequence[Turn], read: Sequence[Pieces]) -> list[Piece]:
    """Return all pieces that one speaker said. Pieces of different turns are joined if nothing separates them."""
    stream: list[Piece] = []
    gap: Joint = "apart"
    for turn, said in zip(turns, read, strict=False):
        if turn.is_caller != is_caller:
            if gap != "apart" and not _is_nod(turn.text):
                gap = "apart"
        elif not said.pieces:
            gap = weaker(gap, said.tail)
        else:
            first, *rest = said.pieces
            stream += (structs.replace(first, gap=weaker(gap, first.gap)), *rest)
            gap = said.tail
    return stream


def _is_nod(text: str) -> bool:
    """Return whether a text only asks the speaker to continue, or repeats digits."""
    words = (word.replace("\u2019", "'") for word in words_of(text))
    return _GO_ON.search(text) is not None or all(_NOD.fullmatch(word) for word in words)


def _read_back(stream: Sequence[Piece], told: Sequence[Piece]) -> list[Sequence[Piece]]:
    """Return the parts of a number that one side repeats while the other is still telling it."""
    digits = digits_of(told)
    between = runs([piece for piece in stream if told[0].where < piece.where < told[-1].where])
    return [run for run in between if len(part := digits_of(run)) >= _READ_BACK_DIGITS_MIN and part in digits]


def _same_ssns(stream: Sequence[Piece], known: set[str]) -> list[Sequence[Piece]]:
    """Return repetitions of known SSNs: a caller who reads one back rarely names it again."""
    return [pieces for run in runs(stream) for pieces in nine_digits(run) if digits_of(pieces) in known]


def _spans(pieces: Sequence[Piece], kind: str) -> Iterator[Span]:
    """Yield the spans of a number: one in each text over which it is spread."""
    for where in dict.fromkeys(piece.where for piece in pieces):
        inside = [piece for piece in pieces if piece.where == where]
        yield Span(where, inside[0].begin, inside[-1].end, kind)


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
