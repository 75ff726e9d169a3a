"""Some calls of one caller, as a search sees them; and how much of it the agent that asks may know."""

from collections.abc import Iterable, Sequence
from itertools import compress
from typing import Protocol

from projector.domain.audience import may_hear
from projector.engines.lexical.columns import Columns, Sums, columns_of
from projector.engines.lexical.postings import NONE, Postings, compounds_of, term_of, terms_in
from projector.engines.lexical.segment import Segment


class Part(Protocol):
    """Calls, in the order of the units' numbers."""

    columns: Columns

    def find(self, key: bytes, language: str) -> Postings:
        """Return the postings of a term of a language, given its `key_of`."""

    def dated(self, key: bytes, language: str) -> Sequence[int]:
        """Return the calls of a language that were on a day of this name, given the `key_of` the term."""

    def compounds_of(self, term: str, language: str) -> Iterable[bytes]:
        """Return the keys of terms that end in this one, or that this one ends in."""

    def vocabulary(self, language: str) -> Iterable[str]:
        """Return all terms of a language."""

    def moments(self) -> Sequence[int]:
        """Return the moment of each unit, Unix seconds."""

    def ids(self) -> Sequence[str]:
        """Return the id of the memory of each unit."""


class Loose:
    """The segments of a caller that are in no block. A `Part`."""

    def __init__(self, segments: Sequence[Segment]) -> None:
        self.columns = columns_of(segments)
        self._segments = segments

    def find(self, key: bytes, language: str) -> Postings:
        """Return the postings of a term of a language, given its `key_of`."""
        units, counts = list[int](), list[int]()
        for segment, first in zip(self._segments, self.columns.first_units, strict=False):
            if segment.language == language and (found := segment.find(key)) is not NONE:
                units += [first + number for number in found.units]
                counts += found.counts
        return Postings(units, counts) if units else NONE

    def dated(self, key: bytes, language: str) -> Sequence[int]:
        """Return the calls of a language that were on a day of this name, given the `key_of` the term."""
        name = term_of(key)
        return [
            call for call, segment in enumerate(self._segments) if segment.language == language and name in segment.date
        ]

    def compounds_of(self, term: str, language: str) -> Iterable[bytes]:
        """Return the keys of terms that end in this one, or that this one ends in."""
        terms = [segment.terms for segment in self._segments if segment.language == language]
        return dict.fromkeys(key for lines in terms for key in compounds_of(term, lines))

    def vocabulary(self, language: str) -> Iterable[str]:
        """Return all terms of a language."""
        terms = [segment.terms for segment in self._segments if segment.language == language]
        return dict.fromkeys(term for lines in terms for term in terms_in(lines))

    def moments(self) -> Sequence[int]:
        """Return the moment of each unit, Unix seconds."""
        return [moment for segment in self._segments for moment in segment.moments()]

    def ids(self) -> Sequence[str]:
        """Return the id of the memory of each unit."""
        return [id_ for segment in self._segments for id_ in segment.memory_ids()]


class Heard:
    """
    A part, as far as one agent may know it, and what a ranking notes of it.

    `fits` is by unit, `date_fits` and `whole_fits` by call. `matching` are the calls of the units in `fits`.

    Args:
        agent_id: None for an asker who may know everything.
    """

    def __init__(self, part: Part, agent_id: str | None) -> None:
        self.columns = columns = part.columns
        self.fits: dict[int, float] = {}
        self.date_fits: dict[int, float] = {}
        self.whole_fits: dict[int, float] = {}
        self.matching = set[int]()
        self._part = part
        self._moments: Sequence[int] | None = None
        self._ids: Sequence[str] | None = None
        is_told = [may_hear(told_to, agent_id) for told_to in columns.audiences]
        self._is_told = [is_told[kind.audience] for kind in columns.kinds]
        self._is_all_told = all(self._is_told)
        told = list(compress(columns.sums, self._is_told))
        self.sums = Sums(*map(sum, zip(*told, strict=True))) if told else Sums(0, 0, 0, 0)
        groups = [group for group in columns.groups if any(is_told[audience] for audience in group.audiences)]
        self.languages = {columns.languages[group.language] for group in groups}
        self.calls = sum(group.calls for group in groups)

    def find(self, key: bytes, language: str) -> Postings:
        """Return the postings of a term of a language in units that the agent may know, given its `key_of`."""
        if language not in self.languages:
            return NONE
        postings = self._part.find(key, language)
        if self._is_all_told or postings is NONE:
            return postings
        is_told, kinds = self._is_told, self.columns.unit_kinds
        told = [is_told[kinds[number]] for number in postings.units]
        return Postings(list(compress(postings.units, told)), list(compress(postings.counts, told)))

    def find_compounds(self, term: str, language: str) -> Postings:
        """Return the postings of compounds that end in a term, and of terms that the term itself ends in."""
        found: dict[int, int] = {}
        if language in self.languages:
            for key in self._part.compounds_of(term, language):
                for number, counts in zip(*self.find(key, language), strict=True):
                    found[number] = found.get(number, 0) | counts  # packed counts can be neither added nor compared
        return Postings(list(found), list(found.values()))

    def vocabulary(self, language: str) -> Iterable[str]:
        """Return all terms of a language, those of units that are hidden from the agent included."""
        return self._part.vocabulary(language) if language in self.languages else ()

    def dated(self, key: bytes, language: str) -> dict[int, int]:
        """Return the calls of a language on a day of this name with how many units the agent may know, if any."""
        calls = self._part.dated(key, language) if language in self.languages else ()
        return {call: count for call in calls if (count := self._count(call))}

    def length_of(self, call: int) -> int:
        """Return the sum of the context lengths of a call."""
        if self._is_all_told:
            return self.columns.call_lengths[call]
        lengths, unit_lengths = self.columns.context_lengths, self.columns.unit_lengths
        return sum([lengths[unit_lengths[number]] for number in self.units_of(call) if self.is_told(number)])

    def units_of(self, call: int) -> range:
        """Return the numbers of all units of a call, including those that are hidden from the agent."""
        return range(self.columns.first_units[call], self.columns.first_units[call + 1])

    def told_kinds(self) -> list[bool]:
        """Tell of each kind of unit whether the agent may know it."""
        return self._is_told

    def is_told(self, number: int) -> bool:
        """Tell whether the agent may know a unit."""
        return self._is_all_told or self._is_told[self.columns.unit_kinds[number]]

    def occurred_at_s(self, number: int) -> int:
        """Return the moment of a unit, Unix seconds."""
        if self._moments is None:
            self._moments = self._part.moments()
        return self._moments[number]

    def memory_ids(self) -> Sequence[str]:
        """Return the ids of the memories of all units, including those that are hidden from the agent."""
        if self._ids is None:
            self._ids = self._part.ids()
        return self._ids

    def memory_id(self, number: int) -> str:
        """Return the id of the memory of a unit."""
        return self.memory_ids()[number]

    def latest(self, call: int) -> int:
        """Return the moment of the last unit of a call, Unix seconds."""
        return self.occurred_at_s(self.columns.first_units[call + 1] - 1)

    def _count(self, call: int) -> int:
        units = self.units_of(call)
        return len(units) if self._is_all_told else sum(map(self.is_told, units))
