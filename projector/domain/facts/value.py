"""What the fold keeps of each value of a group, and where it finds that."""

from collections.abc import Callable, Sequence
from typing import Protocol

from msgspec import Struct

from projector.domain.facts.period import Period
from projector.domain.facts.said import Said


class Value(Struct, kw_only=True):
    """
    What the fold keeps of one value of a group.

    `times` is how often it became so. `current` is the period in which it is so now, `planned` the one in which it is
    to be so, `past` the one of what was only ever said to be over.
    """

    normal: str
    times: int = 0
    current: Period | None = None
    past: Period | None = None
    planned: Period | None = None

    @property
    def is_standing(self) -> bool:
        """Whether it is so now, or is to be."""
        return self.current is not None or self.planned is not None

    def period(self, number: int) -> Period | None:
        """Return a period that is kept; None for one that has ended."""
        return next(
            (each for each in (self.current, self.planned, self.past) if each is not None and each.number == number),
            None,
        )


class Values(Protocol):
    """The values of one group as some calls left them; each look gives values of its own, that may be changed."""

    def get(self, normal: str) -> Value | None:
        """Return what is kept of a value; None where it was never said."""

    def current(self) -> list[Value]:
        """Return the values that are so now, or are to be."""

    def current_with(self, stems: frozenset[str]) -> list[Value]:
        """Return, of the values that are so now, at least those of which what was said last has one of some stems."""


class NoValues:
    """The values before the first call."""

    def get(self, normal: str) -> Value | None:  # noqa: ARG002 - as the protocol has it
        """Return None: nothing was said."""
        return None

    def current(self) -> list[Value]:
        """Return nothing."""
        return []

    def current_with(self, stems: frozenset[str]) -> list[Value]:  # noqa: ARG002 - as the protocol has it
        """Return nothing."""
        return []


def meant_by(ended: Said, standing: Sequence[Value]) -> Value | None:
    """
    Return the one value that an end can mean.

    It is the only one that has all of its words, or no other words; else the only one of its day alone: `tomorrow's
    cleaning`, which was booked as `February 3 at 5 pm`. What is so from a day on, as a medicine, is not of that day.

    Args:
        standing: those that are so, or are to be.
    """
    words = {*ended.stems}
    asked: list[Callable[[Said], bool]] = []
    if words:
        asked += [lambda said: words.issubset(said.stems), lambda said: words.issuperset(said.stems)]
    if ended.valid_from is not None:
        asked.append(lambda said: said.valid_from == said.valid_to == ended.valid_from)
    periods = [(value, period) for value in standing if (period := value.current or value.planned) is not None]
    for is_meant in asked:
        meant = [value for value, period in periods if is_meant(period.last)]
        if len(meant) == 1:
            return meant[0]
    return None
