"""The tables of where events are filed: those of each conversation, and the places of those that belong to none."""

from collections.abc import Iterable

from events.log.erasure import ErasedEvent
from events.log.receipt import Place
from projector.read_model.sqlite.database import Database

SCHEMA = """
CREATE TABLE filed (
    conversation_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    path TEXT NOT NULL,
    kind TEXT NOT NULL,
    PRIMARY KEY (conversation_id, position, path)
) WITHOUT ROWID;
CREATE TABLE strays (
    position INTEGER NOT NULL,
    line_sha256 TEXT NOT NULL,
    journal_offset INTEGER NOT NULL,
    PRIMARY KEY (position, line_sha256)
) WITHOUT ROWID;
"""
_UNLISTED = """
SELECT filed.position, filed.kind, filed.conversation_id, filed.path
FROM erased_conversations AS erased JOIN filed ON filed.conversation_id = erased.conversation_id
WHERE erased.request = ? AND NOT erased.is_listed
"""
_REMOVE = "DELETE FROM filed WHERE conversation_id IN (SELECT value FROM json_each(?))"


class Filed:
    """Where the events of one log are filed; changes join the transaction that is under way."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def remove_strays(self, positions: Iterable[int]) -> None:
        """Forget events of no conversation that were erased, as a replay never notes them."""
        self._database.run_many("DELETE FROM strays WHERE position = ?", [(position,) for position in positions])

    def note(self, events: Iterable[ErasedEvent]) -> None:
        """Note where events of conversations are filed; nothing changes where that is known."""
        rows = [(event.conversation_id, event.position, event.path, event.kind) for event in events]
        self._database.run_many("INSERT OR IGNORE INTO filed VALUES (?, ?, ?, ?)", rows)

    def note_stray(self, place: Place) -> None:
        """Note the place of an event that belongs to no conversation."""
        self._database.run("INSERT OR IGNORE INTO strays VALUES (?, ?, ?)", place.position, place.sha256, place.offset)

    def conversations(self, *, after: str, limit: int) -> list[str]:
        """Return the next conversations that have events, in the order of their ids."""
        sql = "SELECT DISTINCT conversation_id FROM filed WHERE conversation_id > ? ORDER BY conversation_id LIMIT ?"
        return [id_ for (id_,) in self._database.all(sql, after, limit)]

    def strays(self, *, after: int, before: int, limit: int) -> list[Place]:
        """Return the next places of events that belong to no conversation, between two positions."""
        sql = "SELECT position, journal_offset, line_sha256 FROM strays WHERE position > ? AND position < ?"
        return [Place(*row) for row in self._database.all(f"{sql} ORDER BY position LIMIT ?", after, before, limit)]

    def unlisted(self, request: int) -> list[ErasedEvent]:
        """Return the events of the conversations that were erased for a request, and that no erasure lists yet."""
        return [
            ErasedEvent(position=position, kind=kind, conversation_id=conversation_id, path=path)
            for position, kind, conversation_id, path in self._database.all(_UNLISTED, request)
        ]

    def remove(self, conversation_ids_json: str) -> None:
        """Remove the events of conversations that an erasure lists: they are not looked for again."""
        self._database.run(_REMOVE, conversation_ids_json)
