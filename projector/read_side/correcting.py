"""Makes corrections of what is known of a caller, and refuses those that would correct nothing."""

from typing import Literal

from msgspec import UNSET

from events.errors import EventsError
from events.log.event import Event
from events.log.ours.correction import Correction, is_correction, read_correction, read_correction_body
from events.log.protocol import EventLog
from events.wire.caller import caller_key, conversation_of
from projector.domain.facts.registry.registry import Registry
from projector.domain.memories import Memory
from projector.errors import CorrectionError
from projector.read_model.protocol import ReadModel

_VALUE_CHARS_MAX = 300
_POSITION_MAX = 2**53


class Correcting:
    """
    Makes corrections.

    All raise `CorrectionError` where what is to be corrected is not there, or cannot be said so.

    Args:
        read_model: what is known; None where nothing is projected yet.
        region: the country in which national numbers are read.
    """

    def __init__(self, read_model: ReadModel | None, log: EventLog, registry: Registry, *, region: str) -> None:
        self._read_model = read_model
        self._log = log
        self._registry = registry
        self._region = region

    def value(self, number: str, attribute: str, value: str, person: int | None = None) -> Correction:
        """
        Say what is right of a caller, whatever calls say.

        Args:
            person: which of those who call from the number, from 1; None where only one does.
        """
        known, value = self._registry.sameness(attribute.strip()), value.strip()
        if known is None:
            names = ", ".join(each.name for each in self._registry)
            raise CorrectionError(f"{attribute!r} is no attribute: take one of {names}; or other:and_a_name")
        if not 0 < len(value) <= _VALUE_CHARS_MAX or not value.isprintable():
            raise CorrectionError(f"the value of {attribute} must have 1 to {_VALUE_CHARS_MAX} characters, in one line")
        caller = self._key(number)
        person = self._person(self._remembered_as(caller), person)
        return Correction(caller=caller, action="correct", attribute=known.name, value=value, person=person)

    def dropped(self, memory_id: str) -> Correction:
        """Say that a memory is wrong: a fact, a collected value, a summary or what was said in a turn."""
        return self._of_memory("drop", memory_id, {"fact", "collected", "summary", "turn"})

    def resolved(self, memory_id: str) -> Correction:
        """Say that a fact is settled: an issue, a promise."""
        return self._of_memory("resolve", memory_id, {"fact"})

    def merged(self, number: str, other: str) -> Correction:
        """Say that two numbers are one person, who is remembered under the first."""
        caller, second = self._key(number), self._key(other)
        if caller == second:
            raise CorrectionError("these are one number already")
        for key in (caller, second):
            if conversation_of(key) is not None:
                raise CorrectionError(f"{key} is one call of nobody known, and no caller")
            if self._read_model is not None and self._read_model.is_agent_line(key):
                raise CorrectionError(f"{key} is an agent's own line: calls of others name it")
        return Correction(caller=caller, action="merge", other=second)

    def split(self, number: str, other: str) -> Correction:
        """Part two numbers that were merged; without another one, a number from all."""
        caller, second = self._key(number), self._key(other) if other else ""
        person = self._remembered_as(caller)
        keys = self._read_model.keys_of(person) if self._read_model is not None else [person]
        if len(keys) == 1 or (second and self._remembered_as(second) != person):
            raise CorrectionError("these numbers were not merged")
        return Correction(caller=caller, action="split", other=second)

    def opted_out(self, number: str, *, is_all: bool) -> Correction:
        """Keep a caller's calls out of memory, from now on or altogether; they stay in the log."""
        return Correction(caller=self._key(number), action="optout", is_all=is_all)

    def undone(self, position: int, number: str = "") -> Correction:
        """
        Undo the correction at a position of the log.

        Args:
            number: whose correction it must be; empty for anybody's.
        """
        found = self._at(position)
        if number:
            keys = {found.caller, found.other, self._remembered_as(found.caller)}
            if keys.isdisjoint({self._key(number), self._remembered_as(self._key(number))}):
                raise CorrectionError(f"the correction at position {position} is of another caller")
        return Correction(caller=found.caller, other=found.other, action="undo", undoes=position)

    def of(self, number: str, correction: Correction) -> Correction:
        """Return a correction of a memory, which must be the caller's with this number."""
        if self._remembered_as(self._key(number)) != correction.caller:
            raise CorrectionError(f"{correction.memory_id} is no memory of this caller")
        return correction

    def _of_memory(self, action: Literal["drop", "resolve"], memory_id: str, kinds: set[str]) -> Correction:
        read_model = self._read_model
        caller = read_model.caller_of_memory(memory_id) if read_model is not None else None
        if read_model is None or caller is None or not (found := read_model.memories(caller, [memory_id])):
            raise CorrectionError(f"no memory has the id {memory_id!r}; `projector show NUMBER` lists facts")
        if (kind := found[memory_id].kind) not in kinds:
            raise CorrectionError(f"{memory_id} is of kind {kind}; {action} takes {', '.join(sorted(kinds))}")
        other = _taught_by_another(read_model, found[memory_id])
        return Correction(caller=caller, other=other, action=action, memory_id=memory_id)

    def _person(self, caller: str, person: int | None) -> int:
        view = self._read_model.view(caller) if self._read_model is not None else None
        people = {each.number: each.name for each in view.people} if view is not None else {}
        named = ", ".join(f"{number} is {name}" for number, name in sorted(people.items()))
        if person is None and len(people) > 1:
            raise CorrectionError(f"several people call from this number: say which person ({named})")
        if person is not None and person not in (people or {1}):
            raise CorrectionError(f"no person {person} calls from this number ({named or 'only one does'})")
        return person if person is not None else min(people, default=1)

    def _at(self, position: int) -> Correction:
        if position > _POSITION_MAX:
            raise CorrectionError(f"no correction stands at position {position}")
        kept = self._read_model.correction(position) if self._read_model is not None else None
        if kept is not None:
            return read_correction_body(kept.body)
        place = self._read_model.place() if self._read_model is not None else None
        for event in self._log.read(place):  # what is not projected yet
            if isinstance(event, Event) and event.place.position == position and is_correction(event.receipt):
                try:
                    return read_correction(event)
                except EventsError:
                    break
        raise CorrectionError(f"no correction stands at position {position}; `projector show NUMBER` lists them")

    def _remembered_as(self, caller: str) -> str:
        return caller if self._read_model is None else self._read_model.remembered_as(caller)

    def _key(self, number: str) -> str:
        caller = caller_key(number, region=self._region)
        if caller is None:
            raise CorrectionError(f"{number!r} is neither a phone number nor a key such as user:... or whatsapp:...")
        return caller


def _taught_by_another(read_model: ReadModel, memory: Memory) -> str:
    """Return the first other key of the caller whose calls taught a memory; empty where none did."""
    calls = {memory.conversation_id}
    if memory.fact is not UNSET:
        calls = {source.conversation_id for source in memory.fact.sources}
    keys = read_model.keys_of(memory.caller)[1:]
    return next((key for key in keys if not calls.isdisjoint(read_model.conversations(key))), "")
