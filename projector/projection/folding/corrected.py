"""What persons corrected of a caller, as the fold of facts takes it."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

from msgspec.structs import replace

from events.log.ours.correction import Correction, read_correction_body, standing
from projector.domain.calls import Call
from projector.domain.facts.history import Settled
from projector.domain.facts.registry.registry import Registry
from projector.domain.facts.said import Group, Said, corrected
from projector.domain.facts.statement import CALLER
from projector.domain.facts.told_facts import fact_id
from projector.domain.memories import Kind, memory_id
from projector.read_model.records import KeptCorrection

# In place of a machine: nothing of such a call is remembered.
OPTED_OUT = "opted-out"
# Whom a call is with depends on what was dropped, so whose the dropped fact was is tried out.
_PEOPLE_MAX, _TIMES_MAX = 17, 4


class Corrected:
    """
    The corrections of one caller that count: all but those that a later one undoes.

    Args:
        callers: all keys of the caller.
        kept: all corrections under these, in any order.
        region: the country in which national numbers are read.
    """

    def __init__(self, callers: Sequence[str], kept: Iterable[KeptCorrection], registry: Registry, region: str) -> None:
        self._standing = standing((each.position, read_correction_body(each.body)) for each in kept)
        # Ids that were made while two keys were one caller hit under either, also once these are parted.
        settled = [each.caller for action in ("drop", "resolve") for each in self._of(action)]
        self.callers = [*dict.fromkeys([*callers, *settled])]
        self._registry = registry
        self._region = region

    @cached_property
    def settled(self) -> Settled:
        """The facts that are wrong, and those that are done."""
        return Settled(
            dropped=frozenset(each.memory_id for each in self._of("drop")),
            dropped_at_s={each.memory_id: each.at_s for each in self._of("drop")},
            resolved={each.memory_id: each.at_s for each in self._of("resolve")},
        )

    @cached_property
    def values(self) -> dict[tuple[int, str], Correction]:
        """
        The values that count above all others, by person and attribute; the last one in the log counts.

        None of a caller who opted out altogether: of such a caller nothing is remembered.
        """
        if any(each.is_all for each in self._of("optout")):
            return {}
        return {(each.person, each.attribute): each for each in self._of("correct")}

    def value_of(self, person: int, attribute: str) -> Correction | None:
        """Return the value that a person gave of an attribute, if anybody may be told of that."""
        return self.values.get((person, attribute)) if self._knows(attribute) else None

    def remembered(self, call: Call) -> Call:
        """
        Return a call as it is to be folded: without what a person said is wrong.

        Where its caller opted out it is one with nobody.
        """
        is_out = any(each.is_all or call.order[0] >= each.at_s or not call.order[0] for each in self._of("optout"))
        if is_out and not call.machine:
            return replace(call, machine=OPTED_OUT)
        return self._without_dropped(call) if self.settled.dropped else call

    def _without_dropped(self, call: Call) -> Call:
        def is_dropped(kind: Kind, key: str) -> bool:
            ids = (memory_id(caller, kind, call.conversation_id, key) for caller in self.callers)
            return not self.settled.dropped.isdisjoint(ids)

        collected = {id_: value for id_, value in call.collected.items() if not is_dropped("collected", id_)}
        turns = tuple(turn for turn in call.turns if not (turn.is_caller and is_dropped("turn", str(turn.index))))
        if is_dropped("summary", "summary"):
            call = replace(call, summary="", title="")
        if (len(collected), len(turns)) == (len(call.collected), len(call.turns)):
            return call
        return replace(call, collected=collected, turns=turns)

    def is_dropped(self, said: Said) -> bool:
        """Tell whether a person said that something is wrong, whoever of those who call from the number said it."""
        dropped = self.settled.dropped
        return bool(dropped) and any(
            fact_id(caller, replace(said.group, person=person), said.normal, number) in dropped
            for caller in self.callers
            for person in range(_PEOPLE_MAX)
            for number in range(1, _TIMES_MAX)
        )

    def groups(self) -> list[Group]:
        """Return the groups in which corrected values stand, whatever calls say."""
        return [Group(person, CALLER, attribute, None) for person, attribute in self.values if self._knows(attribute)]

    def said_in(self, group: Group) -> list[Said]:
        """Return what a person said is so in a group, in place of what calls say."""
        correction = self.value_of(group.person, group.attribute) if group.about == CALLER else None
        if correction is None:
            return []
        return [corrected(group, correction.value, correction.at_s, self._registry, self._region)]

    def _knows(self, attribute: str) -> bool:
        # An attribute of the operator's own may have gone from the settings, and another be hidden.
        return self._registry.get(attribute) is not None and not self._registry.hides(attribute)

    def _of(self, action: str) -> Iterator[Correction]:
        return (each for _, each in sorted(self._standing.items()) if each.action == action)
