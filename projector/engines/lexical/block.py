"""
The segments of neighbouring calls, merged: a search of a caller of many years opens a few dozen blocks.

A block is several rows. A search reads the columns of all blocks of a caller, but of the postings only the rows in
which its terms would lie: a term is always in the same one of `TERM_ROWS` rows.
"""

import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from typing import TypeVar

import msgspec

from projector.engines.lexical.columns import Columns, columns_of, decode_columns, encode_columns
from projector.engines.lexical.postings import (
    NONE,
    Postings,
    bytes_of,
    collect_postings,
    compounds_of,
    find_postings,
    pack_numbers,
    pack_postings,
    term_of,
    terms_in,
    unpack_numbers,
)
from projector.engines.lexical.segment import Segment
from projector.errors import ReadModelDamagedError
from projector.read_model.checksums import DECODE_ERRORS

T = TypeVar("T")
TERM_ROWS = 64
# The other rows: the moments of the units, the ids of their memories, and all terms of each language.
MOMENTS, IDS, VOCABULARY = TERM_ROWS, TERM_ROWS + 1, TERM_ROWS + 2
# A row of terms begins with the stamp of its block, and with the length of the lines.
_STAMP_BYTES, _HEAD_BYTES = 4, 8
# The lines of days begin with a character that is in no word.
_DATED = b"\n\0"


_encode = msgspec.msgpack.Encoder().encode
_ids = msgspec.msgpack.Decoder(list[str])
_vocabulary = msgspec.msgpack.Decoder(dict[str, bytes])


class Block:
    """
    A block as a search sees it; a `Part`.

    Args:
        body: its columns, encoded.
        read_row: returns another of its rows by the number, None where it has none of that number.

    Raises:
        ReadModelDamagedError: the columns, or later a row, cannot be read, or are not of the same block.
    """

    def __init__(self, body: bytes, read_row: Callable[[int], bytes | None]) -> None:
        self.columns = decode_columns(body)
        self._stamp = _stamp_of(self.columns)
        self._read_row = read_row

    def find(self, key: bytes, language: str) -> Postings:
        """Return the postings of a term of a language, given its `key_of`."""
        row = self._find_row(_row_of(key))
        if row is None:
            return NONE
        key += b"%d " % self.columns.languages.index(language)
        end = _HEAD_BYTES + int.from_bytes(row[_STAMP_BYTES:_HEAD_BYTES], "little")
        return find_postings(row, key, row, begin=_HEAD_BYTES, end=end)

    def dated(self, key: bytes, language: str) -> Sequence[int]:
        """Return the calls of a language that were on a day of this name, given the `key_of` the term."""
        return self.find(_DATED + key[1:], language).units

    def compounds_of(self, term: str, language: str) -> Iterable[bytes]:
        """Return the keys of terms that end in this one, or that this one ends in."""
        return compounds_of(term, self._vocabulary().get(language, b""))

    def vocabulary(self, language: str) -> Iterable[str]:
        """Return all terms of a language."""
        return terms_in(self._vocabulary().get(language, b""))

    def moments(self) -> Sequence[int]:
        """Return the moment of each unit, Unix seconds."""
        return unpack_numbers("q", self._row(MOMENTS)[_STAMP_BYTES:])

    def ids(self) -> Sequence[str]:
        """Return the id of the memory of each unit."""
        return _decoded(_ids, self._row(IDS)[_STAMP_BYTES:])

    def _vocabulary(self) -> dict[str, bytes]:
        return _decoded(_vocabulary, self._row(VOCABULARY)[_STAMP_BYTES:])

    def _row(self, number: int) -> bytes:
        row = self._find_row(number)
        if row is None:
            raise ReadModelDamagedError("a block of the index is not whole")
        return row

    def _find_row(self, number: int) -> bytes | None:
        row = self._read_row(number)
        if row is None:
            return None
        if not row.startswith(self._stamp):
            raise ReadModelDamagedError("a row of the index belongs to another block")
        return row


def merge(segments: Sequence[Segment]) -> tuple[bytes, dict[int, bytes]]:
    """Return the columns of a block, encoded, and those of its other rows that are not empty, by their numbers."""
    columns = _stamped(segments, columns_of(segments))
    terms: dict[int, list[tuple[str, list[int]]]] = defaultdict(list)
    vocabulary: dict[str, bytes] = {}
    for number, language in enumerate(columns.languages):
        found = defaultdict[bytes, list[int]](list)
        for segment, first_unit in zip(segments, columns.first_units, strict=False):
            if segment.language == language:
                collect_postings(segment.terms, segment.postings, first_unit, found)
        vocabulary[language] = b"".join([b"\n%b " % term for term in sorted(found)])
        for call, segment in enumerate(segments):
            if segment.language == language:
                for word in segment.date:
                    found[_DATED[1:] + bytes_of(word)].append(call)
        for term, postings in sorted(found.items()):
            key = b"\n%b " % term
            terms[_row_of(key)].append((f"{term_of(key)} {number}", postings))
    rows = {number: _packed(found) for number, found in terms.items()}
    rows[MOMENTS] = pack_numbers("q", [moment for segment in segments for moment in segment.moments()])
    rows[IDS] = _encode([id_ for segment in segments for id_ in segment.memory_ids()])
    rows[VOCABULARY] = _encode(vocabulary)
    stamp = _stamp_of(columns)
    return encode_columns(columns), {number: stamp + row for number, row in rows.items()}


def merge_columns(segments: Sequence[Segment]) -> bytes:
    """Return the columns of a block, encoded."""
    return encode_columns(_stamped(segments, columns_of(segments)))


def is_alike(one: Segment, other: Segment) -> bool:
    """Tell whether blocks of the one and of the other differ in their columns alone."""
    return (one.language, one.terms, one.postings, bytes(one.ids)) == (
        other.language,
        other.terms,
        other.postings,
        bytes(other.ids),
    ) and one.moments() == other.moments()


def _stamped(segments: Sequence[Segment], columns: Columns) -> Columns:
    stamp = 0
    for segment in segments:
        for part in (segment.terms, segment.postings, bytes(segment.ids)):
            stamp = zlib.crc32(part, stamp)
    return msgspec.structs.replace(columns, stamp=stamp)


def _stamp_of(columns: Columns) -> bytes:
    """Return what the rows of a block begin with: of two versions of a block, it tells which one a row belongs to."""
    return columns.stamp.to_bytes(_STAMP_BYTES, "little")


def _packed(found: Sequence[tuple[str, Sequence[int]]]) -> bytes:
    names, of_names = zip(*found, strict=True)
    terms, postings = pack_postings(names, [*map(len, of_names)], [*chain.from_iterable(of_names)])
    return len(terms).to_bytes(_HEAD_BYTES - _STAMP_BYTES, "little") + terms + postings


def _row_of(key: bytes) -> int:
    return zlib.crc32(key) % TERM_ROWS


def _decoded(decoder: msgspec.msgpack.Decoder[T], body: bytes) -> T:
    try:
        return decoder.decode(body)
    except DECODE_ERRORS as error:
        raise ReadModelDamagedError(f"a block of the index cannot be read: {error}") from error
