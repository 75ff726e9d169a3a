"""Has a process of its own ask models: nobody waits for it, and in it alone a vendor's SDK is imported."""

import subprocess
import sys
import threading
import time
from contextlib import suppress

import msgspec

from events.process.logging import get_logger
from projector.extracting.messages import Start

logger = get_logger("projection")
_BACKOFF_S = (1.0, 5.0, 30.0, 300.0)
# One that has lived for so long died of something else than the one before.
_LONG_S = _BACKOFF_S[-1]


class ExtractionWorker:
    """
    The process that asks, begun anew where it dies.

    Args:
        start: what it is told.
    """

    def __init__(self, start: Start) -> None:
        self._start = start
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._is_ending = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def begin(self) -> None:
        """Start the process."""
        self._thread.start()

    def close(self) -> None:
        """
        Have the process end, and do not wait for that.

        It goes on until the answers are there that it has asked for, for they are paid for.
        """
        self._is_ending.set()
        with self._lock:
            process, self._process = self._process, None
        if process is not None and process.stdin is not None:
            with suppress(OSError):
                process.stdin.close()

    def _watch(self) -> None:
        deaths = 0
        while not self._is_ending.is_set():
            began_s = time.monotonic()
            code = self._run()
            if self._is_ending.is_set():
                return
            deaths = 1 if time.monotonic() - began_s >= _LONG_S else deaths + 1
            wait_s = _BACKOFF_S[min(deaths, len(_BACKOFF_S)) - 1]
            logger.warning("extraction_worker_ended", code=code, retry_in_s=wait_s)
            self._is_ending.wait(wait_s)

    def _run(self) -> int:
        with self._lock:
            if self._is_ending.is_set():
                return 0
            try:
                process = self._process = subprocess.Popen(
                    [sys.executable, "-m", "projector.extracting.process"],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.DEVNULL if sys.stdout is None else None,
                )
            except OSError as error:
                logger.warning("extraction_worker_not_begun", reason=str(error))
                return -1
            with suppress(OSError):
                assert process.stdin is not None
                process.stdin.write(msgspec.json.encode(self._start) + b"\n")
                process.stdin.flush()
        return process.wait()
