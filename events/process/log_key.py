"""The key that proves our own events: reads it from the settings, and makes a new one."""

import os
import secrets
from pathlib import Path

from events.disk.durable import create_file, write_all
from events.process.environment import Environment
from events.process.settings.setting import SecretList
from events.wire.shared_secrets import Secrets

LOG_KEYS = SecretList(
    "LOG_KEY",
    "log key",
    "the key that [signs and proves](log-layout.md#what-proves-an-event) what we append to the log ourselves",
    "9c41...,07be...",
    more="`events key new` makes one. The first key of the list signs, all of them verify. Keep a copy apart from the "
    "log and its backups",
    default_told="none: our own events are unproven",
)
LOG_KEY = LOG_KEYS.name

_KEY_BYTES = 32


def read_log_keys(env: Environment) -> Secrets | None:
    """Return the keys that sign and prove our own events, the signing one first; None where the variable is not set."""
    keys = env.keys(LOG_KEY, "the key that signs our own events; `events key new` makes one", required=False)
    return keys if len(keys) else None


def new_key() -> str:
    """Return a new key, as text."""
    return secrets.token_hex(_KEY_BYTES)


def write_key(file: Path, key: str) -> None:
    """
    Write a key into a new file that only its owner can read.

    Raises:
        FileExistsError: a file of that name exists; it may hold the only copy of another key.
        OSError: it cannot be written.
    """
    fd = create_file(file)
    try:
        write_all(fd, key.encode() + b"\n")
        os.fsync(fd)
    finally:
        os.close(fd)
