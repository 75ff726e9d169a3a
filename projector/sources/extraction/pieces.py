"""Cuts a call into pieces that a model can read at once, by its turns, each with the end of the one before."""

from collections.abc import Iterator, Sequence

import msgspec
from msgspec import Struct

# Counted as characters / 3: no tokenizer is at hand. 10,000 tokens are some 50 minutes of a call.
CHARS_MAX = 30_000
OVERLAP_TURNS = 6
# A turn as long as this is no speech; it is read in parts, all under its number.
_TURN_CHARS_MAX = 10_000


class Line(Struct, frozen=True, omit_defaults=True):
    """One turn as it is sent: its number in the whole call, and who says what."""

    turn: int
    caller: str | None = None
    agent: str | None = None


def lines_of(turn: int, text: str, *, is_caller: bool) -> Iterator[Line]:
    """Yield a turn as a line; a very long one as several."""
    for begin in range(0, len(text), _TURN_CHARS_MAX):
        part = text[begin : begin + _TURN_CHARS_MAX]
        yield Line(turn, caller=part) if is_caller else Line(turn, agent=part)


def pieces_of(lines: Sequence[Line], *, chars_max: int = CHARS_MAX) -> list[tuple[Line, ...]]:
    """Return the pieces of a call; each but the first begins with the last turns of the one before."""
    pieces: list[tuple[Line, ...]] = []
    piece: list[Line] = []
    size = 0
    for line in lines:
        length = _length(line)
        if piece and size + length > chars_max:
            pieces.append(tuple(piece))
            piece = _overlap(piece, chars_max // 2)
            size = sum(map(_length, piece))
        piece.append(line)
        size += length
    return [*pieces, tuple(piece)] if piece else pieces


def halves_of(piece: Sequence[Line]) -> tuple[tuple[Line, ...], tuple[Line, ...]] | None:
    """Return two pieces in place of one, the second with the end of the first; None where there is no half."""
    middle = len(piece) // 2
    if not middle:
        return None
    # Both halves must be shorter than the whole.
    overlap = min(OVERLAP_TURNS, middle - 1)
    return tuple(piece[:middle]), tuple(piece[middle - overlap :])


def _overlap(piece: Sequence[Line], chars_max: int) -> list[Line]:
    """Return the last turns of a piece, as many as leave room for new ones."""
    kept: list[Line] = []
    size = 0
    for line in reversed(piece[-OVERLAP_TURNS:]):
        size += _length(line)
        if size > chars_max:
            break
        kept.insert(0, line)
    return kept


def _length(line: Line) -> int:
    return len(msgspec.json.encode(line).decode())
