"""Questions to the read model, asked in threads of their own, and never an error to the caller who waits."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from events.process.logging import get_logger
from projector.engines.protocol import Engine
from projector.errors import ProjectorError
from projector.read_model.sqlite.damage import READ_ERRORS, describe, is_damage
from projector.read_model.sqlite.reading import ReadModel
from projector.read_side.reader import ReadModelReader

T = TypeVar("T")
logger = get_logger("engine")
_GREETING_THREADS, _LOOKING_THREADS, _SEARCHING_THREADS = 4, 2, 8
# Nobody waits for it: it leaves most of the threads to those who search.
_WARMING_MAX = 2


class ReadPool:
    """Asks the live generation; `failures` counts the questions that it could not answer."""

    def __init__(self, reader: ReadModelReader) -> None:
        self.reader = reader
        self.failures = 0
        self._greeting = ThreadPoolExecutor(_GREETING_THREADS, thread_name_prefix="greet")
        self._looking = ThreadPoolExecutor(_LOOKING_THREADS, thread_name_prefix="look")
        self._searching = ThreadPoolExecutor(_SEARCHING_THREADS, thread_name_prefix="search")
        self._warming = threading.BoundedSemaphore(_WARMING_MAX)

    async def greet(self, question: Callable[[ReadModel, Engine], T], *, timeout_s: float) -> T | None:
        """Return what is asked while a phone rings, in threads of its own: nothing else is waited for before it."""
        return await self._ask(self._greeting, question, timeout_s)

    async def look(self, question: Callable[[ReadModel, Engine], T], *, timeout_s: float) -> T | None:
        """Return the answer to a question that needs no search; None where the read model cannot answer in time."""
        return await self._ask(self._looking, question, timeout_s)

    async def search(self, question: Callable[[ReadModel, Engine], T], *, timeout_s: float) -> T | None:
        """Return the answer to a question that searches, in threads of its own: a slow engine holds up nothing else."""
        return await self._ask(self._searching, question, timeout_s)

    def warm(self, caller: str) -> None:
        """Have the engine make ready for a search of a caller, soon; not at all where searches keep it busy."""
        if self._warming.acquire(blocking=False):
            self._searching.submit(self._warm, caller)

    def close(self) -> None:
        """End the threads, without waiting for questions whose callers have gone."""
        for threads in (self._greeting, self._looking, self._searching):
            threads.shutdown(wait=False, cancel_futures=True)

    def _warm(self, caller: str) -> None:
        try:
            self._answer(lambda _, engine: engine.warm(caller))
        except (ProjectorError, OSError, *READ_ERRORS) as error:
            logger.debug("warming_failed", error=describe(error))
        finally:
            self._warming.release()

    async def _ask(
        self, threads: ThreadPoolExecutor, question: Callable[[ReadModel, Engine], T], timeout_s: float
    ) -> T | None:
        answer = asyncio.get_running_loop().run_in_executor(threads, self._answer, question)
        try:
            return await asyncio.wait_for(answer, timeout_s)
        except (ProjectorError, OSError, TimeoutError, *READ_ERRORS) as error:
            # Missing, locked, damaged, or too slow.
            self.failures += 1
            logger.warning("read_model_failed", error=describe(error), failures=self.failures)
            return None

    def _answer(self, question: Callable[[ReadModel, Engine], T]) -> T:
        try:
            return question(*self.reader.open())
        except Exception as error:
            if is_damage(error):
                self.reader.report_damage()
            raise
