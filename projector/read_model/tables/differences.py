"""
What the transaction under way has changed of each caller's calls and memories.

The row of a caller sums the checksums of the caller's calls and memories. A write changes these sums by what it adds
and removes, and never reads them from the tables: that would cost more with each call, and hide a missing row.
"""

from projector.read_model.records import CallerSums


class Differences:
    """The differences of one transaction, by caller; every table of one writer shares them."""

    def __init__(self) -> None:
        self._by_caller: dict[str, CallerSums] = {}

    def add(self, caller: str, difference: CallerSums) -> None:
        """Note what was added; what was removed has a minus before each number."""
        self._by_caller[caller] = self.of(caller).plus(difference)

    def of(self, caller: str) -> CallerSums:
        """Return what has changed of a caller, and was not drawn yet."""
        return self._by_caller.get(caller, CallerSums())

    def draw(self, caller: str) -> CallerSums:
        """Return the same, and forget it: it is noted in the caller's row."""
        return self._by_caller.pop(caller, CallerSums())

    def callers(self) -> list[str]:
        """Return the callers whose rows do not hold their differences yet."""
        return list(self._by_caller)

    def clear(self) -> None:
        """Forget all of them, at the end of a transaction."""
        self._by_caller.clear()
