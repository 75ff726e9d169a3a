"""The table of erasures: the requests, the account of each, and how far each is."""

from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec

from events.log.erasure import Erasure, ErasureRequest
from events.log.receipt import Place
from projector.errors import ReadModelDamagedError
from projector.read_model.checksums import DECODE_ERRORS
from projector.read_model.records import ErasureState, KeptRequest
from projector.read_model.sqlite.database import Database, Row
from projector.read_model.sqlite.tables.erasing.erased import Erased
from projector.read_model.sqlite.tables.meta import Meta
from projector.read_model.sqlite.tables.rare_rows import RareRows

SCHEMA = """
CREATE TABLE erasures (
    request INTEGER PRIMARY KEY,
    caller_hash TEXT NOT NULL,
    requested_at_s INTEGER NOT NULL,
    key_id TEXT,
    journal_offset INTEGER,
    line_sha256 TEXT,
    by_position INTEGER NOT NULL DEFAULT 0,
    may_name_conversation INTEGER NOT NULL DEFAULT 1,
    received_at_s INTEGER,
    latest_s INTEGER,
    skew_s INTEGER,
    account BLOB,
    removed BLOB,
    removed_ever INTEGER NOT NULL DEFAULT 0,
    unread BLOB,
    has_searched INTEGER NOT NULL DEFAULT 0,
    is_finished INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX erasures_by_caller ON erasures (caller_hash);
"""
_KEEP_REQUEST = """
INSERT INTO erasures
(request, caller_hash, requested_at_s, key_id, journal_offset, line_sha256, by_position, may_name_conversation)
VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET key_id = excluded.key_id, by_position = excluded.by_position,
may_name_conversation = excluded.may_name_conversation, journal_offset = excluded.journal_offset,
line_sha256 = excluded.line_sha256
"""
_KEEP = """
INSERT INTO erasures (request, caller_hash, requested_at_s, account, has_searched) VALUES (?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE SET account = coalesce(account, excluded.account),
has_searched = max(has_searched, excluded.has_searched)
"""
_REQUESTS = """
SELECT request, journal_offset, line_sha256, caller_hash, requested_at_s, by_position, may_name_conversation,
received_at_s, latest_s, skew_s FROM erasures
WHERE key_id IS NOT NULL
"""
_TO_SEARCH_FOR = f"""
{_REQUESTS} AND NOT has_searched AND request NOT IN (SELECT position FROM faults WHERE NOT is_final) ORDER BY request
"""  # noqa: S608 - our own words
# Searched, and either without any account yet, or with something that came up later.
_TO_ACCOUNT = """
SELECT request FROM erasures WHERE has_searched AND (account IS NULL
OR EXISTS (SELECT 1 FROM unlisted_events AS late WHERE late.request = erasures.request)
OR EXISTS (SELECT 1 FROM erased_conversations AS erased WHERE erased.request = erasures.request AND NOT is_listed))
ORDER BY request
"""
# A late event is no reason to wait: others may keep coming.
_OPEN = """
SELECT 1 WHERE EXISTS (SELECT 1 FROM forgetting) OR EXISTS (SELECT 1 FROM removals WHERE is_first)
OR EXISTS (SELECT 1 FROM erasures WHERE account IS NULL
AND request NOT IN (SELECT position FROM faults WHERE NOT is_final))
"""


class Erasures:
    """The requests and erasures of one generation; changes join the transaction that is under way."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._erased = Erased(database)
        self._meta = Meta(database)
        self._rows = RareRows(database, "erasures")

    def keep_request(self, request: ErasureRequest, place: Place) -> None:
        """Keep a request; nothing changes where it is known."""
        self._database.run(
            _KEEP_REQUEST,
            place.position,
            request.caller,
            request.requested_at_s,
            request.key_id,
            place.offset,
            place.sha256,
            request.by_position,
            request.may_name_conversation,
        )
        self._rows.note()
        self._meta.note_request(place.position)
        self._note_erasing()

    def note_clock(self, request: int, *, received_at_s: int, latest_s: int | None, skew_s: int | None) -> None:
        """Note what the log knew of the time when it took a request; see `KeptRequest`."""
        sql = "UPDATE erasures SET received_at_s = ?, latest_s = ?, skew_s = ? WHERE request = ?"
        self._database.run(sql, received_at_s, latest_s, skew_s, request)

    def keep(self, erasure: Erasure) -> None:
        """Keep what an erasure accounts for; the first one of a request is its account."""
        if not self._is_kept(erasure):
            # Not set to nothing: more may have been removed since the erasure was appended.
            left = self.removed(erasure.request) - Counter(erasure.counts)
            sql = "UPDATE erasures SET removed = ? WHERE request = ?"
            self._database.run(sql, msgspec.json.encode(left), erasure.request)
        account = msgspec.json.encode(erasure)
        self._database.run(
            _KEEP, erasure.request, erasure.caller, erasure.requested_at_s, account, erasure.has_searched
        )
        self._rows.note()
        self._erased.keep(erasure)

    def note_removed(self, request: int, counts: Counter[str]) -> None:
        """Note that this many rows were removed for a request, by their kind; bytes of them may be left in files."""
        if not counts.total():
            return
        encoded = msgspec.json.encode(self.removed(request) + counts)
        sql = "UPDATE erasures SET removed = ?, removed_ever = removed_ever + ?, is_finished = 0 WHERE request = ?"
        self._database.run(sql, encoded, counts.total(), request)
        self._meta.note_erasing(is_erasing=True)

    def removed(self, request: int) -> Counter[str]:
        """Return how many rows were removed for a request, and are in none of its erasures yet, by their kind."""
        value = self._database.value("SELECT removed FROM erasures WHERE request = ?", request)
        try:
            return Counter(msgspec.json.decode(value, type=dict[str, int]) if value else {})
        except DECODE_ERRORS as error:
            raise ReadModelDamagedError(f"what was removed for a request cannot be read: {error}") from error

    def removed_ever(self, request: int) -> int:
        """Return how many rows and files were removed for a request, whether an erasure lists them or not."""
        return int(self._database.value("SELECT removed_ever FROM erasures WHERE request = ?", request))

    def has_account(self, request: int) -> bool:
        """Tell whether an erasure for a request is in the log."""
        sql = "SELECT 1 FROM erasures WHERE request = ? AND account IS NOT NULL"
        return self._database.row(sql, request) is not None

    def to_account(self) -> list[int]:
        """Return the requests that were searched for, and of which something is in no erasure yet."""
        return [request for (request,) in self._database.all(_TO_ACCOUNT)]

    def has_requests(self) -> bool:
        """Tell whether anybody ever asked to be forgotten."""
        return self._rows.may_be_there() and self._database.row("SELECT 1 FROM erasures LIMIT 1") is not None

    def asked(self, position: int) -> ErasureRequest | None:
        """Return the request at a position, without its id, which is not kept; None where none was taken there."""
        columns = "caller_hash, key_id, requested_at_s, by_position, may_name_conversation"
        sql = f"SELECT {columns} FROM erasures WHERE request = ? AND key_id IS NOT NULL"  # noqa: S608 - our own words
        row = self._database.row(sql, position)
        if row is None:
            return None
        return ErasureRequest(
            id="",
            caller=row[0],
            key_id=row[1],
            requested_at_s=row[2],
            by_position=bool(row[3]),
            may_name_conversation=bool(row[4]),
        )

    def request(self, position: int) -> tuple[str, int]:
        """Return the caller's hash of a request, and when it was made (Unix seconds)."""
        row = self._database.row("SELECT caller_hash, requested_at_s FROM erasures WHERE request = ?", position)
        if row is None:
            raise ReadModelDamagedError(f"the erasure request at position {position} is missing")
        return row[0], row[1]

    def requests_of(self, caller_hash: str) -> list[KeptRequest]:
        """Return the requests to forget a caller, in their order."""
        rows = self._database.all(f"{_REQUESTS} AND caller_hash = ? ORDER BY request", caller_hash)
        return list(map(_kept, rows))

    def to_search_for(self) -> list[KeptRequest]:
        """Return the requests for which the log was not searched yet, and of which no fault is set aside."""
        return list(map(_kept, self._database.all(_TO_SEARCH_FOR)))

    def note_searched(self, request: int, unread: Sequence[int]) -> None:
        """
        Note that the log was searched for events of no conversation that hold the key of a request's caller.

        Args:
            unread: the positions of those that could not be read.
        """
        sql = "UPDATE erasures SET has_searched = 1, unread = ? WHERE request = ?"
        self._database.run(sql, msgspec.json.encode(list(unread)), request)

    def unread(self, request: int) -> tuple[int, ...]:
        """Return the positions of events that could not be read for a request that has no account yet."""
        value = self._database.value("SELECT unread FROM erasures WHERE request = ? AND account IS NULL", request)
        try:
            return msgspec.json.decode(value, type=tuple[int, ...]) if value else ()
        except DECODE_ERRORS as error:
            raise ReadModelDamagedError(f"what was not read for a request cannot be read: {error}") from error

    def requests_of_other_keys(self, key_ids: Iterable[str]) -> list[Place]:
        """Return the requests whose hash was made with none of these keys."""
        known = set(key_ids)
        rows = self._database.all(
            "SELECT key_id, request, journal_offset, line_sha256 FROM erasures WHERE key_id IS NOT NULL"
        )
        return [Place(*place) for key_id, *place in rows if key_id not in known]

    def is_carrying_out(self) -> bool:
        """Tell whether something is still to be done for a request, but for late events, before it can be finished."""
        return self._database.row(_OPEN) is not None

    def unfinished(self) -> list[int]:
        """Return the requests that have an account, and of which something may be left, though no reader gets it."""
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

    def reopen(self, request: int) -> None:
        """Note that files that an erasure of a request lists are still there."""
        self._database.run("UPDATE erasures SET is_finished = 0 WHERE request = ?", request)
        self._meta.note_erasing(is_erasing=True)

    def finish(self, requests: Iterable[int]) -> None:
        """Note that nothing is left of what these requests cover."""
        rows = [(request,) for request in requests]
        self._database.run_many("UPDATE erasures SET is_finished = 1 WHERE request = ?", rows)
        self._note_erasing()

    def _note_erasing(self) -> None:
        left = self._database.row("SELECT 1 FROM erasures WHERE NOT is_finished LIMIT 1")
        self._meta.note_erasing(is_erasing=left is not None)

    def _is_kept(self, erasure: Erasure) -> bool:
        return any(self._erased.has_event(event.position) for event in erasure.events[:1])


def _kept(row: Row) -> KeptRequest:
    *place, caller_hash, requested_at_s, by_position, may_name_conversation, received_at_s, latest_s, skew_s = row
    return KeptRequest(
        Place(*place),
        caller_hash,
        requested_at_s,
        bool(by_position),
        received_at_s,
        latest_s,
        skew_s,
        bool(may_name_conversation),
    )
