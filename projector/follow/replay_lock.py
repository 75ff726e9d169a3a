"""The replay lock: its holder fills the next generation, or alone changes what an outside engine holds."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from events.process.logging import get_logger
from projector.errors import ReplayStoppedError
from projector.read_model.generations import Generations

logger = get_logger("projection")
_INTERVAL_S = 0.1
# A follower with an outside engine takes the lock for a moment, again and again; that is not worth a message.
_REPORTED_AFTER_S = 1.0


def log_waiting() -> None:
    """Log that a following projector waits for this lock."""
    logger.warning("projector_waiting", reason="another projector replays the log")


class ReplayLock:
    """
    The lock for one thread, which may take it while it holds it.

    `contentions` counts how often another process was seen to hold it. If the count has changed, another process may
    have replayed.

    Args:
        on_waiting: called once for each wait that takes a while.
        should_go_on: asked again and again during a wait; False ends it.
    """

    def __init__(
        self,
        generations: Generations,
        *,
        on_waiting: Callable[[], None] = lambda: None,
        should_go_on: Callable[[], bool] = lambda: True,
    ) -> None:
        self._generations = generations
        self._on_waiting = on_waiting
        self._should_go_on = should_go_on
        self._is_held = False
        self.contentions = 0

    @contextmanager
    def hold(self) -> Iterator[None]:
        """
        Hold it until the block ends, once no other process does.

        Raises:
            ReplayStoppedError: `should_go_on` said no.
        """
        began_s, is_reported = time.monotonic(), False
        while True:
            # Polled rather than waited for: a wait for a lock hears no SIGTERM.
            with self.hold_if_free() as is_held:
                if is_held:
                    yield
                    return
            if not is_reported and time.monotonic() - began_s >= _REPORTED_AFTER_S:
                self._on_waiting()
                is_reported = True
            if not self._should_go_on():
                raise ReplayStoppedError("told to stop while another replay was waited for")
            time.sleep(_INTERVAL_S)

    @contextmanager
    def hold_if_free(self) -> Iterator[bool]:
        """Hold it until the block ends, unless another process does; yields whether it is held."""
        if self._is_held:
            yield True
            return
        with self._generations.lock("replay", wait=False) as is_held:
            self.contentions += not is_held
            self._is_held = is_held
            try:
                yield is_held
            finally:
                self._is_held = False
