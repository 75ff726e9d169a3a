"""Makes the tables of a generation, all of them."""

from projector.read_model.sqlite.database import Database
from projector.read_model.sqlite.engine_tables import SqliteEngineTables
from projector.read_model.sqlite.tables import callers, calls, faults, memories, meta, partly_read
from projector.read_model.sqlite.tables.engines import outbox
from projector.read_model.sqlite.tables.erasing import erased, erasures, filed, parties
from projector.read_model.sqlite.tables.learning import (
    agents,
    corrections,
    extractions,
    facts,
    histories,
    links,
    merged,
    said,
)

# All tables but those of the memory engine.
SCHEMA = "".join(
    table.SCHEMA
    for table in (
        *(
            meta,
            calls,
            links,
            extractions,
            corrections,
            agents,
            merged,
            said,
            histories,
            callers,
            memories,
            facts,
            outbox,
            faults,
            partly_read,
        ),
        *(parties, filed, erased, erasures),
    )
)


def make_tables(database: Database, *, is_outside: bool) -> None:
    """
    Make the tables of a new generation.

    Args:
        is_outside: whether its memory engine keeps the index outside of the read model, and here only which of our
            memories are which of its rows.
    """
    database.script(SCHEMA)
    SqliteEngineTables(database).create(is_outside=is_outside)
