"""Where things lie in a payload folder."""

import re

KEY_NAME = ".erasure.key"


# Every path that a receipt of ours has held, and none that leads out of the payload folder.
_FOLDER = r"(?:_events/[a-z0-9-]+|_unreadable|[A-Za-z0-9][A-Za-z0-9_-]{0,127})"

_PATH = re.compile(_FOLDER + r"/[A-Za-z0-9][A-Za-z0-9_-]*(?:\.[0-9a-f]+)?\.(?:json|body)")


def is_path_in_log(path: str) -> bool:
    """Tell whether a path could be an event's; one that a receipt names need not be ours."""
    return _PATH.fullmatch(path) is not None


FOLDER = ".incoming"

BODY_SUFFIX, NOTES_SUFFIX = ".body", ".receipt"

LOCK_NAME = ".journal.lock"


NAME = "journal.jsonl"


OUR_FILES = frozenset({NAME, LOCK_NAME, KEY_NAME})
