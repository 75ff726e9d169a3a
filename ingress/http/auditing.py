"""The audit trail, written in a thread of its own: who was told, exported or erased whom."""

import asyncio
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial

from litestar.exceptions import ServiceUnavailableException

from events.process.audit import AuditTrail
from events.process.logging import get_logger
from ingress.http.requests import request_id

logger = get_logger("error")


class Auditor:
    """Notes what is answered; `failures` counts the lines that could not be written."""

    def __init__(self, trail: AuditTrail) -> None:
        self._trail = trail
        self.failures = 0
        # One, so that lines keep the order of the answers; no disk ever holds up a greeting.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="audit")

    def note(self, action: str, *, by: str, caller: str, **facts: str | float | None) -> None:
        """Note an answer soon; one that cannot be noted is counted and logged, and given all the same."""
        write = partial(
            self._trail.note, action, by=by, caller=caller, request_id=request_id(), is_durable=False, **facts
        )
        self._thread.submit(write).add_done_callback(self._count)

    async def note_first(self, action: str, *, by: str, caller: str) -> None:
        """
        Note what is about to be done, durably.

        Raises:
            ServiceUnavailableException: nothing was noted, and nothing must be done.
        """
        write = partial(self._trail.note, action, by=by, caller=caller, request_id=request_id(), is_durable=True)
        try:
            await asyncio.wrap_future(self._thread.submit(write))
        except OSError as error:
            raise ServiceUnavailableException(f"the audit trail cannot be written: {error.strerror}") from error

    def close(self) -> None:
        """Write what is still to be written."""
        self._thread.shutdown()

    def _count(self, done: Future[None]) -> None:
        error = done.exception()
        if error is not None:
            self.failures += 1
            logger.error("audit_failed", error=str(error), failures=self.failures)
