"""The audit trail: who was told, exported or erased whom, when, and by which key; one JSON object a line."""

import hashlib
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from events.disk.durable import FILE_MODE, fsync_folder, make_folder, write_all

AUDIT_LOG_PATH = "./data/audit.jsonl"
GREETING, SEARCH, EXPORT, ERASURE = "greeting_answered", "search_answered", "caller_exported", "erasure_requested"


class AuditTrail:
    """
    The trail in one file, `AUDIT_LOG_PATH`; any number of processes may append.

    Args:
        clock: the present, as an aware UTC datetime.
    """

    def __init__(self, path: Path, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._path = path
        self._clock = clock

    def note(self, action: str, *, by: str, caller: str, is_durable: bool = False, **facts: str | float | None) -> None:
        """
        Append one line.

        Args:
            action: what was done, one of this module's.
            by: whose doing: a key, as `key_name` names it, or who typed the command.
            caller: masked, as `events.wire.caller.masked` does.
            is_durable: whether to return only once the line is on the disk.

        Raises:
            OSError: nothing was noted.
        """
        line = msgspec.json.encode({"at": self._clock(), "action": action, "by": by, "caller": caller, **facts})
        is_new = not self._path.exists()
        if is_new:
            make_folder(self._path.parent)
        # Opened for each line, so that a rotated file is let go of; one write, so that lines of two do not mix.
        fd = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, FILE_MODE)
        try:
            if is_new:
                os.fchmod(fd, FILE_MODE)
            write_all(fd, line + b"\n")
            if is_durable:
                os.fsync(fd)
        finally:
            os.close(fd)
        if is_durable and is_new:
            fsync_folder(self._path.parent)


def key_name(variable: str, secret: str) -> str:
    """Return the name of a secret that the trail may hold: its variable, and a few digits of its hash."""
    return f"{variable}:{hashlib.sha256(secret.encode()).hexdigest()[:8]}"
