"""
What a memory engine outside of the read model is still to be told.

It is noted in the transaction that changes the memories, and told once that is committed: an engine that is slow or
down holds up neither what is learned nor what is forgotten, and no lock is held while it is asked.
"""

import sqlite3
from collections.abc import Iterator, Sequence

import msgspec

from projector.domain.memories import Memory
from projector.errors import ReadModelDamagedError
from projector.read_model.sqlite.checksums import checked

_decoder: msgspec.json.Decoder[Memory] = msgspec.json.Decoder(Memory)
_MEMORIES = "SELECT * FROM memories WHERE caller = ? AND conversation_id = ? ORDER BY row"
_OF_CALLER = "INSERT OR IGNORE INTO owed SELECT DISTINCT caller, conversation_id FROM memories WHERE caller = ?"


class Outbox:
    """
    The conversations of which one generation holds other memories than the engine was told.

    Takes an engine's place where memories change.

    Args:
        connection: the generation, open for writing; changes join the transaction that is under way.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def replace(self, caller: str, conversation_id: str, memories: Sequence[Memory]) -> None:  # noqa: ARG002
        """Note that the memories of a conversation of a caller are others now."""
        self._connection.execute("INSERT OR IGNORE INTO owed VALUES (?, ?)", (caller, conversation_id))

    def forget(self, caller: str) -> None:
        """Note all conversations of a caller: before the memories are deleted, or to have them told again."""
        self._connection.execute(_OF_CALLER, (caller,))

    def is_there(self) -> bool:
        """Tell whether the engine is owed anything."""
        return self._connection.execute("SELECT 1 FROM owed LIMIT 1").fetchone() is not None

    def conversations(self) -> Iterator[tuple[str, str, list[Memory]]]:
        """Yield each caller and conversation that is owed, with the memories that there are of it now."""
        for caller, conversation_id in self._connection.execute("SELECT * FROM owed").fetchall():
            rows = self._connection.execute(_MEMORIES, (caller, conversation_id)).fetchall()
            memories = [_decoder.decode(checked(row[1:])[-1]) for row in rows]
            if any((memory.caller, memory.conversation_id) != (caller, conversation_id) for memory in memories):
                raise ReadModelDamagedError("a memory was found under a conversation to which it does not belong")
            yield caller, conversation_id, memories

    def settle(self, caller: str, conversation_id: str) -> None:
        """Note that the engine was told of a conversation."""
        self._connection.execute("DELETE FROM owed WHERE caller = ? AND conversation_id = ?", (caller, conversation_id))
