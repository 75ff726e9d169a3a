"""The embedded engine: a contextual lexical index inside the read model; both change in one transaction."""

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, partial

from projector.domain.memories import Memory
from projector.engines.lexical.block import TERM_ROWS, Block, is_alike
from projector.engines.lexical.merger import LAST_PLACE, Merger, place_of
from projector.engines.lexical.searching.part import Loose, Part
from projector.engines.lexical.searching.ranking import rank
from projector.engines.lexical.segment import build_segment, memories_sum, read_segment
from projector.engines.meaning.search import Meaning
from projector.engines.protocol import Hit
from projector.errors import EngineError, ReadModelDamagedError
from projector.read_model.tables.engine_tables import EngineTables


class EmbeddedEngine:
    """
    Ranks a caller's memories by their words and the words around them; see `ranking`. An `IndexedEngine`.

    One row holds the index of one conversation, its segment. So a new call changes hardly any other row, and a search
    finds it as soon as the transaction is committed. Older segments are also merged into blocks, and a search reads
    these in their place. Nothing is kept between two searches.

    Args:
        tables: of an open generation.
        meaning: adds likeness of meaning to what is found by words; None for words alone.
    """

    def __init__(self, tables: EngineTables, meaning: Meaning | None = None) -> None:
        self._segments = tables.segments
        self._blocks = tables.blocks
        self._merger = Merger(tables.segments, tables.blocks)
        self._meaning = meaning
        self._is_changing = False
        self.changed: set[tuple[str, str | None]] = set()

    @contextmanager
    def changes(self) -> Iterator[None]:
        """Merge what is changed in the block once, at its end; `changed` then says what that was."""
        self._is_changing = True
        self.changed = set()
        try:
            yield
            self._merger.settle()
        finally:
            self._is_changing = False
            self._merger.roll_back()

    def replace(self, caller: str, conversation_id: str, memories: Sequence[Memory]) -> None:
        """Write the segment of these memories; remove the old one where there are none."""
        self.changed.add((caller, conversation_id))
        if memories:
            self._put(caller, conversation_id, build_segment(memories))
        elif (before := self._segments.get(caller, conversation_id)) is not None:
            self._merger.touch(caller, before[0])
            self._segments.remove(caller, conversation_id)
        self._settle()

    def put_new(self, caller: str, indexes: Sequence[tuple[str, bytes]]) -> None:
        """Write segments that `build_segment` made."""
        self.changed.update((caller, conversation_id) for conversation_id, _ in indexes)
        placed = [
            (conversation_id, place_of(read_segment(index).latest_at_s, conversation_id), index)
            for conversation_id, index in indexes
        ]
        self._merger.touch_new(caller, [place for _, place, _ in placed])
        self._segments.put(caller, placed)
        self._settle()

    def search(
        self,
        caller: str,
        query: str,
        *,
        keywords: Sequence[str] = (),
        limit: int,
        agent_id: str | None,
        names: Collection[str] = (),
        timeout_s: float | None = None,
        pause: Callable[[], None] = lambda: None,
    ) -> list[Hit]:
        """Rank what all segments of the caller hold, by words, and by meaning where there are vectors."""
        if limit < 1:
            return []
        until_s = None if timeout_s is None else time.monotonic() + timeout_s

        def check_time() -> None:
            pause()
            if until_s is not None and time.monotonic() > until_s:
                raise EngineError("the search took too long")

        meaning = None
        if self._meaning is not None:
            meaning = self._meaning.ask(caller, query, names=names, timeout_s=timeout_s, pause=check_time)
        with self._segments.reading(until_s):
            if self._segments.is_forgotten(caller):
                return []
            parts = self._parts(caller, check_time)
            return rank(
                parts, query, keywords=keywords, limit=limit, agent_id=agent_id, pause=check_time, meaning=meaning
            )

    def warm(self, caller: str) -> None:
        """Have the caller's pages read from the disk: once they are in memory, a search takes milliseconds."""
        self._blocks.read_ahead(caller)
        self._segments.read_ahead(caller, self._blocks.end(caller))
        if self._meaning is not None:
            self._meaning.read_ahead(caller)

    def forget(self, caller: str) -> None:
        """Remove all segments and blocks of the caller."""
        self.changed.add((caller, None))
        self._segments.remove_caller(caller)
        self._merger.forget(caller)

    def begin_forgetting(self, caller: str) -> None:
        """Leave what is there to `forget_some`: no search finds anything of the caller any more."""

    def forget_some(self, caller: str) -> bool:
        """Remove a few segments or blocks of a caller who is being forgotten; return whether there were any."""
        return self._blocks.remove_some(caller) or self._segments.remove_some(caller)

    def profile(self, caller: str) -> str:  # noqa: ARG002
        """Return nothing: a lexical index says nothing of a caller."""
        return ""

    def health(self, *, timeout_s: float) -> str:  # noqa: ARG002
        """Return `ok`: where the read model can be opened, so can its index."""
        return "ok"

    def check(self) -> None:
        """Compare segments with the memories that they were made of, blocks with segments, and how many there are."""
        count = 0
        for body, memories in self._segments.with_memories():
            segment = read_segment(body)
            if (segment.count, segment.memories_sum) != (len(memories), memories_sum(memories)):
                raise ReadModelDamagedError("the index of the embedded engine does not fit the memories")
            count += segment.count
        if count != self._segments.memory_count():
            raise ReadModelDamagedError("the index of the embedded engine does not hold all memories")
        self._merger.check()

    def _put(self, caller: str, conversation_id: str, index: bytes) -> None:
        segment = read_segment(index)
        place = place_of(segment.latest_at_s, conversation_id)
        before = self._segments.get(caller, conversation_id)
        if before is not None and is_alike(read_segment(before[1]), segment):
            self._merger.touch_columns(caller, place)
        else:
            self._merger.touch(caller, place, *(before or ())[:1])
        self._segments.put(caller, [(conversation_id, place, index)])

    def _parts(self, caller: str, pause: Callable[[], None]) -> list[Part]:
        # Read when a term is looked for that would be there, for all blocks at once.
        rows = cache(partial(self._blocks.rows, caller))
        parts, end = list[Part](), 0
        for low, high, columns in self._blocks.columns(caller):
            pause()
            parts.append(Block(columns, partial(self._row, rows, caller, low)))
            end = high + 1
        loose = [read_segment(body) for body in self._segments.between(caller, end, LAST_PLACE)]
        return [*parts, Loose(loose)] if loose else parts

    def _row(self, rows: Callable[[int], dict[int, bytes]], caller: str, low: int, number: int) -> bytes | None:
        return rows(number).get(low) if number < TERM_ROWS else self._blocks.row(caller, number, low)

    def _settle(self) -> None:
        if not self._is_changing:
            self._merger.settle()
