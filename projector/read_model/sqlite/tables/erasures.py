"""What a generation knows of erasures: the requests, who was party to which conversation, and what is erased."""

import sqlite3
from collections.abc import Iterable

import msgspec

from events.log.erasure import Erasure, ErasureRequest
from events.log.event import Event
from events.log.receipt import Place

SCHEMA = """
CREATE TABLE parties (
    conversation_id TEXT NOT NULL,
    caller TEXT NOT NULL,
    started_at_s INTEGER NOT NULL,
    PRIMARY KEY (conversation_id, caller)
) WITHOUT ROWID;
CREATE INDEX parties_by_caller ON parties (caller);
CREATE TABLE erasures (
    request INTEGER PRIMARY KEY,
    caller_hash TEXT NOT NULL,
    requested_at_s INTEGER NOT NULL,
    key_id TEXT,
    journal_offset INTEGER,
    line_sha256 TEXT,
    account BLOB,
    has_searched INTEGER NOT NULL DEFAULT 0,
    is_finished INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX erasures_by_caller ON erasures (caller_hash);
CREATE TABLE erased_conversations (conversation_id TEXT PRIMARY KEY, request INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE erased_strays (path TEXT PRIMARY KEY, request INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE erased_events (position INTEGER PRIMARY KEY);
"""


class ErasureTables:
    """
    The tables of one generation that tell what is erased.

    Args:
        connection: the generation, open for writing; changes join the transaction that is under way.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def keep_request(self, request: ErasureRequest, place: Place) -> None:
        """Keep a request; nothing changes where it is known."""
        self._connection.execute(
            "INSERT INTO erasures (request, caller_hash, requested_at_s, key_id, journal_offset, line_sha256)"
            " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET key_id = excluded.key_id,"
            " journal_offset = excluded.journal_offset, line_sha256 = excluded.line_sha256",
            (place.position, request.caller, request.requested_at_s, request.key_id, place.offset, place.sha256),
        )

    def keep(self, erasure: Erasure) -> None:
        """Keep what an erasure accounts for; the first one of a request is its account."""
        self._connection.execute(
            "INSERT INTO erasures (request, caller_hash, requested_at_s, account, has_searched) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET account = coalesce(account, excluded.account),"
            " has_searched = max(has_searched, excluded.has_searched)",
            (
                erasure.request,
                erasure.caller,
                erasure.requested_at_s,
                msgspec.json.encode(erasure),
                erasure.has_searched,
            ),
        )
        self._connection.executemany(
            "INSERT OR IGNORE INTO erased_conversations VALUES (?, ?)",
            [(conversation_id, erasure.request) for conversation_id in erasure.conversations],
        )
        self._connection.executemany(
            "INSERT OR IGNORE INTO erased_strays VALUES (?, ?)",
            [(event.path, erasure.request) for event in erasure.events if event.conversation_id is None],
        )
        positions = [(event.position,) for event in erasure.events]
        self._connection.executemany("INSERT OR IGNORE INTO erased_events VALUES (?)", positions)
        # A crash in the middle may have had us look for a file that was gone already.
        self._connection.executemany("DELETE FROM faults WHERE position = ? AND NOT is_final", positions)

    def note_party(self, conversation_id: str, caller: str, started_at_s: int) -> None:
        """Note that a version of a conversation was of a caller, and when it started (Unix seconds)."""
        self._connection.execute(
            "INSERT INTO parties VALUES (?, ?, ?) ON CONFLICT DO UPDATE"
            " SET started_at_s = min(started_at_s, excluded.started_at_s)",
            (conversation_id, caller, started_at_s),
        )

    def parties(self) -> list[str]:
        """Return the callers of all conversations."""
        return [caller for (caller,) in self._connection.execute("SELECT DISTINCT caller FROM parties")]

    def conversations(self, caller: str, *, started_until_s: int) -> list[str]:
        """Return the conversations of which any version was a caller's and started by then."""
        sql = "SELECT conversation_id FROM parties WHERE caller = ? AND started_at_s <= ? ORDER BY conversation_id"
        return [id_ for (id_,) in self._connection.execute(sql, (caller, started_until_s))]

    def has_requests(self) -> bool:
        """Tell whether anybody ever asked to be forgotten."""
        return self._one("SELECT 1 FROM erasures LIMIT 1") is not None

    def request(self, position: int) -> tuple[str, int]:
        """Return of a request the caller's hash, and until when it covers calls (Unix seconds)."""
        sql = "SELECT caller_hash, requested_at_s FROM erasures WHERE request = ?"
        caller_hash, requested_at_s = self._connection.execute(sql, (position,)).fetchone()
        return caller_hash, requested_at_s

    def request_for(self, caller_hash: str, started_at_s: int) -> int | None:
        """Return the first request that covers a call of a caller."""
        return self._one(
            "SELECT min(request) FROM erasures WHERE caller_hash = ? AND requested_at_s >= ?", caller_hash, started_at_s
        )

    def request_of(self, event: Event) -> int | None:
        """Return the request for which the conversation of an event, or the same bytes of none, were erased."""
        conversation_id = event.receipt.conversation_id
        if conversation_id is None:
            return self._one("SELECT request FROM erased_strays WHERE path = ?", event.receipt.path)
        return self.request_of_conversation(conversation_id)

    def request_of_conversation(self, conversation_id: str) -> int | None:
        """Return the request for which a conversation was erased."""
        return self._one("SELECT request FROM erased_conversations WHERE conversation_id = ?", conversation_id)

    def has_event(self, position: int) -> bool:
        """Tell whether an erasure lists the event at a position."""
        return self._one("SELECT 1 FROM erased_events WHERE position = ?", position) is not None

    def has_searched(self, request: int) -> bool:
        """Tell whether the log was searched for events of no conversation that hold the caller's key."""
        return bool(self._one("SELECT has_searched FROM erasures WHERE request = ?", request))

    def erase(self, conversation_id: str, request: int) -> dict[str, int]:
        """Delete what is kept of a conversation, and return how many rows that were, by their table."""
        self._connection.execute("INSERT OR IGNORE INTO erased_conversations VALUES (?, ?)", (conversation_id, request))
        deleted = {
            table: self._connection.execute(
                f"DELETE FROM {table} WHERE conversation_id = ?",  # noqa: S608 - our own tables
                (conversation_id,),
            ).rowcount
            for table in ("calls", "missed_calls", "parties")
        }
        # What is final tells of the journal, not of the call.
        sql = "DELETE FROM faults WHERE conversation_id = ? AND NOT is_final"
        deleted["faults"] = self._connection.execute(sql, (conversation_id,)).rowcount
        if any(deleted.values()):
            self._connection.execute("UPDATE erasures SET is_finished = 0 WHERE request = ?", (request,))
        return deleted

    def requests_of_other_keys(self, key_ids: Iterable[str]) -> list[Place]:
        """Return the requests whose hash was made with none of these keys."""
        known = set(key_ids)
        rows = self._connection.execute(
            "SELECT key_id, request, journal_offset, line_sha256 FROM erasures WHERE key_id IS NOT NULL"
        )
        return [Place(*place) for key_id, *place in rows if key_id not in known]

    def unfinished(self) -> list[int]:
        """Return the requests whose words may still be in the database's files, though nobody is told them."""
        rows = self._connection.execute(
            "SELECT request FROM erasures WHERE NOT is_finished AND account IS NOT NULL ORDER BY request"
        )
        return [request for (request,) in rows]

    def accounted(self) -> list[int]:
        """Return the requests of which there is an account, finished or not."""
        rows = self._connection.execute("SELECT request FROM erasures WHERE account IS NOT NULL ORDER BY request")
        return [request for (request,) in rows]

    def unfinish(self) -> None:
        """Note that words of any of them may be left after all."""
        self._connection.execute("UPDATE erasures SET is_finished = 0 WHERE account IS NOT NULL")

    def finish(self, requests: Iterable[int]) -> None:
        """Note that nothing is left of what these requests cover."""
        self._connection.executemany(
            "UPDATE erasures SET is_finished = 1 WHERE request = ?", [(request,) for request in requests]
        )

    def _one(self, sql: str, *parameters: object) -> int | None:
        row = self._connection.execute(sql, parameters).fetchone()
        value: int | None = row[0] if row else None
        return value
