"""Joins what one speaker says over several turns: a listener who only nods does not end a number."""

import re
from collections.abc import Sequence

from msgspec import structs

from projector.domain.calls import Turn
from projector.domain.redaction.digit_words import holds_digits
from projector.domain.redaction.spoken_numbers import Joint, Piece, Pieces, pieces_of, weaker, words_of

_FEW_CHARS = 30
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


def is_read(text: str) -> bool:
    """Return whether a text must be read to find numbers: most turns hold no digits, and an empty one is left out."""
    # A short one may still be part of a number: `uh`, or the `D E` of an IBAN.
    return 0 < len(text) <= _FEW_CHARS or holds_digits(text)


def read_text(text: str, where: int) -> Pieces:
    """Return the pieces of a text that may hold part of a number; `where` is the number of the text."""
    return pieces_of(text, where) if is_read(text) else Pieces([], "apart")


def pieces_said_by(is_caller: bool, turns: Sequence[Turn], words: Sequence[str], read: Sequence[Pieces]) -> list[Piece]:
    """
    Return all pieces that one speaker said. Pieces of different turns are joined if nothing separates them.

    Args:
        words: the text of each turn.
        read: the pieces of each turn.
    """
    stream: list[Piece] = []
    gap: Joint = "apart"
    for turn, text, said in zip(turns, words, read, strict=False):
        if turn.is_caller != is_caller:
            if gap != "apart" and not _is_nod(text):
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
