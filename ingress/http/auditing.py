"""Writes the audit trail in a thread of its own, so that a slow disk never delays a greeting."""

import asyncio
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial

from litestar.exceptions import ServiceUnavailableException

from events.process.audit import AuditTrail
from events.process.logging import get_logger
from ingress.http.requests import request_id

logger = get_logger("error")


class Auditor:
    """Writes a line for each answer that is about a caller; `failures` counts the lines that could not be written."""

    def __init__(self, trail: AuditTrail) -> None:
        self._trail = trail
        self.failures = 0
        # A single thread, so that the lines keep the order of the answers.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="audit")

    def note(self, action: str, *, by: str, caller: str, **facts: str | float | None) -> None:
        """Write a line soon. The answer does not wait for it; if the write fails, that is counted and logged."""
        write = partial(
            self._trail.note, action, by=by, caller=caller, request_id=request_id(), is_durable=False, **facts
        )
        self._thread.submit(write).add_done_callback(self._count)

    async def note_first(self, action: str, *, by: str, caller: str) -> None:
        """
        Write a line durably before the act that it describes.

        Raises:
            ServiceUnavailableException: the line was not written, so the act must not happen.
        """
        write = partial(self._trail.note, action, by=by, caller=caller, request_id=request_id(), is_durable=True)
        try:
            await asyncio.wrap_future(self._thread.submit(write))
        except OSError as error:
            raise ServiceUnavailableException(f"the audit trail cannot be written: {error.strerror}") from error

    def close(self) -> None:
        """Write the lines that still wait, and end the thread."""
        self._thread.shutdown()

    def _count(self, done: Future[None]) -> None:
        error = done.exception()
        if error is not None:
            self.failures += 1
            logger.error("audit_failed", error=str(error), failures=self.failures)
