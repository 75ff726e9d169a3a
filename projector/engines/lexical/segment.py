"""
The index of one conversation: which terms its memories hold, and how often.

A segment is one row, written and removed as a whole. A search scans its bytes instead of decoding them, because a
question needs only a few of its terms. Segments of older calls are also merged into blocks, see `block`.
"""

import struct
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from itertools import zip_longest
from typing import Any

import msgspec
from msgspec import UNSET, Struct

from projector.domain.days import day_of
from projector.domain.facts.told.naming import naming_words
from projector.domain.memories import Memory
from projector.engines.lexical.postings import Postings, find_postings, pack_postings
from projector.engines.lexical.vocabulary.terms import (
    DEFAULT_LANGUAGE,
    TERMS_VERSION,
    language_of,
    read_words,
    terms_of,
)
from projector.errors import ReadModelDamagedError
from projector.read_model.checksums import DECODE_ERRORS

# Raise it with every change of what a segment or a block holds, or of which segments make a block.
INDEX_VERSION = f"8, terms {TERMS_VERSION}"
# A posting counts in one byte how often the unit has the term.
_COUNT_MAX = 255
# A posting as a number of 64 bits, with the unit in its lower half. This one: unit 0 itself has the term once.
_ONCE = 1 << 32
# A unit: see `Segment.raw_units`.
_UNIT = struct.Struct("<dqI??III")
# Of a conversation, so many characters are searched for what is said in pieces, which takes ten times as long as all
# else: more than two hours of talking, in which each turn has a number or a letter by itself.
_JOINED_CHARS_MAX = 128 * 1024
_AGENT_TURNS_KEPT, _DAYS_KEPT = 1024, 1024
_LOADED_LANGUAGES = ("de", "en", "es", "fr", "it", "nl", "pl", "pt", "sv")
# The same names as in `babel`, whose import takes long and is spared where all calls are in English.
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
# The postings of unit 0 if it had some terms itself, and the number of terms.
_Counted = tuple[dict[str, int], int]
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
    postings: dict[str, list[int]] = defaultdict(list)
    units: list[bytes] = []
    own_lengths = context_lengths = reply_lengths = 0
    reader = _Reader(language)
    for number, (memory, after) in enumerate(zip_longest(ordered, ordered[1:])):
        own, own_length = reader.own(memory.text)
        asked, asked_length = reader.asked(memory)
        reply, reply_length = reader.agents(_reply(memory, after))
        for term, times in _together(own, asked, reply).items():
            postings[term].append(times + number)
        context_length = own_length + asked_length
        units.append(
            _UNIT.pack(
                memory.salience,
                memory.occurred_at_s,
                audiences.index(memory.told_to),
                memory.is_current,
                memory.source.turn is not None,
                own_length,
                context_length,
                reply_length,
            )
        )
        own_lengths += own_length
        context_lengths += context_length
        reply_lengths += reply_length
    latest = max(ordered, key=lambda memory: memory.occurred_at_s, default=None)
    terms = sorted(postings)
    terms_table, packed_postings = pack_postings(terms, [postings[term] for term in terms])
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


def _reply(memory: Memory, after: Memory | None) -> str:
    """Return what the agent said after a turn of the caller: it is the `asked` of the caller's next turn."""
    turn, next_turn = memory.source.turn, after.source.turn if after is not None else None
    if after is not None and turn is not None and next_turn is not None and next_turn > turn + 1:
        return after.source.asked
    return ""


class _Reader:
    """Counts the terms of the texts of one conversation, in order; what the last ones say in pieces may stay so."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._left_chars = _JOINED_CHARS_MAX
        self._agents: dict[str, _Counted] = {}

    def own(self, text: str) -> _Counted:
        """Return the counts of a memory's own terms, for the caller to change, and the number of terms."""
        terms, searched_chars = _terms(text, self._language, is_joining=self._left_chars > 0)
        self._left_chars -= searched_chars
        return _counted(terms)

    def asked(self, memory: Memory) -> _Counted:
        """Return the same of what is asked before a memory: by the agent, or, of a fact, by whoever asks for it."""
        if memory.fact is not UNSET and memory.fact.questions:
            return self.own(naming_words(memory))  # which hardly comes up again
        return self.agents(memory.source.asked or naming_words(memory))

    def agents(self, text: str) -> _Counted:
        """Return the same of an agent's turn, which most often comes up twice; not for the caller to change."""
        if (known := self._agents.get(text)) is None:
            known, searched_chars = _agents(text, self._language, self._left_chars > 0)
            self._agents[text] = known
            self._left_chars -= searched_chars
        return known


@lru_cache(_AGENT_TURNS_KEPT)
def _agents(text: str, language: str, is_joining: bool) -> tuple[_Counted, int]:
    """Count the terms of an agent's turn. Cached: greetings and the like come again in other calls."""
    terms, searched_chars = _terms(text, language, is_joining=is_joining)
    return _counted(terms), searched_chars


def _terms(text: str, language: str, *, is_joining: bool) -> tuple[list[str], int]:
    """Return the terms of a text, and how many characters were searched for what is said in pieces."""
    if not text:
        return [], 0
    words, searched_chars = read_words(text, language, is_joining=is_joining)
    return terms_of(words, language), searched_chars


def _counted(terms: Sequence[str]) -> _Counted:
    """Return the postings of unit 0 if it had these terms itself, and the number of terms."""
    counts = dict.fromkeys(terms, _ONCE)
    if len(counts) < len(terms):
        counts = dict.fromkeys(terms, 0)
        for term in terms:  # so few of them that to make a `Counter` takes longer
            counts[term] = min(counts[term] + _ONCE, _COUNT_MAX * _ONCE)
    return counts, len(terms)


def _together(own: dict[str, int], asked: Mapping[str, int], reply: Mapping[str, int]) -> dict[str, int]:
    """Return the postings of unit 0 from the counts of its three fields; changes `own`."""
    for shift, counts in ((8, asked), (16, reply)):
        for term, times in counts.items():
            own[term] = own.get(term, 0) + (times << shift)
    return own


def _date(memory: Memory, language: str) -> tuple[str, ...]:
    day = day_of(memory.occurred_at_s, memory.timezone)
    return _terms_of_day(day, language) if day is not None else ()


@lru_cache(_DAYS_KEPT)
def _terms_of_day(day: date, language: str) -> tuple[str, ...]:
    months, days = _calendar(language)
    words = f"{day.day} {months[day.month]} {day.year} {days[day.weekday()]}"
    return tuple(dict.fromkeys(_terms(words, language, is_joining=True)[0]))


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
