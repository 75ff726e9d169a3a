"""The replay lock: who holds it fills the next generation, or alone changes what a memory engine outside holds."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from projector.errors import ReplayStoppedError
from projector.read_model.sqlite.generations import Generations

_INTERVAL_S = 0.1
# Who follows the log with an engine outside holds it for a moment, again and again; of that nothing need be said.
_TELLS_AFTER_S = 1.0


class ReplayLock:
    """
    The lock for one thread, which may take it while it holds it.

    `was_anothers` says whether somebody else was seen to hold it; for whoever looks what came of that to set back.

    Args:
        on_waiting: told once for each wait that takes a while.
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
        self.was_anothers = False

    @contextmanager
    def hold(self) -> Iterator[None]:
        """
        Hold it until the block ends, once nobody else does.

        Raises:
            ReplayStoppedError: `should_go_on` said no.
        """
        began_s, is_told = time.monotonic(), False
        while True:
            # Asked for again and again rather than waited for: a wait for a lock hears no SIGTERM.
            with self.hold_if_free() as is_held:
                if is_held:
                    yield
                    return
            if not is_told and time.monotonic() - began_s >= _TELLS_AFTER_S:
                self._on_waiting()
                is_told = True
            if not self._should_go_on():
                raise ReplayStoppedError("told to stop while another replay was waited for")
            time.sleep(_INTERVAL_S)

    @contextmanager
    def hold_if_free(self) -> Iterator[bool]:
        """Hold it until the block ends, unless somebody else does; yields whether it is held."""
        if self._is_held:
            yield True
            return
        with self._generations.lock("replay", wait=False) as is_held:
            self.was_anothers |= not is_held
            self._is_held = is_held
            try:
                yield is_held
            finally:
                self._is_held = False
