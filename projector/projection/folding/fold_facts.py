"""
Folds what was said of a caller into facts, group by group, beside the fold of the calls.

A fact depends on what all calls say of its group, and on nothing else: so a call changes the groups of which it says
something, and a late one no more than these.
"""

from collections.abc import Collection, Iterable

import msgspec

from projector.domain.calls import Call
from projector.domain.facts.said import Group, Said, collected
from projector.domain.facts.statement import CALLER
from projector.domain.fold import FoldSettings
from projector.domain.memories import CallerView, Fact, FormerValue, Memory, PersonName, memory_id
from projector.domain.names.name import Name
from projector.domain.names.reading import name_in
from projector.domain.names.sameness import fits, told_anew
from projector.domain.names.speaker import Speaker
from projector.domain.redaction.redaction import RedactionSettings
from projector.projection.folding.corrected import Corrected
from projector.projection.folding.fold_group import GroupFolder, Outdated
from projector.projection.folding.memory_writer import MemoryWriter
from projector.projection.folding.noted import Changed, Noted, decoded
from projector.read_model.protocol import ReadModelWriter
from projector.read_model.records import KeptExtraction

_FORMER_MAX = 3


class FactFolder:
    """
    Folds the facts of the callers of one generation.

    A caller of whose calls no model said anything, and of whom no person did, has none, and costs nothing.

    Args:
        writer: the generation, open for writing; changes join the transaction that is under way.
        memories: writes into the same generation.
        region: the country in which national numbers are read.
        redaction: see `Noted`.
    """

    def __init__(
        self,
        writer: ReadModelWriter,
        memories: MemoryWriter,
        settings: FoldSettings,
        *,
        region: str,
        redaction: RedactionSettings,
    ) -> None:
        self._writer = writer
        self._memories = memories
        self._registry = settings.registry()
        self._region = region
        self._noted = Noted(writer, self._registry, region=region, redaction=redaction)
        self._groups = GroupFolder(writer, memories, self._noted, self._registry)

    def may_have_facts(self, caller: str) -> bool:
        """Tell whether a model said anything of any call of a caller, or a person corrected something."""
        return self._writer.extractions.has(caller) or any(
            self._writer.corrections.of(key) for key in self._writer.merged.keys_of(caller)
        )

    def speaker_of(self, call: Call, corrected: Corrected) -> Speaker | None:
        """Return who speaks in a call, as a model says: see `Noted`."""
        return self._noted.speaker_of(call, corrected)

    def speaker_in(self, extraction: KeptExtraction | None, call: Call, corrected: Corrected) -> Speaker | None:
        """Return who speaks in a call by one extraction: see `Noted`."""
        return self._noted.speaker_in(extraction, call, corrected)

    def update(self, caller: str, conversations: Iterable[str], *, rewritten: Collection[str] = ()) -> None:
        """
        Fold the groups of which some conversations say something; MUST come after the memories of these are written.

        Args:
            conversations: those whose call, memories or extraction have changed.
            rewritten: those whose memories were written anew, and no longer tell which collected values are so.
        """
        changed = sorted(set(conversations))
        corrected = self.corrections_of(caller)
        if not self._writer.histories.is_there(caller):
            if corrected.values or any(self._noted.states_anything(caller, each, corrected) for each in changed):
                self.update_whole(caller)
            return
        noted = [(conversation_id, self._noted.note(caller, conversation_id, corrected)) for conversation_id in changed]
        whole, outdated = set[str](), Outdated()
        for conversation_id, change in sorted(noted, key=lambda each: _order(each[1])):
            for group in change.groups():
                before, now = change.before.get(group, []), change.now.get(group, [])
                if group in whole or (before == now and conversation_id not in rewritten):
                    continue
                added = self._groups.add(caller, group, before, now, corrected)
                if added is None:
                    whole.add(group)
                else:
                    outdated |= added
        for group in sorted(whole):
            outdated |= self._groups.fold_whole(caller, group, corrected)
        self._mark(caller, outdated)
        if not self._writer.histories.is_there(caller):
            self._writer.said.forget(caller)

    def update_whole(self, caller: str) -> None:
        """Fold all groups of a caller anew, from all calls; nothing is kept where nobody but agents noted anything."""
        corrected = self.corrections_of(caller)
        groups = {*self._writer.histories.groups(caller)}
        self._writer.said.forget(caller)
        if groups or corrected.values or self._writer.extractions.has(caller):
            for kept in self._writer.calls.of(caller):
                self._noted.note(caller, kept.conversation_id, corrected)
        groups |= {*self._writer.said.groups(caller), *(group.key for group in corrected.groups())}
        outdated = Outdated()
        for group in sorted(groups):
            outdated |= self._groups.fold_whole(caller, group, corrected)
        self._mark(caller, outdated)
        if not self._writer.histories.is_there(caller):
            self._writer.said.forget(caller)

    def corrected(self, view: CallerView) -> CallerView:
        """
        Return a view in which no collected value stands that the caller has taken back or replaced since.

        It holds what models proposed as the next greeting. MUST come after `update`.
        """
        are_read = any(self._writer.extractions.is_there(call.conversation_id) for call in view.newest_calls)
        has_facts = self._writer.histories.is_there(view.caller)
        if not are_read and not has_facts:
            return view
        corrected = self.corrections_of(view.caller)
        view = self._with_proposals(view, corrected) if are_read else view
        if not has_facts:
            return view
        view = _named(self._with_stated_name(view, corrected), corrected)
        if not view.facts:
            return view
        ids = {memory_id(view.caller, "collected", fact.conversation_id, fact.id): fact for fact in view.facts}
        memories = self._writer.read_model.memories(view.caller, ids)
        kept = []
        for id_, fact in ids.items():
            if id_ not in memories or memories[id_].is_current:
                kept.append(fact)
            elif (now := self._said_now(memories[id_], corrected)) is not None:
                kept.append(_replaced(fact, now))
        return msgspec.structs.replace(view, facts=tuple(kept))

    def forget(self, caller: str) -> None:
        """Hold nothing that was said of a caller any more; the memories go by themselves."""
        self._writer.said.forget(caller)
        self._writer.histories.forget(caller)

    def corrections_of(self, caller: str) -> Corrected:
        """Return what persons corrected of a caller, under all keys of the caller."""
        keys = self._writer.merged.keys_of(caller)
        kept = [each for key in keys for each in self._writer.corrections.of(key)]
        return Corrected(keys, kept, self._registry, self._region)

    def _with_stated_name(self, view: CallerView, corrected: Corrected) -> CallerView:
        """
        Return a view with the name that a model stated of the caller, where the collected one is not the caller's.

        It is not where the caller has told another one since, and where it is that of somebody of whom the caller
        spoke: `patient_name` is the mother's of whoever calls for her. Then there may be none.
        """
        known = name_in(view.name)
        if known is None or not view.person:
            return view
        now = self._groups.current(view.caller, Group(view.person, CALLER, "name", None), corrected)
        said = now[0].stated if len(now) == 1 and not now[0].stated.is_collected else None
        stated = name_in(said.value) if said is not None else None
        if self._is_of_another(view, known, corrected):
            return _with_name(view, stated)
        collected_at_s = [each.occurred_at_s for each in view.facts if name_in(each.value) == known]
        if said is None or stated is None or not collected_at_s or max(collected_at_s) >= said.at_s:
            return view
        return _with_name(view, told_anew(known, stated)) if fits(known, stated) else view

    def _is_of_another(self, view: CallerView, known: Name, corrected: Corrected) -> bool:
        """
        Tell whether a name is that of somebody else, as the caller said.

        What others who call from the same number say does not count: the caller may be the wife whom they named.
        """
        groups = map(Group.of_key, self._writer.histories.groups_of(view.caller, view.person, "name"))
        periods = (
            period
            for group in groups
            if group.about != CALLER
            for period in self._groups.current(view.caller, group, corrected)
        )
        return any(
            (name := name_in(period.stated.value)) is not None and name.whole == known.whole for period in periods
        )

    def _with_proposals(self, view: CallerView, corrected: Corrected) -> CallerView:
        """Return a view with the next greeting that was proposed of each agent's newest call."""
        calls = [
            msgspec.structs.replace(
                call, next_greeting=self._noted.proposed_greeting(view.caller, call.conversation_id, corrected)
            )
            for call in view.newest_calls
        ]
        return msgspec.structs.replace(view, newest_calls=tuple(calls))

    def _said_now(self, memory: Memory, corrected: Corrected) -> Said | None:
        """Return what took the place of a collected value, and is so now; None where nothing did, or several may."""
        group = collected(memory, self._registry, self._region).group
        attribute = self._registry.get(group.attribute)
        if attribute is None or attribute.is_several:
            return None
        now = self._groups.current(memory.caller, group, corrected)
        return now[0].last if len(now) == 1 else None

    def _mark(self, caller: str, outdated: Outdated) -> None:
        """Have the memories of collected values say whether they are so."""
        stored = self._writer.read_model.memories(caller, outdated)
        wrong = {memory.conversation_id for id_, memory in stored.items() if memory.is_current == outdated[id_]}
        for conversation_id in sorted(wrong):
            after = [
                msgspec.structs.replace(memory, is_current=not outdated[memory.id]) if memory.id in outdated else memory
                for memory in self._writer.memories.of_conversation(caller, conversation_id)
            ]
            bodies = [msgspec.json.encode(memory) for memory in after]
            self._memories.replace(caller, conversation_id, after, bodies, is_new=False)


def _order(change: Changed) -> tuple[int, str]:
    """Return the order of the call that a change is of; what says nothing comes first."""
    first = next((bodies[0] for bodies in (*change.now.values(), *change.before.values())), None)
    return (0, "") if first is None else decoded([first])[0].call_order


def _named(view: CallerView, corrected: Corrected) -> CallerView:
    """Return a view with the name that a person corrected of whoever the next caller is taken for."""
    correction = corrected.value_of(view.person, "name")
    name = name_in(correction.value) if correction else None
    if name is None:
        return view
    return msgspec.structs.replace(view, name=name.whole, given_name=name.address)


def _with_name(view: CallerView, name: Name | None) -> CallerView:
    """Return a view with another name of whoever the caller is taken for; with none where that is None."""
    others = tuple(each for each in view.people if each.number != view.person)
    people = (*others, PersonName(view.person, name.whole)) if name is not None else others
    return msgspec.structs.replace(
        view, name=name.whole if name else "", given_name=name.address if name else "", people=people
    )


def _replaced(fact: Fact, now: Said) -> Fact:
    """Return a collected fact with the value that was said since, or more exactly in the same call."""
    former = FormerValue(fact.value, fact.occurred_at_s, now.at_s, fact.timezone, now.timezone)
    is_since = now.conversation_id != fact.conversation_id
    return msgspec.structs.replace(
        fact,
        value=now.value,
        conversation_id=now.conversation_id,
        occurred_at_s=now.at_s,
        redacted=now.redacted,
        told_to=now.told_to if fact.told_to is not None else None,
        before=(*fact.before, former)[-_FORMER_MAX:] if is_since else fact.before,
        timezone=now.timezone,
    )
