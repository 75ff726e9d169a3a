"""
Notes which tables are to be written anew, because they may hold bytes of what was erased: the log's wiper does that.

A row that is removed stays in the server's files, and so does each of its former versions, which may be older than the
erasure. So all tables are noted in which a caller can have had a row, and not only those that lost one now.
"""

from collections.abc import Iterable

from projector.read_model.postgres.sql.database import BESIDE, Database

_IS_NOTABLE = "SELECT to_regclass('elaoms.remnants') IS NOT NULL"
# Of a table in partitions those that are the caller's, of others the whole table. `generations` holds no word.
_NOTE = f"""
WITH leaf AS (
    SELECT space.nspname || '.' || leaf.relname AS name, inhparent AS parent,
    substring(leaf.relname FROM '_([0-9]+)$')::integer AS remainder,
    (SELECT count(*)::integer FROM pg_inherits AS sibling WHERE sibling.inhparent = whole.inhparent) AS modulus,
    (
        SELECT attname FROM pg_partitioned_table JOIN pg_attribute ON attrelid = partrelid AND attnum = partattrs[0]
        WHERE partrelid = whole.inhparent
    ) AS key
    FROM pg_class AS leaf JOIN pg_namespace AS space ON space.oid = leaf.relnamespace
    LEFT JOIN pg_inherits AS whole ON whole.inhrelid = leaf.oid
    WHERE leaf.relkind = 'r' AND space.nspname IN (current_schema(), '{BESIDE}') AND leaf.relname != 'generations'
)
INSERT INTO elaoms.remnants (partition)
SELECT name FROM leaf
WHERE (
    parent IS NULL
    OR key = 'caller' AND EXISTS (
        SELECT FROM unnest(%s::text[]) AS held WHERE satisfies_hash_partition(parent, modulus, remainder, held)
    )
    OR key = 'conversation_id' AND EXISTS (
        SELECT FROM unnest(%s::text[]) AS held WHERE satisfies_hash_partition(parent, modulus, remainder, held)
    )
)
AND NOT EXISTS (
    SELECT FROM elaoms.remnants WHERE partition = name AND ends_at IS NULL AND begun IS NULL
)
"""  # noqa: S608 - our own words
_KINDS = ("caller", "conversation")


class Remnants:
    """Notes tables for one connection; a note joins the transaction that is under way, so both are there or neither."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._transaction: int | None = None
        self._noted: set[tuple[str, str]] = set()

    def note(self, callers: Iterable[str] = (), conversation_ids: Iterable[str] = ()) -> None:
        """
        Note the tables in which callers, or conversations, can have had rows; once for each in a transaction.

        Nothing where the log lies elsewhere: then nobody would write them anew.
        """
        if self._transaction != self._database.transaction_number:
            self._transaction, self._noted = self._database.transaction_number, set()
        new = {("caller", caller) for caller in callers} | {("conversation", id_) for id_ in conversation_ids}
        new -= self._noted
        if (new or not self._noted) and self._database.value(_IS_NOTABLE):
            self._database.run(_NOTE, *([value for kind, value in new if kind == of] for of in _KINDS))
        self._noted |= new | {("", "")}
