"""Where things lie in a payload folder."""

import re
from pathlib import Path

from events.errors import JournalError

# The journal, and the file on which its lock is held.
NAME, LOCK_NAME = "journal.jsonl", ".journal.lock"

# Drafts: bodies, and the receipts that were noted for them.
FOLDER = ".incoming"
BODY_SUFFIX, RECEIPTS_SUFFIX = ".body", ".receipt"

# Made and removed at once, to see whether the folder takes one more name.
PROBE_NAME = ".probe"

# The key by which requests to forget a caller name that caller.
KEY_NAME = ".erasure.key"

OUR_FILES = frozenset({NAME, LOCK_NAME, KEY_NAME})

# Every path that a receipt of ours has held, and none that leads out of the payload folder.
_PATH = re.compile(
    r"(?:_events/[a-z0-9-]+|_unreadable|[A-Za-z0-9][A-Za-z0-9_-]{0,127})"
    r"/[A-Za-z0-9][A-Za-z0-9_-]*(?:\.[0-9a-f]+)?\.(?:json|body)"
)


def is_path_in_log(path: str) -> bool:
    """Return whether a path could be an event's. A journal that an intruder wrote may name any path."""
    return _PATH.fullmatch(path) is not None


def check_there(folder: Path) -> None:
    """
    Check that there is a log, or a part of one, in a folder; makes nothing.

    Raises:
        JournalError: there is none.
        OSError: the folder cannot be listed.
    """
    if not folder.is_dir() or not any(folder.iterdir()):
        raise JournalError(f"there is no log in {folder}: is its disk mounted? Ingress makes one at its first start")
