"""
The index of one conversation: which terms its memories hold, and how often.

A segment is one row, written and removed as a whole. A search scans its bytes instead of decoding them, because a
question needs only a few of its terms. Segments of older calls are also merged into blocks, see `block`.
"""

import struct
import zlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import lru_cache
from itertools import zip_longest
from typing import Any

import msgspec
from msgspec import Struct

from projector.domain.days import day_of
from projector.domain.facts.told.naming import naming_words
from projector.domain.memories import Memory
from projector.engines.lexical.counting import Counts, Reader
from projector.engines.lexical.postings import Postings, find_postings, pack_postings
from projector.engines.lexical.vocabulary.terms import (
    DEFAULT_LANGUAGE,
    TERMS_VERSION,
    language_of,
    terms_of,
    words_of,
)
from projector.errors import ReadModelDamagedError
from projector.read_model.checksums import DECODE_ERRORS

# Raise it with every change of what a segment or a block holds, or of which segments make a block.
INDEX_VERSION = f"8, terms {TERMS_VERSION}"
# A unit: see `Segment.raw_units`.
_UNIT = struct.Struct("<dqI??III")
_DAYS_KEPT = 1024
_LOADED_LANGUAGES = ("de", "en", "es", "fr", "it", "nl", "pl", "pt", "sv")
# The same names as in `babel`, whose import takes long and is spared where all calls are in English.
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_ENGLISH_CALENDAR = dict(enumerate(_MONTHS, 1)), dict(enumerate(_DAYS))


class Segment(Struct, frozen=True, array_like=True):
    """
    The index of one conversation of one caller.

    `terms` has a line for each term: where its postings begin, and how many there are. `date` holds the terms of the
    day of the call in its time zone, and `latest_at_s` the moment of the latest memory, Unix seconds. The lengths are
    sums over the units. `memories_sum` is the sum of the CRC-32 of each memory.
    """

    latest_at_s: int
    language: str
    count: int
    own_length: int
    context_length: int
    reply_length: int
    audiences: tuple[str | None, ...]
    date: tuple[str, ...]
    memories_sum: int
    terms: bytes
    postings: bytes
    units: bytes
    ids: msgspec.Raw

    def find(self, key: bytes) -> Postings:
        """Return the postings of a term, given its `key_of`."""
        return find_postings(self.terms, key, self.postings)

    def raw_units(self) -> Iterator[tuple[Any, ...]]:
        """
        Yield the fields of each unit, which is one memory, in the order of the call.

        `salience`, `occurred_at_s`; `audience`, an index into the segment's audiences; `is_current`; `is_turn`, true
        for something the caller said: the units before and after it, if turns too, are its neighbours. Then three
        lengths, which count terms: those of the memory, also those of the agent's turn before it, and those of the
        agent's turn after it.
        """
        return _UNIT.iter_unpack(self.units)

    def moments(self) -> list[int]:
        """Return the moment of each unit, Unix seconds."""
        return [occurred_at_s for _, occurred_at_s, *_ in self.raw_units()]

    def memory_ids(self) -> list[str]:
        """Return the ids of the units' memories."""
        try:
            return _ids.decode(self.ids)
        except DECODE_ERRORS as error:
            raise ReadModelDamagedError(f"a segment of the index cannot be read: {error}") from error


_ids = msgspec.msgpack.Decoder(list[str])
_segments = msgspec.msgpack.Decoder(Segment)
_encode = msgspec.msgpack.Encoder().encode


def build_segment(memories: Sequence[Memory], bodies: Iterable[bytes] | None = None) -> bytes:
    """
    Return the segment of a conversation's memories, encoded; their order does not matter.

    Args:
        bodies: the memories, encoded as the read model holds them; None to encode them here.
    """
    ordered = sorted(memories, key=lambda memory: (memory.source.turn is None, memory.source.turn or 0, memory.id))
    language = language_of(next((memory.language for memory in ordered if memory.language), None))
    audiences = sorted({memory.told_to for memory in ordered}, key=lambda told_to: (told_to is not None, told_to))
    asked_texts = [memory.source.asked or naming_words(memory) for memory in ordered]
    reader, counts = Reader([memory.text for memory in ordered], asked_texts, language), Counts()
    units: list[bytes] = []
    own_lengths = context_lengths = reply_lengths = 0
    for number, (memory, after) in enumerate(zip_longest(ordered, ordered[1:])):
        turn = memory.source.turn
        own = reader.own(number)
        asked, _, asked_length = reader.agents(asked_texts[number])
        _, reply, reply_length = reader.agents(_reply(turn, after))
        counts.add(number, own, asked, reply)
        own_length = len(own)
        context_length = own_length + asked_length
        units.append(
            _UNIT.pack(
                memory.salience,
                memory.occurred_at_s,
                audiences.index(memory.told_to),
                memory.is_current,
                turn is not None,
                own_length,
                context_length,
                reply_length,
            )
        )
        own_lengths += own_length
        context_lengths += context_length
        reply_lengths += reply_length
    latest = max(ordered, key=lambda memory: memory.occurred_at_s, default=None)
    terms_table, packed_postings = pack_postings(*counts.of_terms())
    return _encode(
        Segment(
            latest_at_s=latest.occurred_at_s if latest else 0,
            language=language,
            count=len(units),
            own_length=own_lengths,
            context_length=context_lengths,
            reply_length=reply_lengths,
            audiences=tuple(audiences),
            date=_date(latest, language) if latest else (),
            memories_sum=memories_sum(map(msgspec.json.encode, ordered) if bodies is None else bodies),
            terms=terms_table,
            postings=packed_postings,
            units=b"".join(units),
            ids=msgspec.Raw(_encode([memory.id for memory in ordered])),
        )
    )


def read_segment(body: bytes) -> Segment:
    """
    Decode a segment.

    Raises:
        ReadModelDamagedError: the bytes are no segment.
    """
    try:
        return _segments.decode(body)
    except DECODE_ERRORS as error:
        raise ReadModelDamagedError(f"a segment of the index cannot be read: {error}") from error


def memories_sum(bodies: Iterable[bytes]) -> int:
    """Return the sum of the CRC-32 of encoded memories, by which a segment is compared with those it was made of."""
    return sum(map(zlib.crc32, bodies))


def _reply(turn: int | None, after: Memory | None) -> str:
    """Return what the agent said after a turn of the caller: it is the `asked` of the caller's next turn."""
    if turn is None or after is None:
        return ""
    next_turn = after.source.turn
    return after.source.asked if next_turn is not None and next_turn > turn + 1 else ""


def _date(memory: Memory, language: str) -> tuple[str, ...]:
    day = day_of(memory.occurred_at_s, memory.timezone)
    return _terms_of_day(day, language) if day is not None else ()


@lru_cache(_DAYS_KEPT)
def _terms_of_day(day: date, language: str) -> tuple[str, ...]:
    months, days = _calendar(language)
    words = words_of(f"{day.day} {months[day.month]} {day.year} {days[day.weekday()]}", language)
    return tuple(dict.fromkeys(terms_of(words, language)))


def load_calendars() -> None:
    """Read the names of months and days in the languages that are spoken most; all of them would take much memory."""
    for language in _LOADED_LANGUAGES:
        _calendar(language)


@lru_cache
def _calendar(language: str) -> tuple[dict[int, str], dict[int, str]]:
    """Return the names of the months, from 1 on, and of the days of the week, from 0 for Monday."""
    if language == DEFAULT_LANGUAGE:
        return _ENGLISH_CALENDAR
    from babel import Locale, UnknownLocaleError  # noqa: PLC0415

    try:
        locale = Locale(language)
    except (UnknownLocaleError, ValueError, OSError):  # OSError: the installation was taken away meanwhile
        return _ENGLISH_CALENDAR
    return dict(locale.months["format"]["wide"]), dict(locale.days["format"]["wide"])
