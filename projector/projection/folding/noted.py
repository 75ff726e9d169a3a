"""What calls say of their callers, statement by statement: noted, so that one group of facts is folded by itself."""

from collections.abc import Iterable, Sequence

import msgspec
from msgspec import Struct

from projector.domain.calls import Call
from projector.domain.facts.registry.registry import Registry
from projector.domain.facts.said import Said, collected, stated
from projector.domain.facts.statement import Validated
from projector.domain.facts.validation.people.speaker import speaker_of
from projector.domain.facts.validation.questions import is_short
from projector.domain.facts.validation.validate import names_stated, proposed_greeting, validated
from projector.domain.names.speaker import Speaker
from projector.domain.redaction.redaction import RedactionSettings, redact
from projector.errors import ReadModelDamagedError
from projector.projection.folding.corrected import Corrected
from projector.projection.workers.work import stored_call
from projector.read_model.checksums import DECODE_ERRORS
from projector.read_model.protocol import ReadModelWriter
from projector.read_model.records import KeptExtraction, SaidRow

_decoder = msgspec.json.Decoder(Said)
# While names alternate nobody knows with whom a call was.
_NOBODY_KNOWN = 0
# A statement that is not yet anybody's.
_ANYBODY = 0
_NAME = "name"


class Changed(Struct, frozen=True):
    """What a conversation said in each group before, and what it says now, by the keys of the groups."""

    before: dict[str, list[bytes]]
    now: dict[str, list[bytes]]

    def groups(self) -> list[str]:
        """Return the groups of which it says something, or said it before, in order."""
        return sorted(self.before.keys() | self.now.keys())


class Noted:
    """
    What the calls of one generation say.

    Args:
        writer: the generation, open for writing; changes join the transaction that is under way.
        registry: the attributes that are known.
        region: the country in which national numbers are read.
        redaction: what is removed from what nobody said: calls come without it.
    """

    def __init__(
        self, writer: ReadModelWriter, registry: Registry, *, region: str, redaction: RedactionSettings
    ) -> None:
        self._writer = writer
        self._redaction = redaction
        self._registry = registry
        self._region = region
        self._judged_last: tuple[str, Call, Validated] | None = None

    def states_anything(self, caller: str, conversation_id: str, corrected: Corrected) -> bool:
        """Tell whether a model stated anything of a call that counts."""
        if not self._writer.extractions.is_there(conversation_id):
            return False
        return any(not each.is_collected for each in self._said_in(caller, conversation_id, corrected))

    def note(self, caller: str, conversation_id: str, corrected: Corrected) -> Changed:
        """Note what a conversation says now; MUST come after its memories are written."""
        before = self._writer.said.of_conversation(caller, conversation_id)
        said = self._said_in(caller, conversation_id, corrected)
        rows = [SaidRow(each.group.key, msgspec.json.encode(each)) for each in said]
        if rows != before:
            self._writer.said.replace(caller, conversation_id, rows)
        return Changed(_by_group(before), _by_group(rows))

    def proposed_greeting(self, caller: str, conversation_id: str, corrected: Corrected) -> str:
        """Return the next greeting that a model proposed of a call, if it counts; else empty."""
        kept = self._writer.calls.get(conversation_id)
        if kept is None or kept.caller != caller:
            return ""
        call = corrected.remembered(stored_call(kept.body))
        # What was dropped since, the model may have read, and believed.
        is_doubted = any(at_s >= call.order[0] for at_s in corrected.settled.dropped_at_s.values())
        if call.machine or call.is_monologue or is_doubted:
            return ""
        extraction = self._writer.extractions.best(call.conversation_id, call.sha256)
        if extraction is None:
            return ""
        return proposed_greeting(extraction.answer, call, self._judged(extraction, call).statements)

    def speaker_of(self, call: Call, corrected: Corrected) -> Speaker | None:
        """
        Return who speaks in a call, as a model says; None where it says nothing that counts.

        Args:
            call: as it is to be folded: see `Corrected.remembered`.
        """
        if not self._writer.extractions.is_there(call.conversation_id):
            return None
        return self.speaker_in(self._writer.extractions.best(call.conversation_id, call.sha256), call, corrected)

    def speaker_in(self, extraction: KeptExtraction | None, call: Call, corrected: Corrected) -> Speaker | None:
        """Return who speaks in a call by one extraction, whether it counts or not."""
        if extraction is None or call.machine or call.is_monologue or self._registry.hides(_NAME):
            return None
        names = names_stated(extraction.answer, call, self._registry)
        if names and corrected.settled.dropped:
            said = [stated(each, call, _ANYBODY, self._registry, self._region) for each in names]
            names = [each for each, what in zip(names, said, strict=True) if not corrected.is_dropped(what)]
        return speaker_of(names, call)

    def in_group(self, caller: str, group: str) -> list[Said]:
        """Return what all calls say in a group."""
        return decoded(self._writer.said.of_group(caller, group))

    def in_call(self, caller: str, group: str, conversation_id: str) -> list[Said]:
        """Return what one call says in a group."""
        return decoded(self._writer.said.of_call(caller, group, conversation_id))

    def _said_in(self, caller: str, conversation_id: str, corrected: Corrected) -> list[Said]:
        kept = self._writer.calls.get(conversation_id)
        if kept is None or kept.caller != caller:
            return []
        call = corrected.remembered(stored_call(kept.body))
        memories = self._writer.memories.of_conversation(caller, conversation_id)
        # What was collected may be that of somebody for whom the caller called.
        people = [memory.person for memory in sorted(memories, key=lambda each: each.kind == "collected")]
        person = next(iter(people), _NOBODY_KNOWN)
        said = [*self._stated(call, person)]
        said += [collected(memory, self._registry, self._region) for memory in memories if memory.kind == "collected"]
        return sorted(said, key=lambda each: each.order)

    def _stated(self, call: Call, person: int) -> Iterable[Said]:
        if call.machine or call.is_monologue:
            return
        extraction = self._writer.extractions.best(call.conversation_id, call.sha256)
        if extraction is None:
            return
        for statement in self._judged(extraction, call).statements:
            said = stated(statement, call, person, self._registry, self._region)
            if not self._registry.hides(said.attribute):
                yield msgspec.structs.replace(said, questions=self._redacted(said.questions, call))

    def _redacted(self, questions: Iterable[str], call: Call) -> tuple[str, ...]:
        """Return questions without what must not be remembered; one that grows too long is left out."""
        bare = msgspec.structs.replace(call, turns=(), title="", collected={})
        texts = [redact(msgspec.structs.replace(bare, summary=each), self._redaction).summary for each in questions]
        return tuple(dict.fromkeys(filter(is_short, texts)))

    def _judged(self, extraction: KeptExtraction, call: Call) -> Validated:
        """Return what of an extraction counts; it is judged once where its call is looked at twice in a row."""
        last = self._judged_last
        if last is None or last[0] != extraction.sha256 or last[1] != call:
            last = (extraction.sha256, call, validated(extraction.answer, call, self._registry))
            self._judged_last = last
        return last[2]


def decoded(bodies: Iterable[bytes]) -> list[Said]:
    """Return statements as they were noted; raises `ReadModelDamagedError` where that cannot be read."""
    try:
        return [_decoder.decode(body) for body in bodies]
    except DECODE_ERRORS as error:
        raise ReadModelDamagedError(f"what was said of a caller cannot be read: {error}") from error


def _by_group(rows: Sequence[SaidRow]) -> dict[str, list[bytes]]:
    found: dict[str, list[bytes]] = {}
    for row in rows:
        found.setdefault(row.group, []).append(row.body)
    return found
