"""The database of a generation: its tables, and how it is opened."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from projector.errors import ReadModelMissingError
from projector.read_model.sqlite.damage import READ_ERRORS
from projector.read_model.sqlite.generations import Generations

# Part of the read model's fingerprint: raise it with every change of the schema, or of what a seal covers.
SCHEMA_VERSION = 3
SCHEMA = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE calls (
    conversation_id TEXT PRIMARY KEY,
    caller TEXT NOT NULL,
    agent_number TEXT,
    position INTEGER NOT NULL,
    journal_offset INTEGER NOT NULL,
    line_sha256 TEXT NOT NULL,
    checksum INTEGER NOT NULL,
    body BLOB NOT NULL
);
CREATE INDEX calls_by_caller ON calls (caller);
CREATE INDEX calls_by_agent_number ON calls (agent_number) WHERE agent_number IS NOT NULL;
CREATE TABLE missed_calls (
    conversation_id TEXT PRIMARY KEY,
    caller TEXT NOT NULL,
    event_timestamp_s INTEGER NOT NULL,
    reason TEXT NOT NULL,
    checksum INTEGER NOT NULL,
    sha256 TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX missed_calls_by_caller ON missed_calls (caller);
CREATE TABLE callers (
    caller TEXT PRIMARY KEY,
    calls_sum INTEGER NOT NULL,
    memory_count INTEGER NOT NULL,
    memories_sum INTEGER NOT NULL,
    checksum INTEGER NOT NULL,
    body BLOB NOT NULL
) WITHOUT ROWID;
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
CREATE TABLE owed (
    caller TEXT NOT NULL,
    conversation_id TEXT NOT NULL,
    PRIMARY KEY (caller, conversation_id)
) WITHOUT ROWID;
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
            # What was deleted must not come back, seal and all, where a pointer to it is damaged.
            connection.execute("PRAGMA secure_delete = ON")
        connection.execute("SELECT value FROM meta LIMIT 1").fetchone()
    except READ_ERRORS:
        connection.close()
        raise
    return connection
