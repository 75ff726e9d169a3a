"""
The lexical index of callers as this process holds it, so that a search asks the server one question instead of ten.

What is held of a caller is what the server had at one moment. Each transaction that changes a caller's memories writes
the caller's row, so that row's version says whether it still has it. A version is asked for with each search.
"""

import threading
from collections import OrderedDict

from msgspec import Struct

# Of one caller: a thousand calls have some two. Longer histories are read as they are searched.
_CALLER_BYTES_MAX = 4 * 1024 * 1024
_BYTES_MAX = 64 * 1024 * 1024


class HeldIndex(Struct, frozen=True):
    """
    The whole index of a caller.

    Args:
        columns: the first place, the last place and the columns of each block, in order.
        rows: the rows of blocks by their number, and then by the first place of their block.
        segments: the place of each segment, and the segment, in the order of places.
    """

    columns: tuple[tuple[int, int, bytes], ...]
    rows: dict[int, dict[int, bytes]]
    segments: tuple[tuple[int, bytes], ...]

    def size_bytes(self) -> int:
        """Return about how much memory it takes."""
        return (
            sum(len(columns) for _, _, columns in self.columns)
            + sum(len(row) for rows in self.rows.values() for row in rows.values())
            + sum(len(segment) for _, segment in self.segments)
        )


class HeldIndexes:
    """What is held of all callers, those asked for last; safe to share among threads."""

    def __init__(self, *, bytes_max: int = _BYTES_MAX) -> None:
        self.caller_bytes_max = min(_CALLER_BYTES_MAX, bytes_max)
        self._bytes_max = bytes_max
        self._lock = threading.Lock()
        self._held: OrderedDict[tuple[str, str], tuple[str, HeldIndex]] = OrderedDict()
        self._bytes = 0

    def get(self, schema: str, caller: str, version: str) -> HeldIndex | None:
        """Return what is held of a caller of a generation; None where that is nothing, or of another version."""
        with self._lock:
            found = self._held.get((schema, caller))
            if found is None or found[0] != version:
                return None
            self._held.move_to_end((schema, caller))
            return found[1]

    def put(self, schema: str, caller: str, version: str, index: HeldIndex) -> None:
        """Hold the index of a caller in place of what was held, and as much of others as there is room for."""
        with self._lock:
            self._drop((schema, caller))
            self._held[schema, caller] = (version, index)
            self._bytes += index.size_bytes()
            while self._bytes > self._bytes_max:
                self._drop(next(iter(self._held)))

    def _drop(self, key: tuple[str, str]) -> None:
        found = self._held.pop(key, None)
        if found is not None:
            self._bytes -= found[1].size_bytes()
