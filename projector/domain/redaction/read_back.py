"""Finds the parts of a number that one side repeats while the other is still telling it."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

from msgspec import structs

from projector.domain.redaction.spoken_numbers import Piece, digits_of

# A part that is read back has at least so many digits.
_DIGITS_MIN = 3


class ReadBack:
    """
    What one speaker said over a call, of which parts are taken away.

    Only the turns within a number are looked at, so all numbers together take no longer than the call is long.

    Args:
        stream: the speaker's pieces, in order.
    """

    def __init__(self, stream: Sequence[Piece]) -> None:
        self._stream = stream
        self._wheres = [piece.where for piece in stream]
        self._is_taken = bytearray(len(stream))

    def take_parts_of(self, told: Sequence[Piece]) -> list[list[Piece]]:
        """Take away the parts of a number that are repeated between its first and its last turn, and return them."""
        digits = digits_of(told)
        first = bisect_right(self._wheres, told[0].where)
        last = bisect_left(self._wheres, told[-1].where)
        parts: list[list[Piece]] = []
        for places in list(self._runs(first, last)):
            if len(places) > len(digits):
                continue
            run = [self._stream[at] for at in places]
            if len(part := digits_of(run)) >= _DIGITS_MIN and part in digits:
                parts.append(run)
                for at in places:
                    self._is_taken[at] = True
        return parts

    def left(self) -> list[Piece]:
        """Return the pieces that were not taken away, with a gap in the place of those that were."""
        return [
            structs.replace(piece, gap="apart") if at and self._is_taken[at - 1] else piece
            for at, piece in enumerate(self._stream)
            if not self._is_taken[at]
        ]

    def _runs(self, first: int, last: int) -> Iterator[list[int]]:
        """Yield the places of what may be one number each, as `runs` does, among the pieces that are left."""
        run: list[int] = []
        for at in range(first, last):
            piece = self._stream[at]
            is_taken = self._is_taken[at]
            if run and (is_taken or not piece.is_number or piece.gap == "apart"):
                yield run
                run = []
            if piece.is_number and not is_taken:
                run.append(at)
        if run:
            yield run
