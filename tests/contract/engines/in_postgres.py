"""Engines over generations that lie in a database."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import count

from events.postgres_server.connections import Connections
from projector.engines.open import Engines
from projector.engines.settings import EngineSettings
from projector.read_model.postgres.catalog import schema_of
from projector.read_model.postgres.sql.database import Database
from projector.read_model.postgres.tables import memories
from projector.read_model.postgres.tables.erasing import parties

# Each is a table to be made.
FEW_PARTITIONS = "?options=-c%20elaoms.partitions%3D2"


class InPostgres(Engines):
    """Engines over generations that lie in a database; all tests share one, with schemas of their own."""

    numbers = count(1)

    def __init__(self, url: str) -> None:
        super().__init__(EngineSettings())
        self.url = url

    def connection(self) -> Database:
        """Return a new connection to that database."""
        return Database(Connections(self.url, only_reads=True))

    @contextmanager
    def generation(self) -> Iterator[Database]:
        """Make a new generation, with no more of others' tables than an engine reads, which is made faster."""
        with closing(self.connection()) as database:
            schema = schema_of(next(self.numbers))
            database.script(f"CREATE SCHEMA {schema}")
            database.choose(schema)
            database.script(memories.SCHEMA + parties.SCHEMA)
            yield database
