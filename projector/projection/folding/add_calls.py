"""Folds new calls onto what is stored of a caller, at a cost that does not grow with the caller's past."""

from collections.abc import Sequence

import msgspec

from events.process.logging import get_logger
from events.wire.caller import masked
from projector.domain.calls import Call
from projector.domain.fold import AddedCall, FoldSettings, FoldState, add
from projector.domain.memories import NO_CONVERSATION, Memory, as_history
from projector.errors import ReadModelDamagedError
from projector.projection.folding.memory_writer import MemoryWriter
from projector.read_model.checksums import DECODE_ERRORS
from projector.read_model.protocol import ReadModelWriter

logger = get_logger("projection")
_states = msgspec.json.Decoder(FoldState)

_ByConversation = dict[str, dict[str, Memory]]


class CallAdder:
    """
    Adds calls to the callers of one generation.

    Args:
        writer: the generation, open for writing; changes join the transaction that is under way.
        memories: writes into the same generation.
    """

    def __init__(self, writer: ReadModelWriter, memories: MemoryWriter, settings: FoldSettings) -> None:
        self._writer = writer
        self._memories = memories
        self._settings = settings

    def add(self, caller: str, calls: Sequence[Call]) -> bool:
        """
        Fold calls that are kept already, and write what they change: their own memories, and those they supersede.

        Returns:
            False where nothing was written, and the caller must be folded whole: a call is not later than all before,
            the state cannot be read, or a call cannot be folded.

        Raises:
            ReadModelDamagedError: a memory that a call supersedes is not there, or is not what was written.
        """
        before = self._state(caller)
        if before is None:
            return False
        try:
            added = self._added(before, sorted(calls, key=lambda call: call.order))
            if not added:
                return False
            state = added[-1].state
            view = state.view()
        except Exception:
            logger.exception("fold_failed", caller=masked(caller))
            return False
        self._write(caller, added)
        if state.memories() != before.memories():
            self._replace(caller, NO_CONVERSATION, state.memories(), is_new=not before.memories())
        self._writer.callers.put(caller, msgspec.json.encode(view), msgspec.json.encode(state))
        logger.debug("calls_added", caller=masked(caller), calls=len(added))
        return True

    def _state(self, caller: str) -> FoldState | None:
        try:
            return _states.decode(self._writer.callers.state(caller) or b"")
        except DECODE_ERRORS:
            return None

    def _added(self, state: FoldState, calls: Sequence[Call]) -> list[AddedCall]:
        """Return what each call changes; nothing where one of them is not later than all before."""
        added: list[AddedCall] = []
        for call in calls:
            if not state.comes_before(call):
                return []
            added.append(add(state, call, self._settings))
            state = added[-1].state
        return added

    def _write(self, caller: str, added: Sequence[AddedCall]) -> None:
        new: _ByConversation = {}
        changed: _ByConversation = {}
        for each in added:
            for old in each.superseded:
                memories = new.get(old.conversation_id) or changed.get(old.conversation_id)
                if memories is None:
                    memories = changed[old.conversation_id] = self._stored(caller, old.conversation_id)
                if old.memory_id not in memories:
                    raise ReadModelDamagedError("a memory that a call supersedes is missing")
                memories[old.memory_id] = as_history(memories[old.memory_id])
            new[each.conversation_id] = {memory.id: memory for memory in each.memories}
        for conversation_id, memories in sorted((new | changed).items()):
            if memories:
                self._replace(caller, conversation_id, [*memories.values()], is_new=conversation_id in new)

    def _stored(self, caller: str, conversation_id: str) -> dict[str, Memory]:
        stored = self._writer.memories.of_conversation(caller, conversation_id)
        return {memory.id: memory for memory in stored}

    def _replace(self, caller: str, conversation_id: str, memories: Sequence[Memory], *, is_new: bool) -> None:
        bodies = [msgspec.json.encode(memory) for memory in memories]
        self._memories.replace(caller, conversation_id, memories, bodies, is_new=is_new)
