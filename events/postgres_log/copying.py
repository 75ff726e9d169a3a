"""Copies a log in PostgreSQL: reads it without a trace, and takes the lines and bodies of another log."""

import math
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import count
from pathlib import Path

from events.disk import steps
from events.errors import JournalError, os_errors_as_log_closed
from events.log.copying import CopiedEvent, Line
from events.log.erasure import Erasure
from events.log.proof.keys import LogKeys
from events.log.proof.proofs import Proofs
from events.log.receipt import Place, Receipt
from events.postgres_log.bodies.draft import PostgresDraft
from events.postgres_log.bodies.keys import owner_of
from events.postgres_log.bodies.objects import open_objects
from events.postgres_log.bodies.owned import KeyGoneError, owned
from events.postgres_log.bodies.parts import StoredBodies, put_bodies, remove_bodies
from events.postgres_log.bodies.reading import PostgresBodies
from events.postgres_log.erasing.objects import ObjectEraser
from events.postgres_log.erasing.removing import (
    key_if_any,
    read_key,
    remove_erased,
    remove_nameless,
    take_key,
)
from events.postgres_log.erasing.wiping import Wiper
from events.postgres_log.reading import Reader
from events.postgres_log.schema import (
    Head,
    NewLine,
    is_there,
    make_if_missing,
    names_of_others,
    note_head,
    put_lines,
    read_head,
)
from events.postgres_server.bounded import Connection
from events.postgres_server.connections import Connections, commit
from events.postgres_server.identity import identity_of
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

    def __init__(self, location: str, *, log_keys: Secrets | None = None) -> None:
        self._connections = Connections(location, wait_s=_WAIT_S, only_reads=True)
        if not self._connections.read(is_there):
            raise JournalError(f"there is no log in {self._connections}")
        self.bodies = PostgresBodies(self._connections, open_objects(self._connections.location.body_store))
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
        return self._connections.read(
            lambda connection: None if key_if_any(connection) is None else read_key(connection)
        )


class PostgresTarget:
    """
    A database that takes the events of another log; keeps the promises of `CopyTarget`.

    Args:
        spool: the folder for long bodies on their way.

    Raises:
        OSError: the database cannot be reached, or is not fit for a log.
        JournalError: its tables are of another release.
    """

    def __init__(self, location: str, *, spool: Path | None = None) -> None:
        self._connections = Connections(location, wait_s=_WAIT_S)
        self._objects = open_objects(self._connections.location.body_store)
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
        self._check_texts(events)
        tries = count()

        def work(connection: Connection) -> None:
            is_first = not next(tries)
            stored = put_bodies(
                connection,
                [
                    owned(event.receipt.conversation_id, event.draft)
                    for event in events
                    if isinstance(event.draft, PostgresDraft)
                ],
                self._objects,
            )
            head = read_head(connection, is_locked=True)
            steps.reached("head_locked")
            # A connection that was lost in a commit may have committed: then these lines are our own.
            if is_first or head.place() != events[-1].place:
                self._check_fit(connection, head, events, after, stored)
                head = _put_lines(connection, head, events)
            note_head(connection, head)
            connection.execute("NOTIFY elaoms_log")
            commit(connection)

        with os_errors_as_log_closed():
            while True:
                with suppress(KeyGoneError):  # another copy carried out an erasure, and is ahead, as the retry finds
                    self._connections.read(work)
                    return

    def _check_texts(self, events: Sequence[CopiedEvent]) -> None:
        for event in events:
            try:
                is_text = "\0" not in event.line.text.decode()
            except UnicodeDecodeError:
                is_text = False
            if not is_text:
                words = "is no text in UTF-8, which a database needs: copy into a folder"
                raise JournalError(f"the line at position {event.receipt.position} {words}")

    def _check_fit(
        self,
        connection: Connection,
        head: Head,
        events: Sequence[CopiedEvent],
        after: Place | None,
        stored: StoredBodies,
    ) -> None:
        """Check that lines may follow, with their bodies; where they may not, leave no row of a body behind."""
        receipts = [event.receipt for event in events if event.draft is not None]
        fault = ""
        if head.place() != after:
            fault = f"{self} was appended to while it was copied into: stop who does, and copy into an empty database"
        elif taken := names_of_others(connection, receipts):
            fault = f"{self} has other bytes under the name {taken[0]}, an earlier event's: copy into an empty database"
        elif lacking := stored.lacking(connection):
            remove_bodies(connection, lacking)
            fault = f"{self} held damaged bytes of {len(lacking)} bodies, which are removed: copy again"
        if fault:
            remove_nameless(connection, _owners(receipts))
            commit(connection)
            raise JournalError(fault)

    def wipe(self) -> str:
        """Rewrite what held removed keys, and look whether any server still keeps the WAL of before."""
        return Wiper(self._connections, ObjectEraser(self._connections, self._objects)).wipe()

    def settle(self) -> None:
        """Commit a row: once that is durable on all servers, so is all before it."""

        def work(connection: Connection) -> None:
            note_head(connection, read_head(connection, is_locked=True))
            commit(connection)

        with os_errors_as_log_closed():
            self._connections.read(work)


def _put_lines(connection: Connection, head: Head, events: Sequence[CopiedEvent]) -> Head:
    """Write the lines of events, and the names of their bodies, and return where the log ends with them."""
    lines = []
    for event in events:
        head = head.after(event.line.text)
        lines.append(NewLine(event.receipt, head.line_offset, event.line.text, event.draft is not None))
    put_lines(connection, lines)
    # A copy that was killed may have left rows of a long body that an erasure lists by now.
    if left_out := [event.receipt for event in events if event.draft is None]:
        remove_nameless(connection, _owners(left_out))
    steps.reached("lines_written")
    return head


def _owners(receipts: Sequence[Receipt]) -> list[str]:
    return sorted({owner_of(receipt.conversation_id, receipt.sha256) for receipt in receipts})
