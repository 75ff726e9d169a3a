"""Folds all callers of a new generation for the first time, from stored calls only."""

import itertools
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager

from events.disk import steps
from projector.engines.protocol import IndexedEngine
from projector.projection.folding.refold import Refolder
from projector.projection.workers.pool import WorkerPool
from projector.read_model.protocol import ReadModelWriter
from projector.read_model.tables.sharing_tables import Sharing

# Takes how many are done, and of how many; returns whether to go on.
Progress = Callable[[int, int], bool]
_PER_COMMIT, _PER_SHARED_COMMIT, _TAKEN_AT_ONCE = 500, 100, 25
_ASK_AGAIN_S = 0.02


class FirstFolds:
    """
    Folds all callers of one generation, with other projectors where they can share it.

    Args:
        writer: the generation, open for writing.
        refolder: folds into it.
        index: an engine within the generation; None for one outside.
        deliver: gives an outside engine what it lacks; None for an engine within.
        transaction: makes the writes of a block one, as the projection of events does; takes what begins it.
    """

    def __init__(
        self,
        writer: ReadModelWriter,
        refolder: Refolder,
        index: IndexedEngine | None,
        deliver: Callable[[], None] | None,
        transaction: Callable[[Callable[[], AbstractContextManager[None]]], AbstractContextManager[None]],
    ) -> None:
        self._writer = writer
        self._refolder = refolder
        self._index = index
        self._deliver = deliver
        self._transaction = transaction

    def fold(self, on_progress: Progress, workers: WorkerPool | None) -> bool:
        """Fold them; return False if stopped early."""
        forgotten = self._writer.parties.being_forgotten()
        callers = [caller for caller in self._writer.calls.callers() if caller not in forgotten]
        if self._deliver is not None:
            return self._fold_and_deliver(self._deliver, callers, on_progress)
        if self._writer.sharing is not None:
            return self._fold_shared(self._writer.sharing, len(callers), on_progress, workers)
        folded = self._folded(callers, workers)
        for begin in range(0, len(callers), _PER_COMMIT):
            with self._transaction(self._writer.transaction):
                deque(itertools.islice(folded, _PER_COMMIT), maxlen=0)
            if not on_progress(min(begin + _PER_COMMIT, len(callers)), len(callers)):
                return False
        return True

    def _folded(self, callers: Iterable[str], workers: WorkerPool | None) -> Iterator[str]:
        if workers is None or self._index is None:
            return self._refolder.fold_each(callers)
        return self._refolder.fold_new(callers, workers, self._index)

    def _fold_and_deliver(self, deliver: Callable[[], None], callers: list[str], on_progress: Progress) -> bool:
        # Each caller is delivered before the next one is folded; workers, or others, could only wait for that.
        folded = self._refolder.fold_each(callers)
        for done, _ in enumerate(callers, 1):
            with self._transaction(self._writer.transaction):
                next(folded)
            deliver()
            if not on_progress(done, len(callers)):
                return False
        return True

    def _fold_shared(self, sharing: Sharing, of: int, on_progress: Progress, workers: WorkerPool | None) -> bool:
        """Fold with all projectors that join, until nobody waits; who joins and dies gives back what it had."""
        with self._transaction(self._writer.transaction):
            sharing.marks.put_all()
        steps.reached("callers_marked")
        while waiting := sharing.marks.waiting():
            folded = self._folded(self._taken(sharing), workers)
            is_any = False
            while some := self._fold_some(sharing, folded):
                is_any = True
                waiting = max(waiting - some, 0)
                if not on_progress(of - waiting, of):
                    return False
            if not is_any:
                time.sleep(_ASK_AGAIN_S)  # others have all that is left
            if not on_progress(of - sharing.marks.waiting(), of):
                return False
        return True

    def _fold_some(self, sharing: Sharing, folded: Iterator[str]) -> int:
        with self._transaction(sharing.folding):
            return sum(1 for _ in itertools.islice(folded, _PER_SHARED_COMMIT))

    def _taken(self, sharing: Sharing) -> Iterator[str]:
        """Yield callers as they are taken: workers are given the next ones while the last ones are written."""
        # A mark may be gone with one commit, and its caller written in the next: who replays and dies leaves nothing.
        while marks := sharing.marks.take_some(limit=_TAKEN_AT_ONCE):
            yield from (mark.caller for mark in marks)
