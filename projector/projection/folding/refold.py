"""Folds callers: adds calls where they come nearly in order, else folds all anew, and writes what has changed."""

from collections import defaultdict, deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

import msgspec

from events.log.receipt import Place
from events.process.logging import get_logger
from events.wire.caller import masked
from projector.domain.calls import Call
from projector.domain.fold import FoldResult, FoldSettings, add, fold
from projector.domain.memories import Memory, by_conversation
from projector.domain.names.speaker import Speaker
from projector.domain.redaction.redaction import RedactionSettings
from projector.domain.rules.fold_state import FoldState
from projector.engines.protocol import IndexedEngine
from projector.errors import ReadModelDamagedError
from projector.projection.faults import describe_our_fault
from projector.projection.folding.add_calls import CallAdder, trails
from projector.projection.folding.fold_facts import FactFolder
from projector.projection.folding.memory_writer import MemoryWriter
from projector.projection.folding.stale import Learned, Stale
from projector.projection.workers.messages import FoldTask
from projector.projection.workers.pool import WorkerPool
from projector.projection.workers.work import stored_call
from projector.read_model.checksums import MEMORY_CHECKSUM
from projector.read_model.protocol import ReadModelWriter
from projector.read_model.records import CallerSums, KeptCall
from projector.read_model.tables.projection_tables import Outbox
from projector.read_model.tables.sharing_tables import Mark

logger = get_logger("projection")

# Larger ones leave a worker idle at the end, smaller ones cost more messages: see ADR 11.
_TASK_BYTES = 64 * 1024

# The key, and the sum of the checksums of the calls.
_Caller = tuple[str, int]


class Refolder:
    """
    Folds the callers of one generation.

    Args:
        writer: the generation, open for writing; changes join the transaction that is under way.
        index: receives each change of the memories: an engine within the read model, or the outbox for another.
        region: the country in which national numbers are read.
        redaction: see `Noted`.
        on_fault: receives the place, the conversation and the fault of a call that cannot be folded.
        check_stop: called before each caller; raises where no more is to be folded.
    """

    def __init__(
        self,
        writer: ReadModelWriter,
        index: IndexedEngine | Outbox,
        settings: FoldSettings,
        *,
        region: str,
        redaction: RedactionSettings,
        on_fault: Callable[[Place, str, str], None],
        check_stop: Callable[[], None] = lambda: None,
    ) -> None:
        self._writer = writer
        self._check_stop = check_stop
        self._memories = MemoryWriter(writer, index)
        self._facts = FactFolder(writer, self._memories, settings, region=region, redaction=redaction)
        self._adder = CallAdder(writer, self._memories, self._facts, settings)
        self._settings = settings
        self._on_fault = on_fault
        self._sharing = writer.sharing

    def refold(self, stale: Stale) -> None:
        """
        Bring the memories of callers up to date with their calls; a caller without calls is removed.

        With them is folded what was left of these callers before. MUST keep others out who fold.
        """
        self._fold_marked(self._unmarked(stale.names()), stale)

    def fold_marked(self, marks: Sequence[Mark]) -> None:
        """Bring the memories of callers up to date whose marks were taken."""
        first = [mark.caller for mark in marks if mark.is_first]
        deque(self.fold_each(first), maxlen=0)
        self._fold_marked([mark for mark in marks if not mark.is_first], Stale())

    def _unmarked(self, callers: Collection[str]) -> list[Mark]:
        if self._sharing is None or not self._sharing.may_have_left():
            return []
        return self._sharing.marks.take(callers)

    def _fold_marked(self, marks: Iterable[Mark], stale: Stale) -> None:
        for mark in marks:
            self._note(mark, stale)
        for caller, calls in stale.callers():
            self._check_stop()
            if calls is None or not self._adder.add(caller, calls, stale.extracted(caller)):
                self._fold_whole(caller)
        for caller, conversations in stale.learned():
            self._check_stop()
            self._fold_learned(caller, conversations, stale.extracted(caller))

    def _note(self, mark: Mark, stale: Stale) -> None:
        """Note what a mark says is to be folded."""
        added = [self._writer.calls.get(conversation_id) for conversation_id in mark.added]
        calls = [stored_call(kept.body) for kept in added if kept is not None and kept.caller == mark.caller]
        if mark.is_whole or len(calls) < len(added):  # one was set aside, or is another caller's by now
            stale.add_whole([mark.caller])
        for call in calls:
            stale.add(call)
        if mark.is_corrected:
            stale.add_corrected(mark.caller)

    def begin_forgetting(self, caller: str) -> None:
        """Tell the index that a caller is being forgotten, and folded from nothing at the end."""
        self._unmarked([caller])
        self._memories.begin_forgetting(caller)

    def forget_some(self, caller: str) -> bool:
        """Remove a part of what the index holds of a caller who is being forgotten; return whether there was any."""
        return self._memories.forget_some(caller)

    def refold_from_nothing(self, caller: str) -> None:
        """Fold a caller whole, and write all memories and their index anew."""
        self._memories.forget(caller)
        self._fold_whole(caller)

    def fold_each(self, callers: Iterable[str]) -> Iterator[str]:
        """Fold callers for the first time, and yield each one once it is written."""
        for caller in callers:
            self._check_stop()
            self._fold_whole(caller, is_first=True)
            yield caller

    def fold_new(self, callers: Iterable[str], workers: WorkerPool, engine: IndexedEngine) -> Iterator[str]:
        """Fold callers for the first time, in worker processes, and yield each once it is written."""
        given = deque[list[_Caller]]()
        for folded in workers.fold(self._tasks(callers, given)):
            for (caller, calls_sum), new in zip(given.popleft(), folded, strict=True):
                self._check_stop()
                if new is None or self._facts.may_have_facts(caller):
                    self._fold_whole(caller, is_first=True)
                else:
                    self._writer.memories.insert(new.rows)
                    engine.put_new(caller, new.indexes)
                    memories_sum = sum(row[MEMORY_CHECKSUM] for row in new.rows)
                    sums = CallerSums(calls_sum, len(new.rows), memories_sum)
                    self._writer.callers.put(caller, new.view, new.state, sums)
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

    def _fold_whole(self, caller: str, *, is_first: bool = False) -> None:
        """
        Fold a caller from all calls.

        Args:
            is_first: whether nothing but the calls was written of the caller so far.

        Raises:
            ReadModelDamagedError: a call or a memory that was written is missing.
        """
        kept = self._writer.calls.of(caller)
        calls_sum = sum(call.checksum for call in kept)
        before = CallerSums(calls_sum) if is_first else self._writer.callers.sums(caller)
        if calls_sum != before.calls_sum:
            raise ReadModelDamagedError("a caller's calls are not those that were written")
        folded = self._fold(caller, kept)
        if folded is not None:
            self._replace_memories(caller, folded.memories, before)
            self._facts.update_whole(caller)
            view = msgspec.json.encode(self._facts.corrected(folded.view))
            state = msgspec.json.encode(folded.trail)
            written = before.plus(self._writer.callers.sums(caller)) if is_first else None
            self._writer.callers.put(caller, view, state, written)
            logger.debug("caller_folded", caller=masked(caller), calls=len(kept))
        elif not is_first:
            self._facts.forget(caller)
            self._memories.forget(caller)
            self._writer.callers.remove(caller)

    def _fold_learned(self, caller: str, conversations: Iterable[str] | None, learned: Learned) -> None:
        """Fold the facts of a caller, whose calls have not changed but for who spoke in them; None for all facts."""
        if not self._adder.add(caller, [], learned):
            self._fold_whole(caller)
            return
        state = self._writer.callers.state(caller)
        trail = trails.decode(state or b"")
        if conversations is None:
            self._facts.update_whole(caller)
        else:
            self._facts.update(caller, conversations)
        view = self._facts.corrected(trail.state.view())
        self._writer.callers.put(caller, msgspec.json.encode(view), state)

    def _fold(self, caller: str, kept: Sequence[KeptCall]) -> FoldResult | None:
        corrected = self._facts.corrections_of(caller)
        calls = [(corrected.remembered(stored_call(each.body)), each.place) for each in kept]
        if not calls:
            return None
        speakers = self._adder.speakers_of([call for call, _ in calls], corrected)
        try:
            return fold([call for call, _ in calls], self._settings, speakers)
        except Exception:
            logger.exception("fold_failed", caller=masked(caller))
        sound = self._sound(caller, calls, speakers)
        return fold(sound, self._settings, speakers) if sound else None

    def _sound(self, caller: str, calls: Sequence[tuple[Call, Place]], speakers: Mapping[str, Speaker]) -> list[Call]:
        """Return the calls that can be folded, and set aside each other one."""
        sound: list[Call] = []
        state = FoldState(caller)
        for call, place in sorted(calls, key=lambda each: each[0].order):
            try:
                after = add(state, call, self._settings, speakers.get(call.conversation_id)).state
                after.view(), after.memories()
            except Exception as error:  # noqa: BLE001 - recorded, and logged by the caller
                self._writer.calls.remove(call.conversation_id)
                self._on_fault(place, call.conversation_id, describe_our_fault(error))
            else:
                sound.append(call)
                state = after
        return sound

    def _replace_memories(self, caller: str, memories: Iterable[Memory], before: CallerSums) -> None:
        stored: dict[str, dict[str, bytes]] = defaultdict(dict)
        count, memories_sum = 0, 0
        for conversation_id, id_, checksum, body in self._writer.memories.bodies(caller):
            stored[conversation_id][id_] = body
            count, memories_sum = count + 1, memories_sum + checksum
        if (count, memories_sum) != (before.memory_count, before.memories_sum):
            raise ReadModelDamagedError("a caller's memories are not those that were written")
        folded = by_conversation(memories)
        for conversation_id in sorted(stored.keys() | folded.keys()):
            old, new = stored[conversation_id], folded[conversation_id]
            bodies = {memory.id: msgspec.json.encode(memory) for memory in new}
            if bodies != old:
                self._memories.replace(caller, conversation_id, new, [*bodies.values()], is_new=not old)
