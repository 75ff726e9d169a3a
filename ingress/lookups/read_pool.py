"""Runs questions to the read model in threads of their own; a question that fails has no answer, never an error."""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar
from weakref import WeakValueDictionary

from events.process.logging import get_logger
from ingress.lookups.pacing import Pace
from projector.engines.protocol import Engine
from projector.errors import ProjectorError, ReadModelDamagedError, ReadModelReplacedError, ReadModelVersionError
from projector.read_model.protocol import ReadModel
from projector.read_side.reader import ReadModelReader

T = TypeVar("T")
logger = get_logger("engine")
_GREETING_THREADS, _LOOKING_THREADS, _SEARCHING_THREADS = 4, 2, 8
# Nobody waits for a warm-up, so most of the threads are left to searches.
_WARMING_MAX = 2


class ReadPool:
    """
    Threads that ask the live generation; `failures` counts the questions that had no answer.

    A search computes for long where a caller has a long history. One such search computes at a time, and of one asker
    one at a time is begun: whatever they ask, others are answered.
    """

    def __init__(self, reader: ReadModelReader) -> None:
        self.reader = reader
        self.failures = 0
        self._greeting = ThreadPoolExecutor(_GREETING_THREADS, thread_name_prefix="greet")
        self._looking = ThreadPoolExecutor(_LOOKING_THREADS, thread_name_prefix="look")
        self._searching = ThreadPoolExecutor(_SEARCHING_THREADS, thread_name_prefix="search")
        self._warming = threading.BoundedSemaphore(_WARMING_MAX)
        self._long = threading.Lock()
        self._turns = WeakValueDictionary[str, asyncio.Lock]()
        self._others = 0

    async def greet(self, question: Callable[[ReadModel, Engine], T], *, timeout_s: float) -> T | None:
        """Return the answer to a question asked while a phone rings; no other kind of question uses these threads."""
        return await self._ask_first(self._greeting, question, timeout_s)

    async def look(self, question: Callable[[ReadModel, Engine], T], *, timeout_s: float) -> T | None:
        """Return the answer to a question that needs no search; None if the read model cannot answer in time."""
        return await self._ask_first(self._looking, question, timeout_s)

    async def is_damaged(self, *, timeout_s: float) -> bool:
        """Tell whether the live generation is noted to be damaged; False where nobody could tell in time."""
        noted = asyncio.get_running_loop().run_in_executor(self._looking, self.reader.is_damaged)
        try:
            return await asyncio.wait_for(noted, timeout_s)
        except TimeoutError:
            return False

    async def search(
        self, question: Callable[[ReadModel, Engine, Pace], T], *, asker: str, timeout_s: float
    ) -> T | None:
        """
        Return the answer to a question that searches; a slow engine holds up only the threads for these.

        Args:
            question: is given the pace at which to compute.
            asker: whose searches come one after the other.
        """
        until_s = time.monotonic() + timeout_s

        def paced(read_model: ReadModel, engine: Engine) -> T:
            with Pace(self._long, lambda: self._others > 0, until_s=until_s) as pace:
                return question(read_model, engine, pace)

        async def in_turn() -> T:
            async with self._turns.setdefault(asker, asyncio.Lock()):
                return await asyncio.get_running_loop().run_in_executor(self._searching, self._answer, paced)

        return await self._ask(in_turn(), timeout_s)

    def warm(self, caller: str) -> None:
        """Prepare the engine for a search of a caller, in the background; skipped while searches keep it busy."""
        if self._warming.acquire(blocking=False):
            self._searching.submit(self._warm, caller)

    def close(self) -> None:
        """Stop the threads, without waiting for questions whose callers have gone."""
        for threads in (self._greeting, self._looking, self._searching):
            threads.shutdown(wait=False, cancel_futures=True)

    def _warm(self, caller: str) -> None:
        try:
            self._answer(lambda _, engine: engine.warm(caller))
        except (ProjectorError, OSError) as error:
            logger.debug("warming_failed", error=str(error))
        finally:
            self._warming.release()

    async def _ask_first(
        self, threads: ThreadPoolExecutor, question: Callable[[ReadModel, Engine], T], timeout_s: float
    ) -> T | None:
        self._others += 1
        try:
            answer = asyncio.get_running_loop().run_in_executor(threads, self._answer, question)
            return await self._ask(answer, timeout_s)
        finally:
            self._others -= 1

    async def _ask(self, answer: Awaitable[T], timeout_s: float) -> T | None:
        try:
            return await asyncio.wait_for(answer, timeout_s)
        except (ProjectorError, OSError) as error:
            # Missing, locked, damaged, or too slow.
            self.failures += 1
            if not isinstance(error, ReadModelVersionError):  # said once, by the reader
                logger.warning("read_model_failed", error=str(error) or type(error).__name__, failures=self.failures)
            return None

    def _answer(self, question: Callable[[ReadModel, Engine], T]) -> T:
        try:
            try:
                return question(*self.reader.open())
            except ReadModelReplacedError:
                return question(*self.reader.open())  # it was dropped between two looks: another one is live
        except ReadModelDamagedError:
            self.reader.report_damage()
            raise
