"""The table of memories."""

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator

import msgspec

from projector.domain.memories import Memory
from projector.errors import ReadModelDamagedError
from projector.read_model.checksums import DECODE_ERRORS, MemoryRow, check_caller, checked
from projector.read_model.sqlite.database import Database, Row
from projector.read_model.sqlite.tables.callers import Callers

SCHEMA = """
CREATE TABLE memories (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    caller TEXT NOT NULL,
    conversation_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    told_to TEXT,
    occurred_at_s INTEGER NOT NULL,
    is_current INTEGER NOT NULL,
    checksum INTEGER NOT NULL,
    body BLOB NOT NULL
);
CREATE INDEX memories_by_conversation ON memories (caller, conversation_id);
CREATE INDEX memories_by_time ON memories (caller, occurred_at_s);
"""
_COLUMNS = "id, caller, conversation_id, kind, key, told_to, occurred_at_s, is_current, checksum, body"
_TOLD_TO, _IS_CURRENT = 5, 7
_INSERT = "INSERT INTO memories VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_IN_ORDER = "ORDER BY occurred_at_s, conversation_id, kind, key"
_NEWEST = f"""
SELECT {_COLUMNS} FROM memories INDEXED BY memories_by_time
WHERE caller = ? ORDER BY occurred_at_s DESC, conversation_id, kind, id
"""  # noqa: S608 - our own words
_OF_CONVERSATION = f"""
SELECT {_COLUMNS} FROM memories WHERE caller = ? AND conversation_id = ? ORDER BY row
"""  # noqa: S608 - our own words
_COUNT = """
SELECT (SELECT count(*) FROM memories INDEXED BY memories_by_time WHERE caller = ?1),
       (SELECT memory_count FROM callers WHERE caller = ?1)
"""
_memories = msgspec.json.Decoder(Memory)


class Memories:
    """The memories of one generation; changes join the transaction that is under way."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._callers = Callers(database)

    def insert(self, rows: Iterable[MemoryRow]) -> None:
        """Add memories that are not there yet."""
        self._database.run_many(_INSERT, rows)

    def remove(self, caller: str, conversation_id: str) -> None:
        """Remove the memories of one conversation of a caller."""
        sql = "DELETE FROM memories WHERE caller = ? AND conversation_id = ?"
        self._database.run(sql, caller, conversation_id)

    def forget(self, caller: str) -> None:
        """Remove all memories of a caller."""
        self._database.run("DELETE FROM memories WHERE caller = ?", caller)

    def bodies(self, caller: str) -> Iterator[tuple[str, str, bytes]]:
        """Yield the conversation, the id and the JSON of each memory of a caller, unchecked."""
        yield from self._database.rows("SELECT conversation_id, id, body FROM memories WHERE caller = ?", caller)

    def indexed_bodies(self, caller: str, conversation_id: str) -> list[bytes]:
        """Return the JSON of each memory of one conversation, unchecked: what an index of them is compared with."""
        sql = "SELECT body FROM memories WHERE caller = ? AND conversation_id = ?"
        return [body for (body,) in self._database.rows(sql, caller, conversation_id)]

    def count_by_kind(self, caller: str) -> Counter[str]:
        """Return how many memories of each kind a caller has."""
        sql = "SELECT kind, count(*) FROM memories WHERE caller = ? GROUP BY kind"
        return Counter(dict(self._database.all(sql, caller)))

    def count(self) -> int:
        """Return how many memories there are of all callers."""
        return int(self._database.value("SELECT count(*) FROM memories"))

    def of_conversation(self, caller: str, conversation_id: str) -> list[Memory]:
        """Return the memories of one conversation of a caller, in the order in which they were written."""
        found = [_decoded(checked(row)) for row in self._database.all(_OF_CONVERSATION, caller, conversation_id)]
        if any((memory.caller, memory.conversation_id) != (caller, conversation_id) for memory in found):
            raise ReadModelDamagedError("a memory was found under a conversation to which it does not belong")
        return found

    def by_ids(self, caller: str, ids: Iterable[str]) -> dict[str, Memory]:
        """Return those of the memories with these ids that are the caller's own."""
        wanted = list(ids)
        marks = ",".join("?" * len(wanted))
        sql = f"SELECT {_COLUMNS} FROM memories WHERE caller = ? AND id IN ({marks})"  # noqa: S608 - question marks only
        rows = self._database.all(sql, caller, *wanted)
        return {memory.id: memory for memory in (_memory(checked(row), caller) for row in rows)}

    def recent(self, caller: str, *, agent_id: str | None, limit: int) -> list[Memory]:
        """Return the newest current memories of a caller that an agent may be told (None: any), newest first."""
        with self._database.snapshot():
            # Whether a memory is current, and for whom, is asked of checked rows: a flipped column must not say it.
            rows = map(checked, self._database.rows(_NEWEST, caller))
            told = (row for row in rows if row[_IS_CURRENT] and (agent_id is None or row[_TOLD_TO] in {None, agent_id}))
            newest = [_memory(row, caller) for row in itertools.islice(told, limit)]
            self._check_count(caller)
        if len({memory.id for memory in newest}) < len(newest):
            raise ReadModelDamagedError("the index of times does not fit the memories")
        return newest

    def of(self, caller: str) -> Iterator[Memory]:
        """
        Yield every memory of a caller, in the order of the calls; however slowly it is taken, it holds no lock.

        A memory that changes meanwhile comes as it was, as it is, or not at all.
        """
        sql = f"SELECT id, checksum FROM memories WHERE caller = ? {_IN_ORDER}"  # noqa: S608 - our own words
        with self._database.snapshot():
            written = self._database.all(sql, caller)
            noted = self._callers.noted(caller)
        if (len(written), sum(checksum for _, checksum in written)) != noted:
            raise ReadModelDamagedError("a caller's memories are not those that were written")
        for id_, _ in written:
            found = self.by_ids(caller, [id_])
            if not found and self._callers.noted(caller) == noted:
                raise ReadModelDamagedError("the index of ids does not fit the memories")
            yield from found.values()

    def each(self) -> Iterator[Memory]:
        """Yield every memory of all callers, in the order of the dump."""
        order = _IN_ORDER.replace("ORDER BY", "ORDER BY caller,")
        for row in self._database.rows(f"SELECT {_COLUMNS} FROM memories {order}"):  # noqa: S608 - our own words
            yield _decoded(checked(row))

    def check(self) -> None:
        """
        Read every memory.

        Raises:
            ReadModelDamagedError: one of them does not match its checksum, or cannot be read.
        """
        for row in self._database.rows(f"SELECT {_COLUMNS} FROM memories"):  # noqa: S608 - our own words
            _decoded(checked(row))

    def _check_count(self, caller: str) -> None:
        row = self._database.row(_COUNT, caller)
        assert row is not None
        counted, noted = row
        if counted != (noted or 0):
            raise ReadModelDamagedError("a caller has not as many memories as were written")


def _memory(columns: Row, caller: str) -> Memory:
    memory = _decoded(columns)
    check_caller(memory.caller, caller)
    return memory


def _decoded(columns: Row) -> Memory:
    try:
        return _memories.decode(columns[-1])
    except DECODE_ERRORS as error:
        raise ReadModelDamagedError(f"what is stored cannot be read: {error}") from error
