"""
The segments of neighbouring calls, merged: a search of a caller of many years opens a few dozen blocks.

A block is several rows. A search reads the columns of all blocks of a caller, but of the postings only the rows in
which its terms would lie: a term is always in the same one of `SHARDS` rows.
"""

import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

import msgspec

from projector.engines.lexical.columns import columns_of, decode_columns, encode_columns, pack_numbers, unpack_numbers
from projector.engines.lexical.postings import collect_postings, compounds_of, find_postings, pack_postings
from projector.engines.lexical.segment import Segment
from projector.engines.lexical.vocabulary.terms import COMPOUNDING
from projector.errors import ReadModelDamagedError
from projector.read_model.checksums import DECODE_ERRORS

T = TypeVar("T")
SHARDS = 64
# The rows beside the shards: the moments of the units, the ids of their memories, and, in languages that join words,
# all terms.
MOMENTS, IDS, COMPOUNDS = SHARDS, SHARDS + 1, SHARDS + 2
_LENGTH_BYTES = 4


_encode = msgspec.msgpack.Encoder().encode
_ids = msgspec.msgpack.Decoder(list[str])
_compounds = msgspec.msgpack.Decoder(dict[str, bytes])


class Block:
    """
    A block as a search sees it; a `Part`.

    Args:
        body: its columns, encoded.
        row: returns another of its rows by the number, None where it has none of that number.

    Raises:
        ReadModelDamagedError: the columns, or later a row, cannot be read.
    """

    def __init__(self, body: bytes, row: Callable[[int], bytes | None]) -> None:
        self.columns = decode_columns(body)
        self._row = row

    def find(self, key: bytes, language: str) -> list[tuple[int, int]]:
        """Return the postings of a term of a language, given its `key_of`."""
        shard = self._row(_shard_of(key))
        if shard is None:
            return []
        begin = _LENGTH_BYTES + int.from_bytes(shard[:_LENGTH_BYTES], "little")
        key += b"%d " % self.columns.languages.index(language)
        return find_postings(shard[_LENGTH_BYTES:begin], shard[begin:], key)

    def compounds_of(self, term: str, language: str) -> Iterable[bytes]:
        """Return the keys of terms that end in this one, or that this one ends in."""
        body = self._row(COMPOUNDS)
        terms = _decoded(_compounds, body).get(language, b"") if body is not None else b""
        return compounds_of(term, terms)

    def moments(self) -> Sequence[int]:
        """Return the moment of each unit, Unix seconds."""
        return unpack_numbers("q", self._row(MOMENTS) or b"")

    def ids(self) -> Sequence[str]:
        """Return the id of the memory of each unit."""
        return _decoded(_ids, self._row(IDS) or b"")


def merge(segments: Sequence[Segment]) -> tuple[bytes, dict[int, bytes]]:
    """Return the columns of a block, encoded, and those of its other rows that are not empty, by their numbers."""
    columns = columns_of(segments)
    shards: dict[int, list[tuple[bytes, list[int]]]] = defaultdict(list)
    compounds: dict[str, bytes] = {}
    for number, language in enumerate(columns.languages):
        found = defaultdict[bytes, list[int]](list)
        for segment, first_unit in zip(segments, columns.first_units, strict=False):
            if segment.language == language:
                collect_postings(segment.terms, segment.postings, first_unit, found)
        for term, postings in sorted(found.items()):
            shards[_shard_of(b"\n%b " % term)].append((b"%b %d" % (term, number), postings))
        if language in COMPOUNDING:
            compounds[language] = b"".join([b"\n%b " % term for term in sorted(found)])
    rows = {shard: _packed(found) for shard, found in shards.items()}
    rows |= {MOMENTS: pack_numbers("q", moments_of(segments)), IDS: _encode(ids_of(segments))}
    if compounds:
        rows[COMPOUNDS] = _encode(compounds)
    return encode_columns(columns), rows


def moments_of(segments: Sequence[Segment]) -> list[int]:
    """Return the moment of each unit of segments, Unix seconds."""
    return [occurred_at_s for segment in segments for _, occurred_at_s, *_ in segment.raw_units()]


def ids_of(segments: Sequence[Segment]) -> list[str]:
    """Return the id of the memory of each unit of segments."""
    return [id_ for segment in segments for id_ in segment.memory_ids()]


def _packed(found: Iterable[tuple[bytes, Sequence[int]]]) -> bytes:
    terms, postings = pack_postings(found)
    return len(terms).to_bytes(_LENGTH_BYTES, "little") + terms + postings


def _shard_of(key: bytes) -> int:
    return zlib.crc32(key) % SHARDS


def _decoded(decoder: msgspec.msgpack.Decoder[T], body: bytes) -> T:
    try:
        return decoder.decode(body)
    except DECODE_ERRORS as error:
        raise ReadModelDamagedError(f"a block of the index cannot be read: {error}") from error
