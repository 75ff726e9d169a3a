"""Terms and their postings, as bytes in which a term is looked for without decoding the others."""

import struct
from collections.abc import Iterable, Iterator, Sequence

# The number of a unit, and three counts of one byte each: how often the unit itself has the term (the lowest byte), the
# agent's turn before it, and the agent's turn after it.
_POSTING = struct.Struct("<II")
# Shorter parts of compounds match by accident.
_PART_CHARS_MIN = 5
_ENDING_CHARS_MAX = 3


def bytes_of(term: str) -> bytes:
    """Return a term as bytes: any text is a term."""
    return term.encode("utf-8", "surrogatepass")


def key_of(term: str) -> bytes:
    """Return the beginning of a term's line."""
    return b"\n%b " % bytes_of(term)


def pack_postings(postings: Iterable[tuple[bytes, Sequence[int]]]) -> tuple[bytes, bytes]:
    """
    Return a line for each term, which says where its postings begin and how many there are, and the postings.

    Args:
        postings: terms as bytes, each with its postings: numbers of 64 bits, with the unit in the lower
            half.
    """
    lines, packed = list[bytes](), list[int]()
    for term, units in postings:
        lines.append(b"\n%b %d %d" % (term, len(packed), len(units)))
        packed += units
    lines.append(b"\n")
    return b"".join(lines), struct.pack(f"<{len(packed)}Q", *packed)


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


def find_postings(terms: bytes, postings: bytes, key: bytes) -> list[tuple[int, int]]:
    """
    Return the postings of one term: units, and their three counts packed in one number; none if it is not there.

    Args:
        key: how the term's line begins, see `key_of`.
    """
    at = terms.find(key)
    if at < 0:
        return []
    begin, count = terms[at + len(key) : terms.index(b"\n", at + 1)].split()
    first = int(begin) * _POSTING.size
    return list(_POSTING.iter_unpack(postings[first : first + int(count) * _POSTING.size]))


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
