"""
The table of vectors, beside the generations: it outlives them, for it costs hours to make.

Each row says which encoder made it, and nobody reads those of another one. Rows have no checksum: whose a memory is,
and its words, are read from the generation alone, and the worst that a wrong byte does is another order of what was
found.
"""

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager

from events.postgres_server.connections import Connections
from projector.domain.memories import NO_CONVERSATION
from projector.read_model.postgres.catalog import MAKING
from projector.read_model.postgres.sql.database import BESIDE, READER_WAIT_S, Database
from projector.read_model.postgres.sql.partitions import keep_no_statistics, make_partitions
from projector.read_model.postgres.sql.replacing import replacing
from projector.read_model.tables.engine_tables import Stamp

# A change of the schema, or of what gets vectors, changes under which name they are.
_VERSION = 3
_TABLE = f"{BESIDE}.vectors"
_SCHEMA = f"""
CREATE TABLE {_TABLE} (
    encoder text COLLATE "C" NOT NULL,
    caller text COLLATE "C" NOT NULL,
    conversation_id text COLLATE "C" NOT NULL,
    stamp bigint NOT NULL,
    head bytea NOT NULL,
    digests bytea NOT NULL,
    vectors bytea NOT NULL,
    PRIMARY KEY (caller, conversation_id, encoder)
) PARTITION BY HASH (caller);
CREATE INDEX ON {_TABLE} (conversation_id);
"""
_IS_THERE = f"SELECT to_regclass('{_TABLE}') IS NOT NULL"
_OF_CALLER = f"SELECT head, vectors FROM {_TABLE} WHERE encoder = %s AND caller = %s ORDER BY conversation_id"  # noqa: S608
_OF_CONVERSATION = f"SELECT digests, vectors FROM {_TABLE} WHERE encoder = %s AND conversation_id = %s"  # noqa: S608
_STAMPS = f"SELECT caller, conversation_id, stamp FROM {_TABLE} WHERE encoder = %s"  # noqa: S608 - our own words
_PUT = replacing(_TABLE, ("encoder", "caller", "conversation_id"), ("stamp", "head", "digests", "vectors"))
_REMOVE = f"DELETE FROM {_TABLE} WHERE encoder = %s AND caller = %s AND conversation_id = %s"  # noqa: S608 - as above
_REMOVE_OTHERS = f"DELETE FROM {_TABLE} WHERE encoder != %s"  # noqa: S608 - as above
_KEEP_ONLY = f"""
DELETE FROM {_TABLE} AS made WHERE NOT EXISTS (
    SELECT 1 FROM memories WHERE memories.caller = made.caller AND memories.conversation_id = made.conversation_id
    AND memories.caller NOT IN (SELECT caller FROM forgetting) HAVING sum(memories.checksum) = made.stamp
)
"""  # noqa: S608 - as above
_READ_AHEAD = f"SELECT sum(bit_count(vectors)) FROM {_TABLE} WHERE encoder = %s AND caller = %s"  # noqa: S608 - as above
# Whoever changes rows keeps others out, so that whoever cleans them sees all of them.
_CHANGING = "BEGIN; SELECT pg_advisory_xact_lock(hashtextextended('elaoms memories: vectors', 0))"


class Vectors:
    """The vectors that one encoder made; see `VectorTable`."""

    def __init__(self, database: Database, fingerprint: str) -> None:
        self._database = database
        self._encoder = f"{fingerprint}-{_VERSION}"

    @classmethod
    def open(cls, url: str, fingerprint: str) -> "Vectors":
        """Open the vectors of an encoder to change them, and remove those of all others; made where there are none."""
        database = Database(Connections(url, only_reads=True))
        try:
            _make_if_missing(database)
            vectors = cls(database, fingerprint)
            with vectors.changing():
                database.run(_REMOVE_OTHERS, vectors._encoder)
        except BaseException:
            database.close()
            raise
        return vectors

    def of(self, caller: str) -> Iterator[tuple[bytes, bytes]]:
        """Yield the head and the vectors of each row of a caller."""
        yield from self._database.all(_OF_CALLER, self._encoder, caller)

    def of_conversation(self, caller: str, conversation_id: str) -> list[tuple[bytes, bytes]]:
        """Return the digests and the vectors of each row of a conversation; see `VectorTable`."""
        if conversation_id == NO_CONVERSATION:
            return self._database.all(f"{_OF_CONVERSATION} AND caller = %s", self._encoder, conversation_id, caller)
        return self._database.all(_OF_CONVERSATION, self._encoder, conversation_id)

    def stamps(self, caller: str | None = None) -> Iterator[Stamp]:
        """Yield which rows there are, of one caller or of all, in the order of callers and conversations."""
        where, of = (" AND caller = %s", (caller,)) if caller is not None else ("", ())
        for row in self._database.all(f"{_STAMPS}{where} ORDER BY caller, conversation_id", self._encoder, *of):
            yield Stamp(*row)

    def changing(self) -> AbstractContextManager[None]:
        """Keep all other writers out until the block ends, and make its changes one."""
        return self._database.transaction(_CHANGING)

    def put(self, stamp: Stamp, *, head: bytes, digests: bytes, vectors: bytes) -> None:
        """Write the row of a conversation, in place of the one before."""
        caller, conversation_id, number = stamp
        self._database.run(_PUT, self._encoder, caller, conversation_id, number, head, digests, vectors)

    def remove(self, caller: str, conversation_id: str) -> None:
        """Remove the row of a conversation, if there is one."""
        self._database.run(_REMOVE, self._encoder, caller, conversation_id)

    def read_ahead(self, caller: str) -> None:
        """Have the server read the pages of a caller's rows into memory."""
        self._database.row(_READ_AHEAD, self._encoder, caller)

    def why_damaged(self) -> str | None:
        """Return nothing: the server looks after its own files, and says so where a statement meets damage."""
        return None

    def is_there(self) -> bool:
        """Tell whether the connection and the table are there still."""
        return self._database.is_usable and bool(self._database.value(_IS_THERE))

    def close(self) -> None:
        """Close the connection."""
        self._database.close()


class _Opened(threading.local):
    vectors: Vectors | None = None


class PostgresVectorReader:
    """
    See `VectorReader`: each thread has a connection of its own.

    Args:
        url: `postgresql://...`.
    """

    def __init__(self, url: str, fingerprint: str) -> None:
        self._connections = Connections(url, wait_s=READER_WAIT_S, only_reads=True)
        self._fingerprint = fingerprint
        self._opened = _Opened()
        self._all: list[Database] = []

    def open(self) -> Vectors | None:
        """Return the vectors, the same object to the same thread as long as its connection lives; None without any."""
        vectors = self._opened.vectors
        if vectors is None or not vectors.is_there():
            vectors = self._opened.vectors = None
            database = Database(self._connections, wait_s=READER_WAIT_S)
            if database.value(_IS_THERE):
                self._all.append(database)
                vectors = self._opened.vectors = Vectors(database, self._fingerprint)
            else:
                database.close()
        return vectors

    def close(self) -> None:
        """Close what all threads have open."""
        while self._all:
            self._all.pop().close()


def keep_only(database: Database) -> None:
    """Remove every row but those of conversations that are as the generation has them that the connection chose."""
    if database.value(_IS_THERE):
        with database.transaction(_CHANGING):
            database.run(_KEEP_ONLY)


def _make_if_missing(database: Database) -> None:
    if not database.value(_IS_THERE):
        with database.transaction(MAKING):
            if not database.value(_IS_THERE):
                database.script(f"CREATE SCHEMA IF NOT EXISTS {BESIDE}")
                database.script(_SCHEMA)
                make_partitions(database, BESIDE)
                keep_no_statistics(database, BESIDE)
