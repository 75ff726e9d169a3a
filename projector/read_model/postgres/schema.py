"""Makes the tables of a generation, all of them."""

from projector.read_model.postgres.sql.database import Database
from projector.read_model.postgres.sql.partitions import keep_no_statistics, make_partitions
from projector.read_model.postgres.tables import callers, calls, faults, memories, meta, partly_read, stale
from projector.read_model.postgres.tables.engines import outbox
from projector.read_model.postgres.tables.engines.engine_tables import PostgresEngineTables
from projector.read_model.postgres.tables.erasing import erased, erasures, filed, parties
from projector.read_model.postgres.tables.learning import (
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
            stale,
        ),
        *(parties, filed, erased, erasures),
    )
)


def make_tables(database: Database, schema: str, *, is_outside: bool) -> None:
    """
    Make the schema of a new generation, with all tables, in the transaction that is under way.

    Args:
        is_outside: whether its memory engine keeps the index outside of the read model, and here only which of our
            memories are which of its rows.
    """
    database.script(f"CREATE SCHEMA {schema}")
    database.choose(schema)
    database.script(SCHEMA)
    PostgresEngineTables(database).create(is_outside=is_outside)
    make_partitions(database, schema)
    keep_no_statistics(database, schema)
