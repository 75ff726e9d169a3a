"""Writes the memories of one conversation, and tells the index of them."""

from collections.abc import Sequence

from projector.domain.memories import Memory
from projector.engines.protocol import IndexedEngine
from projector.read_model.checksums import memory_row
from projector.read_model.protocol import ReadModelWriter
from projector.read_model.tables.projection_tables import Outbox


class MemoryWriter:
    """
    Writes memories into one generation, a whole conversation of a caller at a time.

    Args:
        writer: the generation, open for writing; changes join the transaction that is under way.
        index: receives each change of the memories: an engine within the read model, or the outbox for another.
    """

    def __init__(self, writer: ReadModelWriter, index: IndexedEngine | Outbox) -> None:
        self._memories = writer.memories
        self._index = index

    def replace(
        self, caller: str, conversation_id: str, memories: Sequence[Memory], bodies: Sequence[bytes], *, is_new: bool
    ) -> None:
        """
        Hold exactly these memories of a conversation.

        Args:
            bodies: the memories as JSON.
            is_new: whether no memory of the conversation is held so far.
        """
        if not is_new:
            self._memories.remove(caller, conversation_id)
        self._memories.insert(list(map(memory_row, memories, bodies)))
        self._index.replace(caller, conversation_id, memories)

    def begin_forgetting(self, caller: str) -> None:
        """Tell the index that a caller is being forgotten: all is removed little by little."""
        self._index.begin_forgetting(caller)

    def forget_some(self, caller: str) -> bool:
        """Remove a part of what the index holds of a caller; return whether there was any. The memories stay."""
        return self._index.forget_some(caller)

    def forget(self, caller: str) -> None:
        """Hold no memory of a caller any more."""
        self._index.forget(caller)  # first: an outbox lists the conversations that are there
        self._memories.forget(caller)
