"""The tables of where events are filed: those of each conversation, and the places of those that belong to none."""

from collections.abc import Iterable

from events.log.erasure import ErasedEvent
from events.log.receipt import Place
from projector.read_model.postgres.sql.database import Database

SCHEMA = """
CREATE TABLE filed (
    conversation_id text COLLATE "C" NOT NULL,
    position bigint NOT NULL,
    path text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    PRIMARY KEY (conversation_id, position, path)
);
CREATE TABLE strays (
    position bigint NOT NULL,
    line_sha256 text COLLATE "C" NOT NULL,
    journal_offset bigint NOT NULL,
    PRIMARY KEY (position, line_sha256)
);
"""
_UNLISTED = """
SELECT filed.position, filed.kind, filed.conversation_id, filed.path
FROM erased_conversations AS erased JOIN filed ON filed.conversation_id = erased.conversation_id
WHERE erased.request = %s AND erased.is_listed = 0
"""
_REMOVE = "DELETE FROM filed WHERE conversation_id = ANY(%s)"


class Filed:
    """Where the events of one log are filed; changes join the transaction that is under way."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def remove_strays(self, positions: Iterable[int]) -> None:
        """Forget events of no conversation that were erased, as a replay never notes them."""
        self._database.run_many("DELETE FROM strays WHERE position = %s", [(position,) for position in positions])

    def note(self, events: Iterable[ErasedEvent]) -> None:
        """Note where events of conversations are filed; nothing changes where that is known."""
        rows = [(event.conversation_id, event.position, event.path, event.kind) for event in events]
        self._database.run_many("INSERT INTO filed VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING", rows)

    def note_stray(self, place: Place) -> None:
        """Note the place of an event that belongs to no conversation."""
        self._database.run(
            "INSERT INTO strays VALUES (%s, %s, %s) ON CONFLICT DO NOTHING", place.position, place.sha256, place.offset
        )

    def conversations(self, *, after: str, limit: int) -> list[str]:
        """Return the next conversations that have events, in the order of their ids."""
        sql = "SELECT DISTINCT conversation_id FROM filed WHERE conversation_id > %s ORDER BY conversation_id LIMIT %s"
        return [id_ for (id_,) in self._database.all(sql, after, limit)]

    def strays(self, *, after: int, before: int, limit: int) -> list[Place]:
        """Return the next places of events that belong to no conversation, between two positions."""
        sql = "SELECT position, journal_offset, line_sha256 FROM strays WHERE position > %s AND position < %s"
        return [Place(*row) for row in self._database.all(f"{sql} ORDER BY position LIMIT %s", after, before, limit)]

    def unlisted(self, request: int) -> list[ErasedEvent]:
        """Return the events of the conversations that were erased for a request, and that no erasure lists yet."""
        return [
            ErasedEvent(position=position, kind=kind, conversation_id=conversation_id, path=path)
            for position, kind, conversation_id, path in self._database.all(_UNLISTED, request)
        ]

    def remove(self, conversation_ids: list[str]) -> None:
        """Remove the events of conversations that an erasure lists: they are not looked for again."""
        self._database.run(_REMOVE, conversation_ids)
