"""The log in PostgreSQL: what others see of it."""

import math
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from threading import Event as Flag

import psycopg

from events.errors import JournalError, os_errors_as_log_closed
from events.log.by_group import ByGroup
from events.log.draft import BODY_BYTES_MAX, DraftedBody, GroupLimits
from events.log.erasure import CallerHashes, Erasure
from events.log.event import DamagedLine, Event
from events.log.proof.keys import LogKeys
from events.log.proof.proofs import Proofs
from events.log.receipt import Place, Receipt
from events.log.servers import Servers
from events.postgres_log.append import Publisher
from events.postgres_log.bodies.draft import PostgresDraft
from events.postgres_log.bodies.look import StoreLook
from events.postgres_log.bodies.objects import open_objects
from events.postgres_log.bodies.owned import StoreAwayError
from events.postgres_log.bodies.reading import PostgresBodies
from events.postgres_log.doorbell import Doorbell
from events.postgres_log.erasing.objects import ObjectEraser
from events.postgres_log.erasing.removing import KEY_NAME, read_key, read_or_make_key, remove_erased, sweep
from events.postgres_log.erasing.wiping import Wiper
from events.postgres_log.reading import Reader
from events.postgres_log.schema import Head, is_there, make_if_missing, read_head
from events.postgres_server.bounded import Connection
from events.postgres_server.connections import Connections, as_os_error, commit
from events.postgres_server.standbys import check_standbys, look_at_standbys
from events.wire.shared_secrets import Secrets

# Whoever asks for the health waits for no more.
_LOOK_S = 2.0

# A long call's transcript.
_PROBE_BYTES = 256 * 1024

# A group waits for one commit, and no group commits while another one does: so two threads, one that waits and one that
# prepares, and all that waits at once. A prototype took 697 acks a second so, and 278 as a folder likes it.
_GROUP_LIMITS = GroupLimits(threads=2, share=1, bodies_max=64)


class PostgresLog(ByGroup):
    """
    The log in one database; keeps the promises of `EventLog`.

    Args:
        location: `postgresql://...`, with what `events.postgres_server.location` adds to it.
        log_keys: the secrets of `LOG_KEY`, the signing one first; without any, nothing of our own is signed or proven.
        body_bytes_max: the cap on one body.
        is_watching: whether `wait` lets the database ring; without it, `wait` ends at the next look.
        spool: the folder for long bodies that are coming in.
        wait_s: how long an append is held where no server takes it, and how long a server that says nothing is waited
            for, in seconds: as long as a failover may take. None is as the location says. An erasure and `recover`
            may rightly take longer.
        clock: the present, as an aware UTC datetime; noted in each receipt.

    Raises:
        OSError: the database cannot be reached, or is not fit for a log.
        JournalError: its tables are of another release.
    """

    def __init__(
        self,
        location: str,
        *,
        log_keys: Secrets | None = None,
        body_bytes_max: int = BODY_BYTES_MAX,
        is_watching: bool = True,
        spool: Path | None = None,
        wait_s: float | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.location = location
        self.key_name = KEY_NAME
        self.group_limits = _GROUP_LIMITS
        self._body_bytes_max = body_bytes_max
        self._spool = spool or Path(tempfile.gettempdir())
        self._connections = Connections(location, wait_s=wait_s)
        wait_s = self._connections.location.wait_s if wait_s is None else wait_s
        objects = open_objects(self._connections.location.body_store)
        self.bodies = PostgresBodies(self._connections, objects)
        self._reader = Reader(self._connections, self.bodies)
        self.proofs = Proofs(LogKeys(log_keys), self._reader.signed)
        self._standbys_min = self._connections.location.standbys_min
        self._publisher = Publisher(self._connections, self.proofs, wait_s=wait_s, clock=clock, objects=objects)
        self._eraser = ObjectEraser(self._connections, objects)
        self._wiper = Wiper(self._connections, self._eraser)
        self._doorbell = Doorbell(self._connections, is_listening=is_watching)
        self.body_store = None if objects is None else StoreLook(self._connections, objects)
        self._connections.read(make_if_missing)
        if self.body_store is not None:
            self._connections.read(self.body_store.identify)
        self._publisher.note(self._head())

    def __str__(self) -> str:
        return str(self._connections)

    def draft(self) -> PostgresDraft:
        """Open a draft."""
        return PostgresDraft(self._spool, body_bytes_max=self._body_bytes_max)

    def publish_all(
        self, group: Sequence[DraftedBody], *, on_step: Callable[[str], None] | None = None
    ) -> list[Receipt | Exception]:
        """
        Make a group of drafted bodies events, in one transaction.

        The steps are `write` (the bodies), `lock` (the turn among all machines) and `commit`. Where no server takes
        events, or none answers, the group is held for `wait_s`. What is refused then may be there all the same: the
        same bytes find their receipt.
        """
        return self._publisher.publish_all(group, on_step=on_step)

    def recover(self) -> int:
        """
        Remove what dead writers left; returns 0: no body is whole in the database before its event is committed.

        A body in memory, or in a file without a name, goes with its process. Its sender was not answered.
        """

        def clean(connection: Connection) -> None:
            read_head(connection, is_locked=True)
            sweep(connection)
            commit(connection)

        self._connections.read(clean, until_s=math.inf)
        with suppress(StoreAwayError):  # an object of nobody's can wait, and ingress must start
            self._eraser.erase()
            self._eraser.sweep()
        return 0

    def check_writable(self) -> None:
        """Write as much as an ordinary event needs, undo it, and commit one row, which waits for the standby too."""

        def probe(connection: Connection) -> None:
            connection.execute(
                "INSERT INTO elaoms.bodies (owner, sha256, part, sealed) VALUES ('', '', 0, %s) ON CONFLICT DO NOTHING",
                [b"\n" * _PROBE_BYTES],
            )
            connection.rollback()
            check_standbys(connection, self._standbys_min)
            self._publisher.note(read_head(connection, is_locked=True))
            connection.execute("UPDATE elaoms.log SET settled = settled + 1")
            commit(connection)

        with os_errors_as_log_closed():
            self._connections.read(probe)

    def servers(self) -> Servers:
        """Return how primary and standbys stand."""
        seen = self._connections.read(look_at_standbys, until_s=time.monotonic() + _LOOK_S)
        return Servers(
            error=seen.error(self._standbys_min),
            standbys_min=max(self._standbys_min, seen.told),
            standbys_in_sync=seen.in_sync,
            connections=seen.connections,
            longest_append_s=self._publisher.lately.longest_s(),
        )

    def free_bytes(self) -> int:
        """Return the free room on the disk of the spool: how much the servers have left they do not say."""
        return shutil.disk_usage(self._spool).free

    def free_files(self) -> int | None:
        """Return None: the log keeps no files."""
        return None

    def read(self, after: Place | None = None) -> Iterator[Event | DamagedLine]:
        """Yield the events whose lines follow `after`, and lines that are no receipt."""
        return self._reader.read(after)

    def event_at(self, place: Place) -> Event | DamagedLine:
        """Return the event whose line stands at a place."""
        return self._reader.event_at(place)

    def tail(self) -> Place | None:
        """Return the place of the last line."""
        return self._head().place()

    @contextmanager
    def standstill(self) -> Iterator[Place | None]:
        """Hold the lock that all appends share until the block ends; yields the place of the last line."""
        try:
            with self._connections.open() as connection:
                yield read_head(connection, is_locked=True).place()
                connection.renew()
                connection.rollback()
        except psycopg.Error as error:
            raise as_os_error(error) from error

    def name(self) -> str:
        """Return the beginning of the hash of the first receipt."""
        return self._head().name

    def size(self) -> int:
        """Return how long the log's journal would be, in bytes."""
        return self._head().size

    def wait(self, stop: Flag) -> None:
        """Wait until an appender rings, or until it is time to look."""
        self._doorbell.wait(stop)

    def caller_hashes(self, *, may_create: bool = False) -> CallerHashes:
        """Return the hashes that are made with the key in the log's head."""
        if not may_create:
            return CallerHashes(self._connections.read(read_key))
        with os_errors_as_log_closed():
            return CallerHashes(self._connections.read(read_or_make_key))

    def remove(self, erasure: Erasure) -> None:
        """Remove the bodies that an erasure lists, and all of its conversations."""
        self._connections.read(lambda connection: remove_erased(connection, erasure), until_s=math.inf)

    def wipe(self) -> str:
        """Remove objects, rewrite what held removed keys, and look whether any server still keeps the WAL of before."""
        return self._wiper.wipe()

    def recordings(self, conversation_id: str) -> list[Path]:  # noqa: ARG002
        """Return nothing: this log keeps no recordings for people to listen to."""
        return []

    def write_recording(self, event: Event) -> bool:  # noqa: ARG002
        """Write nothing."""
        return False

    def _head(self) -> Head:
        return self._connections.read(read_head)


def check_there(location: str) -> None:
    """
    Check that there is a log in a database; makes nothing.

    Raises:
        JournalError: there is none.
        OSError: the database cannot be reached, or is not fit for a log.
    """
    connections = Connections(location)
    if not connections.read(is_there):
        raise JournalError(f"there is no log in {connections}: ingress makes one at its first start")
