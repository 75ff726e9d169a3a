"""Tells whether two URLs lead to the same database: a server has many names, and a standby is its primary's."""

from events.postgres_server.bounded import Connection

_SERVER = """
SELECT format('server %s database %s', extract(epoch FROM pg_postmaster_start_time()), oid),
has_function_privilege('pg_control_system()', 'EXECUTE')
AND has_function_privilege('pg_control_checkpoint()', 'EXECUTE')
FROM pg_database WHERE datname = current_database()
"""

# With its timeline: a server that was restored from the same backup, and went on alone, is another one.
_CLUSTER = """
SELECT format('cluster %s timeline %s database %s', system_identifier, timeline_id, oid)
FROM pg_control_system(), pg_control_checkpoint(), pg_database WHERE datname = current_database()
"""


def identity_of(connection: Connection) -> frozenset[str]:
    """Return marks that only the same database has, there or on a standby; the latter where the server tells it."""
    marks = set[str]()
    row = connection.execute(_SERVER).fetchone()
    if row is not None:
        mark, may_ask = row
        marks.add(mark)
        if may_ask:
            marks.update(found for (found,) in connection.execute(_CLUSTER).fetchall())
    return frozenset(marks)
