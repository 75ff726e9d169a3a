"""
The one place that opens a log. Its callers know the protocol alone, not which kind of log it is.

A kind of log is imported only when it is opened: a worker of a replay must start within a tenth of a second.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from events.errors import MissingExtraError
from events.log.copying import CopySource, CopyTarget
from events.log.draft import BODY_BYTES_MAX
from events.log.event import Bodies
from events.log.protocol import EventLog
from events.postgres_server.location import read_location
from events.wire.shared_secrets import Secrets


def open_log(
    location: str | Path,
    *,
    log_keys: Secrets | None = None,
    body_bytes_max: int = BODY_BYTES_MAX,
    is_watching: bool = True,
) -> EventLog:
    """
    Return the log at a location; makes an empty one where there is none.

    Args:
        location: the folder (`PAYLOAD_STORAGE_PATH`), a database (`postgresql://...`), or an `EventLog.location`.
        log_keys: the secrets of `LOG_KEY`, which sign and prove our own events; without any, nothing does.
        body_bytes_max: the cap on one body.
        is_watching: True if `EventLog.wait` may watch files; False where a file system cannot be watched.

    Raises:
        OSError: the location cannot be used.
    """
    if is_database(location):
        with extra():
            from events.postgres_log.log import PostgresLog  # noqa: PLC0415 - see above

            return PostgresLog(str(location), log_keys=log_keys, body_bytes_max=body_bytes_max, is_watching=is_watching)
    from events.folder_log.log import FolderLog  # noqa: PLC0415 - see above

    return FolderLog(Path(location), log_keys=log_keys, body_bytes_max=body_bytes_max, is_watching=is_watching)


def open_log_there(location: str | Path, *, log_keys: Secrets | None = None) -> EventLog:
    """
    Return the log at a location, for a process that only looks: it makes none.

    Raises:
        JournalError: there is none.
        OSError: the location cannot be used.
    """
    if is_database(location):
        with extra():
            from events.postgres_log.log import check_there as check_database  # noqa: PLC0415 - see above

        check_database(str(location))
    else:
        from events.folder_log.layout import check_there  # noqa: PLC0415 - see above

        check_there(Path(location))
    return open_log(location, log_keys=log_keys)


def open_bodies(location: str | Path) -> Bodies:
    """Return the bodies of the log at a location, for a process that reads by receipts alone."""
    if is_database(location):
        with extra():
            from events.postgres_log.bodies.objects import open_objects  # noqa: PLC0415 - see above
            from events.postgres_log.bodies.reading import PostgresBodies  # noqa: PLC0415 - see above
            from events.postgres_server.connections import Connections  # noqa: PLC0415 - see above

            connections = Connections(str(location))
            return PostgresBodies(connections, open_objects(connections.location.body_store))
    from events.folder_log.bodies import FolderBodies  # noqa: PLC0415 - see above

    return FolderBodies(Path(location))


def open_copy_source(location: str | Path, *, log_keys: Secrets | None = None) -> CopySource:
    """
    Return the log at a location, to be copied; changes nothing there.

    Raises:
        JournalError: there is none.
        OSError: the location cannot be read.
    """
    if is_database(location):
        with extra():
            from events.postgres_log.copying import PostgresSource  # noqa: PLC0415 - see above

            return PostgresSource(str(location), log_keys=log_keys)
    from events.folder_log.copying import FolderSource  # noqa: PLC0415 - see above

    return FolderSource(Path(location), log_keys=log_keys)


def open_copy_target(location: str | Path) -> CopyTarget:
    """
    Return the place that another log is to be copied into; makes it where it is missing.

    Raises:
        JournalError: something else lies there.
        LogClosedError: no room, or an I/O error.
        OSError: the location cannot be used.
    """
    if is_database(location):
        with extra():
            from events.postgres_log.copying import PostgresTarget  # noqa: PLC0415 - see above

            return PostgresTarget(str(location))
    from events.folder_log.copying import FolderTarget  # noqa: PLC0415 - see above

    return FolderTarget(Path(location))


def absolute(location: str | Path) -> str:
    """Return a location for another process, which may begin in another folder."""
    return location if isinstance(location, str) else str(location.absolute())


def is_database(location: str | Path) -> bool:
    """Return whether a location is a database's, and no folder's."""
    return isinstance(location, str) and location.startswith(("postgresql://", "postgres://"))


def with_body_store(location: str, body_store: str) -> str:
    """
    Return the location of a log in a database whose long bodies lie in a store; that of a folder stays as it is.

    Args:
        body_store: as `BODY_STORE_URL` has it; empty for none. The result holds its secrets, if it has any.
    """
    if not body_store or not is_database(location):
        return location
    return msgspec.structs.replace(read_location(location), body_store=body_store).text


@contextmanager
def extra(what: str = "a log") -> Iterator[None]:
    """Say what to install where the block cannot import the driver of PostgreSQL, or the cipher of a log."""
    try:
        yield
    except ImportError as error:
        raise MissingExtraError(
            f"{what} in PostgreSQL needs psycopg and cryptography, and its body store obstore:"
            f" pip install 'elaoms[postgres]' ({error})"
        ) from error
