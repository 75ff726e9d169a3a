"""Whether a whole generation is sound: its pages, its indexes, every checksum, and the index of the memory engine."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from projector.errors import ReadModelDamagedError, ReplayStoppedError
from projector.read_model.protocol import ReadModel
from projector.read_model.sqlite.database import Database
from projector.read_model.sqlite.reading import SqliteReadModel
from projector.read_model.sqlite.schema import make_tables
from projector.read_model.sqlite.tables.callers import Callers
from projector.read_model.sqlite.tables.calls import Calls
from projector.read_model.sqlite.tables.learning.agents import Agents
from projector.read_model.sqlite.tables.memories import Memories
from projector.read_model.sqlite.tables.meta import Meta

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
    path: Path,
    check_index: Callable[[ReadModel], None],
    *,
    is_outside: bool,
    should_go_on: Callable[[], bool] = lambda: True,
    on_begun: Callable[[], None] = lambda: None,
) -> None:
    """
    Check a whole generation on one snapshot. Writers are not blocked.

    On a connection of its own: what another one has in its cache would hide what became of the file.

    Args:
        check_index: compares the index of the memory engine with the memories.
        is_outside: whether the generation was made with an outside engine.
        should_go_on: asked again and again; False ends the check.
        on_begun: called once the snapshot is taken: what is written from then on is not looked at.

    Raises:
        ReadModelDamagedError: it is not what was written.
        ReadModelBusyError: it could not be read to its end.
        ReplayStoppedError: `should_go_on` said no.
    """
    with (
        closing(Database.open(path, is_writing=False)) as database,
        database.while_going_on(should_go_on),
        database.snapshot(),
    ):
        database.value("SELECT count(*) FROM meta")  # BEGIN alone does not take the snapshot
        on_begun()
        if not should_go_on():  # a small database is checked before SQLite would ask
            raise ReplayStoppedError("the check was stopped before its end")
        _check(database, check_index, is_outside=is_outside)


def _check(database: Database, check_index: Callable[[ReadModel], None], *, is_outside: bool) -> None:
    # Not quick_check: it does not compare the indexes with their tables.
    found = database.value("PRAGMA integrity_check(1)")
    if found != "ok":
        raise ReadModelDamagedError(found)
    _check_schema(database, is_outside=is_outside)
    Calls(database).check()
    Agents(database).check()
    callers = Callers(database)
    for _ in callers.each():
        pass
    callers.check_folded()
    Memories(database).check()
    for message, sql in _MISMATCHES.items():
        if database.row(sql) is not None:
            raise ReadModelDamagedError(message)
    if callers.checksums_sum() != Meta(database).callers_sum():
        raise ReadModelDamagedError("the callers are not those that were written")
    check_index(SqliteReadModel(database))


def _check_schema(database: Database, *, is_outside: bool) -> None:
    with closing(Database.in_memory()) as new:
        make_tables(new, is_outside=is_outside)
        if set(new.all(_OBJECTS)) != set(database.all(_OBJECTS)):
            raise ReadModelDamagedError("the tables are not those that were made")
