"""Finds numbers in a whole call: also those that are spread over turns, read back, or named by a question."""

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
    blanked,
    digits_of,
    digits_told_by,
    holds_digits,
    lower_words_of,
    pieces_of,
    runs,
    words_of,
    worse,
)

# In how many turns before or after the number of a card its security code is told.
_TURNS_NEAR = 6
# In how many turns a code is read back, and the fewest digits of a card that are worth the name.
_TURNS_BACK, _READ_BACK_DIGITS_MIN = 2, 3
_FEW_CHARS = 30
# All that is found without its name has as many as an SSN.
LONG_DIGITS_MIN = 9
# What no number goes on beyond.
_BETWEEN = " apart "
# What one says to somebody who is telling a number, and by which the number does not end.
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
    """Words of a call; `context` is what says what they are: the question before, or the id of a collected value."""

    words: str
    context: str = ""


def find(turns: Sequence[Turn], texts: Sequence[Text]) -> list[Span]:
    """
    Return what is found in the texts of a call, the more certain first.

    Args:
        texts: the words of each of the turns, then any others.
    """
    if not (_may_be_long(turns, texts) or _names_codes(texts)):
        return []
    search = _Search(turns, texts)
    return [*search.ibans(), *search.grouped_ssns(), *search.cards(), *search.named_ssns(), *search.codes()]


def _may_be_long(turns: Sequence[Turn], texts: Sequence[Text]) -> bool:
    """
    Tell whether anything may be as long as the numbers of cards and of social security, or an IBAN.

    From the words alone, of which few calls hold as many digits in a row; may say so where it is not.
    """
    parts = [" ".join(turn.text for turn in turns if turn.is_caller is is_caller) for is_caller in (True, False)]
    parts += (text.words for text in texts[len(turns) :])
    words = lower_words_of(_BETWEEN.join(parts))
    told = list(map(digits_told_by, words))
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
    # All at once, which takes less, and may only find too much.
    all_of_it = "\n".join([f"{text.context}\n{text.words}" for text in texts])
    return may_name_code(all_of_it) and bool(code_names(blanked(all_of_it), is_card_near=False))


class _Search:
    """One search, in this order: what was found is no longer there for what comes after."""

    def __init__(self, turns: Sequence[Turn], texts: Sequence[Text]) -> None:
        self._turns = turns
        self._texts = [Text(blanked(text.words), blanked(text.context)) for text in texts]
        self._read = [_pieces_of(text.words, where) for where, text in enumerate(texts)]
        told = (_told_by(is_caller, turns, self._read) for is_caller in (True, False))
        self._streams = [*told, *(read.pieces for read in self._read[len(turns) :])]
        self._card_places: dict[int, list[tuple[int, int]]] = defaultdict(list)
        self._ssns: set[str] = set()

    def ibans(self) -> list[Span]:
        """Take out IBANs."""
        return self._take("iban", lambda stream: list(ibans(stream)))

    def grouped_ssns(self) -> list[Span]:
        """Take out social security numbers that are grouped as such."""
        found = [pieces for stream in self._streams for run in runs(stream) for pieces in grouped_ssns(run)]
        self._ssns = {digits_of(pieces) for pieces in found}
        return self._take("ssn", lambda stream: [pieces for run in runs(stream) for pieces in grouped_ssns(run)])

    def cards(self) -> list[Span]:
        """Take out card numbers, and what the other one says again of them while they are being told."""
        told: list[Sequence[Piece]] = []

        def cards_of(stream: Sequence[Piece]) -> list[Sequence[Piece]]:
            found: list[Sequence[Piece]] = [pieces for run in runs(stream) for pieces in cards(run)]
            told.extend(pieces for pieces in found if pieces[0].where < pieces[-1].where)
            return found

        spans = self._take("card", cards_of)
        for pieces in told:
            spans += self._take("card", partial(_read_back, told=pieces))
        for span in spans:
            self._card_places[span.where].append((span.begin, span.end))
        return spans

    def named_ssns(self) -> list[Span]:
        """Take out social security numbers that are named, or are the same as one that was found."""
        found = [pieces for stream in self._streams for run in runs(stream) for pieces in nine_digits(run)]
        self._ssns |= {digits_of(pieces) for pieces in found if self._is_ssn_named(pieces[0].where)}
        return self._take("ssn", partial(_same_ssns, known=self._ssns))

    def codes(self) -> list[Span]:
        """Take out security codes: near a card number, or named, or read back."""
        left: dict[int, list[Piece]] = defaultdict(list)
        for stream in self._streams:
            for piece in stream:
                left[piece.where].append(piece)
        in_text = {where: list(codes(pieces, self._texts[where].words)) for where, pieces in left.items()}
        found = [code for where, candidates in in_text.items() for code in self._codes_among(where, candidates)]
        # Who reads a code back need not say again what it is.
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
        """Tell whether a turn is nothing but digits, and the caller's next after the one with a card number."""
        if where >= len(self._turns) or not self._turns[where].is_caller:
            return False
        earlier = [at for at in range(where) if self._turns[at].is_caller]
        read = self._read[where]
        is_digits = read.tail != "apart" and all(one.is_number and one.gap != "apart" for one in read.pieces)
        return bool(earlier) and earlier[-1] in self._card_places and is_digits

    def _is_ssn_named(self, where: int) -> bool:
        return names_ssn(self._texts[where].words) or names_ssn(self._texts[where].context)

    def _take(self, kind: str, search: Callable[[Sequence[Piece]], list[Sequence[Piece]]]) -> list[Span]:
        spans: list[Span] = []
        for at, stream in enumerate(self._streams):
            found = search(stream)
            spans += [span for pieces in found for span in _spans(pieces, kind)]
            if found:
                self._streams[at] = _without(stream, found)
        return spans


def _pieces_of(text: str, where: int) -> Pieces:
    # Most of what is said holds no digits. Few words may still be part of a number: `uh`, or the `D E` of an IBAN.
    is_read = len(text) <= _FEW_CHARS or holds_digits(text)
    return pieces_of(text, where) if is_read else Pieces([], "apart")


def _told_by(is_caller: bool, turns: Sequence[Turn], read: Sequence[Pieces]) -> list[Piece]:
    """Return all pieces of what one of the two said; those of different turns hang together if nothing parts them."""
    stream: list[Piece] = []
    gap: Joint = "apart"
    for turn, said in zip(turns, read, strict=False):
        if turn.is_caller != is_caller:
            if gap != "apart" and not _is_nod(turn.text):
                gap = "apart"
        elif not said.pieces:
            gap = worse(gap, said.tail)
        else:
            first, *rest = said.pieces
            stream += (structs.replace(first, gap=worse(gap, first.gap)), *rest)
            gap = said.tail
    return stream


def _is_nod(text: str) -> bool:
    """Tell whether words only ask to go on, or repeat digits."""
    words = (word.replace("\u2019", "'") for word in words_of(text))
    return _GO_ON.search(text) is not None or all(_NOD.fullmatch(word) for word in words)


def _read_back(stream: Sequence[Piece], told: Sequence[Piece]) -> list[Sequence[Piece]]:
    """Return what is said of a number between its parts."""
    digits = digits_of(told)
    between = runs([piece for piece in stream if told[0].where < piece.where < told[-1].where])
    return [run for run in between if len(part := digits_of(run)) >= _READ_BACK_DIGITS_MIN and part in digits]


def _same_ssns(stream: Sequence[Piece], known: set[str]) -> list[Sequence[Piece]]:
    """Return what are these numbers: who reads one back need not say again what it is."""
    return [pieces for run in runs(stream) for pieces in nine_digits(run) if digits_of(pieces) in known]


def _spans(pieces: Sequence[Piece], kind: str) -> Iterator[Span]:
    """Yield where a number lies: once in each of the texts over which it is spread."""
    for where in dict.fromkeys(piece.where for piece in pieces):
        inside = [piece for piece in pieces if piece.where == where]
        yield Span(where, inside[0].begin, inside[-1].end, kind)


def _without(stream: Sequence[Piece], found: Sequence[Sequence[Piece]]) -> list[Piece]:
    """Return the other pieces, with a gap where those that were found had been."""
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
