"""The tables of erasures: the requests, who was party to which conversation, and what is erased."""

from collections.abc import Iterable

import msgspec

from events.log.erasure import Erasure, ErasureRequest
from events.log.event import Event
from events.log.receipt import Place
from projector.errors import ReadModelDamagedError
from projector.read_model.checksums import DECODE_ERRORS
from projector.read_model.records import ErasureState
from projector.read_model.sqlite.database import Database
from projector.read_model.sqlite.differences import Differences
from projector.read_model.sqlite.tables.calls import Calls
from projector.read_model.sqlite.tables.faults import Faults
from projector.read_model.sqlite.tables.meta import Meta

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


class Erasures:
    """The requests and erasures of one generation; changes join the transaction that is under way."""

    def __init__(self, database: Database, differences: Differences | None = None) -> None:
        self._database = database
        self._calls = Calls(database, differences)
        self._faults = Faults(database)
        self._meta = Meta(database)

    def keep_request(self, request: ErasureRequest, place: Place) -> None:
        """Keep a request; nothing changes where it is known."""
        self._database.run(
            "INSERT INTO erasures (request, caller_hash, requested_at_s, key_id, journal_offset, line_sha256)"
            " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET key_id = excluded.key_id,"
            " journal_offset = excluded.journal_offset, line_sha256 = excluded.line_sha256",
            place.position,
            request.caller,
            request.requested_at_s,
            request.key_id,
            place.offset,
            place.sha256,
        )
        self._meta.note_request(place.position)
        self._note_erasing()

    def keep(self, erasure: Erasure) -> None:
        """Keep what an erasure accounts for; the first one of a request is its account."""
        self._database.run(
            "INSERT INTO erasures (request, caller_hash, requested_at_s, account, has_searched) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET account = coalesce(account, excluded.account),"
            " has_searched = max(has_searched, excluded.has_searched)",
            erasure.request,
            erasure.caller,
            erasure.requested_at_s,
            msgspec.json.encode(erasure),
            erasure.has_searched,
        )
        self._database.run_many(
            "INSERT OR IGNORE INTO erased_conversations VALUES (?, ?)",
            [(conversation_id, erasure.request) for conversation_id in erasure.conversations],
        )
        self._database.run_many(
            "INSERT OR IGNORE INTO erased_strays VALUES (?, ?)",
            [(event.path, erasure.request) for event in erasure.events if event.conversation_id is None],
        )
        positions = [event.position for event in erasure.events]
        self._database.run_many("INSERT OR IGNORE INTO erased_events VALUES (?)", [(at,) for at in positions])
        # A crash in the middle may have had us look for a file that was gone already.
        self._faults.clear_erased(positions)

    def note_party(self, conversation_id: str, caller: str, started_at_s: int) -> None:
        """Note that a version of a conversation was of a caller, and when it started (Unix seconds)."""
        self._database.run(
            "INSERT INTO parties VALUES (?, ?, ?) ON CONFLICT DO UPDATE"
            " SET started_at_s = min(started_at_s, excluded.started_at_s)",
            conversation_id,
            caller,
            started_at_s,
        )

    def parties(self) -> list[str]:
        """Return the callers of all conversations."""
        return [caller for (caller,) in self._database.all("SELECT DISTINCT caller FROM parties")]

    def conversations(self, caller: str, *, started_until_s: int) -> list[str]:
        """Return the conversations of which any version was a caller's and started by then."""
        sql = "SELECT conversation_id FROM parties WHERE caller = ? AND started_at_s <= ? ORDER BY conversation_id"
        return [id_ for (id_,) in self._database.all(sql, caller, started_until_s)]

    def conversations_of(self, caller: str) -> list[str]:
        """Return the conversations that were a caller's by any of their versions, oldest first; missed calls too."""
        sql = "SELECT conversation_id FROM parties WHERE caller = ? ORDER BY started_at_s, conversation_id"
        return [id_ for (id_,) in self._database.all(sql, caller)]

    def has_requests(self) -> bool:
        """Tell whether anybody ever asked to be forgotten."""
        return self._database.row("SELECT 1 FROM erasures LIMIT 1") is not None

    def asked(self, position: int) -> ErasureRequest | None:
        """Return the request at a position, without its id, which is not kept; None where none was taken there."""
        sql = "SELECT caller_hash, key_id, requested_at_s FROM erasures WHERE request = ? AND key_id IS NOT NULL"
        row = self._database.row(sql, position)
        return ErasureRequest(id="", caller=row[0], key_id=row[1], requested_at_s=row[2]) if row else None

    def request(self, position: int) -> tuple[str, int]:
        """Return the caller's hash of a request, and until when the request covers calls (Unix seconds)."""
        row = self._database.row("SELECT caller_hash, requested_at_s FROM erasures WHERE request = ?", position)
        if row is None:
            raise ReadModelDamagedError(f"the erasure request at position {position} is missing")
        return row[0], row[1]

    def request_for(self, caller_hash: str, started_at_s: int) -> int | None:
        """Return the first request that covers a call of a caller."""
        sql = "SELECT min(request) FROM erasures WHERE caller_hash = ? AND requested_at_s >= ?"
        return self._position(sql, caller_hash, started_at_s)

    def request_of(self, event: Event) -> int | None:
        """Return the request for which the conversation of an event, or the same bytes of none, were erased."""
        conversation_id = event.receipt.conversation_id
        if conversation_id is None:
            return self._position("SELECT request FROM erased_strays WHERE path = ?", event.receipt.path)
        return self.request_of_conversation(conversation_id)

    def request_of_conversation(self, conversation_id: str) -> int | None:
        """Return the request for which a conversation was erased."""
        return self._position("SELECT request FROM erased_conversations WHERE conversation_id = ?", conversation_id)

    def has_event(self, position: int) -> bool:
        """Tell whether an erasure lists the event at a position."""
        return self._database.row("SELECT 1 FROM erased_events WHERE position = ?", position) is not None

    def has_searched(self, request: int) -> bool:
        """Tell whether the log was searched for events of no conversation that hold the caller's key."""
        return bool(self._database.value("SELECT has_searched FROM erasures WHERE request = ?", request))

    def erase(self, conversation_id: str, request: int) -> dict[str, int]:
        """Delete what is kept of a conversation, and return how many rows that were, by their table."""
        self._database.run("INSERT OR IGNORE INTO erased_conversations VALUES (?, ?)", conversation_id, request)
        deleted = {
            "calls": self._calls.remove(conversation_id),
            "missed_calls": self._calls.remove_missed(conversation_id),
            "parties": self._database.run("DELETE FROM parties WHERE conversation_id = ?", conversation_id),
            "faults": self._faults.clear_conversation(conversation_id),
        }
        if any(deleted.values()):
            self._database.run("UPDATE erasures SET is_finished = 0 WHERE request = ?", request)
            self._meta.note_erasing(is_erasing=True)
        return deleted

    def requests_of_other_keys(self, key_ids: Iterable[str]) -> list[Place]:
        """Return the requests whose hash was made with none of these keys."""
        known = set(key_ids)
        rows = self._database.all(
            "SELECT key_id, request, journal_offset, line_sha256 FROM erasures WHERE key_id IS NOT NULL"
        )
        return [Place(*place) for key_id, *place in rows if key_id not in known]

    def unfinished(self) -> list[int]:
        """Return the requests whose words may still be in the database's files, though no reader gets them."""
        rows = self._database.all(
            "SELECT request FROM erasures WHERE NOT is_finished AND account IS NOT NULL ORDER BY request"
        )
        return [request for (request,) in rows]

    def unfinished_count(self, *, requested_until_s: int) -> int:
        """Return how many requests made by then (Unix seconds) are still to be carried out."""
        sql = "SELECT count(*) FROM erasures WHERE NOT is_finished AND requested_at_s <= ?"
        return int(self._database.value(sql, requested_until_s))

    def accounted(self) -> list[int]:
        """Return the requests that have an account, finished or not."""
        rows = self._database.all("SELECT request FROM erasures WHERE account IS NOT NULL ORDER BY request")
        return [request for (request,) in rows]

    def state(self, position: int) -> ErasureState | None:
        """Return how far the request at a position is; None while it is not projected."""
        row = self._database.row("SELECT account, is_finished FROM erasures WHERE request = ?", position)
        if row is None:
            return None
        try:
            account = msgspec.json.decode(row[0], type=Erasure) if row[0] else None
        except DECODE_ERRORS as error:
            raise ReadModelDamagedError(f"the account of an erasure cannot be read: {error}") from error
        return ErasureState(account, bool(row[1]))

    def unfinish(self) -> None:
        """Note that words of any of them may be left after all."""
        self._database.run("UPDATE erasures SET is_finished = 0 WHERE account IS NOT NULL")
        self._meta.note_erasing(is_erasing=True)

    def finish(self, requests: Iterable[int]) -> None:
        """Note that nothing is left of what these requests cover."""
        rows = [(request,) for request in requests]
        self._database.run_many("UPDATE erasures SET is_finished = 1 WHERE request = ?", rows)
        self._note_erasing()

    def _note_erasing(self) -> None:
        left = self._database.row("SELECT 1 FROM erasures WHERE NOT is_finished LIMIT 1")
        self._meta.note_erasing(is_erasing=left is not None)

    def _position(self, sql: str, *parameters: object) -> int | None:
        value: int | None = self._database.value(sql, *parameters)
        return value
