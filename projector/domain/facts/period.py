"""The time in which a value was so, with its proofs, in a size that does not grow with how often it was said."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from msgspec import Struct

from projector.domain.audience import agents_in
from projector.domain.facts.said import Said
from projector.domain.memories import FactSource

# The first proof and the last few are kept.
SOURCES_MAX = 8
# When a call began, and its id.
CallOrder = tuple[int, str]


class End(Struct, frozen=True):
    """When a value was no longer so: Unix seconds, 0 if not known, and the IANA name of the zone of that call."""

    at_s: int
    timezone: str


class Period(Struct, kw_only=True):
    """
    The time in which one value was so.

    `number` counts the times in which the same value was so, from 1. `last` was said last of it; `stated` was stated
    last, by a model or a person: it is `last` where all was collected. `calls` counts the calls that said it;
    `importance` is the greatest, `sensitive` the first that is not `none`. `agents` may hear of it, None for all.
    `is_planned` is whether it is to be so from `begins_at_s` on, Unix seconds, 0 if not known: then it ends nothing
    before; `expected_end` is when another one is planned to take its place.
    `collected` holds by their data collection id the newest memories of what agents collected of it. `is_operators` is
    whether a person said it, `is_heard` whether a call did. `end` is None while it is so. `was_only_past` is whether it
    was never said to be so now.
    """

    normal: str
    number: int
    last: Said
    stated: Said
    first_said_at_s: int
    sources: list[FactSource]
    calls: int = 0
    importance: int = 0
    sensitive: str = "none"
    agents: tuple[str, ...] | None = ()
    redacted: tuple[str, ...] = ()
    collected: dict[str, str] = {}
    is_operators: bool = False
    is_heard: bool = False
    end: End | None = None
    was_only_past: bool = False
    is_planned: bool = False
    begins_at_s: int = 0
    expected_end: End | None = None

    @classmethod
    def begin(cls, said: Said, number: int) -> "Period":
        """Return the period that something said begins."""
        period = cls(normal=said.normal, number=number, last=said, stated=said, first_said_at_s=said.at_s, sources=[])
        period.add(said, is_first=True)
        return period

    @property
    def is_current(self) -> bool:
        """Whether the value is so now."""
        return self.end is None and not self.was_only_past and not self.is_planned

    def add(self, said: Said, *, is_first: bool = False) -> None:
        """Note that it was said again; what is said comes in order."""
        # What one call says comes in a row.
        if not said.is_operators and (is_first or said.conversation_id != self.last.conversation_id):
            self.calls += 1
        self.last = said
        if not said.is_collected or self.stated.is_collected:
            self.stated = said
        self.sources = [*self.sources, _source(said)]
        if len(self.sources) > SOURCES_MAX:
            del self.sources[1]
        self.importance = max(self.importance, said.importance)
        if self.sensitive == "none":
            self.sensitive = said.sensitive
        if said.told_to is None:
            self.agents = None
        elif self.agents is not None:
            self.agents = tuple(sorted({*self.agents, *agents_in(said.told_to)}))
        self.redacted = tuple(sorted({*self.redacted, *said.redacted}))
        if said.is_collected:
            self.collected = self.collected | {said.field: said.memory_id}
        self.is_operators = self.is_operators or said.is_operators
        self.is_heard = self.is_heard or not said.is_operators


def _source(said: Said) -> FactSource:
    return FactSource(
        kind="operator" if said.is_operators else "collected" if said.is_collected else "extraction",
        conversation_id=said.conversation_id,
        said_at_s=said.at_s,
        value=said.value,
        quote=said.quote,
        turn=None if said.is_collected or said.is_operators else said.turn,
        second=said.second,
    )


def by_call(said: Iterable[Said]) -> Iterator[tuple[CallOrder, list[Said]]]:
    """Yield what was said, call by call, in the order of the calls."""
    for order, of_call in groupby(sorted(said, key=lambda each: each.order), key=lambda each: each.call_order):
        yield order, [*of_call]


def in_order(said: Iterable[Said]) -> list[Said]:
    """Return what one call says in order, once each: the same of one turn, said in two ways, is one."""
    seen: dict[tuple[int, str, str], Said] = {}
    for each in sorted(said, key=lambda each: each.order):
        seen.setdefault((each.turn, each.status, each.normal), each)
    return [*seen.values()]
