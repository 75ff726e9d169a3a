"""Has a process of its own make vectors: nobody waits for it, and whatever the model does there ends nobody else."""

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue

import msgspec

from events.open_log import absolute
from events.process.logging import get_logger
from projector.engines.meaning.e5 import why_not
from projector.vectors.deaths import Deaths
from projector.vectors.messages import NO_ENCODER, Changed, Start

logger = get_logger("engine")
_END_WITHIN_S = 1.0


class VectorWorker:
    """
    The process that makes vectors, begun anew where it dies; a `Changes`.

    Args:
        location: of the read model: the folder (`READ_MODEL_PATH`), or a database.
        log_level: what that process logs.
    """

    def __init__(self, location: str | Path, *, log_level: str) -> None:
        self._location, self._log_level = absolute(location), log_level
        self._deaths = Deaths()
        self._lines: SimpleQueue[Changed] = SimpleQueue()
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._is_ending = threading.Event()
        self._threads: list[threading.Thread] = []

    def begin(self) -> None:
        """Start the process; say so and do nothing where the model cannot be used."""
        if reason := why_not():
            logger.info("vectors_not_made", reason=reason, consequence="memories are found by their words")
            return
        self._threads = [threading.Thread(target=each, daemon=True) for each in (self._watch, self._tell)]
        for thread in self._threads:
            thread.start()

    def note(self, changed: Iterable[tuple[str, str | None]]) -> None:
        """Have the vectors of these conversations made next."""
        if self._threads and (some := list(changed)):
            self._lines.put(some)

    def compare(self) -> None:
        """Have all vectors compared with the memories."""
        if self._threads:
            self._lines.put(None)

    def close(self) -> None:
        """End the process."""
        self._is_ending.set()
        self._lines.put(None)  # for who waits for a line
        with self._lock:
            process, self._process = self._process, None
        if process is not None:
            process.kill()  # whatever it was doing, the next one does it again
            with suppress(subprocess.TimeoutExpired):
                process.wait(_END_WITHIN_S)
        for thread in self._threads:
            thread.join(_END_WITHIN_S)
        self._deaths.close()

    def _watch(self) -> None:
        """Begin the process, and again whenever it ends, but where that cannot help."""
        while not self._is_ending.is_set():
            began_s = time.monotonic()
            code = self._run()
            if self._is_ending.is_set() or code == NO_ENCODER:
                return
            if code == -signal.SIGILL:
                reason = "the model's code needs an instruction that this processor lacks"
                logger.warning("vectors_not_made", reason=reason, consequence="memories are found by their words")
                return
            wait_s = self._deaths.add(code, lived_s=time.monotonic() - began_s)
            logger.warning("vector_worker_ended", code=code, retry_in_s=wait_s)
            self._is_ending.wait(wait_s)

    def _run(self) -> int:
        with self._lock:
            if self._is_ending.is_set():
                return 0
            try:
                process = self._process = subprocess.Popen(
                    [sys.executable, "-m", "projector.vectors.process"],
                    stdin=subprocess.PIPE,
                    pass_fds=[self._deaths.note_fd],
                )
            except OSError as error:
                logger.warning("vector_worker_not_begun", reason=str(error))
                return -1
            deaths = self._deaths
            start = Start(self._location, self._log_level, deaths.note_fd, deaths.deadly)
            self._write(process, msgspec.json.encode(start))  # before any other line
        return process.wait()

    def _tell(self) -> None:
        """Hand on what has changed; a process that begins later compares everything by itself."""
        while not self._is_ending.is_set():
            changed = self._lines.get()
            with self._lock:
                process = self._process
            if process is not None:
                with suppress(UnicodeEncodeError):  # a key that no line can hold: the next start compares all
                    self._write(process, msgspec.json.encode(changed))

    def _write(self, process: "subprocess.Popen[bytes]", line: bytes) -> None:
        with suppress(OSError, ValueError):
            assert process.stdin is not None
            process.stdin.write(line + b"\n")
            process.stdin.flush()
