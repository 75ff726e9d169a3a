"""Questions to the read model, asked in threads of their own, and never an error to the caller who waits."""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import msgspec

from events.logging import get_logger
from projector.engines import Engine
from projector.errors import ProjectorError
from projector.read_model import ReadModel, ReadModelReader

T = TypeVar("T")
log = get_logger("engine")
_THREADS = 8


class Reading:
    """Asks the live generation; `failures` counts the questions that it could not answer."""

    def __init__(self, reader: ReadModelReader) -> None:
        self.reader = reader
        self.failures = 0
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="read")

    async def ask(self, question: Callable[[ReadModel, Engine], T], *, timeout_s: float) -> T | None:
        """Return the answer to a question; None where the read model is missing, locked, damaged or too slow."""
        answer = asyncio.get_running_loop().run_in_executor(self._threads, self._answer, question)
        try:
            return await asyncio.wait_for(answer, timeout_s)
        except (ProjectorError, sqlite3.Error, OSError, msgspec.MsgspecError, TimeoutError) as error:
            self.failures += 1
            log.warning("read_model_failed", error=str(error) or type(error).__name__, failures=self.failures)
            return None

    def close(self) -> None:
        """End the threads; questions under way are answered first."""
        self._threads.shutdown()

    def _answer(self, question: Callable[[ReadModel, Engine], T]) -> T:
        return question(*self.reader.open())
