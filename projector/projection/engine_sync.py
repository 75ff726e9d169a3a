"""Keeps an outside engine in step with a generation: fills it for a new one, and delivers what the outbox holds."""

import sqlite3
from collections.abc import Callable, Collection

from events.process.logging import get_logger
from projector.engines.protocol import OutsideEngine
from projector.errors import EngineError
from projector.projection.eraser import Eraser
from projector.read_model.sqlite.tables.outbox import Outbox

logger = get_logger("projection")


class EngineSync:
    """
    What an outside engine receives, beside the transactions in which memories change.

    Its methods raise `EngineError`, `sqlite3.Error` and `ReadModelDamagedError`; what was told until then is known to
    be told.

    Args:
        connection: the generation, open for writing.
        engine: the outside engine.
        owed: what the engine is still to be told.
        erasing: tells who asked to be forgotten.
    """

    def __init__(self, connection: sqlite3.Connection, engine: OutsideEngine, owed: Outbox, eraser: Eraser) -> None:
        self._connection = connection
        self._engine = engine
        self._owed = owed
        self._erasing = eraser

    def begin(self) -> None:
        """Have it made ready to be filled; before any caller is folded."""
        self._engine.begin()

    def finish(self) -> None:
        """
        Have it hold nothing of anybody but the callers that there are, once all are folded.

        Whoever asked to be forgotten, and has not called since, is forgotten whole, whoever put what is held.
        """
        callers = {caller for (caller,) in self._connection.execute("SELECT caller FROM callers")}
        self._engine.finish(callers)
        erased = self._erasing.erased
        if erased.has_requests():
            for caller in self._erasing.named(self._engine.callers() - callers, erased.accounted()):
                self._engine.forget(caller)
        try:
            self._engine.wipe()
        except EngineError as error:
            # It need not wait for that, nor be made again: whoever follows wipes, and then the requests are finished.
            erased.unfinish()
            logger.warning("engine_not_wiped", error=str(error))

    def fits(self) -> bool:
        """Tell whether it holds what this generation was made with."""
        return self._engine.fits()

    def wipe(self) -> None:
        """Have it remove every trace of what was replaced or forgotten; outside of any transaction."""
        self._engine.wipe()

    def is_owing(self) -> bool:
        """Tell whether it is still to be told of something."""
        return self._owed.is_there()

    def settle(self, should_go_on: Callable[[], bool] = lambda: True) -> None:
        """
        Tell it what it is owed, once it fits; hold the replay lock.

        There is no transaction about it all: others may write while the engine is asked, which may take long. What is
        cut off in between is still owed, and told again.
        """
        try:
            for caller, conversation_id, memories in self._owed.conversations():
                if not should_go_on():
                    return
                self._engine.replace(caller, conversation_id, memories)
                self._owed.settle(caller, conversation_id)
        finally:
            self._engine.let_go()

    def forget(self, requests: Collection[int]) -> None:
        """
        Have it forget whole whom these requests name, and owe it what came in since; hold the replay lock.

        Asks the engine whom it knows: it may know more than we do, as after a restore of its own backup.
        """
        for caller in self._erasing.named(self._engine.callers(), requests):
            self._owed.forget(caller)
            self._engine.forget(caller)
