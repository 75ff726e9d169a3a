"""The tables of calls: the newest version of each that took place, and the calls that did not come about."""

from collections.abc import Iterator

from events.log.receipt import Place
from projector.errors import ReadModelDamagedError
from projector.read_model.checksums import check_caller, checked, with_checksum
from projector.read_model.records import AgentMet, CallerSums, KeptCall, MissedCall
from projector.read_model.sqlite.database import Database, Row
from projector.read_model.sqlite.tables.rare_rows import RareRows
from projector.read_model.tables.differences import Differences

SCHEMA = """
CREATE TABLE calls (
    conversation_id TEXT PRIMARY KEY,
    caller TEXT NOT NULL,
    agent_number TEXT,
    agent_id TEXT,
    sha256 TEXT NOT NULL,
    counted_at_s INTEGER,
    position INTEGER NOT NULL,
    journal_offset INTEGER NOT NULL,
    line_sha256 TEXT NOT NULL,
    checksum INTEGER NOT NULL,
    body BLOB NOT NULL
);
CREATE INDEX calls_by_caller ON calls (caller);
CREATE INDEX calls_by_agent_number ON calls (agent_number) WHERE agent_number IS NOT NULL;
CREATE INDEX calls_by_agent ON calls (agent_id, position) WHERE agent_id IS NOT NULL;
CREATE INDEX calls_by_time ON calls (counted_at_s, conversation_id, sha256) WHERE counted_at_s IS NOT NULL;
CREATE TABLE missed_calls (
    conversation_id TEXT PRIMARY KEY,
    caller TEXT NOT NULL,
    event_timestamp_s INTEGER NOT NULL,
    reason TEXT NOT NULL,
    checksum INTEGER NOT NULL,
    sha256 TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX missed_calls_by_caller ON missed_calls (caller);
CREATE TABLE machines (conversation_id TEXT PRIMARY KEY) WITHOUT ROWID;
"""
_INSERT = "INSERT INTO calls VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_INSERT_NEW = f"{_INSERT} ON CONFLICT (conversation_id) DO NOTHING"
_PUT_MISSED = """
INSERT INTO missed_calls VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (conversation_id) DO UPDATE
SET caller = excluded.caller, event_timestamp_s = excluded.event_timestamp_s,
    reason = excluded.reason, checksum = excluded.checksum, sha256 = excluded.sha256
WHERE (excluded.event_timestamp_s, excluded.sha256) > (missed_calls.event_timestamp_s, missed_calls.sha256)
"""
# The number itself is read from the table: an index entry that was damaged must not make a line of a caller.
_AGENT_LINE = "SELECT agent_number FROM calls WHERE rowid = (SELECT rowid FROM calls WHERE agent_number = ? LIMIT 1)"

# Two looks at the index for each agent, however many calls an agent had.
_AGENTS = """
WITH RECURSIVE met (agent_id) AS (
    SELECT min(agent_id) FROM calls WHERE agent_id IS NOT NULL
    UNION ALL
    SELECT (SELECT min(agent_id) FROM calls WHERE agent_id > met.agent_id) FROM met WHERE agent_id IS NOT NULL
)
SELECT agent_id, (SELECT max(position) FROM calls WHERE calls.agent_id = met.agent_id)
FROM met WHERE agent_id IS NOT NULL ORDER BY agent_id
"""


class Calls:
    """The calls of one generation; changes join the transaction that is under way."""

    def __init__(self, database: Database, differences: Differences | None = None) -> None:
        self._database = database
        self._differences = differences or Differences()
        self._machines = RareRows(database, "machines")

    def put(
        self,
        call: KeptCall,
        *,
        agent_number: str | None,
        agent_id: str | None = None,
        sha256: str = "",
        counted_at_s: int | None = None,
        replaces: bool = True,
    ) -> bool:
        """
        Keep a version of a call, and return whether that was done; its `checksum` is made here.

        Args:
            sha256: the hash of the webhook that it was read from.
            counted_at_s: when it took place, Unix seconds; None where nobody was there to say anything.
            replaces: whether it takes the place of a version that is kept.
        """
        row = with_checksum(
            call.conversation_id,
            call.caller,
            agent_number,
            agent_id,
            sha256,
            counted_at_s,
            call.place.position,
            call.place.offset,
            call.place.sha256,
            call.body,
        )
        if not self._database.run(_INSERT_NEW, *row):
            if not replaces:
                return False
            self.remove(call.conversation_id)
            self._database.run(_INSERT, *row)
        self._differences.add(call.caller, CallerSums(calls_sum=row[-2]))
        return True

    def get(self, conversation_id: str) -> KeptCall | None:
        """Return the version of a call that is kept; None where there is none."""
        row = self._database.row("SELECT * FROM calls WHERE conversation_id = ?", conversation_id)
        return _kept(row) if row else None

    def of(self, caller: str) -> list[KeptCall]:
        """Return the calls of a caller, in the order of their events."""
        return list(map(_kept, self._database.rows("SELECT * FROM calls WHERE caller = ? ORDER BY position", caller)))

    def remove(self, conversation_id: str) -> int:
        """Remove a call, and return how many there were."""
        self._note_removal(conversation_id)
        return self._database.run("DELETE FROM calls WHERE conversation_id = ?", conversation_id)

    def callers(self) -> list[str]:
        """Return everybody who has called, in the order of their keys."""
        return [caller for (caller,) in self._database.all("SELECT DISTINCT caller FROM calls ORDER BY caller")]

    def is_agent_line(self, number: str) -> bool:
        """Tell whether a number was seen as an agent's own line."""
        row = self._database.row(_AGENT_LINE, number)
        if row is not None and row[0] != number:
            raise ReadModelDamagedError("the index of agents' lines does not fit the calls")
        return row is not None

    def agents(self) -> list[AgentMet]:
        """Return the agents that had a call, each with the position of the last event of one; in the order of ids."""
        return [AgentMet(agent_id, position) for agent_id, position in self._database.all(_AGENTS)]

    def put_missed(self, missed: MissedCall, caller: str, *, sha256: str) -> None:
        """
        Keep a call that did not come about, unless a later event of the same conversation is kept.

        Args:
            sha256: of the event's bytes; decides between events of one second.
        """
        self._database.run(
            _PUT_MISSED,
            *with_checksum(missed.conversation_id, caller, missed.event_timestamp_s, missed.reason, sha256),
        )

    def remove_missed(self, conversation_id: str) -> int:
        """Remove a call that did not come about, and return how many there were."""
        return self._database.run("DELETE FROM missed_calls WHERE conversation_id = ?", conversation_id)

    def note_machine(self, conversation_id: str) -> None:
        """Note that a machine answered a call, whether or not the call is kept yet."""
        self._database.run("INSERT OR IGNORE INTO machines VALUES (?)", conversation_id)
        self._machines.note()

    def is_machine(self, conversation_id: str) -> bool:
        """Tell whether a machine is known to have answered a call."""
        if not self._machines.may_be_there():
            return False
        return self._database.row("SELECT 1 FROM machines WHERE conversation_id = ?", conversation_id) is not None

    def remove_machine(self, conversation_id: str) -> None:
        """Forget whether a machine answered a call."""
        self._database.run("DELETE FROM machines WHERE conversation_id = ?", conversation_id)

    def missed(self, caller: str) -> list[MissedCall]:
        """Return the calls to a caller that did not come about, oldest first."""
        rows = self._database.all(
            "SELECT * FROM missed_calls WHERE caller = ? ORDER BY event_timestamp_s, conversation_id", caller
        )
        return [_missed(row, caller) for row in rows]

    def check(self) -> None:
        """
        Compare every row with its checksum.

        Raises:
            ReadModelDamagedError: one of them does not match.
        """
        for row in self._each():
            checked(row)

    def _note_removal(self, conversation_id: str) -> None:
        row = self._database.row("SELECT caller, checksum FROM calls WHERE conversation_id = ?", conversation_id)
        if row is not None:
            self._differences.add(row[0], CallerSums(calls_sum=-row[1]))

    def _each(self) -> Iterator[Row]:
        yield from self._database.rows("SELECT * FROM calls")
        yield from self._database.rows("SELECT * FROM missed_calls")


def _kept(row: Row) -> KeptCall:
    conversation_id, caller, _, _, _, _, position, offset, sha256, body = checked(row)
    return KeptCall(conversation_id, caller, Place(position, offset, sha256), body, row[-2])


def _missed(row: Row, caller: str) -> MissedCall:
    conversation_id, named, event_timestamp_s, reason, _ = checked(row)
    check_caller(named, caller)
    return MissedCall(conversation_id, event_timestamp_s, reason)
