"""
Rewrites the tables from which something was erased, keys or memories, and sees that no crash has left a copy of one.
"""

import re
import time
from collections.abc import Sequence

import psycopg
from psycopg import sql

from events.disk import steps
from events.postgres_log.erasing.nodes import Node
from events.postgres_log.erasing.remnants import Remnant, note_begun, note_rewritten
from events.postgres_server.bounded import Connection

# How long appends may wait for us while we wait for a partition. Who reads it for long, such as a dump, keeps us out;
# we come back.
_LOCK_WAIT = "SET lock_timeout = '1s'"
_LOCK_WAIT_AFTER = "SET lock_timeout = '20s'"

# Appends are short, and each one that began before the removal would keep the removed rows: we let them end.
_OLDER_S, _POLL_S = 2.0, 0.05

# How long one partition may take: a million conversations are some 100 MB.
_REWRITE_S = 600.0

_NUMBER = re.compile(r"\d+")

# The checkpointer is started anew after each crash, also where the server's own process lives on. Who may not see it
# gets an empty text.
_RUN = """
SELECT coalesce(max(backend_start::text), '') FROM pg_stat_activity WHERE backend_type = 'checkpointer'
"""

_NOW = "SELECT clock_timestamp()"
_HAS_OLDER = """
SELECT EXISTS (
    SELECT FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start < %s
)
"""


def rewrite(connection: Connection, nodes: Sequence[Node], remnants: Sequence[Remnant]) -> list[str]:
    """
    Rewrite the partitions of some remnants, and return why others could not be, for an operator.

    A server that crashes in a rewriting keeps the new file, or the old one, with all its keys, for good: nothing of
    PostgreSQL looks for it. So each is noted before it begins, and where its end is not known, we look for files.

    Nobody else may rewrite meanwhile.
    """
    run = _run(connection)
    if remnants:
        _let_older_end(connection)
    reasons = []
    for partition in sorted({remnant.table for remnant in remnants}):
        noted = [remnant for remnant in remnants if remnant.table == partition]
        is_doubtful = any(each.begun is not None and (each.begun != run or not run) for each in noted)
        if is_doubtful and (left := _left_by_crash(nodes, partition)):
            reasons += left
            continue
        note_begun(connection, noted, run)
        steps.reached("rewriting_begun")
        try:
            dead = _rewritten(connection, partition)
        except psycopg.errors.LockNotAvailable:
            reasons.append(f"{partition} is in use, by a dump or a transaction that does not end")
            note_begun(connection, noted, None)
            break  # a dump holds all of them, and appends would wait for us as often
        if dead == 0:
            steps.reached("keys_rewritten")
            note_rewritten(connection, noted)
            steps.reached("rewriting_noted")
        else:
            reasons.append(_why_not(partition, dead))
            note_begun(connection, noted, None)
    return reasons


def _run(connection: Connection) -> str:
    row = connection.execute(_RUN).fetchone()
    connection.rollback()
    assert row is not None
    return str(row[0])


def _let_older_end(connection: Connection) -> None:
    """Wait a little until no transaction is left that began before now."""
    (now,) = connection.execute(_NOW).fetchone() or (None,)
    until_s = time.monotonic() + _OLDER_S
    while connection.execute(_HAS_OLDER, [now]).fetchone() == (True,) and time.monotonic() < until_s:
        connection.rollback()  # or we would be one ourselves, to whoever waits as well
        time.sleep(_POLL_S)
    connection.rollback()


def _left_by_crash(nodes: Sequence[Node], partition: str) -> list[str]:
    """Return which servers may keep a file of a rewriting whose end is not known; empty if none does."""
    reasons = []
    for node in nodes:
        why = f"the server ended while {partition} was rewritten: {node.name}"
        try:
            files = node.stray_files("elaoms.remnants")
        except OSError as error:
            reasons.append(f"{why} may keep a copy of it, and cannot be asked: {error}")
            continue
        if files is None:
            grants = "GRANT EXECUTE ON FUNCTION pg_ls_dir(text), pg_stat_file(text, boolean)"
            reasons.append(f"{why} may keep a copy of it, and does not show its files to the role of the log: {grants}")
        elif files:
            reasons.append(
                f"{why} keeps {', '.join(files)}, which no table owns: if that is still said in a minute, stop that"
                " server, remove them from its data folder, and start it"
            )
    return reasons


def _why_not(partition: str, dead: int | None) -> str:
    if dead is None:
        return f"{partition} cannot be rewritten: the role of the log must own it"
    return (
        f"{partition} still holds {dead} removed rows, at which an older transaction, a prepared one, a"
        " replication slot or a standby's query may look (pg_stat_activity, pg_prepared_xacts, pg_replication_slots,"
        " pg_stat_replication)"
    )


def _rewritten(connection: Connection, partition: str) -> int | None:
    """
    Rewrite a table, and return how many dead rows it still has; None if the server did not do it.

    A table that is gone, as with the whole of its generation, has none.

    `VACUUM FULL` copies rows that an older transaction might look at, dead as they are, and says how many.
    """
    told: list[str] = []

    def note(diagnostic: psycopg.errors.Diagnostic) -> None:
        if diagnostic.severity_nonlocalized == "INFO" and diagnostic.message_detail:
            told.append(diagnostic.message_detail)

    if connection.execute("SELECT to_regclass(%s) IS NULL", [partition]).fetchone() == (True,):
        return 0
    connection.rollback()
    connection.add_notice_handler(note)
    connection.autocommit = True
    try:
        connection.execute(_LOCK_WAIT)
        connection.until_s = time.monotonic() + _REWRITE_S
        connection.execute(sql.SQL("VACUUM (FULL, VERBOSE) {}").format(sql.Identifier(*partition.split("."))))
    finally:
        if not connection.closed:
            connection.until_s = time.monotonic() + connection.wait_s
            connection.execute(_LOCK_WAIT_AFTER)
            connection.autocommit = False
        connection.remove_notice_handler(note)
    # In every language the number stands first: "0 dead row versions cannot be removed yet."
    numbers = [int(found.group()) for detail in told if (found := _NUMBER.search(detail))]
    return max(numbers, default=None)
