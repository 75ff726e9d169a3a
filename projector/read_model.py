"""
The read model: all that is known of each caller, as the projector wrote it, for others to read.

One SQLite database per generation. Calls, caller views and memories are held whole; an engine is only an index.
"""

import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import msgspec
from msgspec import Struct

from events.erasure import Erasure
from events.receipt import Place
from projector.engines import Engine, open_engine
from projector.errors import ReadModelDamagedError, ReadModelMissingError
from projector.generations import Generations
from projector.memories import CallerView, Memory

SCHEMA = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE calls (
    conversation_id TEXT PRIMARY KEY,
    caller TEXT NOT NULL,
    agent_number TEXT,
    position INTEGER NOT NULL,
    journal_offset INTEGER NOT NULL,
    line_sha256 TEXT NOT NULL,
    body BLOB NOT NULL
);
CREATE INDEX calls_by_caller ON calls (caller);
CREATE INDEX calls_by_agent_number ON calls (agent_number) WHERE agent_number IS NOT NULL;
CREATE TABLE missed_calls (
    conversation_id TEXT PRIMARY KEY,
    caller TEXT NOT NULL,
    event_timestamp_s INTEGER NOT NULL,
    reason TEXT NOT NULL,
    sha256 TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX missed_calls_by_caller ON missed_calls (caller);
CREATE TABLE callers (caller TEXT PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID;
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
    body BLOB NOT NULL
);
CREATE INDEX memories_by_conversation ON memories (caller, conversation_id);
CREATE INDEX memories_by_time ON memories (caller, occurred_at_s);
CREATE TABLE faults (
    journal_offset INTEGER PRIMARY KEY,
    position INTEGER NOT NULL,
    line_sha256 TEXT NOT NULL,
    kind TEXT NOT NULL,
    conversation_id TEXT,
    error TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    next_try_at_s INTEGER,
    is_final INTEGER NOT NULL
);
"""
_BUSY_TIMEOUT_S = 5.0
# Who reads for a caller on the line would rather not know than wait.
_READER_BUSY_TIMEOUT_S = 0.25
_OPEN_TRIES = 5
_canonical = msgspec.json.Encoder(order="sorted")
_views = msgspec.json.Decoder(CallerView)
_memories = msgspec.json.Decoder(Memory)


class MissedCall(Struct, frozen=True):
    """An outbound call that did not come about; Unix seconds."""

    conversation_id: str
    event_timestamp_s: int
    reason: str


class ErasureState(Struct, frozen=True):
    """How far a request to forget a caller is: its account, None before there is one, and whether all is gone."""

    account: Erasure | None
    is_finished: bool


class Fault(Struct, frozen=True):
    """
    Something that is wrong with an event.

    `next_try_at_s` is Unix seconds, None once we have given up; what is final is not tried: only a replay can tell.
    """

    place: Place
    kind: str
    conversation_id: str | None
    error: str
    attempts: int
    next_try_at_s: int | None
    is_final: bool


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
        row = self._connection.execute("SELECT body FROM callers WHERE caller = ?", (caller,)).fetchone()
        return _views.decode(row[0]) if row else None

    def memories(self, caller: str, ids: Iterable[str]) -> dict[str, Memory]:
        """Return those of the memories with these ids that are the caller's own."""
        wanted = list(ids)
        marks = ",".join("?" * len(wanted))
        rows = self._connection.execute(
            f"SELECT body FROM memories WHERE caller = ? AND id IN ({marks})",  # noqa: S608 - question marks only
            (caller, *wanted),
        )
        return {memory.id: memory for memory in (_memories.decode(body) for (body,) in rows)}

    def recent(self, caller: str, *, agent_id: str | None, limit: int) -> list[Memory]:
        """Return the newest memories of a caller that an agent may be told (None: any), newest first."""
        rows = self._connection.execute(
            "SELECT body FROM memories WHERE caller = ? AND is_current"
            " AND (? IS NULL OR told_to IS NULL OR told_to = ?)"
            " ORDER BY occurred_at_s DESC, conversation_id, kind, id LIMIT ?",
            (caller, agent_id, agent_id, limit),
        )
        return [_memories.decode(body) for (body,) in rows]

    def is_agent_line(self, number: str) -> bool:
        """Tell whether a number was seen as an agent's own line."""
        sql = "SELECT 1 FROM calls WHERE agent_number = ? LIMIT 1"
        return self._connection.execute(sql, (number,)).fetchone() is not None

    def missed_calls(self, caller: str) -> list[MissedCall]:
        """Return the calls to a caller that did not come about, oldest first."""
        rows = self._connection.execute(
            "SELECT conversation_id, event_timestamp_s, reason FROM missed_calls WHERE caller = ?"
            " ORDER BY event_timestamp_s, conversation_id",
            (caller,),
        )
        return [MissedCall(*row) for row in rows]

    def conversations(self, caller: str) -> list[str]:
        """Return the conversations that were a caller's by any of their versions, failed calls as well."""
        sql = "SELECT conversation_id FROM parties WHERE caller = ? ORDER BY started_at_s, conversation_id"
        return [conversation_id for (conversation_id,) in self._connection.execute(sql, (caller,))]

    def erasure(self, position: int) -> ErasureState | None:
        """Return how far the request at a position is; None while it is not projected."""
        sql = "SELECT account, is_finished FROM erasures WHERE request = ?"
        row = self._connection.execute(sql, (position,)).fetchone()
        if row is None:
            return None
        return ErasureState(msgspec.json.decode(row[0], type=Erasure) if row[0] else None, bool(row[1]))

    def all_memories(self, caller: str) -> Iterator[Memory]:
        """Yield every memory of a caller, in the order of its calls; however slowly it is taken, it holds no lock."""
        ids = self._connection.execute(
            "SELECT id FROM memories WHERE caller = ? ORDER BY occurred_at_s, conversation_id, kind, key", (caller,)
        ).fetchall()
        for (id_,) in ids:
            yield from self.memories(caller, [id_]).values()

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
        yield from _records(self._connection.execute("SELECT body FROM callers ORDER BY caller"), _views)
        yield '],"memories":['
        sql = "SELECT body FROM memories ORDER BY caller, occurred_at_s, conversation_id, kind, key"
        yield from _records(self._connection.execute(sql), _memories)
        yield "]}"


class ReadModelReader:
    """
    Opens the live generation, and again when another one becomes live.

    Safe to share among threads: each has a connection of its own.
    """

    def __init__(self, folder: Path, engine: str) -> None:
        self._generations = Generations(folder)
        self._engine = engine
        self._threads = threading.local()

    def open(self) -> tuple[ReadModel, Engine]:
        """
        Return the live generation and the engine over it.

        Raises:
            ReadModelMissingError: there is none yet, or it cannot be opened.
        """
        for _ in range(_OPEN_TRIES):
            generation = self._generations.current()
            if generation is None:
                break
            path = self._generations.database(generation)
            try:
                key = (generation, path.stat().st_ino)
                return self._opened(path, key)
            except (OSError, sqlite3.OperationalError) as error:
                if self._generations.current() == generation:
                    raise ReadModelMissingError(f"the read model cannot be opened: {error}") from error
                # else it was replaced, and swept away, between our two looks
        raise ReadModelMissingError("there is no read model yet")

    def generation(self) -> int | None:
        """Return the number of the live generation; None where there is none."""
        return self._generations.current()

    def _opened(self, path: Path, key: tuple[int, int]) -> tuple[ReadModel, Engine]:
        if getattr(self._threads, "key", None) != key:
            connection = connect(path, is_writing=False, busy_timeout_s=_READER_BUSY_TIMEOUT_S)
            if hasattr(self._threads, "connection"):
                self._threads.connection.close()
            self._threads.connection = connection
            self._threads.opened = (ReadModel(connection), open_engine(self._engine, connection))
            self._threads.key = key
        opened: tuple[ReadModel, Engine] = self._threads.opened
        return opened


@contextmanager
def open_read_model(folder: Path) -> Iterator[ReadModel]:
    """Open the live generation in a folder, for as long as the `with` block lasts; raises as `connect_live` does."""
    with connect_live(folder, is_writing=False) as connection:
        yield ReadModel(connection)


@contextmanager
def connect_live(folder: Path, *, is_writing: bool) -> Iterator[sqlite3.Connection]:
    """
    Open the database of the live generation in a folder, for as long as the `with` block lasts.

    Raises:
        ReadModelMissingError: there is none yet, or it cannot be opened.
    """
    connection = _connect_live(Generations(folder), is_writing=is_writing)
    try:
        yield connection
    finally:
        connection.close()


def _connect_live(generations: Generations, *, is_writing: bool) -> sqlite3.Connection:
    while True:
        generation = generations.current()
        if generation is None:
            raise ReadModelMissingError(
                f"there is no read model in {generations.folder} yet; `projector --once` makes one"
            )
        try:
            return connect(generations.database(generation), is_writing=is_writing)
        except sqlite3.OperationalError as error:
            if generations.current() == generation:
                raise ReadModelMissingError(f"the read model cannot be opened: {error}") from error
            # else it was replaced, and swept away, between our two looks


def has_memories(folder: Path) -> bool:
    """Tell whether the live generation in a folder was made of any event: then a log without one is not a new one."""
    try:
        with open_read_model(folder) as read_model:
            return read_model.place() is not None
    except (OSError, sqlite3.Error, ReadModelMissingError, ReadModelDamagedError):
        return False


def connect(path: Path, *, is_writing: bool, busy_timeout_s: float = _BUSY_TIMEOUT_S) -> sqlite3.Connection:
    """
    Open the database of a generation that exists.

    Raises:
        sqlite3.OperationalError: it is gone, or locked.
        sqlite3.DatabaseError: it is none.
    """
    mode = "rw" if is_writing else "ro"
    connection = sqlite3.connect(
        f"file:{quote(str(path.absolute()))}?mode={mode}",
        uri=True,
        isolation_level=None,
        timeout=busy_timeout_s,
        check_same_thread=False,
    )
    try:
        if is_writing:
            # A projection can be made again: what a power cut takes of it comes back with the next catch-up.
            connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("SELECT value FROM meta LIMIT 1").fetchone()
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _records(
    rows: Iterable[tuple[bytes]], decoder: msgspec.json.Decoder[CallerView] | msgspec.json.Decoder[Memory]
) -> Iterator[str]:
    line: str | None = None
    for (body,) in rows:
        if line is not None:
            yield line + ","
        line = _canonical.encode(decoder.decode(body)).decode()
    if line is not None:
        yield line
