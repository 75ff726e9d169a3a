"""
The tables of calls: the newest version of each that took place, and the calls that did not come about.

The words of a call lie in one of the partitions of `calls`, which is found by the caller. `owners` says whose a call
is, and holds all that is looked for without knowing the caller.
"""

from collections.abc import Iterator

from events.log.receipt import Place
from projector.errors import ReadModelDamagedError
from projector.read_model.checksums import check_caller, checked, with_checksum
from projector.read_model.postgres.sql.database import Database, Row
from projector.read_model.postgres.sql.texts import INDEXED_CHARS, indexed
from projector.read_model.records import AgentMet, CallerSums, KeptCall, MissedCall
from projector.read_model.tables.differences import Differences

SCHEMA = f"""
CREATE TABLE calls (
    conversation_id text COLLATE "C" NOT NULL,
    caller text COLLATE "C" NOT NULL,
    agent_number text COLLATE "C",
    agent_id text COLLATE "C",
    sha256 text COLLATE "C" NOT NULL,
    counted_at_s bigint,
    position bigint NOT NULL,
    journal_offset bigint NOT NULL,
    line_sha256 text COLLATE "C" NOT NULL,
    checksum bigint NOT NULL,
    body bytea NOT NULL,
    PRIMARY KEY (caller, conversation_id)
) PARTITION BY HASH (caller);
CREATE TABLE owners (
    conversation_id text COLLATE "C" PRIMARY KEY,
    caller text COLLATE "C" NOT NULL,
    agent_number text COLLATE "C",
    agent_id text COLLATE "C",
    sha256 text COLLATE "C" NOT NULL,
    counted_at_s bigint,
    position bigint NOT NULL
);
CREATE INDEX owners_by_agent_number ON owners (agent_number) WHERE agent_number IS NOT NULL;
CREATE INDEX owners_by_agent ON owners ({indexed("agent_id")}, position) WHERE agent_id IS NOT NULL;
CREATE INDEX owners_by_time ON owners (counted_at_s, conversation_id, sha256) WHERE counted_at_s IS NOT NULL;
CREATE TABLE missed_calls (
    conversation_id text COLLATE "C" PRIMARY KEY,
    caller text COLLATE "C" NOT NULL,
    event_timestamp_s bigint NOT NULL,
    reason text COLLATE "C" NOT NULL,
    checksum bigint NOT NULL,
    sha256 text COLLATE "C" NOT NULL
);
CREATE INDEX missed_calls_by_caller ON missed_calls (caller);
CREATE TABLE machines (conversation_id text COLLATE "C" PRIMARY KEY);
"""
_PUT_MISSED = """
INSERT INTO missed_calls VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (conversation_id) DO UPDATE
SET caller = excluded.caller, event_timestamp_s = excluded.event_timestamp_s,
    reason = excluded.reason, checksum = excluded.checksum, sha256 = excluded.sha256
WHERE (excluded.event_timestamp_s, excluded.sha256) > (missed_calls.event_timestamp_s, missed_calls.sha256)
"""
_PUT = "INSERT INTO calls VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
_PUT_OWNER = "INSERT INTO owners VALUES (%s, %s, %s, %s, %s, %s, %s)"
_PUT_NEW_OWNER = f"{_PUT_OWNER} ON CONFLICT (conversation_id) DO NOTHING"
_GET = """
SELECT * FROM calls
WHERE conversation_id = %s AND caller = (SELECT caller FROM owners WHERE conversation_id = %s)
"""
_REMOVE = """
DELETE FROM calls
WHERE conversation_id = %s AND caller = (SELECT caller FROM owners WHERE conversation_id = %s)
RETURNING caller, checksum
"""
_OF = "SELECT * FROM calls WHERE caller = %s ORDER BY position"
_AGENT_LINE = "SELECT agent_number FROM owners WHERE agent_number = %s LIMIT 1"
_MISFITS = """
SELECT 1 FROM owners FULL JOIN calls USING (conversation_id, caller, sha256, position)
WHERE owners.agent_number IS DISTINCT FROM calls.agent_number OR owners.agent_id IS DISTINCT FROM calls.agent_id
OR owners.counted_at_s IS DISTINCT FROM calls.counted_at_s OR calls.checksum IS NULL OR owners IS NULL LIMIT 1
"""

# Two looks at the index for each agent, however many calls an agent had; more for ids that it does not hold whole.
_AGENTS = f"""
WITH RECURSIVE met (id) AS (
    SELECT min({indexed("agent_id")}) FROM owners WHERE agent_id IS NOT NULL
    UNION ALL
    SELECT (SELECT min({indexed("agent_id")}) FROM owners WHERE agent_id IS NOT NULL AND {indexed("agent_id")} > met.id)
    FROM met WHERE id IS NOT NULL
)
SELECT id, (SELECT max(position) FROM owners WHERE agent_id IS NOT NULL AND {indexed("agent_id")} = met.id)
FROM met WHERE length(id) < {INDEXED_CHARS}
UNION ALL SELECT agent_id, max(position) FROM owners WHERE agent_id IS NOT NULL
AND {indexed("agent_id")} IN (SELECT id FROM met WHERE length(id) = {INDEXED_CHARS}) GROUP BY agent_id ORDER BY 1
"""  # noqa: S608 - our own words


class Calls:
    """The calls of one generation; changes join the transaction that is under way."""

    def __init__(self, database: Database, differences: Differences | None = None) -> None:
        self._database = database
        self._differences = differences or Differences()

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
        if replaces:
            self.remove(call.conversation_id)
            self._database.run(_PUT_OWNER, *row[:7])
        elif not self._database.run(_PUT_NEW_OWNER, *row[:7]):
            return False
        self._database.run(_PUT, *row)
        self._differences.add(call.caller, CallerSums(calls_sum=row[-2]))
        return True

    def get(self, conversation_id: str) -> KeptCall | None:
        """Return the version of a call that is kept; None where there is none."""
        row = self._database.row(_GET, conversation_id, conversation_id)
        return _kept(row) if row else None

    def of(self, caller: str) -> list[KeptCall]:
        """Return the calls of a caller, in the order of their events."""
        return list(map(_kept, self._database.all(_OF, caller)))

    def remove(self, conversation_id: str) -> int:
        """Remove a call, and return how many there were."""
        removed = self._database.all(_REMOVE, conversation_id, conversation_id)
        for caller, checksum in removed:
            self._differences.add(caller, CallerSums(calls_sum=-checksum))
            self._database.run("DELETE FROM owners WHERE conversation_id = %s", conversation_id)
        return len(removed)

    def callers(self) -> list[str]:
        """Return everybody who has called, in the order of their keys."""
        return [caller for (caller,) in self._database.all("SELECT DISTINCT caller FROM owners ORDER BY caller")]

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
        return self._database.run("DELETE FROM missed_calls WHERE conversation_id = %s", conversation_id)

    def note_machine(self, conversation_id: str) -> None:
        """Note that a machine answered a call, whether or not the call is kept yet."""
        self._database.run("INSERT INTO machines VALUES (%s) ON CONFLICT DO NOTHING", conversation_id)

    def is_machine(self, conversation_id: str) -> bool:
        """Tell whether a machine is known to have answered a call."""
        return self._database.row("SELECT 1 FROM machines WHERE conversation_id = %s", conversation_id) is not None

    def remove_machine(self, conversation_id: str) -> None:
        """Forget whether a machine answered a call."""
        self._database.run("DELETE FROM machines WHERE conversation_id = %s", conversation_id)

    def missed(self, caller: str) -> list[MissedCall]:
        """Return the calls to a caller that did not come about, oldest first."""
        rows = self._database.all(
            "SELECT * FROM missed_calls WHERE caller = %s ORDER BY event_timestamp_s, conversation_id", caller
        )
        return [_missed(row, caller) for row in rows]

    def check(self) -> None:
        """
        Compare every row with its checksum, and the calls with whose they are.

        Raises:
            ReadModelDamagedError: one of them does not match.
        """
        for row in self._each():
            checked(row)
        if self._database.row(_MISFITS) is not None:
            raise ReadModelDamagedError("what is said of whose calls are does not fit the calls")

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
