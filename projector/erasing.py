"""
Forgetting callers: which conversations a request covers, and what is removed for it.

A conversation is erased whole, if any version of it was of that caller and started before the request, whenever it
arrives. What is to be removed is first appended to the log as an erasure, and then removed: however we end, the next
start finds what was meant, and no missing file is left without an account.
"""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator

import msgspec

from events import steps
from events.erasure import (
    SOURCE,
    ErasedEvent,
    Erasure,
    ErasureRequest,
    check_key,
    erasure_key,
    hash_caller,
    read_erasure,
    remove_erased,
)
from events.errors import EventsError
from events.event import Event
from events.log import PayloadLog
from events.logging import get_logger
from events.receipt import Place
from projector.mentions import mentions

log = get_logger("projection")
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
    account BLOB,
    is_finished INTEGER NOT NULL
);
CREATE TABLE erased_conversations (conversation_id TEXT PRIMARY KEY, request INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE erased_events (position INTEGER PRIMARY KEY);
"""


class _Pending:
    """What the batch under way removes for one request."""

    def __init__(self) -> None:
        self.conversations: set[str] = set()
        self.late: dict[int, ErasedEvent] = {}
        self.counts: Counter[str] = Counter()
        self.memories_of: dict[str, Counter[str]] = {}


class Erasing:
    """
    The erasures of one generation.

    Args:
        connection: the generation, open for writing; changes join the transaction that is under way.
        payloads: the log, to which erasures are appended and whose files they remove.
        region: in which national numbers are read.
    """

    def __init__(self, connection: sqlite3.Connection, payloads: PayloadLog, *, region: str) -> None:
        self._connection = connection
        self._payloads = payloads
        self._region = region
        self._pending: dict[int, _Pending] = {}
        self._key: bytes | None = None

    def begin(self) -> None:
        """Forget what a batch that was rolled back would have removed."""
        self._pending = {}

    def preload(self, until: Place) -> None:
        """Take the requests and erasures up to a place before anything else: a replay meets what they cover first."""
        for event in self._payloads.read():
            if event.place.position > until.position:
                break
            if not isinstance(event, Event) or event.receipt.source != SOURCE:
                continue
            try:
                match read_erasure(event):
                    case ErasureRequest() as request:
                        self._keep_request(request, event.place.position)
                    case Erasure() as erasure:
                        self._keep(erasure)
            except (EventsError, msgspec.MsgspecError) as error:  # recorded as its fault when its turn comes
                log.warning("erasure_unusable", position=event.place.position, error=str(error))
        # Nothing of these will ever be in this database, and their files go when the replay meets the erasure.
        self._connection.execute("UPDATE erasures SET is_finished = 1 WHERE account IS NOT NULL")

    def note_party(self, conversation_id: str, caller: str, started_at_s: int) -> None:
        """Note that a version of a conversation was of a caller, and when it started (Unix seconds)."""
        self._connection.execute(
            "INSERT INTO parties VALUES (?, ?, ?) ON CONFLICT DO UPDATE"
            " SET started_at_s = min(started_at_s, excluded.started_at_s)",
            (conversation_id, caller, started_at_s),
        )

    def is_erased(self, event: Event) -> bool:
        """Tell whether an event is of an erased conversation, or erased itself; if so it is accounted for."""
        position, conversation_id = event.place.position, event.receipt.conversation_id
        if self._one("SELECT 1 FROM erased_events WHERE position = ?", position):
            return True
        request = self._one("SELECT request FROM erased_conversations WHERE conversation_id = ?", conversation_id)
        if request is None:
            return False
        self._pending.setdefault(request, _Pending()).late[position] = _erased(event)
        return True

    def is_covered(self, event: Event, conversation_id: str, caller: str, started_at_s: int) -> set[str] | None:
        """
        Erase the conversation of an event if a request covers it, and return whose memories that changes.

        Returns:
            None where no request does.
        """
        if not self._one("SELECT 1 FROM erasures LIMIT 1"):
            return None
        request = self._one(
            "SELECT min(request) FROM erasures WHERE caller_hash = ? AND requested_at_s >= ?",
            self._hash(caller),
            started_at_s,
        )
        if request is None:
            return None
        stale = self._erase(conversation_id, request)
        if self._one("SELECT 1 FROM erased_events WHERE position = ?", event.place.position) is None:
            self._pending[request].late[event.place.position] = _erased(event)
        return stale

    def take(self, event: Event) -> set[str]:
        """
        Project a request or an erasure, and return whose memories that changes.

        Raises:
            DamagedEventError, msgspec.MsgspecError: it cannot be read.
            JournalError: the key that hashed the caller is gone.
        """
        match read_erasure(event):
            case ErasureRequest() as request:
                return self._take_request(request, event.place.position)
            case Erasure() as erasure:
                self._keep(erasure)
                remove_erased(self._payloads.folder, erasure)
                steps.reached("erased_files_removed")
        return set()

    def account(self) -> int:
        """Append an erasure for each request for which this batch removes something; return how many those are."""
        for position, pending in self._pending.items():
            self._append_erasure(position, pending)
            steps.reached("erasure_appended")
        done, self._pending = len(self._pending), {}
        return done

    def unfinished(self) -> list[int]:
        """Return the requests whose words may still be in the database's files, though nobody is told them."""
        rows = self._connection.execute(
            "SELECT request FROM erasures WHERE NOT is_finished AND account IS NOT NULL ORDER BY request"
        )
        return [request for (request,) in rows]

    def finish(self, requests: Iterable[int]) -> None:
        """Note that nothing is left of what these requests cover."""
        self._connection.executemany(
            "UPDATE erasures SET is_finished = 1 WHERE request = ?", [(request,) for request in requests]
        )

    def _take_request(self, request: ErasureRequest, position: int) -> set[str]:
        self._keep_request(request, position)
        account = self._one("SELECT account FROM erasures WHERE request = ?", position)
        callers = [caller for (caller,) in self._connection.execute("SELECT DISTINCT caller FROM parties")]
        stale: set[str] = set()
        for caller in callers:
            if self._hash(caller) != request.caller:
                continue
            rows = self._connection.execute(
                "SELECT conversation_id FROM parties WHERE caller = ? AND started_at_s <= ? ORDER BY conversation_id",
                (caller, request.requested_at_s),
            ).fetchall()
            for (conversation_id,) in rows:
                stale |= self._erase(conversation_id, position)
        if account is None:
            # Whole drafts of writers that died become events, and are covered like any other late one.
            self._payloads.recover()
            pending = self._pending.setdefault(position, _Pending())
            for event in list(self._mentioning(request, position)):
                pending.late[event.place.position] = _erased(event)
                self._connection.execute("DELETE FROM faults WHERE position = ?", (event.place.position,))
                if event.receipt.conversation_id is not None:
                    stale |= self._erase(event.receipt.conversation_id, position)
        return stale

    def _mentioning(self, request: ErasureRequest, position: int) -> Iterator[Event]:
        """Yield the events before a request that are of no conversation, or not folded, and hold the caller's key."""
        faulty = {at for (at,) in self._connection.execute("SELECT position FROM faults")}
        for event in self._payloads.read():
            if event.place.position >= position:
                return
            if isinstance(event, Event) and mentions(
                event, lambda key: self._hash(key) == request.caller, faulty=faulty, region=self._region
            ):
                yield event

    def _keep_request(self, request: ErasureRequest, position: int) -> None:
        check_key(self._secret(), request)
        self._connection.execute(
            "INSERT INTO erasures VALUES (?, ?, ?, NULL, 0) ON CONFLICT DO NOTHING",
            (position, request.caller, request.requested_at_s),
        )

    def _keep(self, erasure: Erasure) -> None:
        self._connection.execute(
            "INSERT INTO erasures VALUES (?, ?, ?, ?, 0)"
            " ON CONFLICT DO UPDATE SET account = coalesce(account, excluded.account)",
            (erasure.request, erasure.caller, erasure.requested_at_s, msgspec.json.encode(erasure)),
        )
        self._connection.executemany(
            "INSERT OR IGNORE INTO erased_conversations VALUES (?, ?)",
            [(conversation_id, erasure.request) for conversation_id in erasure.conversations],
        )
        self._connection.executemany(
            "INSERT OR IGNORE INTO erased_events VALUES (?)", [(event.position,) for event in erasure.events]
        )

    def _erase(self, conversation_id: str, request: int) -> set[str]:
        pending = self._pending.setdefault(request, _Pending())
        callers = {
            caller
            for (caller,) in self._connection.execute(
                "SELECT caller FROM calls WHERE conversation_id = ?", (conversation_id,)
            )
        }
        for caller in callers - pending.memories_of.keys():
            pending.memories_of[caller] = self._memories(caller)
        if not self._one("SELECT 1 FROM erased_conversations WHERE conversation_id = ?", conversation_id):
            pending.conversations.add(conversation_id)
        self._connection.execute("INSERT OR IGNORE INTO erased_conversations VALUES (?, ?)", (conversation_id, request))
        removed = 0
        for table in ("calls", "missed_calls", "parties", "faults"):
            rows = self._connection.execute(
                f"DELETE FROM {table} WHERE conversation_id = ?",  # noqa: S608 - our own tables
                (conversation_id,),
            ).rowcount
            removed += rows
            if rows and table in {"calls", "missed_calls"}:
                pending.counts[f"read_model.{table}"] += rows
        if removed:
            self._connection.execute("UPDATE erasures SET is_finished = 0 WHERE request = ?", (request,))
        return callers

    def _append_erasure(self, position: int, pending: _Pending) -> None:
        request = self._connection.execute(
            "SELECT caller_hash, requested_at_s FROM erasures WHERE request = ?", (position,)
        ).fetchone()
        assert request is not None
        events = dict(pending.late)
        if pending.conversations:
            for event in self._payloads.read():
                if isinstance(event, Event) and event.receipt.conversation_id in pending.conversations:
                    events[event.place.position] = _erased(event)
        counts = pending.counts + Counter(f"log.{event.kind}" for event in events.values())
        for conversation_id in pending.conversations:
            counts["log.recordings"] += sum(1 for _ in (self._payloads.folder / conversation_id).glob("*.mp3"))
        for caller, before in pending.memories_of.items():
            for kind, number in (before - self._memories(caller)).items():
                counts[f"read_model.memories.{kind}"] += number
        erasure = Erasure(
            request=position,
            caller=request[0],
            requested_at_s=request[1],
            conversations=tuple(sorted(pending.conversations)),
            events=tuple(events[at] for at in sorted(events)),
            counts=dict(sorted((+counts).items())),
        )
        self._payloads.append(msgspec.json.encode(erasure), source=SOURCE)
        self._keep(erasure)

    def _memories(self, caller: str) -> Counter[str]:
        sql = "SELECT kind, count(*) FROM memories WHERE caller = ? GROUP BY kind"
        return Counter(dict(self._connection.execute(sql, (caller,)).fetchall()))

    def _hash(self, caller: str) -> str:
        return hash_caller(self._secret(), caller)

    def _secret(self) -> bytes:
        if self._key is None:
            self._key = erasure_key(self._payloads.folder)
        return self._key

    def _one(self, sql: str, *parameters: object) -> int | None:
        row = self._connection.execute(sql, parameters).fetchone()
        value: int | None = row[0] if row else None
        return value


def _erased(event: Event) -> ErasedEvent:
    receipt = event.receipt
    return ErasedEvent(
        position=event.place.position,
        kind=receipt.kind,
        conversation_id=receipt.conversation_id,
        path=receipt.path,
    )
