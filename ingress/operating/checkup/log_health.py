"""The health of the payload log: whether an event can be appended, and how much more the disks take."""

import os
from pathlib import Path
from typing import Annotated

from msgspec import Meta, Struct

from events.errors import EventsError
from events.log.protocol import EventLog
from events.log.servers import Servers
from ingress.operating.checkup.body_store_health import BodyStoreHealth

_MIB = 1024 * 1024


class RoomLimits(Struct, frozen=True):
    """How much room the log's disk should have at least: bytes, and files and folders; 0 for no limit."""

    bytes_min: int
    files_min: int


class ServersHealth(Struct, kw_only=True):
    """The servers of the log, where `DATABASE_URL` names them."""

    standbys: Annotated[
        int | None, Meta(description="How many synchronous standbys follow; null where that may not be seen.")
    ] = None
    standbys_min: Annotated[
        int, Meta(description="How many of them must have a webhook before it is acknowledged.")
    ] = 0
    connections: Annotated[int | None, Meta(description="How many connections the database has, of whoever.")] = None
    longest_append_s: Annotated[
        float, Meta(description="How long this worker's slowest append of the last minute took, in seconds.")
    ] = 0.0
    error: Annotated[str | None, Meta(description="Why no webhook is acknowledged now.")] = None


class LogHealth(Struct, kw_only=True):
    """The payload log."""

    writable: Annotated[
        bool, Meta(description="Whether what a webhook needs could be written now: test files of usual size, a folder.")
    ]
    events: Annotated[int, Meta(description="How many events there are.")] = 0
    head: Annotated[str | None, Meta(description="SHA-256 of the journal's last line: the end of the chain.")] = None
    free_bytes: Annotated[
        int | None, Meta(description="Free space on the log's disk; null where servers keep it, which do not say.")
    ] = 0
    free_files: Annotated[
        int | None,
        Meta(description="How many more files and folders the log's disk takes; null where it sets no limit."),
    ] = None
    low_disk: Annotated[
        bool, Meta(description="Whether less than `FREE_DISK_MIN_MB` is free, or fewer files than `FREE_FILES_MIN`.")
    ] = False
    servers: Annotated[ServersHealth | None, Meta(description="Null where the log lies in a folder.")] = None
    body_store: Annotated[
        BodyStoreHealth | None,
        Meta(description="Null where long bodies lie with the others: without `BODY_STORE_URL`."),
    ] = None
    error: Annotated[str | None, Meta(description="What is wrong.")] = None

    @property
    def is_known(self) -> bool:
        """Whether `events` and `head` are what the log says, and not what is said of one that does not answer."""
        return self.servers is None or self.head is not None or self.servers.error is None


def log_health(log: EventLog, limits: RoomLimits) -> LogHealth:
    """Return the health of a log; writes to its disk, or to its servers, for that, and may wait for them."""
    try:
        servers = log.servers()
    except OSError as error:
        return LogHealth(writable=False, free_bytes=None, servers=ServersHealth(error=str(error)), error=str(error))
    health = LogHealth(writable=False, servers=None if servers is None else _servers_health(servers))
    faults: list[str] = []
    try:
        tail = log.tail()
        health.events, health.head = (tail.position, tail.sha256) if tail else (0, None)
        if servers is None:
            faults += _shortages(health, limits, free_bytes=log.free_bytes(), free_files=log.free_files())
            health.low_disk = bool(faults)
        else:
            health.free_bytes = None
        if servers is not None and servers.error:
            faults.append(servers.error)  # to write now would only wait for who is not there
        else:
            log.check_writable()
            health.writable = True
    except (EventsError, OSError) as error:
        faults.insert(0, str(error))
    health.error = "; ".join(faults) or None
    return health


def shortage_apart(folder: Path, log: LogHealth, limits: RoomLimits) -> str | None:
    """
    Return how little is left on the disk of the read model; None where it is enough.

    Where the log's disk lacks room as well, that is said already.
    """
    try:
        status = os.statvfs(folder)
    except OSError:
        return None  # the read model's own fault, which is said elsewhere
    free_bytes = status.f_bavail * status.f_frsize
    if log.low_disk or free_bytes >= limits.bytes_min:
        return None
    left, limit = free_bytes // _MIB, limits.bytes_min // _MIB
    return f"{left} MB are left on the disk of READ_MODEL_PATH, less than FREE_DISK_MIN_MB, {limit}: make room"


def _servers_health(servers: Servers) -> ServersHealth:
    return ServersHealth(
        standbys=servers.standbys_in_sync,
        standbys_min=servers.standbys_min,
        connections=servers.connections,
        longest_append_s=round(servers.longest_append_s, 3),
        error=servers.error or None,
    )


def _shortages(health: LogHealth, limits: RoomLimits, *, free_bytes: int, free_files: int | None) -> list[str]:
    """Note how much room there is, and return in words of what there is too little."""
    health.free_bytes, health.free_files = free_bytes, free_files
    shortages = []
    if free_bytes < limits.bytes_min:
        left, limit = free_bytes // _MIB, limits.bytes_min // _MIB
        shortages.append(f"{left} MB are left on the log's disk, less than FREE_DISK_MIN_MB, {limit}: make room")
    if free_files is not None and free_files < limits.files_min:
        shortages.append(
            f"the log's disk takes only {free_files} more files, fewer than FREE_FILES_MIN, {limits.files_min},"
            " however many bytes are free: remove files, or move the log to a disk with more inodes"
        )
    return shortages
