"""Folds new calls onto what is stored of a caller, at a cost that does not grow with the caller's past."""

from collections.abc import Container, Iterable, Mapping, Sequence

import msgspec

from events.process.logging import get_logger
from events.wire.caller import masked
from projector.domain.calls import Call
from projector.domain.fold import AddedCall, FoldSettings, add
from projector.domain.memories import NO_CONVERSATION, Memory, as_history
from projector.domain.names.speaker import Speaker
from projector.domain.rules.fold_state import Trail
from projector.errors import ReadModelDamagedError
from projector.projection.folding.corrected import Corrected
from projector.projection.folding.fold_facts import FactFolder
from projector.projection.folding.memory_writer import MemoryWriter
from projector.projection.folding.stale import Learned
from projector.projection.workers.work import stored_call
from projector.read_model.checksums import DECODE_ERRORS
from projector.read_model.protocol import ReadModelWriter

logger = get_logger("projection")
trails = msgspec.json.Decoder(Trail)

_ByConversation = dict[str, dict[str, Memory]]


class CallAdder:
    """
    Adds calls to the callers of one generation.

    Args:
        writer: the generation, open for writing; changes join the transaction that is under way.
        memories: writes into the same generation.
        facts: folds the facts of the same generation.
    """

    def __init__(
        self, writer: ReadModelWriter, memories: MemoryWriter, facts: FactFolder, settings: FoldSettings
    ) -> None:
        self._writer = writer
        self._memories = memories
        self._facts = facts
        self._settings = settings

    def add(self, caller: str, calls: Sequence[Call], learned: Learned) -> bool:
        """
        Fold calls that are kept already, and write what they change: their own memories, and those they supersede.

        For a call that is a little late, the few calls after it are folded again; and so for one of which a model says
        now that somebody else spoke.

        Args:
            learned: the calls of which models said something that was not known before, new ones or not.

        Returns:
            False where nothing was written, and the caller must be folded whole: a call is too late, the state cannot
            be read, a call cannot be folded, or a late call undoes what a later one had superseded.

        Raises:
            ReadModelDamagedError: a call or memory that is needed is not there, or is not what was written.
        """
        before, corrected = self._trail(caller), self._facts.corrections_of(caller)
        if before is None:
            return False
        new = sorted(map(corrected.remembered, calls), key=lambda call: call.order)
        speakers = self.speakers_of(new, corrected)
        renamed = self._renamed(caller, before, {call.conversation_id for call in new}, learned, corrected)
        if not new and not renamed:
            return True
        taken_up = before.back_before(min([*new, *renamed.values()], key=lambda call: call.order))
        if taken_up is None:
            return False
        trail, again = taken_up
        kept = [corrected.remembered(self._kept(caller, id_)) for id_ in again]
        called = sorted([*new, *kept], key=lambda call: call.order)
        now = {**before.speakers, **dict.fromkeys(renamed), **self.speakers_of(renamed.values(), corrected), **speakers}
        try:
            superseded_before = _superseded_outside(_added(trail, kept, before.speakers, self._settings)[0], again)
            added, trail = _added(trail, called, now, self._settings)
            view = trail.state.view()
            standing = trail.state.memories()
        except Exception:
            logger.exception("fold_failed", caller=masked(caller))
            return False
        if not superseded_before <= _superseded_outside(added, again):
            return False  # what stands again is of a call that is not folded here
        self._write(caller, added, again=again)
        if standing != before.state.memories():
            self._replace(caller, NO_CONVERSATION, standing, is_new=not before.state.memories())
        self._facts.update(caller, [call.conversation_id for call in called], rewritten=again)
        view = self._facts.corrected(view)
        self._writer.callers.put(caller, msgspec.json.encode(view), msgspec.json.encode(trail))
        logger.debug("calls_added", caller=masked(caller), calls=len(new), again=len(again))
        return True

    def speakers_of(self, calls: Iterable[Call], corrected: Corrected) -> dict[str, Speaker]:
        """Return who speaks in some calls, as models say, by the conversation."""
        found = {call.conversation_id: self._facts.speaker_of(call, corrected) for call in calls}
        return {conversation_id: speaker for conversation_id, speaker in found.items() if speaker is not None}

    def _renamed(
        self, caller: str, trail: Trail, new: Container[str], learned: Learned, corrected: Corrected
    ) -> dict[str, Call]:
        """Return the calls that were folded before, and of which models say now that somebody else spoke in them."""
        renamed: dict[str, Call] = {}
        for conversation_id, former in sorted(learned.items()):
            kept = self._writer.calls.get(conversation_id)
            if conversation_id in new or kept is None or kept.caller != caller:
                continue  # it may have been set aside since
            call = corrected.remembered(stored_call(kept.body))
            speaker = self._facts.speaker_of(call, corrected)
            if conversation_id in trail.since:
                is_other = speaker != trail.speakers.get(conversation_id)
            else:
                is_other = speaker != self._facts.speaker_in(former, call, corrected)
            if is_other:
                renamed[conversation_id] = call
        return renamed

    def _trail(self, caller: str) -> Trail | None:
        try:
            return trails.decode(self._writer.callers.state(caller) or b"")
        except DECODE_ERRORS:
            return None

    def _kept(self, caller: str, conversation_id: str) -> Call:
        kept = self._writer.calls.get(conversation_id)
        if kept is None or kept.caller != caller:
            raise ReadModelDamagedError("a call of a caller is missing that was folded")
        return stored_call(kept.body)

    def _write(self, caller: str, added: Sequence[AddedCall], *, again: Sequence[str]) -> None:
        stored = {conversation_id: self._stored(caller, conversation_id) for conversation_id in again}
        folded: _ByConversation = {}
        for each in added:
            for old in each.superseded:
                if old.conversation_id not in folded:
                    stored[old.conversation_id] = self._stored(caller, old.conversation_id)
                    folded[old.conversation_id] = stored[old.conversation_id].copy()
                memories = folded[old.conversation_id]
                if old.memory_id not in memories:
                    raise ReadModelDamagedError("a memory that a call supersedes is missing")
                memories[old.memory_id] = as_history(memories[old.memory_id])
            folded[each.conversation_id] = {memory.id: memory for memory in each.memories}
        for conversation_id, memories in sorted(folded.items()):
            before = stored.get(conversation_id, {})
            if memories != before:
                self._replace(caller, conversation_id, [*memories.values()], is_new=not before)

    def _stored(self, caller: str, conversation_id: str) -> dict[str, Memory]:
        stored = self._writer.memories.of_conversation(caller, conversation_id)
        return {memory.id: memory for memory in stored}

    def _replace(self, caller: str, conversation_id: str, memories: Sequence[Memory], *, is_new: bool) -> None:
        bodies = [msgspec.json.encode(memory) for memory in memories]
        self._memories.replace(caller, conversation_id, memories, bodies, is_new=is_new)


def _added(
    trail: Trail, calls: Sequence[Call], speakers: Mapping[str, Speaker | None], settings: FoldSettings
) -> tuple[list[AddedCall], Trail]:
    """Return what each of some calls changes, and the trail after all of them."""
    added: list[AddedCall] = []
    for call in calls:
        speaker = speakers.get(call.conversation_id)
        added.append(add(trail.state, call, settings, speaker))
        trail = trail.after(call.conversation_id, added[-1].state, speaker)
    return added, trail


def _superseded_outside(added: Sequence[AddedCall], again: Sequence[str]) -> set[str]:
    """Return the ids of the memories that some calls supersede, but for those of calls that are folded again."""
    return {old.memory_id for each in added for old in each.superseded if old.conversation_id not in again}
