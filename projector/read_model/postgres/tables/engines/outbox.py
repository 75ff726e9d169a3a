"""
The outbox: conversations whose changes an outside engine has not received yet.

A row is written in the transaction that changes the memories, and removed once the engine has received them. So a slow
or missing engine holds up neither learning nor forgetting, and no lock is held while the engine is asked.
"""

from collections.abc import Iterator, Sequence

from projector.domain.memories import Memory
from projector.read_model.postgres.sql.database import Database
from projector.read_model.postgres.tables.memories import Memories

SCHEMA = """
CREATE TABLE owed (
    caller text COLLATE "C" NOT NULL,
    conversation_id text COLLATE "C" NOT NULL,
    PRIMARY KEY (caller, conversation_id)
);
"""
_OF_CALLER = """
INSERT INTO owed SELECT DISTINCT caller, conversation_id FROM memories WHERE caller = %s ON CONFLICT DO NOTHING
"""


class Outbox:
    """What one generation still has to deliver; changes join the transaction that is under way."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._memories = Memories(database)

    def replace(self, caller: str, conversation_id: str, memories: Sequence[Memory]) -> None:  # noqa: ARG002
        """Note that the memories of a conversation have changed."""
        self._database.run("INSERT INTO owed VALUES (%s, %s) ON CONFLICT DO NOTHING", caller, conversation_id)

    def forget(self, caller: str) -> None:
        """Note all conversations of a caller: before the memories are deleted, or to have them delivered again."""
        self._database.run(_OF_CALLER, caller)

    def begin_forgetting(self, caller: str) -> None:
        """Note all conversations of a caller who is being forgotten, before the first of them is removed."""
        self.forget(caller)

    def forget_some(self, caller: str) -> bool:  # noqa: ARG002
        """Remove nothing: what is noted of a caller is delivered."""
        return False

    def is_there(self) -> bool:
        """Tell whether anything is still to be delivered."""
        return self._database.row("SELECT 1 FROM owed LIMIT 1") is not None

    def is_owed(self, caller: str) -> bool:
        """Tell whether anything of a caller is still to be delivered."""
        return self._database.row("SELECT 1 FROM owed WHERE caller = %s", caller) is not None

    def caller_count(self) -> int:
        """Return of how many callers something is still to be delivered."""
        return int(self._database.value("SELECT count(DISTINCT caller) FROM owed"))

    def conversations(self) -> Iterator[tuple[str, str, list[Memory]]]:
        """
        Yield each caller and conversation in the outbox, with its memories as they are now.

        A caller who is being forgotten comes once that is done.
        """
        sql = "SELECT * FROM owed WHERE caller NOT IN (SELECT caller FROM forgetting)"
        for caller, conversation_id in self._database.all(sql):
            yield caller, conversation_id, self._memories.of_conversation(caller, conversation_id)

    def remove(self, caller: str, conversation_id: str) -> None:
        """Note that a conversation was delivered."""
        self._database.run("DELETE FROM owed WHERE caller = %s AND conversation_id = %s", caller, conversation_id)
