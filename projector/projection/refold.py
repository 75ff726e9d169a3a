"""Fold callers anew from the calls that are kept, and write what has changed."""

import sqlite3
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import msgspec

from events.log.receipt import Place
from events.process.logging import get_logger
from events.wire.caller import masked
from projector.domain.calls import Call
from projector.domain.fold import FoldResult, FoldSettings, fold
from projector.domain.memories import Memory, by_conversation
from projector.engines.protocol import IndexedEngine
from projector.projection.workers.messages import FoldTask
from projector.projection.workers.pool import WorkerPool
from projector.projection.workers.work import stored_call
from projector.read_model.sqlite.checksums import checked
from projector.read_model.sqlite.tables.callers import put_caller, remove_caller
from projector.read_model.sqlite.tables.memories import MemoryRow, memory_row
from projector.read_model.sqlite.tables.outbox import Outbox

logger = get_logger("projection")

_TASK_BYTES = 128 * 1024

_CHECKSUM = 8  # of a memory's row

# The key, and the sum of the checksums of the calls.
_Caller = tuple[str, int]


class Refolder:
    """
    The callers and memories of one generation.

    Args:
        connection: the generation, open for writing; changes join the transaction that is under way.
        index: the indexed engine, or the outbox of an outside engine; each change of memories is passed to it.
        on_fault: is told the place, the conversation and the fault of a call that cannot be folded.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        index: IndexedEngine | Outbox,
        settings: FoldSettings,
        *,
        on_fault: Callable[[Place, str, str], None],
    ) -> None:
        self._connection = connection
        self._index = index
        self._settings = settings
        self._on_fault = on_fault

    def refold(self, callers: Iterable[str]) -> None:
        """Fold callers from their calls, and write what has changed; who has none any more is forgotten."""
        for caller in sorted(callers):
            folded = self._fold(caller)
            if folded is None:
                self._index.forget(caller)
                remove_caller(self._connection, caller)
                self._connection.execute("DELETE FROM memories WHERE caller = ?", (caller,))
                continue
            self._replace_memories(caller, folded.memories)
            put_caller(self._connection, caller, msgspec.json.encode(folded.view))
            logger.debug("caller_folded", caller=masked(caller), calls=folded.view.call_count)

    def _fold(self, caller: str) -> FoldResult | None:
        calls = [(stored_call(row[-1]), Place(*row[3:6])) for row in map(checked, self._rows(caller))]
        if not calls:
            return None
        try:
            return fold([call for call, _ in calls], self._settings)
        except Exception:
            logger.exception("fold_failed", caller=masked(caller))
        return self._fold_one_by_one(calls)

    def _rows(self, caller: str) -> list[tuple[Any, ...]]:
        return self._connection.execute("SELECT * FROM calls WHERE caller = ? ORDER BY position", (caller,)).fetchall()

    def _fold_one_by_one(self, calls: list[tuple[Call, Place]]) -> FoldResult | None:
        """Fold what can be folded, and set aside each call with which it cannot."""
        sound: list[Call] = []
        folded: FoldResult | None = None
        for call, place in calls:
            try:
                folded = fold([*sound, call], self._settings)
            except Exception as error:  # noqa: BLE001 - recorded, and logged by the caller
                self._connection.execute("DELETE FROM calls WHERE conversation_id = ?", (call.conversation_id,))
                self._on_fault(place, call.conversation_id, describe_our_fault(error))
            else:
                sound.append(call)
        return folded

    def _replace_memories(self, caller: str, memories: Iterable[Memory]) -> None:
        stored: dict[str, dict[str, bytes]] = defaultdict(dict)
        for conversation_id, id_, body in self._connection.execute(
            "SELECT conversation_id, id, body FROM memories WHERE caller = ?", (caller,)
        ):
            stored[conversation_id][id_] = body
        folded = by_conversation(memories)
        for conversation_id in sorted(stored.keys() | folded.keys()):
            new = {memory.id: msgspec.json.encode(memory) for memory in folded[conversation_id]}
            if new == stored[conversation_id]:
                continue
            if stored[conversation_id]:
                self._connection.execute(
                    "DELETE FROM memories WHERE caller = ? AND conversation_id = ?", (caller, conversation_id)
                )
            self._insert([memory_row(memory, new[memory.id]) for memory in folded[conversation_id]])
            self._index.replace(caller, conversation_id, folded[conversation_id])

    def _insert(self, rows: Iterable[MemoryRow]) -> None:
        self._connection.executemany("INSERT INTO memories VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)

    def fold_each(self, callers: Iterable[str]) -> Iterator[str]:
        """Do as `refold` does, and yield each caller once what there is is written."""
        for caller in callers:
            self.refold([caller])
            yield caller

    def fold_new(self, callers: Iterable[str], workers: WorkerPool, engine: IndexedEngine) -> Iterator[str]:
        """
        Fold callers for the first time, and yield each once it is written.

        Args:
            engine: receives the index that the workers make.
        """
        given = deque[list[_Caller]]()
        for folded in workers.fold(self._tasks(callers, given)):
            for (caller, calls_sum), new in zip(given.popleft(), folded, strict=True):
                if new is None:
                    self.refold([caller])
                else:
                    self._insert(new.rows)
                    for conversation_id, index in new.indexes:
                        engine.put(caller, conversation_id, index)
                    sums = (calls_sum, len(new.rows), sum(row[_CHECKSUM] for row in new.rows))
                    put_caller(self._connection, caller, new.view, sums)
                yield caller

    def _tasks(self, callers: Iterable[str], given: deque[list[_Caller]]) -> Iterator[FoldTask]:
        """Yield the calls of callers, as many at once as are worth the while, and note in `given` whose they are."""
        names, bodies, size = list[_Caller](), list[list[bytes]](), 0
        for caller in callers:
            rows = self._rows(caller)
            names.append((caller, sum(row[-2] for row in rows)))
            bodies.append([checked(row)[-1] for row in rows])
            size += sum(map(len, bodies[-1]))
            if size >= _TASK_BYTES:
                given.append(names)
                yield FoldTask(bodies)
                names, bodies, size = [], [], 0
        given.append(names)
        yield FoldTask(bodies)


def describe_our_fault(error: Exception) -> str:
    """Return what is said of an event that our own code failed on; never what the error says, which may quote it."""
    return f"{type(error).__name__} in our own code, see the log; a later release may fold it"
