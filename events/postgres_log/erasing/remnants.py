"""Where removed keys and memories may still be: tables that are to be rewritten, and WAL that is to go."""

from collections.abc import Collection, Sequence

from msgspec import Struct

from events.postgres_server.bounded import Connection
from events.postgres_server.connections import commit


class Remnant(Struct, frozen=True):
    """
    A partition from which a key was removed; or, with its schema, a table of memories of whom was forgotten.

    `ends_at` is up to where WAL may hold it, in bytes from its beginning; None before the partition is rewritten.
    `begun` is the run of the server that began to rewrite it, as far as it is not known how that ended; else None.
    """

    number: int
    partition: str
    ends_at: int | None
    begun: str | None

    @property
    def table(self) -> str:
        """The partition with its schema: the log's own, where it names none."""
        return self.partition if "." in self.partition else f"elaoms.{self.partition}"


def note_remnants(connection: Connection, partitions: Collection[str]) -> None:
    """Note partitions from which this transaction has removed keys."""
    if partitions:
        connection.execute(
            "INSERT INTO elaoms.remnants (partition) SELECT unnest(%s::text[])",
            [sorted(partitions)],
        )


def read_remnants(connection: Connection) -> list[Remnant]:
    """Return what is noted."""
    found = connection.execute(
        "SELECT number, partition, (ends_at - '0/0'::pg_lsn)::bigint, begun FROM elaoms.remnants ORDER BY number"
    )
    return [Remnant(*row) for row in found.fetchall()]


def note_begun(connection: Connection, remnants: Sequence[Remnant], run: str | None) -> None:
    """Note in which run of the server the partition of some remnants is being rewritten; None: no longer."""
    connection.execute(
        "UPDATE elaoms.remnants SET begun = %s WHERE number = ANY(%s)",
        [run, [remnant.number for remnant in remnants]],
    )
    commit(connection)


def note_rewritten(connection: Connection, remnants: Sequence[Remnant]) -> None:
    """Note that the partition of some remnants is rewritten: from here on WAL holds no key of theirs."""
    connection.execute(
        "UPDATE elaoms.remnants SET begun = NULL, ends_at = pg_current_wal_insert_lsn() WHERE number = ANY(%s)",
        [[remnant.number for remnant in remnants]],
    )
    commit(connection)


def forget_remnants(connection: Connection, remnants: Sequence[Remnant]) -> None:
    """Note that no server has anything of some remnants any more."""
    connection.execute("DELETE FROM elaoms.remnants WHERE number = ANY(%s)", [[remnant.number for remnant in remnants]])
    commit(connection)
