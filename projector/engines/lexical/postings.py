"""Terms and their postings, as bytes in which a term is looked for without decoding the others."""

import struct
import sys
from array import array
from collections.abc import Iterator, Sequence
from itertools import accumulate, chain
from typing import NamedTuple

from projector.errors import ReadModelDamagedError

# The number of a unit, and three counts of one byte each: how often the unit itself has the term (the lowest byte), the
# agent's turn before it, and the agent's turn after it.
_POSTING = struct.Struct("<II")
# Shorter parts of compounds match by accident.
_PART_CHARS_MIN = 5
_ENDING_CHARS_MAX = 3
# The end of most lines of a conversation: the term has one posting.
_PLACES_KEPT = 1024
_PLACES_OF_ONE = tuple(f" {begin} 1\n" for begin in range(_PLACES_KEPT))


class Postings(NamedTuple):
    """Where a term is: the units, in order, and for each the three counts, packed in one number."""

    units: Sequence[int]
    counts: Sequence[int]


NONE = Postings((), ())


def pack_numbers(type_: str, numbers: Sequence[int]) -> bytes:
    """Return numbers as bytes, the lowest first; `type_` is one of `array`'s."""
    return _little_endian(array(type_, numbers)).tobytes()


def unpack_numbers(type_: str, numbers: bytes) -> "array[int]":
    """
    Return the numbers that `pack_numbers` packed.

    Raises:
        ReadModelDamagedError: these bytes are no such numbers.
    """
    try:
        return _little_endian(array(type_, numbers))
    except ValueError as error:
        raise ReadModelDamagedError(f"a row of the index cannot be read: {error}") from error


def bytes_of(term: str) -> bytes:
    """Return a term as bytes: any text is a term."""
    return term.encode("utf-8", "surrogatepass")


def key_of(term: str) -> bytes:
    """Return the beginning of a term's line."""
    return b"\n%b " % bytes_of(term)


def term_of(key: bytes) -> str:
    """Return the term of a `key_of`."""
    return key[1:-1].decode("utf-8", "surrogatepass")


def pack_postings(terms: Sequence[str], counts: Sequence[int], postings: Sequence[int]) -> tuple[bytes, bytes]:
    """
    Return a line for each term, which says where its postings begin and how many there are, and the postings.

    Args:
        counts: how many postings each term has.
        postings: those of the first term, then those of the second, and so on: numbers of 64 bits, with the unit in the
            lower half.
    """
    places = [
        _PLACES_OF_ONE[begin] if count == 1 and begin < _PLACES_KEPT else f" {begin} {count}\n"
        for begin, count in zip(accumulate(counts, initial=0), counts, strict=False)
    ]
    # Joined at once: to make each line by itself takes twice as long.
    lines = "".join(["\n", *chain.from_iterable(zip(terms, places, strict=True))])
    return bytes_of(lines), struct.pack(f"<{len(postings)}Q", *postings)


def collect_postings(terms: bytes, postings: bytes, first_unit: int, found: dict[bytes, list[int]]) -> None:
    """
    Add what `pack_postings` packed to postings by term.

    Args:
        first_unit: the number that unit 0 has among all those of `found`.
    """
    numbers = [posting + first_unit for posting in struct.unpack(f"<{len(postings) // _POSTING.size}Q", postings)]
    begin = 0
    for line in terms.split(b"\n")[1:-1]:
        term, _, count = line.rsplit(b" ", 2)
        if count == b"1":  # most of them
            found[term].append(numbers[begin])
            begin += 1
        else:
            end = begin + int(count)
            found[term] += numbers[begin:end]
            begin = end


def find_postings(terms: bytes, key: bytes, postings: bytes, *, begin: int = 0, end: int | None = None) -> Postings:
    """
    Return the postings of one term; none if it is not there.

    Args:
        terms: lines, as `pack_postings` made them, between `begin` and `end`.
        key: how the term's line begins, see `key_of`.
        postings: what `pack_postings` packed; where `end` is given, they begin there.
    """
    at = terms.find(key, begin, end)
    if at < 0:
        return NONE
    first, count = terms[at + len(key) : terms.index(b"\n", at + 1)].split()
    begins_at = (end or 0) + int(first) * _POSTING.size
    numbers = unpack_numbers("I", postings[begins_at : begins_at + int(count) * _POSTING.size])
    return Postings(numbers[::2], numbers[1::2])


def compounds_of(term: str, terms: bytes) -> Iterator[bytes]:
    """
    Yield the keys of longer terms that end in this one, and of shorter ones that this one ends in.

    The last few letters of a stem may differ: in a compound, the stemmer may keep an ending or cut it off.

    Args:
        terms: lines, each of which begins as `key_of` says.
    """
    for length in range(len(term), max(len(term) - _ENDING_CHARS_MAX, _PART_CHARS_MIN) - 1, -1):
        end, at = key_of(term[:length])[1:], 0
        while (at := terms.find(end, at + 1)) >= 0:
            key = terms[terms.rfind(b"\n", 0, at) : at + len(end)]
            if key.count(b" ") == 1:  # else the match was in the numbers of a line
                yield key
    for begin in range(1, len(term) - _PART_CHARS_MIN + 1):
        start, at = key_of(term[begin:])[:-1], -1
        while (at := terms.find(start, at + 1)) >= 0:
            key = terms[at : terms.index(b" ", at) + 1]
            if len(key) <= len(start) + _ENDING_CHARS_MAX + 1:
                yield key


def terms_in(lines: bytes) -> list[str]:
    """Return the terms of lines, each of which begins as `key_of` says."""
    return [line.partition(" ")[0] for line in lines.decode("utf-8", "surrogatepass").split("\n") if line]


def _little_endian(numbers: "array[int]") -> "array[int]":
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers
