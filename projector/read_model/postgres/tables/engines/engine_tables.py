"""The tables that belong to engines, over one open database."""

from projector.read_model.postgres.sql.database import Database
from projector.read_model.postgres.tables.engines.blocks import Blocks
from projector.read_model.postgres.tables.engines.openmemory_rows import OpenMemoryRows
from projector.read_model.postgres.tables.engines.segments import Segments


class PostgresEngineTables:
    """The tables of one generation that belong to engines; only those of the generation's own engine exist."""

    def __init__(self, database: Database) -> None:
        self.segments = Segments(database)
        self.blocks = Blocks(database)
        self.openmemory_rows = OpenMemoryRows(database)

    def create(self, *, is_outside: bool) -> None:
        """
        Make the tables of a new generation's engine.

        Args:
            is_outside: whether that engine keeps its index outside of the read model.
        """
        if is_outside:
            self.openmemory_rows.create()
        else:
            self.segments.create()
            self.blocks.create()
