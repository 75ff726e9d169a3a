"""The embedded engine: a contextual lexical index inside the read model; both change in one transaction."""

import time
from collections.abc import Sequence

from projector.domain.memories import Memory
from projector.engines.lexical.ranking import rank
from projector.engines.lexical.segment import build_segment, memories_sum, read_segment
from projector.engines.protocol import Hit
from projector.errors import EngineError, ReadModelDamagedError
from projector.read_model.engine_tables import SegmentTable


class EmbeddedEngine:
    """
    Ranks a caller's memories by their words and the words around them; see `ranking`. An `IndexedEngine`.

    One row holds the index of one conversation. So a new call changes no other row, and a search finds it as soon as
    the transaction is committed. Nothing is kept between two searches.

    Args:
        table: of an open generation.
    """

    def __init__(self, table: SegmentTable) -> None:
        self._table = table

    def replace(self, caller: str, conversation_id: str, memories: Sequence[Memory]) -> None:
        """Write the segment of these memories; remove the old one where there are none."""
        if memories:
            self.put(caller, conversation_id, build_segment(memories))
        else:
            self._table.remove(caller, conversation_id)

    def put(self, caller: str, conversation_id: str, index: bytes) -> None:
        """Write a segment that `build_segment` made."""
        self._table.put(caller, conversation_id, index)

    def search(
        self, caller: str, query: str, *, limit: int, agent_id: str | None, timeout_s: float | None = None
    ) -> list[Hit]:
        """Rank what all segments of the caller hold."""
        if limit < 1:
            return []
        until_s = None if timeout_s is None else time.monotonic() + timeout_s

        def check_time() -> None:
            if until_s is not None and time.monotonic() > until_s:
                raise EngineError("the search took too long")

        segments = [read_segment(body) for body in self._table.bodies(caller, until_s=until_s)]
        return rank(segments, query, limit=limit, agent_id=agent_id, check_time=check_time)

    def warm(self, caller: str) -> None:
        """Have the caller's pages read from the disk: once they are in memory, a search takes milliseconds."""
        self._table.read_ahead(caller)

    def forget(self, caller: str) -> None:
        """Remove all segments of the caller."""
        self._table.remove_caller(caller)

    def profile(self, caller: str) -> str:  # noqa: ARG002
        """Return nothing: a lexical index says nothing of a caller."""
        return ""

    def health(self, *, timeout_s: float) -> str:  # noqa: ARG002
        """Return `ok`: where the read model can be opened, so can its index."""
        return "ok"

    def check(self) -> None:
        """Compare each segment with the memories that it was made of, and count that no memory is missing."""
        count = 0
        for body, memories in self._table.with_memories():
            segment = read_segment(body)
            if (segment.count, segment.memories_sum) != (len(memories), memories_sum(memories)):
                raise ReadModelDamagedError("the index of the embedded engine does not fit the memories")
            count += segment.count
        if count != self._table.memory_count():
            raise ReadModelDamagedError("the index of the embedded engine does not hold all memories")
