"""
The one place that opens a log. All others append and read through the protocol, and do not know which log it is.

Each kind of log is imported only where it is opened: a worker of a replay starts within a tenth of a second.
"""

from pathlib import Path

from events.log.event import Bodies
from events.log.protocol import BODY_BYTES_MAX, EventLog


def open_log(location: str | Path, *, body_bytes_max: int = BODY_BYTES_MAX, is_watching: bool = True) -> EventLog:
    """
    Return the log that is kept at a location; a new one is made where there is none.

    Args:
        location: a folder (`PAYLOAD_STORAGE_PATH`), or another log's `EventLog.location`.
        body_bytes_max: the cap on one body.
        is_watching: whether to let the system say when something is appended, which costs less than to look.

    Raises:
        OSError: it cannot be used.
    """
    from events.folder_log.log import FolderLog  # noqa: PLC0415 - see above

    return FolderLog(Path(location), body_bytes_max=body_bytes_max, is_watching=is_watching)


def open_bodies(location: str | Path) -> Bodies:
    """Return the bodies of the log at a location, for a process that is given receipts of it and needs nothing else."""
    from events.folder_log.bodies import FolderBodies  # noqa: PLC0415 - see above

    return FolderBodies(Path(location))
