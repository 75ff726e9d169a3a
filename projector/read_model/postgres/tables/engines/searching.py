"""The tables of the lexical engine for who only searches: what is held of a caller is not read again."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from projector.read_model.checksums import check_caller, checked
from projector.read_model.postgres.sql.database import Database
from projector.read_model.postgres.tables.engines.blocks import Blocks
from projector.read_model.postgres.tables.engines.held_index import HeldIndex, HeldIndexes
from projector.read_model.postgres.tables.engines.segments import Segments

# The row of a caller is written with each change of the caller's memories, and so gets another transaction's id.
_LOOK = """
SELECT EXISTS (SELECT 1 FROM forgetting WHERE caller = %s),
(SELECT xmin::text || ' ' || checksum FROM callers WHERE caller = %s)
"""
# Without reading what is long: the length stands beside the place where that is.
_SIZE = """
SELECT coalesce((SELECT sum(octet_length(body)) FROM blocks WHERE caller = %s), 0)
+ coalesce((SELECT sum(octet_length(body)) FROM block_rows WHERE caller = %s), 0)
+ coalesce((SELECT sum(octet_length(body)) FROM segments WHERE caller = %s AND place >= %s), 0)
"""
_ROWS = "SELECT * FROM block_rows WHERE caller = %s"
_SEGMENTS = "SELECT * FROM segments WHERE caller = %s AND place >= %s ORDER BY place, conversation_id"


class Searching:
    """
    What one thread searches: the index of a caller as it is held, or a moment of the server.

    Args:
        held: what all threads of the process hold.
    """

    def __init__(self, database: Database, held: HeldIndexes) -> None:
        self._database = database
        self._held = held
        self._blocks = Blocks(database)
        self._stack: ExitStack | None = None
        self._caller = ""
        self._index: HeldIndex | None = None

    @contextmanager
    def reading(self, until_s: float | None) -> Iterator[None]:
        """Let all reads of the block see one moment; see `SegmentTable`."""
        with self._database.deadline(until_s), ExitStack() as stack:
            self._stack = stack
            try:
                yield
            finally:
                self._stack = self._index = None

    def is_forgotten(self, caller: str) -> bool:
        """Tell whether a caller is being forgotten; within a block, get hold of the caller's index else."""
        is_forgotten, version = self._look(caller)
        if is_forgotten or self._stack is None:
            return is_forgotten
        index = self._held.get(self._database.schema, caller, version) if version is not None else None
        if index is None:
            # From here on, all is of one moment: the version too.
            self._stack.enter_context(self._database.snapshot())
            is_forgotten, version = self._look(caller)
            index = self._load(caller, version) if version is not None and not is_forgotten else None
        self._caller, self._index = caller, index
        return is_forgotten

    def index_of(self, caller: str) -> HeldIndex | None:
        """Return the index of the caller who is searched now; None where it is to be read."""
        return self._index if caller == self._caller else None

    def warm(self, caller: str) -> bool:
        """Get hold of the index of a caller; return False where it is too long, or there is none."""
        with self.reading(None):
            return not self.is_forgotten(caller) and self._index is not None

    def _look(self, caller: str) -> tuple[bool, str | None]:
        is_forgotten, version = self._database.row(_LOOK, caller, caller) or (False, None)
        return is_forgotten, version

    def _load(self, caller: str, version: str) -> HeldIndex | None:
        end = self._blocks.end(caller)
        if self._database.value(_SIZE, caller, caller, caller, end) > self._held.caller_bytes_max:
            return None
        rows: dict[int, dict[int, bytes]] = {}
        for row in self._database.all(_ROWS, caller):
            named, number, low, body = checked(row)
            check_caller(named, caller)
            rows.setdefault(number, {})[low] = body
        segments = []
        for row in self._database.all(_SEGMENTS, caller, end):
            named, _, place, body = checked(row)
            check_caller(named, caller)
            segments.append((place, body))
        index = HeldIndex(tuple(self._blocks.columns(caller)), rows, tuple(segments))
        self._held.put(self._database.schema, caller, version, index)
        return index


class SearchedSegments(Segments):
    """The segments of one generation, for who searches."""

    def __init__(self, database: Database, searching: Searching) -> None:
        super().__init__(database)
        self._searching = searching

    @contextmanager
    def reading(self, until_s: float | None) -> Iterator[None]:
        """Let all reads of the block see one moment."""
        with self._searching.reading(until_s):
            yield

    def is_forgotten(self, caller: str) -> bool:
        """Tell whether a caller is being forgotten: then a search finds nothing."""
        return self._searching.is_forgotten(caller)

    def between(self, caller: str, low: int, high: int) -> list[bytes]:
        """Return the segments of a caller between two places; of an index that is held, those after its blocks."""
        index = self._searching.index_of(caller)
        begin = index.columns[-1][1] + 1 if index is not None and index.columns else 0
        if index is None or low < begin:
            return super().between(caller, low, high)
        return [body for place, body in index.segments if low <= place <= high]

    def read_ahead(self, caller: str, low: int) -> None:
        """Get hold of the caller's index; have the server read its pages where it is too long."""
        if not self._searching.warm(caller):
            super().read_ahead(caller, low)


class SearchedBlocks(Blocks):
    """The blocks of one generation, for who searches."""

    def __init__(self, database: Database, searching: Searching) -> None:
        super().__init__(database)
        self._searching = searching

    def columns(self, caller: str) -> Iterator[tuple[int, int, bytes]]:
        """Yield the first place, the last place and the columns of each block of a caller, in order."""
        index = self._searching.index_of(caller)
        yield from index.columns if index is not None else super().columns(caller)

    def row(self, caller: str, number: int, low: int) -> bytes | None:
        """Return a row of the block that begins at a place; None where it has no such row."""
        index = self._searching.index_of(caller)
        return super().row(caller, number, low) if index is None else index.rows.get(number, {}).get(low)

    def rows(self, caller: str, number: int) -> dict[int, bytes]:
        """Return all rows of one number of a caller, by the first place of their block."""
        index = self._searching.index_of(caller)
        return super().rows(caller, number) if index is None else dict(index.rows.get(number, {}))
