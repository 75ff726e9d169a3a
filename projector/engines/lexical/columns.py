"""What a ranking needs of the memories of several calls, besides their terms: a column for each thing."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import msgspec
from msgspec import Struct

from projector.engines.lexical.postings import pack_numbers, unpack_numbers
from projector.engines.lexical.segment import Segment
from projector.errors import ReadModelDamagedError
from projector.read_model.checksums import DECODE_ERRORS


class Kind(NamedTuple):
    """What many units share. `audience` is an index into `Columns.audiences`."""

    salience: float
    is_current: bool
    is_turn: bool
    audience: int


class Sums(NamedTuple):
    """How many units there are, and their lengths in terms, as `Segment.raw_units` says."""

    units: int
    own_length: int
    context_length: int
    reply_length: int


class Group(NamedTuple):
    """How many calls have the same language and the same audiences, given as indexes."""

    language: int
    audiences: tuple[int, ...]
    calls: int


class Columns(Struct, frozen=True):
    """
    The units of calls that follow each other, numbered from 0, as the calls are. `stamp` tells which terms, postings
    and ids they belong to, where these are stored apart from them; 0 where they are not.

    `kinds` and `sums` go together. `first_units` has one number more than there are calls; `call_lengths` are the sums
    of the context lengths of each.
    The three lengths of a unit are listed once for all units that are equally long. The last columns are of each unit:
    indexes of its lengths and of its kind, and its call.
    """

    stamp: int
    languages: Sequence[str]
    audiences: Sequence[str | None]
    kinds: Sequence[Kind]
    sums: Sequence[Sums]
    groups: Sequence[Group]
    first_units: Sequence[int]
    call_lengths: Sequence[int]
    own_lengths: Sequence[int]
    context_lengths: Sequence[int]
    reply_lengths: Sequence[int]
    unit_lengths: Sequence[int]
    unit_kinds: Sequence[int]
    unit_calls: Sequence[int]


# The type of the numbers of each column in `_Stored.columns`.
_TYPES = {
    "first_units": "I",
    "call_lengths": "I",
    "own_lengths": "I",
    "context_lengths": "I",
    "reply_lengths": "I",
    "unit_lengths": "I",
    "unit_kinds": "H",
    "unit_calls": "H",
}


class _Stored(Struct, frozen=True, array_like=True):
    stamp: int
    languages: list[str]
    audiences: list[str | None]
    kinds: list[Kind]
    sums: list[Sums]
    groups: list[Group]
    columns: list[bytes]


_encode = msgspec.msgpack.Encoder().encode
_stored = msgspec.msgpack.Decoder(_Stored)


def columns_of(segments: Sequence[Segment]) -> Columns:
    """Return the columns of conversations, in the order given."""
    languages = sorted({segment.language for segment in segments})
    audiences = sorted(
        {told_to for segment in segments for told_to in segment.audiences},
        key=lambda told_to: (told_to is not None, told_to),
    )
    kinds: dict[tuple[float, bool, bool, int], int] = {}
    lengths: dict[tuple[int, int, int], int] = {}
    groups: Counter[tuple[int, tuple[int, ...]]] = Counter()
    first_units, call_lengths = [0], list[int]()
    unit_lengths, unit_kinds, unit_calls = list[int](), list[int](), list[int]()
    for call, segment in enumerate(segments):
        language = languages.index(segment.language)
        known = [audiences.index(told_to) for told_to in segment.audiences]
        groups[language, tuple(sorted(known))] += 1
        first_units.append(first_units[-1] + segment.count)
        call_lengths.append(segment.context_length)
        for salience, _, audience, is_current, is_turn, own, context, reply in segment.raw_units():
            kind = salience, is_current, is_turn, known[audience]
            unit_kinds.append(kinds.setdefault(kind, len(kinds)))
            unit_lengths.append(lengths.setdefault((own, context, reply), len(lengths)))
        unit_calls += [call] * segment.count
    sums = [Counter[int]() for _ in kinds]
    for of_unit, length in zip(unit_kinds, unit_lengths, strict=True):
        sums[of_unit][length] += 1
    own_lengths, context_lengths, reply_lengths = zip(*lengths, strict=True)
    return Columns(
        stamp=0,
        languages=languages,
        audiences=audiences,
        kinds=[Kind(*each) for each in kinds],
        sums=[_sums(counts, own_lengths, context_lengths, reply_lengths) for counts in sums],
        groups=[Group(*group, count) for group, count in sorted(groups.items())],
        first_units=first_units,
        call_lengths=call_lengths,
        own_lengths=own_lengths,
        context_lengths=context_lengths,
        reply_lengths=reply_lengths,
        unit_lengths=unit_lengths,
        unit_kinds=unit_kinds,
        unit_calls=unit_calls,
    )


def encode_columns(columns: Columns) -> bytes:
    """Return columns as they are stored."""
    return _encode(
        _Stored(
            columns.stamp,
            list(columns.languages),
            list(columns.audiences),
            list(columns.kinds),
            list(columns.sums),
            list(columns.groups),
            [pack_numbers(type_, getattr(columns, name)) for name, type_ in _TYPES.items()],
        )
    )


def decode_columns(body: bytes) -> Columns:
    """
    Return the columns that `encode_columns` encoded.

    Raises:
        ReadModelDamagedError: the bytes are no columns.
    """
    try:
        stored = _stored.decode(body)
    except DECODE_ERRORS as error:
        raise ReadModelDamagedError(f"a block of the index cannot be read: {error}") from error
    return Columns(
        stored.stamp,
        stored.languages,
        stored.audiences,
        stored.kinds,
        stored.sums,
        stored.groups,
        *map(unpack_numbers, _TYPES.values(), stored.columns),
    )


def _sums(counts: Counter[int], *lengths: Sequence[int]) -> Sums:
    own, context, reply = (sum(column[number] * times for number, times in counts.items()) for column in lengths)
    return Sums(counts.total(), own, context, reply)
