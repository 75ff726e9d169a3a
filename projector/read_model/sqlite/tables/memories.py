"""The table of memories."""

from typing import Any

from projector.domain.memories import Memory
from projector.read_model.sqlite.checksums import with_checksum

# id, caller, conversation_id, kind, key, told_to, occurred_at_s, is_current, checksum, body
MemoryRow = tuple[Any, ...]


def memory_row(memory: Memory, body: bytes) -> MemoryRow:
    """Return a memory as a row of the read model, sealed."""
    return with_checksum(
        memory.id,
        memory.caller,
        memory.conversation_id,
        memory.kind,
        memory.key,
        memory.told_to,
        memory.occurred_at_s,
        int(memory.is_current),
        body,
    )
