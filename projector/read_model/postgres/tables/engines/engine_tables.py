"""The tables that belong to engines, over one open database."""

from projector.read_model.postgres.sql.database import Database
from projector.read_model.postgres.tables.engines.blocks import Blocks
from projector.read_model.postgres.tables.engines.held_index import HeldIndexes
from projector.read_model.postgres.tables.engines.openmemory_rows import OpenMemoryRows
from projector.read_model.postgres.tables.engines.searching import SearchedBlocks, SearchedSegments, Searching
from projector.read_model.postgres.tables.engines.segments import Segments


class PostgresEngineTables:
    """
    The tables of one generation that belong to engines; only those of the generation's own engine exist.

    Args:
        held: what this process holds of the lexical index, for who only searches; None for who writes.
    """

    def __init__(self, database: Database, held: HeldIndexes | None = None) -> None:
        if held is None:
            self.segments, self.blocks = Segments(database), Blocks(database)
        else:
            searching = Searching(database, held)
            self.segments, self.blocks = SearchedSegments(database, searching), SearchedBlocks(database, searching)
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
