"""Every table of a read model as rows that can be compared, whatever wrote them."""

from typing import Any

from tests.support.sites import ProjectorSite

# Of the memories of a conversation, the order in which they were written counts, and not the number of the row.
_MEMORIES = """
SELECT rank() OVER (PARTITION BY caller, conversation_id ORDER BY row), id, caller, conversation_id, kind, key, told_to,
    occurred_at_s, is_current, checksum, body
FROM memories
"""
# When an event was tried is no content of the log.
_FAULTS = "SELECT position, line_sha256, kind, conversation_id, error, is_final FROM faults"
# How much was removed, and what could not be read, is content only once an erasure lists it.
_ERASURES = """
SELECT request, caller_hash, requested_at_s, key_id, journal_offset, line_sha256, by_position, received_at_s, latest_s,
    skew_s, account, has_searched, is_finished
FROM erasures
"""


def tables_of(site: ProjectorSite) -> dict[str, list[tuple[Any, ...]]]:
    """Return the rows of each table of the live generation, sorted."""
    tables = [name for (name,) in site.rows("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    special = {"memories": _MEMORIES, "faults": _FAULTS, "erasures": _ERASURES}
    rows = {table: site.rows(special.get(table, f"SELECT * FROM {table}")) for table in tables}  # noqa: S608
    return {table: sorted(of_table, key=repr) for table, of_table in rows.items()}
