"""The audit trail: who asked about, exported or erased which caller, when, and with which key; JSON lines."""

import hashlib
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from events.disk.durable import FILE_MODE, fsync_folder, make_folder, write_all
from events.process.terminal import printable_json

GREETING, SEARCH, EXPORT, ERASURE = "greeting_answered", "search_answered", "caller_exported", "erasure_requested"
CORRECTION = "correction_appended"


class AuditTrail:
    """
    The audit trail in one file, `AUDIT_LOG_PATH`. Several processes may append at the same time.

    Args:
        clock: returns the present, as an aware UTC datetime.
    """

    def __init__(self, path: Path, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._path = path
        self._clock = clock

    def note(self, action: str, *, by: str, caller: str, is_durable: bool = False, **facts: str | float | None) -> None:
        """
        Append one line.

        Args:
            action: what was done: one of this module's constants.
            by: who did it: a key as `key_name` names it, or the user who typed the command.
            caller: the caller key, masked by `events.wire.caller.masked`.
            is_durable: True to return only when the line is on disk.

        Raises:
            OSError: the line was not written.
        """
        entry = msgspec.json.encode({"at": self._clock(), "action": action, "by": by, "caller": caller, **facts})
        line = printable_json(entry.decode()).encode()  # people read it on a terminal
        is_new = not self._path.exists()
        if is_new:
            make_folder(self._path.parent)
        # Opened for each line, so that a rotated file is closed. One write for each line, so that the lines of two
        # processes never mix.
        # A pipe that nobody reads is an error, and not waited for.
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NONBLOCK | os.O_CLOEXEC
        fd = os.open(self._path, flags, FILE_MODE)
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
    """Return how the trail names a secret: the variable that holds it, and a few digits of its hash."""
    return f"{variable}:{hashlib.sha256(secret.encode()).hexdigest()[:8]}"
