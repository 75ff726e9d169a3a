"""What a ranking needs of the memories of several calls, besides their terms: a column for each thing."""

import sys
from array import array
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec
from msgspec import Struct

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
    """How many units there are, and their lengths in terms, as `Unit` says."""

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
    The units of calls that follow each other, numbered from 0, as the calls are.

    `kinds` and `sums` go together. `dates` says for a language, and a term of a day, which calls were on such a day.
    `first_units` has one number more than there are calls. `call_languages` and `call_lengths`, the sums of the
    context lengths, are of each call; the other columns are of each unit. Each of `unit_kinds` is an index into
    `kinds`, and each of `unit_calls` a call.
    """

    languages: Sequence[str]
    audiences: Sequence[str | None]
    kinds: Sequence[Kind]
    sums: Sequence[Sums]
    groups: Sequence[Group]
    dates: Mapping[int, Mapping[str, Sequence[int]]]
    first_units: Sequence[int]
    call_languages: Sequence[int]
    call_lengths: Sequence[int]
    own_lengths: Sequence[int]
    context_lengths: Sequence[int]
    reply_lengths: Sequence[int]
    unit_kinds: Sequence[int]
    unit_calls: Sequence[int]


# The first of each pair is what `_Stored` holds in the place of a column, the type of its items.
_TYPES = {
    "first_units": "I",
    "call_languages": "H",
    "call_lengths": "I",
    "own_lengths": "I",
    "context_lengths": "I",
    "reply_lengths": "I",
    "unit_kinds": "H",
    "unit_calls": "H",
}


class _Stored(Struct, frozen=True, array_like=True):
    languages: list[str]
    audiences: list[str | None]
    kinds: list[Kind]
    sums: list[Sums]
    groups: list[Group]
    dates: dict[int, dict[str, list[int]]]
    columns: list[bytes]


_encode = msgspec.msgpack.Encoder().encode
_stored = msgspec.msgpack.Decoder(_Stored)


def columns_of(segments: Sequence[Segment]) -> Columns:
    """Return the columns of conversations, in the order given."""
    languages = sorted({segment.language for segment in segments})
    audiences = sorted(
        {told_to for segment in segments for told_to in segment.audiences}, key=lambda told_to: (told_to or "", told_to)
    )
    kinds: dict[Kind, int] = {}
    sums: list[list[int]] = []
    groups: Counter[tuple[int, tuple[int, ...]]] = Counter()
    dates: dict[int, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    first_units, call_languages, call_lengths = [0], list[int](), list[int]()
    own_lengths, context_lengths, reply_lengths = list[int](), list[int](), list[int]()
    unit_kinds, unit_calls = list[int](), list[int]()
    for call, segment in enumerate(segments):
        language = languages.index(segment.language)
        known = [audiences.index(told_to) for told_to in segment.audiences]
        groups[language, tuple(sorted(known))] += 1
        for term in segment.date:
            dates[language][term].append(call)
        call_languages.append(language)
        call_lengths.append(segment.context_length)
        first_units.append(first_units[-1] + segment.count)
        for salience, _, audience, is_current, is_turn, own, context, reply in segment.all_units():
            kind = kinds.setdefault(Kind(salience, is_current, is_turn, known[audience]), len(kinds))
            if kind == len(sums):
                sums.append([0, 0, 0, 0])
            total = sums[kind]
            total[0] += 1
            total[1] += own
            total[2] += context
            total[3] += reply
            own_lengths.append(own)
            context_lengths.append(context)
            reply_lengths.append(reply)
            unit_kinds.append(kind)
        unit_calls += [call] * segment.count
    return Columns(
        languages=languages,
        audiences=audiences,
        kinds=list(kinds),
        sums=[Sums(*total) for total in sums],
        groups=[Group(*group, count) for group, count in sorted(groups.items())],
        dates=dates,
        first_units=first_units,
        call_languages=call_languages,
        call_lengths=call_lengths,
        own_lengths=own_lengths,
        context_lengths=context_lengths,
        reply_lengths=reply_lengths,
        unit_kinds=unit_kinds,
        unit_calls=unit_calls,
    )


def encode_columns(columns: Columns) -> bytes:
    """Return columns as they are stored."""
    return _encode(
        _Stored(
            list(columns.languages),
            list(columns.audiences),
            list(columns.kinds),
            list(columns.sums),
            list(columns.groups),
            {language: dict(sorted(dates.items())) for language, dates in sorted(columns.dates.items())},
            [_little_endian(array(type_, getattr(columns, name))).tobytes() for name, type_ in _TYPES.items()],
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
        columns = [
            _little_endian(array(type_, column)) for type_, column in zip(_TYPES.values(), stored.columns, strict=True)
        ]
    except (*DECODE_ERRORS, ValueError) as error:
        raise ReadModelDamagedError(f"a block of the index cannot be read: {error}") from error
    return Columns(stored.languages, stored.audiences, stored.kinds, stored.sums, stored.groups, stored.dates, *columns)


def _little_endian(column: "array[int]") -> "array[int]":
    if sys.byteorder == "big":
        column.byteswap()
    return column
