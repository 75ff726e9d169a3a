"""
Folds what was said of a caller into facts, group by group, beside the fold of the calls.

A fact depends on what all calls say of its group, and on nothing else: so a call changes the groups of which it says
something, and a late one no more than these.
"""

from collections.abc import Iterable, Sequence

import msgspec

from events.log.correction import Correction
from projector.domain.calls import Call
from projector.domain.facts.history import history
from projector.domain.facts.said import Group, Said, collected, corrected, stated
from projector.domain.facts.statement import CALLER
from projector.domain.facts.told_facts import fact_memories, outdated, prefix_of
from projector.domain.facts.validation.validate import validated
from projector.domain.fold import FoldSettings
from projector.domain.memories import CallerView, Fact, FormerValue, Memory, by_conversation, memory_id
from projector.domain.names.reading import name_in
from projector.domain.reading.ids import squeezed
from projector.errors import ReadModelDamagedError
from projector.projection.folding.corrected import Corrected
from projector.projection.folding.memory_writer import MemoryWriter
from projector.projection.workers.work import stored_call
from projector.read_model.checksums import DECODE_ERRORS
from projector.read_model.protocol import ReadModelWriter
from projector.read_model.records import SaidRow

_said = msgspec.json.Decoder(Said)
# While names alternate nobody knows with whom a call was.
_NOBODY_KNOWN = 0
_FORMER_MAX = 3
# In place of a conversation, in what persons said is so; no conversation has this id.
_OF_PERSONS, _FIRST_PERSON = "", 1


class FactFolder:
    """
    Folds the facts of the callers of one generation.

    A caller of whose calls no model said anything has none, and costs nothing.

    Args:
        writer: the generation, open for writing; changes join the transaction that is under way.
        memories: writes into the same generation.
        region: the country in which national numbers are read.
    """

    def __init__(self, writer: ReadModelWriter, memories: MemoryWriter, settings: FoldSettings, *, region: str) -> None:
        self._writer = writer
        self._memories = memories
        self._registry = settings.registry()
        self._hidden = frozenset(map(squeezed, settings.hidden_fields))
        self._region = region

    def may_have_facts(self, caller: str) -> bool:
        """Tell whether a model said anything of any call of a caller, or a person corrected something."""
        return self._writer.extractions.has(caller) or bool(self._writer.corrections.of(caller))

    def update(self, caller: str, conversations: Iterable[str]) -> None:
        """
        Fold the groups of which some conversations say something; MUST come after the memories of these are written.

        Args:
            conversations: those whose call, memories or extraction have changed.
        """
        changed = sorted(set(conversations))
        if not self._writer.said.has_stated(caller):
            extracted = filter(self._writer.extractions.is_there, changed)
            is_first = any(row.is_stated for each in extracted for row in self._rows(caller, each))
            if is_first or self._writer.corrections.of(caller):
                self.update_whole(caller)
            return
        groups: set[str] = set()
        for conversation_id in changed:
            groups |= self._note(caller, conversation_id)
        self._fold(caller, groups | self._note_corrected(caller))
        if not self._writer.said.has_stated(caller):
            self.update_whole(caller)

    def update_whole(self, caller: str) -> None:
        """Fold all groups of a caller anew, from all calls; nothing is kept where nobody but agents noted anything."""
        groups = {*self._writer.said.groups(caller)}
        self._writer.said.forget(caller)
        if groups or self.may_have_facts(caller):
            for kept in self._writer.calls.of(caller):
                groups |= self._note(caller, kept.conversation_id)
        self._fold(caller, groups | self._note_corrected(caller))
        if not self._writer.said.has_stated(caller):
            self._writer.said.forget(caller)

    def corrected(self, view: CallerView) -> CallerView:
        """
        Return a view in which no collected value stands that the caller has taken back or replaced since.

        MUST come after `update`.
        """
        if not self._writer.said.has_stated(view.caller):
            return view
        view = self._named(view)
        if not view.facts:
            return view
        ids = {memory_id(view.caller, "collected", fact.conversation_id, fact.id): fact for fact in view.facts}
        memories = self._writer.read_model.memories(view.caller, ids)
        kept = []
        for id_, fact in ids.items():
            if id_ not in memories or memories[id_].is_current:
                kept.append(fact)
            elif (now := self._said_now(memories[id_])) is not None:
                kept.append(_replaced(fact, now))
        return msgspec.structs.replace(view, facts=tuple(kept))

    def _named(self, view: CallerView) -> CallerView:
        """Return a view with the name that a person corrected."""
        correction = self._corrected(view.caller).values.get("name")
        name = name_in(correction.value) if correction else None
        if name is None:
            return view
        return msgspec.structs.replace(view, name=name.whole, given_name=name.address)

    def _said_now(self, memory: Memory) -> Said | None:
        """Return what took the place of a collected value, and is so now; None where nothing did, or several may."""
        group = collected(memory, self._registry, self._region).group
        attribute = self._registry.get(group.attribute)
        assert attribute is not None
        said = map(self._decoded, self._writer.said.of_group(memory.caller, group.key))
        now = [period for period in history(said, is_several=attribute.is_several) if period.is_current]
        return now[0].said[-1] if len(now) == 1 and not attribute.is_several else None

    def _corrected(self, caller: str) -> Corrected:
        return Corrected(self._writer.corrections.of(caller))

    def _note_corrected(self, caller: str) -> set[str]:
        """Note what persons corrected, in each group of its attribute, and return the groups that it changes."""
        values = self._corrected(caller).values
        before = self._writer.said.of_conversation(caller, _OF_PERSONS)
        if not values and not before:
            return set()
        self._writer.said.replace(caller, _OF_PERSONS, [])
        groups = {_group_of(key) for key in self._writer.said.groups(caller)}
        groups |= {Group(_FIRST_PERSON, CALLER, attribute, None) for attribute in values}
        rows = [
            _row(self._said_by_person(group, values[group.attribute]))
            for group in sorted(groups, key=lambda group: group.key)
            if group.about == CALLER and group.attribute in values
        ]
        self._writer.said.replace(caller, _OF_PERSONS, rows)
        return {row.group for row in (*rows, *before)} if rows != before else set()

    def _said_by_person(self, group: Group, correction: Correction) -> Said:
        return corrected(group, correction.value, correction.at_s, self._registry, self._region)

    def forget(self, caller: str) -> None:
        """Hold nothing that was said of a caller any more; the memories go by themselves."""
        self._writer.said.forget(caller)

    def _note(self, caller: str, conversation_id: str) -> set[str]:
        """Note what a conversation says now, and return the groups of which it says something, or said it before."""
        before, rows = self._writer.said.of_conversation(caller, conversation_id), self._rows(caller, conversation_id)
        self._writer.said.replace(caller, conversation_id, rows)
        return {row.group for row in (*before, *rows)}

    def _rows(self, caller: str, conversation_id: str) -> list[SaidRow]:
        return [_row(said) for said in self._said_in(caller, conversation_id)]

    def _said_in(self, caller: str, conversation_id: str) -> list[Said]:
        kept = self._writer.calls.get(conversation_id)
        if kept is None or kept.caller != caller:
            return []
        call = stored_call(kept.body)
        memories = self._writer.memories.of_conversation(caller, conversation_id)
        person = next((memory.person for memory in memories), _NOBODY_KNOWN)
        said = [*self._stated(call, person)]
        said += [collected(memory, self._registry, self._region) for memory in memories if memory.kind == "collected"]
        return sorted(said, key=lambda each: each.order)

    def _stated(self, call: Call, person: int) -> Iterable[Said]:
        if call.machine or call.is_monologue:
            return
        extraction = self._writer.extractions.best(call.conversation_id, call.sha256)
        if extraction is None:
            return
        for statement in validated(extraction.answer, call, self._registry).statements:
            said = stated(statement, call, person, self._registry, self._region)
            if squeezed(said.attribute.removeprefix("other:")) not in self._hidden:
                yield said

    def _fold(self, caller: str, groups: Iterable[str]) -> None:
        is_outdated: dict[str, bool] = {}
        settled = self._corrected(caller).settled
        for key in sorted(groups):
            said = [self._decoded(body) for body in self._writer.said.of_group(caller, key)]
            group = said[0].group if said else _group_of(key)
            self._write(caller, group, fact_memories(caller, group, said, self._registry, settled))
            is_outdated |= outdated(said, self._registry, group)
        stored = self._writer.read_model.memories(caller, is_outdated)
        wrong = {memory.conversation_id for id_, memory in stored.items() if memory.is_current == is_outdated[id_]}
        for conversation_id in sorted(wrong):
            self._mark(caller, conversation_id, is_outdated)

    def _mark(self, caller: str, conversation_id: str, is_outdated: dict[str, bool]) -> None:
        """Have the memories of collected values say whether they are so."""
        after = [
            msgspec.structs.replace(memory, is_current=not is_outdated[memory.id])
            if memory.id in is_outdated
            else memory
            for memory in self._writer.memories.of_conversation(caller, conversation_id)
        ]
        self._replace(caller, conversation_id, after, is_new=False)

    def _write(self, caller: str, group: Group, memories: Sequence[Memory]) -> None:
        before = by_conversation(self._writer.memories.beginning_with(caller, prefix_of(group)))
        after = by_conversation(memories)
        for conversation_id in sorted(before.keys() | after.keys()):
            if before[conversation_id] != after[conversation_id]:
                self._replace(caller, conversation_id, after[conversation_id], is_new=not before[conversation_id])

    def _replace(self, caller: str, conversation_id: str, memories: list[Memory], *, is_new: bool) -> None:
        bodies = [msgspec.json.encode(memory) for memory in memories]
        self._memories.replace(caller, conversation_id, memories, bodies, is_new=is_new)

    def _decoded(self, body: bytes) -> Said:
        try:
            return _said.decode(body)
        except DECODE_ERRORS as error:
            raise ReadModelDamagedError(f"what was said of a caller cannot be read: {error}") from error


def _row(said: Said) -> SaidRow:
    return SaidRow(said.group.key, not said.is_collected, msgspec.json.encode(said))


def _replaced(fact: Fact, now: Said) -> Fact:
    """Return a collected fact with the value that was said since."""
    former = FormerValue(fact.value, fact.occurred_at_s, now.at_s, fact.timezone, now.timezone)
    return msgspec.structs.replace(
        fact,
        value=now.value,
        conversation_id=now.conversation_id,
        occurred_at_s=now.at_s,
        redacted=now.redacted,
        told_to=now.told_to if fact.told_to is not None else None,
        before=(*fact.before, former)[-_FORMER_MAX:],
        timezone=now.timezone,
    )


def _group_of(key: str) -> Group:
    person, about, attribute, whose = key.split("\u001f")
    return Group(int(person), about, attribute, None if whose == "*" else whose[1:])
