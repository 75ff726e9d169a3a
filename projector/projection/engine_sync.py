"""Keeps an outside engine in step with a generation: fills a new one, and empties the outbox."""

from collections.abc import Callable, Collection

from events.process.logging import get_logger
from projector.engines.protocol import OutsideEngine
from projector.errors import EngineError
from projector.projection.erasing.eraser import Eraser
from projector.read_model.protocol import ReadModelWriter

logger = get_logger("projection")


class EngineSync:
    """
    What an outside engine receives, beside the transactions in which memories change.

    Its methods raise `EngineError`, `ReadModelBusyError` and `ReadModelDamagedError`; what was delivered until then
    is noted as delivered.

    Args:
        writer: the generation, open for writing.
        engine: the memory engine over it.
        eraser: knows which callers a request names.
    """

    def __init__(self, writer: ReadModelWriter, engine: OutsideEngine, eraser: Eraser) -> None:
        self._writer = writer
        self._engine = engine
        self._eraser = eraser

    def begin(self) -> None:
        """Prepare the engine to be filled, before any caller is folded."""
        self._engine.begin()

    def finish(self) -> None:
        """
        Leave nothing in the engine but the callers of this generation, once all of them are folded.

        Forget every erased caller who has not called since, including rows that other programs added.
        """
        callers = self._writer.callers.all()
        self._engine.finish(callers)
        erasures = self._writer.erasures
        if erasures.has_requests():
            for caller in self._eraser.named(self._engine.callers() - callers, erasures.accounted()):
                self._engine.forget(caller)
        try:
            self._engine.wipe()
        except EngineError as error:
            # The replay may go on without it: the follower retries the wipe, then marks the requests finished.
            erasures.unfinish()
            logger.warning("engine_not_wiped", error=str(error))

    def fits(self) -> bool:
        """Tell whether the engine holds what this generation was made with."""
        return self._engine.fits()

    def is_owing(self) -> bool:
        """Tell whether the outbox holds anything."""
        return self._writer.outbox.is_there()

    def deliver(self, should_go_on: Callable[[], bool] = lambda: True) -> None:
        """
        Deliver what is in the outbox, once the engine fits; hold the replay lock.

        No transaction spans the delivery: others may write while the engine takes its time. A delivery that is cut
        off stays in the outbox, and is made again.
        """
        outbox = self._writer.outbox
        try:
            for caller, conversation_id, memories in outbox.conversations():
                if not should_go_on():
                    return
                self._engine.replace(caller, conversation_id, memories)
                outbox.remove(caller, conversation_id)
        finally:
            self._engine.let_go()

    def forget(self, requests: Collection[int]) -> None:
        """
        Have the engine forget every caller whom these requests name, then owe it their later calls.

        The engine is asked for its callers: after a restore of its own backup it may hold callers that the read model
        does not know. Hold the replay lock.
        """
        for caller in self._eraser.named(self._engine.callers(), requests):
            self._writer.outbox.forget(caller)
            self._engine.forget(caller)

    def wipe(self) -> None:
        """Remove from the engine's files every trace of what was replaced or forgotten."""
        self._engine.wipe()
