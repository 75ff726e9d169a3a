"""
The read model: all that is known of each caller, as the projector wrote it, for others to read.

One SQLite database per generation. Calls, caller views and memories are held whole; an engine is only an index.
"""

import itertools
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from events.log.erasure import Erasure
from events.log.receipt import Place
from projector.domain.memories import CallerView, Memory
from projector.errors import ReadModelDamagedError, ReadModelMissingError
from projector.read_model.records import ErasureState, Fault, MissedCall
from projector.read_model.sqlite.checksums import checked
from projector.read_model.sqlite.connection import connect_live
from projector.read_model.sqlite.damage import READ_ERRORS
from projector.read_model.sqlite.generations import Generations

DAMAGED_MESSAGE = "it is damaged; the projector checks it, and makes it again from the log"

_canonical = msgspec.json.Encoder(order="sorted")

_views = msgspec.json.Decoder(CallerView)

_memories = msgspec.json.Decoder(Memory)

_MEMORY = "id, caller, conversation_id, kind, key, told_to, occurred_at_s, is_current, checksum, body"

_TOLD_TO, _IS_CURRENT = 5, 7

# One statement, for one moment: between two of them the projector may write a caller's first call.
_VIEW = """
SELECT found.*, EXISTS (SELECT 1 FROM calls WHERE caller = ?1)
FROM (SELECT 1) LEFT JOIN callers AS found ON found.caller = ?1
"""

_NEWEST = f"""
SELECT {_MEMORY} FROM memories INDEXED BY memories_by_time
WHERE caller = ? ORDER BY occurred_at_s DESC, conversation_id, kind, id
"""  # noqa: S608 - our own words

_COUNT = """
SELECT (SELECT count(*) FROM memories INDEXED BY memories_by_time WHERE caller = :caller),
       (SELECT memory_count FROM callers WHERE caller = :caller)
"""

S = TypeVar("S", CallerView, Memory)


class ReadModel:
    """
    The reading side of one generation.

    Any method may raise `sqlite3.Error` where the database is locked, damaged or gone.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def meta(self, name: str) -> str | None:
        """Return one fact about the generation itself: `fingerprint`, `place`."""
        row = self._connection.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return row[0] if row else None

    def place(self) -> Place | None:
        """Return how far the journal has been folded; None before the first event."""
        value = self.meta("place")
        try:
            return msgspec.json.decode(value, type=Place) if value else None
        except msgspec.MsgspecError as error:
            raise ReadModelDamagedError(f"the place cannot be read: {error}") from error

    def view(self, caller: str) -> CallerView | None:
        """Return what is known of a caller; None for one who never called."""
        *row, has_called = self._connection.execute(_VIEW, (caller,)).fetchone()
        if row[0] is None:
            if has_called:
                raise ReadModelDamagedError("the view of somebody who called is missing")
            return None
        return _view(tuple(row), caller)

    def memories(self, caller: str, ids: Iterable[str]) -> dict[str, Memory]:
        """Return those of the memories with these ids that are the caller's own."""
        wanted = list(ids)
        marks = ",".join("?" * len(wanted))
        rows = self._connection.execute(
            f"SELECT {_MEMORY} FROM memories WHERE caller = ? AND id IN ({marks})",  # noqa: S608 - question marks only
            (caller, *wanted),
        )
        return {memory.id: memory for memory in (_memory(checked(row), caller) for row in rows)}

    def recent(self, caller: str, *, agent_id: str | None, limit: int) -> list[Memory]:
        """Return the newest memories of a caller that an agent may be told (None: any), newest first."""
        with self._at_one_moment():
            # What is current, and who is told, is asked of sealed rows: a flipped column must not tell.
            rows = map(checked, self._connection.execute(_NEWEST, (caller,)))
            told = (row for row in rows if row[_IS_CURRENT] and (agent_id is None or row[_TOLD_TO] in {None, agent_id}))
            newest = [_memory(row, caller) for row in itertools.islice(told, limit)]
            self._check_count(caller)
        if len({memory.id for memory in newest}) < len(newest):
            raise ReadModelDamagedError("the index of times does not fit the memories")
        return newest

    def is_agent_line(self, number: str) -> bool:
        """Tell whether a number was seen as an agent's own line."""
        # The number itself is read from the table: an index entry that was damaged must not make a line of a caller.
        sql = "SELECT agent_number FROM calls WHERE rowid = (SELECT rowid FROM calls WHERE agent_number = ? LIMIT 1)"
        row = self._connection.execute(sql, (number,)).fetchone()
        if row is not None and row[0] != number:
            raise ReadModelDamagedError("the index of agents' lines does not fit the calls")
        return row is not None

    def missed_calls(self, caller: str) -> list[MissedCall]:
        """Return the calls to a caller that did not come about, oldest first."""
        rows = self._connection.execute(
            "SELECT * FROM missed_calls WHERE caller = ? ORDER BY event_timestamp_s, conversation_id", (caller,)
        )
        missed = []
        for conversation_id, named, event_timestamp_s, reason, _ in map(checked, rows):
            _check_is(named, caller)
            missed.append(MissedCall(conversation_id, event_timestamp_s, reason))
        return missed

    def conversations(self, caller: str) -> list[str]:
        """Return the conversations that were a caller's by any of their versions, failed calls as well."""
        sql = "SELECT conversation_id FROM parties WHERE caller = ? ORDER BY started_at_s, conversation_id"
        return [conversation_id for (conversation_id,) in self._connection.execute(sql, (caller,))]

    def is_erased(self, conversation_id: str) -> bool:
        """Tell whether a conversation was erased; its receipts stay in the journal."""
        sql = "SELECT 1 FROM erased_conversations WHERE conversation_id = ?"
        return self._connection.execute(sql, (conversation_id,)).fetchone() is not None

    def unfinished_erasures(self, *, requested_until_s: int) -> int:
        """Return how many requests made by then (Unix seconds) are still to be carried out."""
        sql = "SELECT count(*) FROM erasures WHERE NOT is_finished AND requested_at_s <= ?"
        count: int = self._connection.execute(sql, (requested_until_s,)).fetchone()[0]
        return count

    def owed(self) -> int:
        """Return of how many callers a memory engine outside is still to be told something."""
        count: int = self._connection.execute("SELECT count(DISTINCT caller) FROM owed").fetchone()[0]
        return count

    def erasure(self, position: int) -> ErasureState | None:
        """Return how far the request at a position is; None while it is not projected."""
        sql = "SELECT account, is_finished FROM erasures WHERE request = ?"
        row = self._connection.execute(sql, (position,)).fetchone()
        if row is None:
            return None
        return ErasureState(msgspec.json.decode(row[0], type=Erasure) if row[0] else None, bool(row[1]))

    def all_memories(self, caller: str) -> Iterator[Memory]:
        """
        Yield every memory of a caller, in the order of its calls; however slowly it is taken, it holds no lock.

        What changes meanwhile may be there as it was, as it is, or not at all.
        """
        sql = "SELECT id, checksum FROM memories WHERE caller = ? ORDER BY occurred_at_s, conversation_id, kind, key"
        with self._at_one_moment():
            written = self._connection.execute(sql, (caller,)).fetchall()
            noted = self._noted(caller)
        if (len(written), sum(checksum for _, checksum in written)) != noted:
            raise ReadModelDamagedError("a caller's memories are not those that were written")
        for id_, _ in written:
            found = self.memories(caller, [id_])
            if not found and self._noted(caller) == noted:
                raise ReadModelDamagedError("the index of ids does not fit the memories")
            yield from found.values()

    def faults(self) -> list[Fault]:
        """Return the events that could not be folded, in the order in which they came."""
        rows = self._connection.execute(
            "SELECT position, journal_offset, line_sha256, kind, conversation_id, error, attempts, next_try_at_s,"
            " is_final FROM faults ORDER BY journal_offset"
        )
        return [
            Fault(Place(*place), kind, conversation_id, error, attempts, next_try_at_s, bool(is_final))
            for *place, kind, conversation_id, error, attempts, next_try_at_s, is_final in rows
        ]

    def counts(self) -> dict[str, int]:
        """Return how many callers, calls, memories and faults there are."""
        tables = ("callers", "calls", "memories", "faults")
        sql = "SELECT " + ", ".join(f"(SELECT count(*) FROM {table})" for table in tables)  # noqa: S608
        return dict(zip(tables, self._connection.execute(sql).fetchone(), strict=True))

    def dump(self) -> Iterator[str]:
        """
        Yield every caller view and memory as the lines of one JSON document.

        Canonical: sorted, one record to a line, without clocks and paths. Equal read models give equal bytes.
        """
        yield '{"callers":['
        yield from _records(_views, self._connection.execute("SELECT * FROM callers ORDER BY caller"))
        yield '],"memories":['
        sql = f"SELECT {_MEMORY} FROM memories ORDER BY caller, occurred_at_s, conversation_id, kind, key"  # noqa: S608
        yield from _records(_memories, self._connection.execute(sql))
        yield "]}"

    def check(self) -> None:
        """
        Read every view and memory.

        Raises:
            ReadModelDamagedError: one of them is not what was written, or cannot be read.
        """
        for row in self._connection.execute("SELECT * FROM callers"):
            _decoded(_views, checked(row)[-1])
        for row in self._connection.execute(f"SELECT {_MEMORY} FROM memories"):  # noqa: S608 - our own words
            _decoded(_memories, checked(row)[-1])

    def _noted(self, caller: str) -> tuple[int, int]:
        sql = "SELECT memory_count, memories_sum FROM callers WHERE caller = ?"
        return self._connection.execute(sql, (caller,)).fetchone() or (0, 0)

    def _check_count(self, caller: str) -> None:
        counted, noted = self._connection.execute(_COUNT, {"caller": caller}).fetchone()
        if counted != (noted or 0):
            raise ReadModelDamagedError("a caller has not as many memories as were written")

    @contextmanager
    def _at_one_moment(self) -> Iterator[None]:
        if self._connection.in_transaction:
            yield
            return
        self._connection.execute("BEGIN")
        try:
            yield
        finally:
            self._connection.rollback()


@contextmanager
def open_read_model(folder: Path) -> Iterator[ReadModel]:
    """
    Open the live generation in a folder, for as long as the `with` block lasts.

    Raises:
        ReadModelMissingError: there is none yet, or it cannot be opened, or it is noted to be damaged.
    """
    generations = Generations(folder)
    if generations.is_marked_damaged(generations.current() or 0):
        raise ReadModelMissingError(f"the read model cannot be read: {DAMAGED_MESSAGE}")
    with connect_live(folder, is_writing=False) as connection:
        yield ReadModel(connection)


def has_memories(folder: Path) -> bool:
    """Tell whether the live generation in a folder was made of any event: then a log without one is not a new one."""
    try:
        with connect_live(folder, is_writing=False) as connection:
            return ReadModel(connection).place() is not None
    except (OSError, ReadModelMissingError, *READ_ERRORS):
        return False


def _view(row: tuple[Any, ...], caller: str) -> CallerView:
    view = _decoded(_views, checked(row)[-1])
    _check_is(view.caller, caller)
    return view


def _memory(columns: tuple[Any, ...], caller: str) -> Memory:
    memory = _decoded(_memories, columns[-1])
    _check_is(memory.caller, caller)
    return memory


def _decoded(decoder: msgspec.json.Decoder[S], body: bytes) -> S:
    try:
        return decoder.decode(body)
    except msgspec.MsgspecError as error:
        raise ReadModelDamagedError(f"what is stored cannot be read: {error}") from error


def _check_is(named: str, caller: str) -> None:
    # Whatever a column or an index says: nobody is to hear what the words themselves do not say is theirs.
    if named != caller:
        raise ReadModelDamagedError("a row was found under a caller to whom it does not belong")


def _records(decoder: msgspec.json.Decoder[S], rows: Iterable[tuple[Any, ...]]) -> Iterator[str]:
    line: str | None = None
    for row in rows:
        if line is not None:
            yield line + ","
        line = _canonical.encode(_decoded(decoder, checked(row)[-1])).decode()
    if line is not None:
        yield line
