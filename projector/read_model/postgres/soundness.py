"""Whether a whole generation is sound: every checksum, every sum, and the index of the memory engine."""

from collections.abc import Callable

from projector.errors import ReadModelDamagedError, ReplayStoppedError
from projector.read_model.postgres.reading import PostgresReadModel
from projector.read_model.postgres.sql.database import Database
from projector.read_model.postgres.tables.callers import Callers
from projector.read_model.postgres.tables.calls import Calls
from projector.read_model.postgres.tables.learning.agents import Agents
from projector.read_model.postgres.tables.memories import Memories
from projector.read_model.postgres.tables.meta import Meta
from projector.read_model.protocol import ReadModel

# Each finds a row only where something is missing, or is an older one of its own.
_MISMATCHES = {
    "a caller's memories are not those that were written": """
        SELECT 1 FROM callers FULL JOIN
        (SELECT caller, count(*) AS memory_count, sum(checksum) AS memories_sum FROM memories GROUP BY caller) AS kept
        USING (caller) WHERE coalesce(callers.memory_count, 0) != coalesce(kept.memory_count, 0)
        OR coalesce(callers.memories_sum, 0) != coalesce(kept.memories_sum, 0) LIMIT 1
    """,
    "a caller's calls are not those that were written": """
        SELECT 1 FROM callers FULL JOIN
        (SELECT caller, sum(checksum) AS calls_sum FROM calls GROUP BY caller) AS kept
        USING (caller) WHERE coalesce(callers.calls_sum, 0) != coalesce(kept.calls_sum, 0) LIMIT 1
    """,
}


def check_soundness(
    database: Database,
    check_index: Callable[[ReadModel], None],
    *,
    should_go_on: Callable[[], bool],
    on_begun: Callable[[], None],
) -> None:
    """
    Check the generation that a connection chose, on one snapshot. Writers are not blocked.

    The server's own files are the server's business: `initdb --data-checksums`, and its logs.

    Args:
        check_index: compares the index of the memory engine with the memories.
        should_go_on: asked again and again, but not while the server adds up; False ends the check.
        on_begun: called once the snapshot is taken: what is written from then on is not looked at.

    Raises:
        ReadModelDamagedError: it is not what was written.
        ReadModelBusyError: it could not be read to its end.
        ReplayStoppedError: `should_go_on` said no.
    """
    with database.while_going_on(should_go_on), database.snapshot():
        Meta(database).place()  # BEGIN alone does not take the snapshot
        on_begun()
        for step in _steps(database, check_index):
            if not should_go_on():
                raise ReplayStoppedError("the check was stopped before its end")
            step()


def _steps(database: Database, check_index: Callable[[ReadModel], None]) -> tuple[Callable[[], None], ...]:
    return (
        Calls(database).check,
        Agents(database).check,
        lambda: _check_callers(Callers(database)),
        Memories(database).check,
        *(lambda message=message: _check_sums(database, message) for message in _MISMATCHES),
        lambda: check_index(PostgresReadModel(database)),
    )


def _check_sums(database: Database, message: str) -> None:
    if database.row(_MISMATCHES[message]) is not None:
        raise ReadModelDamagedError(message)


def _check_callers(callers: Callers) -> None:
    for _ in callers.each():
        pass
    callers.check_folded()
    callers.check_sum()
