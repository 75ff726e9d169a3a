"""
The fold of what was said: which values are so, since when and until when, and how often they were said.

It is the same in any order, and for any number of repetitions: what was said is put into the order of the calls first.
"""

from collections.abc import Iterable

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
    periods: list[Period] = []
    for each in _in_order(said):
        same = next((period for period in periods if period.is_current and period.normal == each.normal), None)
        if each.status == "ended":
            _end(periods, each, same)
        elif each.status == "past":
            if same is None:
                _note_past(periods, each)
        elif same is not None:
            same.said.append(each)
        else:
            _begin(periods, each, is_several=is_several)
    return periods


def _end(periods: list[Period], each: Said, same: Period | None) -> None:
    target = same or _meant(each, periods)
    if target is not None:
        target.ended_by = each
    else:
        _note_past(periods, each)


def _begin(periods: list[Period], each: Said, *, is_several: bool) -> None:
    if not is_several:
        if not each.is_operators and _is_corrected(periods):
            _note_past(periods, each)
            return
        for period in periods:
            if period.is_current:
                period.ended_by = each
    periods.append(_begun(periods, each))


def _in_order(said: Iterable[Said]) -> list[Said]:
    """Return what was said in order, once each: the same of one turn, said in two ways, is one."""
    seen: dict[tuple[int, str, int, str, str], Said] = {}
    for each in sorted(said, key=lambda each: each.order):
        seen.setdefault((each.at_s, each.conversation_id, each.turn, each.status, each.normal), each)
    return list(seen.values())


def _note_past(periods: list[Period], each: Said) -> None:
    known = next((period for period in periods if period.was_only_past and period.normal == each.normal), None)
    if known is not None:
        known.said.append(each)
    else:
        period = _begun(periods, each)
        period.was_only_past = True
        periods.append(period)


def _begun(periods: list[Period], each: Said) -> Period:
    times = sum(period.normal == each.normal for period in periods)
    return Period(normal=each.normal, number=times + 1, said=[each])


def _is_corrected(periods: list[Period]) -> bool:
    """Tell whether what is so now is so because a person said it, which nothing that is heard changes."""
    return any(period.is_current and any(each.is_operators for each in period.said) for period in periods)


def _meant(ended: Said, periods: list[Period]) -> Period | None:
    """Return the one current value that an end can mean: the only one that has all of its words, or no other words."""
    words = {*ended.stems}
    for is_meant in (words.issubset, words.issuperset):
        meant = [period for period in periods if period.is_current and is_meant(period.said[-1].stems)]
        if len(meant) == 1 and words:
            return meant[0]
    return None
