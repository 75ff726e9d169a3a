"""Whether a whole read model is sound: its pages, its indexes, every seal, and the index of the engine."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from projector.engines.registry import check_tables
from projector.engines.settings import EngineSettings
from projector.errors import ReadModelBusyError, ReadModelDamagedError, ReplayStoppedError
from projector.read_model.sqlite.checksums import checked
from projector.read_model.sqlite.connection import SCHEMA, connect
from projector.read_model.sqlite.database import Database
from projector.read_model.sqlite.engine_tables import SqliteEngineTables
from projector.read_model.sqlite.reading import ReadModel
from projector.read_model.sqlite.tables.callers import callers_sum
from projector.read_model.sqlite.tables.erasures import SCHEMA as ERASED_SCHEMA

_STEPS_BETWEEN_LOOKS = 10_000
_SEALED_TABLES = ("calls", "missed_calls")
_OBJECTS = "SELECT type, name, tbl_name, sql FROM sqlite_schema"
# Each finds a row only where something is missing, or is an older one of its own.
_MISMATCHES = {
    "a caller's memories are not those that were written": """
        SELECT 1 FROM callers WHERE (memory_count, memories_sum) !=
        (SELECT count(*), coalesce(sum(checksum), 0) FROM memories WHERE memories.caller = callers.caller)
    """,
    "a caller's calls are not those that were written": """
        SELECT 1 FROM callers WHERE calls_sum !=
        (SELECT coalesce(sum(checksum), 0) FROM calls WHERE calls.caller = callers.caller)
    """,
    "there are memories or calls of nobody": """
        SELECT 1 FROM (SELECT total(memory_count) AS memory_count, total(calls_sum) AS calls_sum FROM callers)
        WHERE memory_count != (SELECT count(*) FROM memories) OR calls_sum != (SELECT total(checksum) FROM calls)
    """,
}


def check_soundness(
    database: Path,
    engine: EngineSettings,
    *,
    should_go_on: Callable[[], bool] = lambda: True,
    on_begun: Callable[[], None] = lambda: None,
) -> None:
    """
    Read a whole generation as it is at one moment, and check it; whoever writes goes on meanwhile.

    On a connection of its own: what another one has in its cache would hide what became of the file.

    Args:
        engine: the memory engine that it was made with.
        on_begun: called once the moment is fixed: what is written from then on is not looked at.

    Raises:
        ReadModelDamagedError: it is not what was written. Damage may show as `sqlite3.Error` just as well.
        ReplayStoppedError: `should_go_on` said no.
    """
    with closing(connect(database, is_writing=False)) as connection:
        connection.set_progress_handler(lambda: not should_go_on(), _STEPS_BETWEEN_LOOKS)
        try:
            connection.execute("BEGIN")
            connection.execute("SELECT count(*) FROM meta").fetchone()  # BEGIN alone does not fix the moment
            on_begun()
            _check(connection, engine)
        except (sqlite3.OperationalError, ReadModelBusyError) as error:
            fault = error.__cause__ if isinstance(error, ReadModelBusyError) else error
            if getattr(fault, "sqlite_errorcode", None) == sqlite3.SQLITE_INTERRUPT:
                raise ReplayStoppedError("the check was stopped before its end") from error
            raise


def _check(connection: sqlite3.Connection, engine: EngineSettings) -> None:
    # Not quick_check: it does not compare the indexes with their tables.
    found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if found != "ok":
        raise ReadModelDamagedError(found)
    _check_schema(connection, engine)
    for table in _SEALED_TABLES:
        for row in connection.execute(f"SELECT * FROM {table}"):  # noqa: S608 - our own words
            checked(row)
    ReadModel(connection).check()
    for words, sql in _MISMATCHES.items():
        if connection.execute(sql).fetchone() is not None:
            raise ReadModelDamagedError(words)
    if connection.execute("SELECT coalesce(sum(checksum), 0) FROM callers").fetchone()[0] != callers_sum(connection):
        raise ReadModelDamagedError("the callers are not those that were written")
    check_tables(engine.name, SqliteEngineTables(Database(connection)))


def _check_schema(connection: sqlite3.Connection, engine: EngineSettings) -> None:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as new:
        new.executescript(SCHEMA + ERASED_SCHEMA)
        SqliteEngineTables(Database(new)).create(is_outside=engine.is_outside)
        if set(new.execute(_OBJECTS)) != set(connection.execute(_OBJECTS)):
            raise ReadModelDamagedError("the tables are not those that were made")
