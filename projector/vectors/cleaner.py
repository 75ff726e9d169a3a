"""Leaves no vector of what was erased: in a thread, for the file of the vectors is locked and written anew for that."""

import threading
import time
from collections.abc import Callable, Mapping

from events.process.logging import get_logger
from projector.errors import ProjectorError, ReadModelDamagedError, ReplayStoppedError
from projector.read_model.generations import Generations

logger = get_logger("projection")
# How long to wait after a cleaning that failed, as on a full disk: meanwhile calls are learned.
_RETRY_S = 30.0
# A small file is clean by then; for another nobody waits.
_MOMENT_S = 0.02
# How long a thread may take that was told to stop. One that waits for a lock looks at that once it has it.
_END_WITHIN_S = 1.0

# How many rows were removed for each of some requests: where that has grown, more vectors may be left.
Removed = Mapping[int, int]


class Cleaner:
    """
    Cleans the vectors for one generation at a time. What was cleaned stays so: vectors are made of what is there.

    Args:
        should_go_on: asked again and again; False ends a cleaning.
        retry_s: how long to wait after one that failed, in seconds.
    """

    def __init__(
        self, generations: Generations, *, should_go_on: Callable[[], bool], retry_s: float = _RETRY_S
    ) -> None:
        self._generations = generations
        self._should_go_on = should_go_on
        self._retry_s = retry_s
        self._retry_at_s = 0.0
        self._generation: int | None = None
        self._cleaned: dict[int, int] = {}
        self._thread: _Cleaning | None = None

    def cleaned(self, generation: int, removed: Removed, *, is_waiting: bool) -> list[int]:
        """
        Return those of some requests of which no vector is left, and go on cleaning for the others.

        Args:
            generation: the live one, from which all that they cover is gone.
            removed: the requests.
            is_waiting: whether to wait until it is all of them.

        Raises:
            ReadModelDamagedError: the generation is damaged.
            ReplayStoppedError, ReadModelBusyError, OSError: only where this waits; else it is tried again later.
        """
        if generation != self._generation:
            self.close()
            self._generation = generation
        if not is_waiting:
            self._clean_beside(generation, removed)
        elif not self._are_clean(removed):
            self._stop()
            self._generations.clean_beside(generation, should_go_on=self._should_go_on)
            self._cleaned |= removed
        return [request for request, count in removed.items() if self._cleaned.get(request) == count]

    def close(self) -> None:
        """Give up a cleaning that is under way, and what is known of the ones before."""
        self._stop()
        self._cleaned = {}

    def _clean_beside(self, generation: int, removed: Removed) -> None:
        timeout_s = 0.0
        if self._thread is None:
            if self._are_clean(removed) or time.monotonic() < self._retry_at_s:
                return
            self._thread = _Cleaning(self._generations, generation, removed, self._should_go_on)
            timeout_s = _MOMENT_S
        if not self._thread.has_ended(timeout_s=timeout_s):
            return
        thread, self._thread = self._thread, None
        try:
            thread.check()
        except (ReplayStoppedError, ReadModelDamagedError):
            raise
        except (OSError, ProjectorError) as error:
            self._retry_at_s = time.monotonic() + self._retry_s
            requests = list(thread.removed)
            logger.warning("erasures_waiting", requests=requests, reason=str(error), retry_in_s=self._retry_s)
            return
        self._cleaned |= thread.removed

    def _are_clean(self, removed: Removed) -> bool:
        return removed.items() <= self._cleaned.items()

    def _stop(self) -> None:
        if self._thread is not None:
            self._thread.end()
            self._thread = None


class _Cleaning:
    """The thread that cleans, for some requests."""

    def __init__(
        self, generations: Generations, generation: int, removed: Removed, should_go_on: Callable[[], bool]
    ) -> None:
        self.removed = dict(removed)
        self._generations = generations
        self._generation = generation
        self._should_go_on = should_go_on
        self._error: Exception | None = None
        self._is_ending = False
        # A daemon, for the end of the process waits for no cleaning: the next one does it again.
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def has_ended(self, *, timeout_s: float) -> bool:
        """Tell whether the thread has ended by then."""
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def check(self) -> None:
        """Raise what the thread raised, once it has ended."""
        if self._error is not None:
            raise self._error

    def end(self) -> None:
        """Tell the thread to end, and wait a little for that."""
        self._is_ending = True
        self._thread.join(_END_WITHIN_S)

    def _run(self) -> None:
        try:
            self._generations.clean_beside(
                self._generation, should_go_on=lambda: self._should_go_on() and not self._is_ending
            )
        except Exception as error:  # noqa: BLE001 - raised by `check`
            self._error = error
