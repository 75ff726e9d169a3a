"""
Keeps older segments of callers merged into blocks.

Which segments make a block depends on the caller's conversations alone, not on the order in which they came. The line
of all moments is halved again and again, until no half holds more than `MERGED_MAX` conversations, and the one with the
newest conversation no more than `LOOSE_MAX`. Each half is a block, but for that one: there the next call comes in, and
its segments stay as they are. So the halves before it are small, and grow together when newer ones follow.
"""

import zlib
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import partial

from projector.engines.lexical.block import merge, merge_columns
from projector.engines.lexical.segment import Segment, read_segment
from projector.errors import ReadModelDamagedError
from projector.read_model.tables.engine_tables import BlockTable, SegmentTable

LOOSE_MAX, MERGED_MAX = 16, 128
# A place has 63 bits, as many as SQLite's positive numbers: seconds until the year 2242, and a hash.
_MOMENT_BITS, _HASH_BITS = 33, 30
LAST_PLACE = (1 << _MOMENT_BITS + _HASH_BITS) - 1
_DAMAGED = "the blocks of the embedded engine do not fit its segments"
Range = tuple[int, int]
HasMore = Callable[[int, int, int], bool]


def place_of(latest_at_s: int, conversation_id: str) -> int:
    """
    Return the place of a conversation among those of its caller: by time, and those of one second in any order.

    Args:
        latest_at_s: the moment of the conversation's latest memory, Unix seconds.
    """
    moment = min(max(latest_at_s, 0), (1 << _MOMENT_BITS) - 1)
    return moment << _HASH_BITS | zlib.crc32(conversation_id.encode()) >> 32 - _HASH_BITS


def range_of(place: int, newest: int, has_more: HasMore) -> Range:
    """
    Return the first and the last place of the half that a place belongs to.

    Args:
        newest: the last place of a conversation.
        has_more: takes two places and a number, and tells whether there are more conversations between the two.
    """
    low, high = 0, LAST_PLACE
    while low < high and has_more(low, high, LOOSE_MAX if low <= newest <= high else MERGED_MAX):
        middle = (low + high) // 2
        low, high = (low, middle) if place <= middle else (middle + 1, high)
    return low, high


def ranges_of(places: Sequence[int]) -> list[Range]:
    """Return the halves of all places of a caller, in order; the last one is not to be merged."""
    found = list[Range]()

    def has_more(low: int, high: int, than: int) -> bool:
        return bisect_right(places, high) - bisect_left(places, low) > than

    for place in places:
        if not found or place > found[-1][1]:
            found.append(range_of(place, places[-1], has_more))
    return found


class Merger:
    """
    Keeps the blocks of callers in step with their segments.

    Note the place of each segment that is written or removed, and the one that it had before; then `settle`. What that
    costs depends on how many segments were touched, not on how many there are.
    """

    def __init__(self, segments: SegmentTable, blocks: BlockTable) -> None:
        self._segments = segments
        self._blocks = blocks
        self._touched = defaultdict[str, set[int]](set)
        self._columns = defaultdict[str, set[int]](set)

    def touch(self, caller: str, *places: int) -> None:
        """Note places at which a segment is written or removed."""
        self._touched[caller].update(places)

    def touch_new(self, caller: str, places: Sequence[int]) -> None:
        """Note the places of all segments of a caller who is new: there are no blocks, and few segments make none."""
        if len(places) > LOOSE_MAX:
            self.touch(caller, *places)

    def touch_columns(self, caller: str, place: int) -> None:
        """Note a place at which a segment is replaced by one that `is_alike`."""
        self._columns[caller].add(place)

    def forget(self, caller: str) -> None:
        """Remove all blocks of a caller."""
        self._touched.pop(caller, None)
        self._columns.pop(caller, None)
        self._blocks.remove_caller(caller)

    def roll_back(self) -> None:
        """Drop what was noted: it was not written after all."""
        self._touched.clear()
        self._columns.clear()

    def settle(self) -> None:
        """Write and remove blocks, so that they fit the segments."""
        while self._touched:
            caller, places = self._touched.popitem()
            self._settle(caller, places)
        while self._columns:
            caller, places = self._columns.popitem()
            for low, high in {found for place in places for found in self._blocks.overlapping(caller, place, place)}:
                self._blocks.renew(caller, (low, high), merge_columns(self._segments_of(caller, (low, high))))

    def check(self) -> None:
        """
        Make every block anew, and compare it with what is there.

        Raises:
            ReadModelDamagedError: a block is missing, is one too many, or was made of other segments.
        """
        blocks_count = rows_count = 0
        for caller, places in self._segments.places(more_than=LOOSE_MAX):
            stored = {(low, high): columns for low, high, columns in self._blocks.columns(caller)}
            for low, high in ranges_of(places)[:-1]:
                columns, rows = self._merged(caller, (low, high))
                if stored.get((low, high)) != columns:
                    raise ReadModelDamagedError(_DAMAGED)
                if any(self._blocks.row(caller, number, low) != row for number, row in rows.items()):
                    raise ReadModelDamagedError(_DAMAGED)
                rows_count += len(rows)
            blocks_count += len(stored)
        if self._blocks.counts() != (blocks_count, rows_count):
            raise ReadModelDamagedError(_DAMAGED)

    def _settle(self, caller: str, touched: Iterable[int]) -> None:
        newest = self._segments.newest_place(caller)
        if newest is None or not self._segments.has_more(caller, 0, LAST_PLACE, LOOSE_MAX):
            self._blocks.remove_caller(caller)
            return
        half_of = partial(range_of, newest=newest, has_more=partial(self._segments.has_more, caller))
        last, end = half_of(newest), self._blocks.end(caller)
        # Conversations that were in the last half before may have become a block, or join the blocks before them.
        first_loose = self._segments.next_place(caller, end, LAST_PLACE)
        changed = list[Range]()
        for place in sorted({*touched, newest if first_loose is None else first_loose}):
            if not changed or place > changed[-1][1]:
                changed.append(half_of(place))
        stale = [*changed, (end, last[0] - 1)]
        for low, high in [*changed, last]:
            overlapping = self._blocks.overlapping(caller, low, high)
            for begin, _ in overlapping:
                self._blocks.remove(caller, begin)
            stale += overlapping
        done = 0
        for low, high in sorted(stale):
            done = self._merge(caller, max(low, done), min(high, last[0] - 1), half_of)

    def _merge(self, caller: str, low: int, high: int, half_of: Callable[[int], Range]) -> int:
        """Make a block of each half that begins between two places, and return the place after the last of them."""
        while (place := self._segments.next_place(caller, low, high)) is not None:
            of_block = half_of(place)
            self._blocks.put(caller, of_block, *self._merged(caller, of_block))
            low = of_block[1] + 1
        return low

    def _merged(self, caller: str, of_block: Range) -> tuple[bytes, dict[int, bytes]]:
        return merge(self._segments_of(caller, of_block))

    def _segments_of(self, caller: str, of_block: Range) -> list[Segment]:
        return [read_segment(body) for body in self._segments.between(caller, *of_block)]
