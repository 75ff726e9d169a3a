"""
The fold of what was said: which values are so, since when and until when, and how often they were said.

It is the same in any order, and for any number of repetitions: what was said is put into the order of the calls first.
"""

from collections import Counter
from collections.abc import Collection, Iterable

from msgspec import Struct

from projector.domain.facts.said import Said


class Period(Struct, kw_only=True):
    """
    The time in which one value was so; `said` holds what proves it, in order.

    `number` counts the times in which the same value was so, from 1. `ended_by` is what ended it: another value, or
    that it is no longer so; None while it is so. `was_only_past` is whether it was never said to be so now.
    """

    normal: str
    number: int
    said: list[Said]
    ended_by: Said | None = None
    was_only_past: bool = False

    @property
    def is_current(self) -> bool:
        """Whether the value is so now."""
        return self.ended_by is None and not self.was_only_past


def history(said: Iterable[Said], *, is_several: bool) -> list[Period]:
    """
    Return the periods of all values of one group, in the order in which they began.

    Args:
        is_several: whether several values can be so at a time.
    """
    periods = _Periods()
    for each in _in_order(said):
        same = periods.current.get(each.normal)
        if each.status == "ended":
            periods.end(each, same)
        elif each.status == "past":
            if same is None:
                periods.note_past(each)
        elif same is not None:
            same.said.append(each)
        elif is_several:
            periods.begin(each)
        elif each.is_operators or not periods.is_corrected():
            periods.supersede_by(each)
        else:
            periods.note_past(each)
    return periods.all


class _Periods:
    """The periods so far: `all` in the order in which they began, `current` those that are so, by their values."""

    def __init__(self) -> None:
        self.all: list[Period] = []
        self.current: dict[str, Period] = {}
        self._past: dict[str, Period] = {}
        self._times: Counter[str] = Counter()

    def begin(self, each: Said) -> None:
        """Begin the period of a value that is so from now on."""
        self.current[each.normal] = self._add(each)

    def supersede_by(self, each: Said) -> None:
        """End all that is so, and begin the period of another value."""
        for period in self.current.values():
            period.ended_by = each
        self.current.clear()
        self.begin(each)

    def end(self, each: Said, same: Period | None) -> None:
        """End the period that is meant; note the value as past where none is."""
        target = same or _meant(each, self.current.values())
        if target is None:
            self.note_past(each)
        else:
            target.ended_by = each
            del self.current[target.normal]

    def note_past(self, each: Said) -> None:
        """Note a value that was never said to be so now."""
        known = self._past.get(each.normal)
        if known is not None:
            known.said.append(each)
        else:
            self._past[each.normal] = period = self._add(each)
            period.was_only_past = True

    def is_corrected(self) -> bool:
        """Tell whether what is so now is so because a person said it, which nothing that is heard changes."""
        return any(each.is_operators for period in self.current.values() for each in period.said)

    def _add(self, each: Said) -> Period:
        self._times[each.normal] += 1
        period = Period(normal=each.normal, number=self._times[each.normal], said=[each])
        self.all.append(period)
        return period


def _in_order(said: Iterable[Said]) -> list[Said]:
    """Return what was said in order, once each: the same of one turn, said in two ways, is one."""
    seen: dict[tuple[int, str, int, str, str], Said] = {}
    for each in sorted(said, key=lambda each: each.order):
        seen.setdefault((each.at_s, each.conversation_id, each.turn, each.status, each.normal), each)
    return list(seen.values())


def _meant(ended: Said, current: Collection[Period]) -> Period | None:
    """Return the one current value that an end can mean: the only one that has all of its words, or no other words."""
    words = {*ended.stems}
    for is_meant in (words.issubset, words.issuperset):
        meant = [period for period in current if is_meant(period.said[-1].stems)]
        if len(meant) == 1 and words:
            return meant[0]
    return None
