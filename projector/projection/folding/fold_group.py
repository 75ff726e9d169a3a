"""
Folds one group of facts of a caller: onto what is stored of it where the call comes last, else from all calls.

Stored is how far the group is folded but for the last call that says something of it: what a call says comes in parts,
once with the call and once with its extraction, and the second part takes the place of the first.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TypeVar

import msgspec
from msgspec import Struct

from projector.domain.facts.history import GroupFold, Rules
from projector.domain.facts.period import CallOrder, Period, by_call
from projector.domain.facts.registry.registry import Registry
from projector.domain.facts.said import Group, Said
from projector.domain.facts.told_facts import conversation_of, fact_memory, prefix_of, rules_of, value_key
from projector.domain.facts.value import Value
from projector.domain.memories import Memory, by_conversation
from projector.errors import ReadModelDamagedError
from projector.projection.folding.corrected import Corrected
from projector.projection.folding.memory_writer import MemoryWriter
from projector.projection.folding.noted import Noted, decoded
from projector.read_model.checksums import DECODE_ERRORS
from projector.read_model.protocol import ReadModelWriter
from projector.read_model.records import KeptGroup, KeptValue
from projector.read_model.tables.learning_tables import Histories

_T = TypeVar("_T")
# Of the memories of collected values, by their ids, whether each is no longer so.
Outdated = dict[str, bool]


class _Fields(Struct):
    """The newest memory that was collected under each data collection id of a group."""

    newest: dict[str, str]

    def after(self, said: Iterable[Said]) -> "_Fields":
        newest = self.newest | {each.field: each.memory_id for each in said if each.is_collected}
        return _Fields(dict(sorted(newest.items())))


_values = msgspec.json.Decoder(Value)
_fields = msgspec.json.Decoder(_Fields)


class GroupFolder:
    """
    Folds groups of facts of the callers of one generation.

    Args:
        writer: the generation, open for writing; changes join the transaction that is under way.
        memories: writes into the same generation.
        noted: what the calls of the same generation say.
    """

    def __init__(self, writer: ReadModelWriter, memories: MemoryWriter, noted: Noted, registry: Registry) -> None:
        self._writer = writer
        self._memories = memories
        self._noted = noted
        self._registry = registry

    def add(
        self, caller: str, key: str, before: Sequence[bytes], now: Sequence[bytes], corrected: Corrected
    ) -> Outdated | None:
        """
        Fold what one call says in a group now, in place of what it said before.

        Returns:
            which collected values are no longer so; None where nothing was written, and the group must be folded whole.
        """
        kept = self._writer.histories.get(caller, key)
        was, said, group = decoded(before), decoded(now), Group.of_key(key)
        if kept is None:
            is_collected = all(each.is_collected for each in said) and not corrected.said_in(group)
            return {} if is_collected else None  # what agents alone noted makes no facts
        if before == now and not any(each.is_collected for each in said):
            return {}
        if not _can_be_added(kept, was, said):
            return None
        rules, stored = rules_of(corrected.callers, group, self._registry, corrected.settled), self._stored(caller, key)
        fields = _read(_fields, kept.body).after(said)
        fold, former = GroupFold(rules, stored), GroupFold(rules, stored)
        if was:
            former.add(was)
        else:
            fold.add(self._said_last(caller, group, kept, corrected))
            self._put(caller, key, said[0].call_order, fields, fold.changed)
            fold.touched.clear()
        fold.add(said)
        final = {each: fold.touched.get(each) or _period(stored, *each) for each in {**former.touched, **fold.touched}}
        for (normal, number), period in sorted(final.items()):
            memory = fact_memory(caller, group, period, rules, self._registry) if period is not None else None
            self._write(caller, conversation_of(group, normal, number), memory)
        concerned = [*former.touched.values(), *(period for period in final.values() if period is not None)]
        ids = {id_ for period in concerned for id_ in period.collected.values()}
        ids |= {each.memory_id for each in said if each.is_collected}
        return _outdated(ids, final.values(), fields, rules)

    def fold_whole(self, caller: str, key: str, corrected: Corrected) -> Outdated:
        """Fold a group from all that is said in it, and return which collected values are no longer so."""
        group, heard = Group.of_key(key), self._noted.in_group(caller, key)
        # Under an agent that heard nothing of it any more nothing stands either.
        said = [*heard, *corrected.said_in(group)] if heard or group in corrected.groups() else []
        rules = rules_of(corrected.callers, group, self._registry, corrected.settled)
        self._writer.histories.remove(caller, key)
        calls = [*by_call(said)] if any(not each.is_collected for each in said) else []
        fields = _Fields({}).after(each for _, of_call in by_call(heard) for each in of_call)
        fold = GroupFold(rules)
        for _, of_call in calls[:-1]:
            fold.add(of_call)
        for order, of_call in calls[-1:]:
            self._put(caller, key, order, fields, fold.changed)
            fold.add(of_call)
        periods = [*fold.touched.values()]
        self._write_all(caller, group, [fact_memory(caller, group, each, rules, self._registry) for each in periods])
        ids = {each.memory_id for each in heard if each.is_collected}
        if not calls:  # what agents collected is so until another value of the same id comes
            return {id_: id_ not in fields.newest.values() for id_ in ids}
        return _outdated(ids, periods, fields, rules)

    def current(self, caller: str, group: Group, corrected: Corrected) -> list[Period]:
        """Return the periods of what is so now in a group; none of one that holds only what agents collected."""
        kept = self._writer.histories.get(caller, group.key)
        if kept is None:
            return []
        rules = rules_of(corrected.callers, group, self._registry, corrected.settled)
        fold = GroupFold(rules, self._stored(caller, group.key))
        fold.add(self._said_last(caller, group, kept, corrected))
        return [value.current for value in fold.current() if value.current is not None]

    def _said_last(self, caller: str, group: Group, kept: KeptGroup, corrected: Corrected) -> list[Said]:
        """Return what the last call says, or the last that a person said."""
        by_person = [each for each in corrected.said_in(group) if each.call_order == (kept.at_s, kept.conversation_id)]
        return by_person or self._noted.in_call(caller, group.key, kept.conversation_id)

    def _stored(self, caller: str, key: str) -> "_StoredValues":
        return _StoredValues(self._writer.histories, caller, key)

    def _put(self, caller: str, key: str, order: CallOrder, fields: _Fields, changed: Mapping[str, Value]) -> None:
        values = [
            KeptValue(value_key(normal), value.is_standing, msgspec.json.encode(value), _words(value))
            for normal, value in sorted(changed.items())
        ]
        self._writer.histories.put(caller, KeptGroup(key, *order, msgspec.json.encode(fields)), values)

    def _write_all(self, caller: str, group: Group, memories: Iterable[Memory | None]) -> None:
        before = by_conversation(self._writer.memories.beginning_with(caller, prefix_of(group)))
        after = by_conversation(memory for memory in memories if memory is not None)
        for conversation_id in sorted(before.keys() | after.keys()):
            if before[conversation_id] != after[conversation_id]:
                self._replace(caller, conversation_id, after[conversation_id], is_new=not before[conversation_id])

    def _write(self, caller: str, conversation_id: str, memory: Memory | None) -> None:
        before = self._writer.memories.of_conversation(caller, conversation_id)
        after = [memory] if memory is not None else []
        if before != after:
            self._replace(caller, conversation_id, after, is_new=not before)

    def _replace(self, caller: str, conversation_id: str, memories: list[Memory], *, is_new: bool) -> None:
        bodies = [msgspec.json.encode(memory) for memory in memories]
        self._memories.replace(caller, conversation_id, memories, bodies, is_new=is_new)


class _StoredValues:
    """The values of a group as they are stored: as the calls before the last one left them."""

    def __init__(self, histories: Histories, caller: str, key: str) -> None:
        self._histories = histories
        self._caller, self._key = caller, key

    def get(self, normal: str) -> Value | None:
        body = self._histories.value(self._caller, self._key, value_key(normal))
        return None if body is None else _read(_values, body)

    def current(self) -> list[Value]:
        return [_read(_values, body) for body in self._histories.current(self._caller, self._key)]

    def current_with(self, stems: frozenset[str]) -> list[Value]:
        told = [_json(stem) for stem in sorted(stems)]
        return [_read(_values, body) for body in self._histories.current_with(self._caller, self._key, told)]


def _can_be_added(kept: KeptGroup, was: Sequence[Said], said: Sequence[Said]) -> bool:
    """Tell whether what a call says is all that changes in a group: it comes last, and nothing after it."""
    last = (kept.at_s, kept.conversation_id)
    if not said or not was:
        return bool(said) and said[0].call_order > last
    is_last = said[0].call_order == was[0].call_order == last
    # What was collected does not change without its call; a group without a statement is none.
    is_same = [each for each in was if each.is_collected] == [each for each in said if each.is_collected]
    return is_last and is_same and not all(each.is_collected for each in said)


def _outdated(ids: Collection[str], periods: Iterable[Period | None], fields: _Fields, rules: Rules) -> Outdated:
    now = {
        id_
        for period in periods
        if period is not None and period.is_current and rules.resolved(period) is None
        for id_ in period.collected.values()
    }
    now &= {*fields.newest.values()}
    return {id_: id_ not in now for id_ in ids}


def _period(stored: _StoredValues, normal: str, number: int) -> Period | None:
    value = stored.get(normal)
    return value.period(number) if value is not None else None


def _words(value: Value) -> str:
    return _json(value.current.last.stems if value.current is not None else ())


def _json(words: str | tuple[str, ...]) -> str:
    """Return a word, or several, so that each stands among several as it stands by itself."""
    return msgspec.json.encode(words).decode()


def _read(decoder: "msgspec.json.Decoder[_T]", body: bytes) -> _T:
    try:
        return decoder.decode(body)
    except DECODE_ERRORS as error:
        raise ReadModelDamagedError(f"how far facts are folded cannot be read: {error}") from error
