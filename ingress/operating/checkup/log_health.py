"""The health of the payload log: whether an event can be appended, and how much more the disks take."""

import os
from pathlib import Path
from typing import Annotated

from msgspec import Meta, Struct

from events.errors import EventsError
from events.log.protocol import EventLog

_MIB = 1024 * 1024


class RoomLimits(Struct, frozen=True):
    """How much room the log's disk should have at least: bytes, and files and folders; 0 for no limit."""

    bytes_min: int
    files_min: int


class LogHealth(Struct, kw_only=True):
    """The payload log."""

    writable: Annotated[
        bool, Meta(description="Whether what a webhook needs could be written now: test files of usual size, a folder.")
    ]
    events: Annotated[int, Meta(description="How many events there are.")] = 0
    head: Annotated[str | None, Meta(description="SHA-256 of the journal's last line: the end of the chain.")] = None
    free_bytes: Annotated[int, Meta(description="Free space on the log's disk.")] = 0
    free_files: Annotated[
        int | None,
        Meta(description="How many more files and folders the log's disk takes; null where it sets no limit."),
    ] = None
    low_disk: Annotated[
        bool, Meta(description="Whether less than `FREE_DISK_MIN_MB` is free, or fewer files than `FREE_FILES_MIN`.")
    ] = False
    error: Annotated[str | None, Meta(description="What is wrong.")] = None


def log_health(log: EventLog, limits: RoomLimits) -> LogHealth:
    """Return the health of a log; writes to its disk for that, and may wait for it."""
    health = LogHealth(writable=False)
    faults: list[str] = []
    try:
        tail = log.tail()
        health.events, health.head = (tail.position, tail.sha256) if tail else (0, None)
        health.free_bytes, health.free_files = log.free_bytes(), log.free_files()
        faults += _shortages(health, limits)
        health.low_disk = bool(faults)
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


def _shortages(health: LogHealth, limits: RoomLimits) -> list[str]:
    shortages = []
    if health.free_bytes < limits.bytes_min:
        left, limit = health.free_bytes // _MIB, limits.bytes_min // _MIB
        shortages.append(f"{left} MB are left on the log's disk, less than FREE_DISK_MIN_MB, {limit}: make room")
    if health.free_files is not None and health.free_files < limits.files_min:
        shortages.append(
            f"the log's disk takes only {health.free_files} more files, fewer than FREE_FILES_MIN, {limits.files_min},"
            " however many bytes are free: remove files, or move the log to a disk with more inodes"
        )
    return shortages
