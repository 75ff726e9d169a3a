"""The tables of what is erased: conversations and events, whether an erasure lists them yet, and what is left to do."""

from events.log.erasure import ErasedEvent, Erasure
from events.log.event import Event
from events.log.receipt import Place
from projector.read_model.postgres.sql.database import Database
from projector.read_model.postgres.tables.erasing.filed import Filed
from projector.read_model.postgres.tables.faults import Faults

SCHEMA = """
CREATE TABLE erased_conversations (
    conversation_id text COLLATE "C" PRIMARY KEY,
    request bigint NOT NULL,
    is_listed bigint NOT NULL
);
CREATE INDEX unlisted_conversations ON erased_conversations (request) WHERE is_listed = 0;
CREATE TABLE erased_strays (path text COLLATE "C" PRIMARY KEY, request bigint NOT NULL);
CREATE TABLE erased_events (position bigint PRIMARY KEY);
CREATE TABLE unlisted_events (
    position bigint PRIMARY KEY,
    request bigint NOT NULL,
    kind text COLLATE "C" NOT NULL,
    conversation_id text COLLATE "C",
    path text COLLATE "C" NOT NULL
);
CREATE TABLE removals (
    position bigint PRIMARY KEY,
    journal_offset bigint NOT NULL,
    line_sha256 text COLLATE "C" NOT NULL,
    is_first bigint NOT NULL
);
"""
_LIST = """
INSERT INTO erased_conversations SELECT listed, %s, 1 FROM unnest(%s::text[]) AS listed
ON CONFLICT (conversation_id) DO UPDATE SET is_listed = 1
"""


class Erased:
    """What is erased from one generation; changes join the transaction that is under way."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._faults = Faults(database)
        self._filed = Filed(database)

    def keep(self, erasure: Erasure) -> None:
        """Note that an erasure lists what it lists."""
        conversations = sorted({*erasure.conversations})  # one statement may not touch a row twice
        self._database.run(_LIST, erasure.request, conversations)
        self._filed.remove(conversations)
        strays = [(event.path, erasure.request) for event in erasure.events if event.conversation_id is None]
        self._database.run_many("INSERT INTO erased_strays VALUES (%s, %s) ON CONFLICT DO NOTHING", strays)
        positions = [event.position for event in erasure.events]
        rows = [(at,) for at in positions]
        self._database.run_many("INSERT INTO erased_events VALUES (%s) ON CONFLICT DO NOTHING", rows)
        self._database.run_many("DELETE FROM unlisted_events WHERE position = %s", rows)
        self._filed.remove_strays(positions)
        # A crash in the middle may have had us look for a file that was gone already.
        self._faults.clear_erased(positions)

    def erase(self, conversation_id: str, request: int) -> None:
        """Note that a conversation is erased for a request; the first request counts."""
        sql = "INSERT INTO erased_conversations VALUES (%s, %s, 0) ON CONFLICT DO NOTHING"
        self._database.run(sql, conversation_id, request)

    def erase_event(self, event: ErasedEvent, request: int) -> None:
        """Note that an event is to be listed by an erasure for a request; nothing changes where one lists it."""
        self._database.run(
            "INSERT INTO unlisted_events SELECT %s, %s, %s, %s, %s"
            " WHERE NOT EXISTS (SELECT 1 FROM erased_events WHERE position = %s) ON CONFLICT DO NOTHING",
            event.position,
            request,
            event.kind,
            event.conversation_id,
            event.path,
            event.position,
        )

    def unlisted(self, request: int) -> tuple[list[str], list[ErasedEvent]]:
        """Return the conversations and the events that are erased for a request, and that no erasure lists yet."""
        conversations = self._database.all(
            "SELECT conversation_id FROM erased_conversations WHERE request = %s AND is_listed = 0"
            " ORDER BY conversation_id",
            request,
        )
        late = self._database.all(
            "SELECT position, kind, conversation_id, path FROM unlisted_events WHERE request = %s", request
        )
        events = {
            position: ErasedEvent(position=position, kind=kind, conversation_id=conversation_id, path=path)
            for position, kind, conversation_id, path in late
        }
        events |= {event.position: event for event in self._filed.unlisted(request)}
        return [id_ for (id_,) in conversations], [events[at] for at in sorted(events) if not self.has_event(at)]

    def request_of(self, event: Event) -> int | None:
        """Return the request for which the conversation of an event, or the same bytes of none, were erased."""
        conversation_id = event.receipt.conversation_id
        if conversation_id is None:
            return self._position("SELECT request FROM erased_strays WHERE path = %s", event.receipt.path)
        return self.request_of_conversation(conversation_id)

    def request_of_conversation(self, conversation_id: str) -> int | None:
        """Return the request for which a conversation was erased."""
        return self._position("SELECT request FROM erased_conversations WHERE conversation_id = %s", conversation_id)

    def has_event(self, position: int) -> bool:
        """Tell whether an erasure lists the event at a position."""
        return self._database.row("SELECT 1 FROM erased_events WHERE position = %s", position) is not None

    def has_stray(self, path: str) -> bool:
        """Tell whether an event of no conversation was found to be erased, or an erasure lists it."""
        sql = "SELECT 1 FROM erased_strays WHERE path = %s UNION ALL SELECT 1 FROM unlisted_events WHERE path = %s"
        return self._database.row(sql, path, path) is not None

    def begin_removal(self, place: Place, *, is_first: bool) -> None:
        """
        Note that what the erasure at a place lists is to be removed from the log.

        Args:
            is_first: whether it is the first one of its request; the others are of late events.
        """
        sql = "INSERT INTO removals VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING"
        self._database.run(sql, place.position, place.offset, place.sha256, is_first)

    def removal(self) -> Place | None:
        """Return the place of the erasure that is to be carried out next in the log: late events are last."""
        sql = "SELECT position, journal_offset, line_sha256 FROM removals ORDER BY is_first DESC, position LIMIT 1"
        row = self._database.row(sql)
        return Place(*row) if row else None

    def end_removal(self, position: int) -> None:
        """Note that nothing is left of what the erasure at a position lists."""
        self._database.run("DELETE FROM removals WHERE position = %s", position)

    def _position(self, sql: str, *parameters: object) -> int | None:
        value: int | None = self._database.value(sql, *parameters)
        return value
