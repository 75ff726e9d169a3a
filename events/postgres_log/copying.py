"""Copies a log in PostgreSQL: reads it without a trace, and takes the lines and bodies of another log."""

import math
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from events.disk import steps
from events.errors import JournalError, os_errors_as_log_closed
from events.log.copying import CopiedEvent, Line
from events.log.erasure import Erasure
from events.log.proof.keys import LogKeys
from events.log.proof.proofs import Proofs
from events.log.receipt import Place
from events.postgres_log.bodies import PostgresBodies, bodies_not_whole, put_bodies, remove_bodies
from events.postgres_log.draft import PostgresDraft
from events.postgres_log.erasing import key_if_any, remove_erased, take_key
from events.postgres_log.reading import Reader
from events.postgres_log.schema import NewLine, is_there, make_if_missing, note_head, put_lines, read_head
from events.postgres_log.server.bounded import Connection
from events.postgres_log.server.connections import Connections, commit
from events.postgres_log.server.identity import identity_of
from events.wire.shared_secrets import Secrets

# Nobody waits for an ack here, and a slow line may take long for what is put there together.
_WAIT_S = 120.0


class PostgresSource:
    """
    The log in one database, to be copied; keeps the promises of `CopySource`. A standby has it as well.

    Raises:
        JournalError: there is none.
        OSError: the database cannot be reached.
    """

    def __init__(self, url: str, *, log_keys: Secrets | None = None) -> None:
        self._connections = Connections(url, wait_s=_WAIT_S, only_reads=True)
        if not self._connections.read(is_there):
            raise JournalError(f"there is no log in {self._connections}")
        self.bodies = PostgresBodies(self._connections)
        self._reader = Reader(self._connections, self.bodies)
        self.proofs = Proofs(LogKeys(log_keys), self._reader.signed)

    def __str__(self) -> str:
        return str(self._connections)

    def identity(self) -> frozenset[str]:
        """Return marks of the database, and of the cluster to which its server belongs."""
        return self._connections.read(identity_of)

    def end(self) -> Place | None:
        """Return the place of the last line that is committed."""
        return self._connections.read(read_head).place()

    def has(self, place: Place) -> bool:
        """Return whether the log has this line at this place."""
        return self._reader.has(place)

    def lines(self, after: Place | None) -> Iterator[Line]:
        """Yield the lines that follow a place."""
        return self._reader.raw_lines(after)

    def erasure_lines(self) -> Iterator[Line]:
        """Yield the lines of requests and erasures."""
        return self._reader.erasure_lines()

    def erasure_key(self) -> bytes | None:
        """Return the key in the log's head; None where there is none."""
        return self._connections.read(key_if_any)


class PostgresTarget:
    """
    A database that takes the events of another log; keeps the promises of `CopyTarget`.

    Args:
        spool: the folder for long bodies on their way.

    Raises:
        OSError: the database cannot be reached, or is not fit for a log.
        JournalError: its tables are of another release.
    """

    def __init__(self, url: str, *, spool: Path | None = None) -> None:
        self._connections = Connections(url, wait_s=_WAIT_S)
        self._spool = spool or Path(tempfile.gettempdir())
        self._reader = Reader(self._connections, PostgresBodies(self._connections))

    def __str__(self) -> str:
        return str(self._connections)

    def identity(self) -> frozenset[str]:
        """Return marks of the database, and of the cluster to which its server belongs."""
        return self._connections.read(identity_of)

    def tail(self) -> Place | None:
        """Return the place of the last line."""
        return self._connections.read(
            lambda connection: read_head(connection).place() if is_there(connection) else None
        )

    def begin(self) -> None:
        """Make the tables where there are none."""
        self._connections.read(make_if_missing)

    def has(self, place: Place) -> bool:
        """Return whether the log has this line at this place."""
        return self._reader.has(place)

    def draft(self) -> PostgresDraft:
        """Open a draft; what lies on a disk already is not refused for its size."""
        return PostgresDraft(self._spool, body_bytes_max=sys.maxsize)

    def take_key(self, key: bytes) -> None:
        """Write the key into the log's head, unless it is there."""
        self._connections.read(lambda connection: take_key(connection, key))

    def remove(self, erasure: Erasure) -> None:
        """Remove rows as the projector does."""
        self._connections.read(lambda connection: remove_erased(connection, erasure), until_s=math.inf)

    def take(self, events: Sequence[CopiedEvent], after: Place | None) -> None:
        """Put bodies and lines there in one transaction, after the rows of long bodies."""

        def work(connection: Connection) -> None:
            drafts = [event.draft for event in events if isinstance(event.draft, PostgresDraft)]
            put_bodies(connection, drafts)
            head = read_head(connection, is_locked=True)
            steps.reached("head_locked")
            if head.place() != after:
                words = "was appended to while it was copied into: stop who does, and copy into an empty database"
                raise JournalError(f"{self} {words}")
            lacking = bodies_not_whole(connection, [event.receipt for event in events if event.draft is not None])
            if lacking:
                remove_bodies(connection, lacking)
                commit(connection)
                raise JournalError(f"{self} held damaged bytes of {len(lacking)} bodies, which are removed: copy again")
            lines = []
            for event in events:
                head = head.after(event.line.text)
                lines.append(NewLine(event.receipt, head.line_offset, event.line.text, event.draft is not None))
            put_lines(connection, lines)
            steps.reached("lines_written")
            note_head(connection, head)
            connection.execute("NOTIFY elaoms_log")
            commit(connection)

        with os_errors_as_log_closed():
            self._connections.read(work)

    def settle(self) -> None:
        """Commit a row: once that is durable on all servers, so is all before it."""

        def work(connection: Connection) -> None:
            note_head(connection, read_head(connection, is_locked=True))
            commit(connection)

        with os_errors_as_log_closed():
            self._connections.read(work)
