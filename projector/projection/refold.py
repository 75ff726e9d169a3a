"""Folds callers anew from the calls that are kept, and writes what has changed."""

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator

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
from projector.read_model.checksums import MEMORY_CHECKSUM, memory_row
from projector.read_model.protocol import ReadModelWriter
from projector.read_model.records import CallerSums
from projector.read_model.tables import Outbox

logger = get_logger("projection")

_TASK_BYTES = 128 * 1024

# The key, and the sum of the checksums of the calls.
_Caller = tuple[str, int]


class Refolder:
    """
    Folds the callers of one generation.

    Args:
        writer: the generation, open for writing; changes join the transaction that is under way.
        index: receives each change of the memories: an engine within the read model, or the outbox for another.
        on_fault: receives the place, the conversation and the fault of a call that cannot be folded.
    """

    def __init__(
        self,
        writer: ReadModelWriter,
        index: IndexedEngine | Outbox,
        settings: FoldSettings,
        *,
        on_fault: Callable[[Place, str, str], None],
    ) -> None:
        self._writer = writer
        self._index = index
        self._settings = settings
        self._on_fault = on_fault

    def refold(self, callers: Iterable[str]) -> None:
        """Fold callers from their calls, and write what has changed; a caller without calls is removed."""
        for caller in sorted(callers):
            folded = self._fold(caller)
            if folded is None:
                self._index.forget(caller)
                self._writer.callers.remove(caller)
                self._writer.memories.forget(caller)
                continue
            self._replace_memories(caller, folded.memories)
            self._writer.callers.put(caller, msgspec.json.encode(folded.view))
            logger.debug("caller_folded", caller=masked(caller), calls=folded.view.call_count)

    def fold_each(self, callers: Iterable[str]) -> Iterator[str]:
        """Do as `refold` does, and yield each caller once it is written."""
        for caller in callers:
            self.refold([caller])
            yield caller

    def fold_new(self, callers: Iterable[str], workers: WorkerPool, engine: IndexedEngine) -> Iterator[str]:
        """Fold callers for the first time, in worker processes, and yield each once it is written."""
        given = deque[list[_Caller]]()
        for folded in workers.fold(self._tasks(callers, given)):
            for (caller, calls_sum), new in zip(given.popleft(), folded, strict=True):
                if new is None:
                    self.refold([caller])
                else:
                    self._writer.memories.insert(new.rows)
                    for conversation_id, index in new.indexes:
                        engine.put(caller, conversation_id, index)
                    memories_sum = sum(row[MEMORY_CHECKSUM] for row in new.rows)
                    self._writer.callers.put(caller, new.view, CallerSums(calls_sum, len(new.rows), memories_sum))
                yield caller

    def _tasks(self, callers: Iterable[str], given: deque[list[_Caller]]) -> Iterator[FoldTask]:
        """Yield the calls of callers in batches large enough to be worth a task; `given` receives whose they are."""
        names, bodies, size = list[_Caller](), list[list[bytes]](), 0
        for caller in callers:
            kept = self._writer.calls.of(caller)
            names.append((caller, sum(call.checksum for call in kept)))
            bodies.append([call.body for call in kept])
            size += sum(map(len, bodies[-1]))
            if size >= _TASK_BYTES:
                given.append(names)
                yield FoldTask(bodies)
                names, bodies, size = [], [], 0
        given.append(names)
        yield FoldTask(bodies)

    def _fold(self, caller: str) -> FoldResult | None:
        calls = [(stored_call(kept.body), kept.place) for kept in self._writer.calls.of(caller)]
        if not calls:
            return None
        try:
            return fold([call for call, _ in calls], self._settings)
        except Exception:
            logger.exception("fold_failed", caller=masked(caller))
        return self._fold_one_by_one(calls)

    def _fold_one_by_one(self, calls: list[tuple[Call, Place]]) -> FoldResult | None:
        """Fold the calls that can be folded, and set aside each other one."""
        sound: list[Call] = []
        folded: FoldResult | None = None
        for call, place in calls:
            try:
                folded = fold([*sound, call], self._settings)
            except Exception as error:  # noqa: BLE001 - recorded, and logged by the caller
                self._writer.calls.remove(call.conversation_id)
                self._on_fault(place, call.conversation_id, describe_our_fault(error))
            else:
                sound.append(call)
        return folded

    def _replace_memories(self, caller: str, memories: Iterable[Memory]) -> None:
        stored: dict[str, dict[str, bytes]] = defaultdict(dict)
        for conversation_id, id_, body in self._writer.memories.bodies(caller):
            stored[conversation_id][id_] = body
        folded = by_conversation(memories)
        for conversation_id in sorted(stored.keys() | folded.keys()):
            new = {memory.id: msgspec.json.encode(memory) for memory in folded[conversation_id]}
            if new == stored[conversation_id]:
                continue
            if stored[conversation_id]:
                self._writer.memories.remove(caller, conversation_id)
            self._writer.memories.insert([memory_row(memory, new[memory.id]) for memory in folded[conversation_id]])
            self._index.replace(caller, conversation_id, folded[conversation_id])


def describe_our_fault(error: Exception) -> str:
    """Return what the list of faults says of an event that our own code failed on: no word of the error itself."""
    return f"{type(error).__name__} in our own code, see the log; a later release may fold it"
