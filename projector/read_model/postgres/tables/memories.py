"""The table of memories."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from projector.domain.audience import may_hear
from projector.domain.memories import NO_AGENT, NO_CONVERSATION, Memory
from projector.errors import ReadModelDamagedError
from projector.read_model.checksums import DECODE_ERRORS, MEMORY_CHECKSUM, MemoryRow, check_caller, checked
from projector.read_model.postgres.sql.database import Database, Row
from projector.read_model.postgres.sql.texts import INDEXED_CHARS, indexed, written
from projector.read_model.postgres.tables.callers import Callers
from projector.read_model.records import CallerSums
from projector.read_model.tables.differences import Differences
from projector.read_model.tables.engine_tables import Stamp

SCHEMA = f"""
CREATE SEQUENCE memory_rows;
CREATE TABLE memories (
    row bigint NOT NULL DEFAULT nextval('memory_rows'),
    id text COLLATE "C" NOT NULL,
    caller text COLLATE "C" NOT NULL,
    conversation_id text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    key text COLLATE "C" NOT NULL,
    told_to text COLLATE "C",
    occurred_at_s bigint NOT NULL,
    is_current bigint NOT NULL,
    salience double precision NOT NULL,
    checksum bigint NOT NULL,
    body bytea NOT NULL,
    PRIMARY KEY (id, caller)
) PARTITION BY HASH (caller);
CREATE INDEX memories_by_conversation ON memories (caller, conversation_id);
CREATE INDEX memories_told_to_all ON memories (caller, occurred_at_s DESC, conversation_id, kind, id)
WHERE is_current = 1 AND told_to IS NULL;
CREATE INDEX memories_told_to_some
ON memories (caller, {indexed("told_to")}, occurred_at_s DESC, conversation_id, kind, id)
WHERE is_current = 1 AND told_to IS NOT NULL;
"""
COLUMNS = "id, caller, conversation_id, kind, key, told_to, occurred_at_s, is_current, salience, checksum, body"
_CALLER, TOLD_TO, _IS_CURRENT = 1, 5, 7
_INSERT = f"INSERT INTO memories ({COLUMNS}) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"  # noqa: S608 - ours
_IN_ORDER = "ORDER BY occurred_at_s, conversation_id, kind, key"
# Of a caller who is being forgotten a reader gets nothing, while the rows are removed little by little.
NOT_FORGOTTEN = "NOT EXISTS (SELECT 1 FROM forgetting WHERE forgetting.caller = memories.caller)"
# Behind every character that an id has.
_LAST_CHAR = "\U0010ffff"
_NEWEST_WHERE = f"SELECT {COLUMNS} FROM memories WHERE caller = %s AND is_current = 1 AND {NOT_FORGOTTEN}"  # noqa: S608 - ours
_NEWEST = "ORDER BY occurred_at_s DESC, conversation_id, kind, id LIMIT %s"
_WITHIN = f"AND occurred_at_s >= %s AND occurred_at_s < %s AND conversation_id != '{NO_CONVERSATION}' {_NEWEST}"
_NEXT_AUDIENCE = f"""
SELECT told_to FROM memories
WHERE caller = %s AND is_current = 1 AND told_to IS NOT NULL AND {indexed("told_to")} > {indexed("%s")}
ORDER BY {indexed("told_to")} LIMIT 1
"""  # noqa: S608 - our own words
_LONG_AUDIENCES = f"""
SELECT DISTINCT told_to FROM memories
WHERE caller = %s AND is_current = 1 AND told_to IS NOT NULL AND {indexed("told_to")} = {indexed("%s")}
"""  # noqa: S608 - our own words
_OF = f"SELECT {COLUMNS} FROM memories WHERE caller = %s"  # noqa: S608 - our own words
_BY_IDS = f"{_OF} AND {NOT_FORGOTTEN} AND id = ANY(%s)"
_OF_CONVERSATION = f"{_OF} AND conversation_id = %s ORDER BY row"
_BETWEEN = f"{_OF} AND conversation_id >= %s AND conversation_id < %s ORDER BY conversation_id, row"
_WRITTEN = f"SELECT id, checksum FROM memories WHERE caller = %s {_IN_ORDER}"  # noqa: S608 - our own words
_ALL = f"""
SELECT {COLUMNS} FROM memories WHERE caller NOT IN (SELECT caller FROM forgetting)
{_IN_ORDER.replace("ORDER BY", "ORDER BY caller,")}
"""  # noqa: S608 - our own words
# The sector is in the body alone; only an operator who looks asks for it. It is cut out, for the server reads no JSON
# that holds a character 0. Within a text each quotation mark stands behind a backslash: no words look like this name.
_BY_SECTOR = """
SELECT split_part(encode(substring(body FROM position('"sector":"'::bytea IN body) + 10 FOR 20), 'escape'), '"', 1)
COLLATE "C" AS sector, count(*) FROM memories
WHERE caller NOT IN (SELECT caller FROM forgetting) GROUP BY sector ORDER BY sector"""
_SUMS = """
SELECT caller, conversation_id, sum(checksum)::bigint FROM memories
WHERE caller NOT IN (SELECT caller FROM forgetting)"""
_SUM = "SELECT count(*), coalesce(sum(checksum), 0)::bigint FROM memories"
_STAMPS = f"{_SUMS} GROUP BY caller, conversation_id ORDER BY caller, conversation_id"
_STAMP = f"{_SUMS} AND caller = %s AND conversation_id = %s GROUP BY caller, conversation_id"
_NEWEST_FIRST = """
SELECT caller, conversation_id FROM memories
GROUP BY caller, conversation_id ORDER BY max(occurred_at_s) DESC, caller, conversation_id"""
_TOLD_TO = f"told_to IS NOT NULL AND {indexed('told_to')} = {indexed('%s')} AND told_to = %s"
_memories = msgspec.json.Decoder(Memory)


class Memories:
    """The memories of one generation; changes join the transaction that is under way."""

    def __init__(self, database: Database, differences: Differences | None = None) -> None:
        self._database = database
        self._differences = differences or Differences()
        self._callers = Callers(database)

    def insert(self, rows: Sequence[MemoryRow]) -> None:
        """Add memories that are not there yet."""
        self._database.run_many(_INSERT, rows)
        of_caller: dict[str, list[int]] = defaultdict(list)
        for row in rows:
            of_caller[row[_CALLER]].append(row[MEMORY_CHECKSUM])
        for caller, checksums in of_caller.items():
            self._differences.add(caller, CallerSums(0, len(checksums), sum(checksums)))

    def remove(self, caller: str, conversation_id: str) -> None:
        """Remove the memories of one conversation of a caller."""
        self._remove("caller = %s AND conversation_id = %s", caller, conversation_id)

    def forget(self, caller: str) -> None:
        """Remove all memories of a caller."""
        self._remove("caller = %s", caller)

    def bodies(self, caller: str) -> Iterator[tuple[str, str, int, bytes]]:
        """Yield the conversation, the id, the checksum and the JSON of each memory of a caller, unchecked."""
        sql = "SELECT conversation_id, id, checksum, body FROM memories WHERE caller = %s"
        yield from self._database.all(sql, caller)

    def indexed_bodies(self, caller: str, conversation_id: str) -> list[bytes]:
        """Return the JSON of each memory of one conversation, unchecked: what an index of them is compared with."""
        sql = "SELECT body FROM memories WHERE caller = %s AND conversation_id = %s"
        return [body for (body,) in self._database.all(sql, caller, conversation_id)]

    def count_by_kind(self, caller: str) -> Counter[str]:
        """Return how many memories of each kind a caller has."""
        sql = "SELECT kind, count(*) FROM memories WHERE caller = %s GROUP BY kind"
        return Counter(dict(self._database.all(sql, caller)))

    def count_of(self, caller: str, conversation_id: str) -> Counter[str]:
        """Return how many memories of each kind one conversation of a caller has."""
        sql = "SELECT kind, count(*) FROM memories WHERE caller = %s AND conversation_id = %s GROUP BY kind"
        return Counter(dict(self._database.all(sql, caller, conversation_id)))

    def count_by_sector(self) -> dict[str, int]:
        """Return how many memories of each sector there are, of all callers who are not being forgotten."""
        return dict(self._database.all(_BY_SECTOR))

    def of_conversation(self, caller: str, conversation_id: str) -> list[Memory]:
        """Return the memories of one conversation of a caller, in the order in which they were written."""
        found = [_decoded(checked(row)) for row in self._database.all(_OF_CONVERSATION, caller, conversation_id)]
        if any((memory.caller, memory.conversation_id) != (caller, conversation_id) for memory in found):
            raise ReadModelDamagedError("a memory was found under a conversation to which it does not belong")
        return found

    def stamps(self) -> Iterator[Stamp]:
        """Yield what the memories of each conversation are, in the order of callers and conversations."""
        for row in self._database.rows(_STAMPS):
            yield Stamp(*row)

    def stamp(self, caller: str, conversation_id: str) -> Stamp | None:
        """Return what the memories of a conversation are; None where there are none."""
        row = self._database.row(_STAMP, caller, conversation_id)
        return Stamp(*row) if row is not None else None

    def newest_first(self) -> Iterator[tuple[str, str]]:
        """Yield each caller and conversation of which there are memories, by the newest of these."""
        yield from self._database.rows(_NEWEST_FIRST)

    def beginning_with(self, caller: str, prefix: str) -> list[Memory]:
        """Return the memories of a caller whose conversation begins with a text, by their conversations' ids."""
        rows = self._database.all(_BETWEEN, caller, prefix, prefix + _LAST_CHAR)
        return [memory_of(checked(row), caller) for row in rows]

    def by_ids(self, caller: str, ids: Iterable[str]) -> dict[str, Memory]:
        """Return those of the memories with these ids that are the caller's own."""
        wanted = list(ids)
        rows = self._database.all(_BY_IDS, caller, wanted)
        return {memory.id: memory for memory in (memory_of(checked(row), caller) for row in rows)}

    def caller_of(self, memory_id: str) -> str | None:
        """Return whose a memory is; None where there is none, or the caller is being forgotten."""
        sql = "SELECT caller FROM memories WHERE id = %s AND caller NOT IN (SELECT caller FROM forgetting)"
        row = self._database.row(sql, memory_id)
        return row[0] if row else None

    def recent(self, caller: str, *, agent_id: str | None, limit: int) -> list[Memory]:
        """
        Return the newest current memories of a caller that an agent may be told (None: any), newest first.

        This reads `limit` memories for each audience, however many there are.
        """
        return self._newest(_NEWEST, caller, agent_id=agent_id, limit=limit)

    def within(self, caller: str, since_s: int, until_s: int, *, agent_id: str | None, limit: int) -> list[Memory]:
        """Return what `recent` does, from one second until before another; none that stem from many calls."""
        found = self._newest(_WITHIN, caller, since_s, until_s, agent_id=agent_id, limit=limit)
        # Asked of checked rows: an index must not say when a memory was.
        if not all(since_s <= memory.occurred_at_s < until_s for memory in found):
            raise ReadModelDamagedError("the index of audiences does not fit the times of the memories")
        return found

    def of(self, caller: str) -> Iterator[Memory]:
        """
        Yield every memory of a caller, in the order of the calls; however slowly it is taken, it holds no lock.

        A memory that changes meanwhile comes as it was, as it is, or not at all.
        """
        with self._database.snapshot():
            if self._database.row("SELECT 1 FROM forgetting WHERE caller = %s", caller) is not None:
                return
            written = self._database.all(_WRITTEN, caller)
            noted = self._callers.noted(caller)
        if (len(written), sum(checksum for _, checksum in written)) != (noted.memory_count, noted.memories_sum):
            raise ReadModelDamagedError("a caller's memories are not those that were written")
        order = (0, "", "", "")
        for id_, _ in written:
            found = self.by_ids(caller, [id_])
            if not found and self._callers.noted(caller) == noted:
                raise ReadModelDamagedError("the index of ids does not fit the memories")
            for memory in found.values():
                # Their order is read from an index, which no checksum covers.
                order, before = (memory.occurred_at_s, memory.conversation_id, memory.kind, memory.key), order
                if order < before and self._callers.noted(caller) == noted:
                    raise ReadModelDamagedError("an index does not fit the order of the memories")
                yield memory

    def each(self) -> Iterator[Memory]:
        """Yield every memory of all callers, in the order of the dump, but for callers who are being forgotten."""
        for row in self._database.rows(_ALL):
            yield _decoded(checked(row))

    def check(self) -> None:
        """
        Read every memory.

        Raises:
            ReadModelDamagedError: one of them does not match its checksum, or cannot be read.
        """
        for row in self._database.rows(f"SELECT {COLUMNS} FROM memories"):  # noqa: S608 - our own words
            _decoded(checked(row))

    def _audiences(self, caller: str) -> Iterator[str]:
        """Yield each audience that alone may be told something of a caller, but for that of no agent."""
        told_to = NO_AGENT
        while (row := self._database.row(_NEXT_AUDIENCE, caller, told_to)) is not None:
            if not isinstance(row[0], str) or row[0] <= told_to:  # or this would never end
                raise ReadModelDamagedError("the index of audiences is not in order")
            told_to = row[0]
            if len(written(told_to)) < INDEXED_CHARS:
                yield told_to
            else:  # others may begin as this one does
                yield from (each for (each,) in self._database.all(_LONG_AUDIENCES, caller, told_to))

    def _newest(self, sql: str, caller: str, *of: int, agent_id: str | None, limit: int) -> list[Memory]:
        with self._database.snapshot():
            every: list[str | None] = [None, NO_AGENT, *self._audiences(caller)]
            audiences = [told_to for told_to in every if may_hear(told_to, agent_id)]
            newest = [memory for told_to in audiences for memory in self._told_to(sql, caller, told_to, limit, *of)]
        if len({memory.id for memory in newest}) < len(newest):
            raise ReadModelDamagedError("the index of audiences does not fit the memories")
        newest.sort(key=lambda memory: (-memory.occurred_at_s, memory.conversation_id, memory.kind, memory.id))
        return newest[:limit]

    def _told_to(self, sql: str, caller: str, told_to: str | None, limit: int, *of: int) -> Iterator[Memory]:
        # No comparison that holds for NULL too finds its rows in an index.
        audience, told = ("told_to IS NULL", ()) if told_to is None else (_TOLD_TO, (told_to, told_to))
        rows = self._database.all(f"{_NEWEST_WHERE} AND {audience} {sql}", caller, *told, *of, limit)
        for row in map(checked, rows):
            # Asked of checked rows: neither an index nor a flipped column must say for whom a memory is.
            if not row[_IS_CURRENT] or row[TOLD_TO] != told_to:
                raise ReadModelDamagedError("the index of audiences does not fit the memories")
            yield memory_of(row, caller)

    def _remove(self, where: str, *of: str) -> None:
        row = self._database.row(f"{_SUM} WHERE {where}", *of)
        assert row is not None
        self._differences.add(of[0], CallerSums(0, -row[0], -row[1]))
        self._database.run(f"DELETE FROM memories WHERE {where}", *of)  # noqa: S608 - as above


def memory_of(columns: Row, caller: str) -> Memory:
    """
    Return the memory of a checked row.

    Raises:
        ReadModelDamagedError: it cannot be read, or is another caller's.
    """
    memory = _decoded(columns)
    check_caller(memory.caller, caller)
    return memory


def _decoded(columns: Row) -> Memory:
    try:
        return _memories.decode(columns[-1])
    except DECODE_ERRORS as error:
        raise ReadModelDamagedError(f"what is stored cannot be read: {error}") from error
