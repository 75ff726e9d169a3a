"""
The partitions of tables that hold words, so that those of one caller can be written anew without those of all others.

Each is a table with its indexes to the server. So a database may ask for fewer, as a small one does:
`ALTER DATABASE name SET elaoms.partitions = 4`. Generations that are there keep what they were made with.
"""

from projector.read_model.postgres.sql.database import Database

_PARTITIONS = 64
_WANTED = "SELECT current_setting('elaoms.partitions', true)"
_MAKE = """
DO $$
DECLARE whole record;
BEGIN
    FOR whole IN SELECT relname FROM pg_class WHERE relkind = 'p' AND relnamespace = to_regnamespace('{schema}')
        AND NOT EXISTS (SELECT 1 FROM pg_inherits WHERE inhparent = pg_class.oid)
    LOOP
        FOR remainder IN 0 .. {count} - 1
        LOOP
            EXECUTE format(
                'CREATE TABLE {schema}.%I PARTITION OF {schema}.%I FOR VALUES WITH (MODULUS {count}, REMAINDER %s)',
                whole.relname || '_' || remainder, whole.relname, remainder
            );
        END LOOP;
    END LOOP;
END $$
"""


# The server would copy values of columns into a catalog, which nobody but it can write anew: what was erased would stay
# there. What it knows of numbers, and how many rows there are, is left to it.
_NO_STATISTICS = """
DO $$
DECLARE changes record;
BEGIN
    FOR changes IN SELECT relname, string_agg(format('ALTER COLUMN %I SET STATISTICS 0', attname), ', ') AS columns
        FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
        WHERE relnamespace = to_regnamespace('{schema}') AND relkind IN ('r', 'p') AND NOT relispartition
        AND attnum > 0 AND NOT attisdropped AND atttypid IN ('text'::regtype, 'text[]'::regtype, 'bytea'::regtype)
        GROUP BY relname
    LOOP
        EXECUTE format('ALTER TABLE {schema}.%I ', changes.relname) || changes.columns;
    END LOOP;
END $$
"""


def keep_no_statistics(database: Database, schema: str) -> None:
    """Have the server make no statistics of texts and bytes in the tables of a schema."""
    database.script(_NO_STATISTICS.format(schema=schema))


def make_partitions(database: Database, schema: str) -> None:
    """Make the partitions of all tables of a schema that are to have some, and have none yet."""
    wanted = database.value(_WANTED) or ""
    number = int(wanted) if wanted.isdecimal() and int(wanted) else _PARTITIONS
    database.script(_MAKE.format(schema=schema, count=number))
