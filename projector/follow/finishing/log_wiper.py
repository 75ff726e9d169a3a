"""Has the log leave nothing of what was removed from it: in a thread, for a server takes its time for that."""

import threading
import time

from events.log.protocol import EventLog
from events.process.logging import get_logger
from projector.errors import LogRemainsError

logger = get_logger("projection")
# How long to wait after a look that found something left: a server's checkpoints come every few minutes by themselves.
_RETRY_S = 30.0
# A folder keeps nothing, and says so by then; for a server nobody waits.
_MOMENT_S = 0.02


class LogWiper:
    """
    Wipes one log, as often as it takes.

    Args:
        retry_s: how long to wait after a look that found something left, or failed, in seconds.
    """

    def __init__(self, log: EventLog, *, retry_s: float = _RETRY_S) -> None:
        self._log = log
        self._retry_s = retry_s
        self._retry_at_s = 0.0
        self._is_wiped = False
        self._thread: _Wiping | None = None

    def forget(self) -> None:
        """Take note that more is being removed: what was seen before says nothing of that."""
        self._is_wiped, self._thread = False, None

    def is_wiped(self, *, is_waiting: bool) -> bool:
        """
        Tell whether nothing is left of what was removed before the last `forget`; go on wiping else.

        Args:
            is_waiting: whether to wait for one look; else it is made beside.

        Raises:
            LogRemainsError, OSError: only where this waits; else what is left is logged, and looked at again later.
        """
        if is_waiting and not self._is_wiped:
            if remains := self._log.wipe():
                raise LogRemainsError(remains)
            self._is_wiped = True
        elif not self._is_wiped:
            self._wipe_beside()
        return self._is_wiped

    def _wipe_beside(self) -> None:
        timeout_s = 0.0
        if self._thread is None:
            if time.monotonic() < self._retry_at_s:
                return
            self._thread = _Wiping(self._log)
            timeout_s = _MOMENT_S
        if not self._thread.has_ended(timeout_s=timeout_s):
            return
        thread, self._thread = self._thread, None
        self._is_wiped = not thread.remains
        if thread.remains:
            self._retry_at_s = time.monotonic() + self._retry_s
            logger.warning("log_not_wiped", reason=thread.remains, retry_in_s=self._retry_s)


class _Wiping:
    """The thread of one look; `remains` is what it found left, once it has ended."""

    def __init__(self, log: EventLog) -> None:
        self.remains = ""
        self._log = log
        # A daemon, for the end of the process waits for no server: the next one looks again.
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def has_ended(self, *, timeout_s: float) -> bool:
        """Tell whether the thread has ended by then."""
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            self.remains = self._log.wipe()
        except Exception as error:  # noqa: BLE001 - said, and tried again
            self.remains = str(error) or type(error).__name__
