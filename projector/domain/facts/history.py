"""
The fold of what is said in one group: which values are so, since when and until when, and how often they were said.

It goes forward, one call after the other, and of the calls before needs only what is kept of each value. So a new call
costs the same after ten calls as after ten thousand.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

from msgspec import Struct

from projector.domain.facts.period import End, Period, by_call, in_order
from projector.domain.facts.said import Said
from projector.domain.facts.value import NoValues, Value, Values, meant_by


class Settled(Struct, frozen=True):
    """
    What a person settled, by the ids of facts: those that are wrong, and when others were done, Unix seconds.

    `dropped_at_s` is when a person said that it is wrong: what a person says later is so for all that.
    """

    dropped: frozenset[str] = frozenset()
    dropped_at_s: Mapping[str, int] = {}
    resolved: Mapping[str, int] = {}


class Rules(Struct, frozen=True, kw_only=True):
    """
    How one group is folded.

    `is_several` is whether several values can be so at a time. `is_part` tells of a value whether it is another one,
    told in part: it does not take the place of that. `renewed` tells of each that stands whether a value takes its
    place, although several can be so, among those that share one of its `words_of`; None where none does. `ids_of`
    makes the ids of a fact of a normal value and the number of its period, under each key of its caller; `settled`
    holds such ids.
    """

    is_several: bool
    is_part: Callable[[Said, Said], bool] = lambda _, __: False
    renewed: Callable[[Said, Sequence[Said]], list[bool]] | None = None
    words_of: Callable[[Said], frozenset[str] | None] = lambda _: None
    ids_of: Callable[[str, int], Sequence[str]] = lambda normal, number: [f"{normal}/{number}"]
    settled: Settled = Settled()

    def is_dropped(self, said: Said, number: int) -> bool:
        """Tell whether a person said that a fact is wrong, and nobody corrected it since."""
        if not self.settled.dropped:
            return False
        ids = [id_ for id_ in self.ids_of(said.normal, number) if id_ in self.settled.dropped]
        if not said.is_operators:
            return bool(ids)
        return any(self.settled.dropped_at_s.get(id_, said.at_s) >= said.at_s for id_ in ids)

    def resolved(self, period: Period) -> End | None:
        """Return when a person said that a fact is settled."""
        if not self.settled.resolved:
            return None
        ids = self.ids_of(period.normal, period.number)
        at_s = [self.settled.resolved[id_] for id_ in ids if id_ in self.settled.resolved]
        return End(min(at_s), period.last.timezone) if at_s else None


class GroupFold:
    """
    Folds what calls say in one group.

    `changed` holds the values that differ from the stored ones, by their normal form; `touched` the periods that were
    begun, said again or ended, in the order in which that was first done.

    Args:
        stored: the values as the calls before left them.
    """

    def __init__(self, rules: Rules, stored: Values | None = None) -> None:
        self._rules = rules
        self._stored = stored or NoValues()
        self._seen: dict[str, Value] = {}
        self._has_seen_current = False
        self.changed: dict[str, Value] = {}
        self.touched: dict[tuple[str, int], Period] = {}

    def add(self, said: Iterable[Said]) -> None:
        """Fold what one call says; it MUST be later than all calls before."""
        for each in in_order(said):
            self._add(each)

    def current(self, at_s: int | None = None) -> list[Value]:
        """
        Return the values that are so now.

        Args:
            at_s: when this is asked, Unix seconds: what a person settled by then is so no longer.
        """
        return [value for value in self._loaded() if self._standing(value, at_s) is not None]

    def _loaded(self) -> list[Value]:
        """Return the values that were seen, among them all that are so now, or are to be."""
        if not self._has_seen_current:
            self._has_seen_current = True
            for value in self._stored.current():
                self._seen.setdefault(value.normal, value)
        return [*self._seen.values()]

    def _standing(self, value: Value, at_s: int | None) -> Period | None:
        """Return the period in which a value is so at a second, once it is ended where a person settled it before."""
        if value.current is None:
            return None
        resolved = self._rules.resolved(value.current)
        if resolved is None or (at_s is not None and resolved.at_s > at_s):
            return value.current
        if at_s is not None:
            self._end(value, resolved)
        return None

    def _add(self, each: Said) -> None:
        if not self._rules.is_several:
            self._begin_planned(each.at_s)
        value = self._value(each.normal)
        current = self._standing(value, each.at_s)
        if each.status == "ended":
            self._take_back(each, value, current)
        elif each.status == "past":
            if current is None:
                self._note_past(each, value)
        elif current is not None:
            current.add(each)
            self._touch(value, current)
        elif each.status == "planned" and not self._rules.is_several:
            self._plan(each, value)
        elif value.planned is None and self._rules.is_dropped(each, value.times + 1):
            return
        else:
            self._supersede(each, value)

    def _supersede(self, each: Said, value: Value) -> None:
        """Begin a value, which ends all others where there can be one alone, unless a person said one of these."""
        if self._rules.is_several:
            self._end_renewed(each)
            self._begin(each, value)
        elif not each.is_operators and self._is_part(each):
            return
        elif each.is_operators or not self._is_corrected(each.at_s):
            for former in self.current(each.at_s):
                self._end(former, End(each.at_s, each.timezone))
            self._begin(each, value)
            self._expect(each)
        else:
            self._note_past(each, value)

    def _end_renewed(self, each: Said) -> None:
        """
        End what something said takes the place of, where several can be so; not what a person said.

        Nor what the same call says: what somebody tells at once is so at once, in the morning and in the evening.
        """
        if self._rules.renewed is None:
            return
        standing = [(value, value.current) for value in self._akin(each) if value.current is not None]
        are_renewed = self._rules.renewed(each, [period.last for _, period in standing])
        for (value, period), is_renewed in zip(standing, are_renewed, strict=True):
            if is_renewed and not period.is_operators and period.last.call_order != each.call_order:
                self._end(value, End(each.at_s, each.timezone))

    def _akin(self, each: Said) -> list[Value]:
        """Return the values that are so now, and share a word with something said; all where any may be renewed."""
        akin = self._rules.words_of(each)
        if akin is None:
            return self.current(each.at_s)
        for value in self._stored.current_with(akin):
            self._seen.setdefault(value.normal, value)
        return [
            value
            for value in [*self._seen.values()]
            if value.current is not None
            and not akin.isdisjoint(value.current.last.stems)
            and self._standing(value, each.at_s) is not None
        ]

    def _value(self, normal: str) -> Value:
        if normal not in self._seen:
            self._seen[normal] = self._stored.get(normal) or Value(normal=normal)
        return self._seen[normal]

    def _begin(self, each: Said, value: Value) -> None:
        if value.planned is not None:  # earlier than planned
            value.current, value.planned = value.planned, None
            value.current.is_planned = False
            value.current.add(each)
        else:
            value.times += 1
            value.current = Period.begin(each, value.times)
        self._touch(value, value.current)

    def _plan(self, each: Said, value: Value) -> None:
        """Note what is to be so: it takes the place of what is so when its day comes, and of any other plan now."""
        if self._is_corrected(each.at_s):
            self._note_past(each, value)
            return
        if value.planned is not None:
            value.planned.add(each)
            value.planned.begins_at_s = each.begins_at_s or value.planned.begins_at_s
        elif self._rules.is_dropped(each, value.times + 1):
            return
        else:
            self._cancel_plans(End(each.at_s, each.timezone))
            value.times += 1
            value.planned = Period.begin(each, value.times)
            value.planned.is_planned, value.planned.begins_at_s = True, each.begins_at_s
        self._touch(value, value.planned)
        self._expect(each)

    def _expect(self, each: Said) -> None:
        """Note of what is so when it is planned to end; what a person corrected stands above all plans."""
        if each.is_operators:
            self._cancel_plans(End(each.at_s, each.timezone))
        plan = next((value.planned for value in self._planned()), None)
        end = End(plan.begins_at_s, plan.last.timezone) if plan is not None and plan.begins_at_s else None
        for value in self.current(each.at_s):
            if value.current is not None and value.current.expected_end != end:
                value.current.expected_end = end
                self._touch(value, value.current)

    def _planned(self) -> list[Value]:
        return [value for value in self._loaded() if value.planned is not None]

    def _cancel_plans(self, end: End) -> None:
        for value in self._planned():
            period, value.planned = value.planned, None
            assert period is not None
            period.end = end
            self._touch(value, period)

    def _begin_planned(self, at_s: int) -> None:
        """Let what was planned be so, if its day has come."""
        for value in self._planned():
            plan = value.planned
            if plan is None or not 0 < plan.begins_at_s <= at_s:
                continue
            settled = self._rules.resolved(plan)
            if settled is not None and settled.at_s <= plan.begins_at_s:
                self._cancel_plans(settled)
                return
            for former in self.current(plan.begins_at_s):
                self._end(former, End(plan.begins_at_s, plan.last.timezone))
            value.current, value.planned, plan.is_planned = plan, None, False
            self._touch(value, plan)

    def _end(self, value: Value, end: End) -> None:
        period, value.current = value.current, None
        assert period is not None, "only what is so can end"
        period.end = end
        self._touch(value, period)

    def _take_back(self, each: Said, value: Value, current: Period | None) -> None:
        """End the value that is meant, unless a person said it; note it as past where none is, and none ever was."""
        is_this = current is not None or value.planned is not None
        meant = value if is_this else meant_by(each, [*self.current(each.at_s), *self._planned()])
        if meant is not None and meant.current is None and meant.planned is not None:
            self._cancel_plans(End(each.at_s, each.timezone))
            self._expect(each)
        elif meant is None or meant.current is None:
            self._note_past(each, value)
        elif each.is_operators or not meant.current.is_operators:
            self._end(meant, End(each.at_s, each.timezone))

    def _note_past(self, each: Said, value: Value) -> None:
        """Note a value that was never said to be so now."""
        if value.past is not None:
            value.past.add(each)
        elif value.times or self._rules.is_dropped(each, 1):
            return  # that it is over is known
        else:
            value.times = 1
            value.past = Period.begin(each, 1)
            value.past.was_only_past = True
        self._touch(value, value.past)

    def _is_part(self, each: Said) -> bool:
        """Tell whether a value is the one that is so now, told in part."""
        standing = [value.current for value in self.current(each.at_s)]
        return any(period is not None and self._rules.is_part(each, period.last) for period in standing)

    def _is_corrected(self, at_s: int) -> bool:
        """Tell whether what is so now is so because a person said it, which nothing that is heard changes."""
        return any(value.current is not None and value.current.is_operators for value in self.current(at_s))

    def _touch(self, value: Value, period: Period) -> None:
        self.changed[value.normal] = value
        self.touched[period.normal, period.number] = period


def history(said: Iterable[Said], rules: Rules) -> list[Period]:
    """Return the periods of all values of one group, in the order in which they began, whatever order `said` is in."""
    fold = GroupFold(rules)
    for _, of_call in by_call(said):
        fold.add(of_call)
    return [*fold.touched.values()]
