"""Where the settings of a process say that log and memories are: in folders of this machine, or in a database."""

import sys
from pathlib import Path
from typing import Annotated

from msgspec import Struct

from events.postgres_server.location import Location
from events.process.command import USED_WRONGLY, say
from events.process.folders import PAYLOADS, READ_MODEL
from events.process.settings.database import Database


class Storage(Struct, frozen=True, kw_only=True):
    """
    Where the settings of a process say that log and memories are.

    With a database, the folder of the read model still is where a process notes how it is, for others on its machine.
    """

    payload_folder: Annotated[Path, PAYLOADS]
    read_model_folder: Annotated[Path, READ_MODEL]
    database: Database | None = None

    @property
    def log_location(self) -> str | Path:
        """Where the log is; may hold a password."""
        return log_location(self.database, self.payload_folder)

    @property
    def log_words(self) -> str:
        """Where the log is, in words without a secret."""
        return str(self.payload_folder) if self.database is None else "the database at DATABASE_URL"

    @property
    def memories_location(self) -> str | Path:
        """Where the memories are; may hold a password."""
        return self.read_model_folder if self.database is None else self.database.url

    @property
    def callers_location(self) -> str | Path:
        """Where callers are looked up, which may be a standby; may hold a password."""
        return self.read_model_folder if self.database is None else self.database.read_url


def server_or_exit(command: str, storage: Storage) -> None:
    """
    Wait for the server of the log, as long as a failover may take; if there is none, say why and exit 2.

    So it is where the location of its body store cannot be read; the store itself is not asked.
    """
    if storage.database is None:
        return
    # The driver is imported only where it is used.
    from events.postgres_log.bodies.objects import open_objects  # noqa: PLC0415
    from events.postgres_server.starting import wait_for_server  # noqa: PLC0415

    def tell(words: str) -> None:
        say(command, f"{words}; trying on for {storage.database.wait_s} seconds" if storage.database else words)

    try:
        open_objects(storage.database.body_store)
    except OSError as error:  # which names the setting
        say(command, str(error))
        sys.exit(USED_WRONGLY)
    try:
        wait_for_server(str(storage.log_location), tell=tell)
    except OSError as error:
        say(command, f"DATABASE_URL: {error}")
        sys.exit(USED_WRONGLY)


def log_location(database: Database | None, folder: Path) -> str | Path:
    """Return where the log is that the settings name: in a database, or else in a folder. MAY hold a secret."""
    if database is None:
        return folder
    return Location(database.url, database.wait_s, database.standbys_min, database.body_store).text
