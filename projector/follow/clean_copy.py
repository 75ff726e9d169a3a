"""
A clean copy of the live generation, for it holds no byte of what was removed: then the copy is made the live one.

A database that is wiped in place can be neither read nor written meanwhile, for seconds or minutes. So a thread writes
the copy aside, from one snapshot, while the live generation is followed; then the copy is followed until it is as far.
"""

import threading
from collections.abc import Callable
from contextlib import ExitStack

from events.disk import steps
from events.log.event import DamagedLine, Event
from events.log.protocol import EventLog
from events.process.logging import get_logger
from projector.errors import ReadModelMissingError
from projector.follow.live import LiveGeneration
from projector.follow.replay_lock import ReplayLock
from projector.projection.projection import Projection
from projector.read_model.protocol import Generations

logger = get_logger("projection")
# As many events as one step takes from the log: the live generation has its turn in between.
_EVENTS_PER_STEP = 50
# A small one is written by then; for another nobody waits.
_MOMENT_S = 0.02


class CleanCopy:
    """
    Makes one copy at a time. The replay lock is held from its beginning to its end: a replay makes a generation, too.

    While it is made, nothing but new events MUST change the live generation: all else would be missing in the copy.

    Args:
        live: its generation is copied.
        lock: the replay lock.
        should_go_on: asked again and again; False ends the copy.
    """

    def __init__(
        self,
        log: EventLog,
        generations: Generations,
        live: LiveGeneration,
        lock: ReplayLock,
        *,
        should_go_on: Callable[[], bool],
    ) -> None:
        self._log = log
        self._generations = generations
        self._live = live
        self._lock = lock
        self._should_go_on = should_go_on
        self._held = ExitStack()
        self._writing: _Writing | None = None
        self._copy: Projection | None = None
        self._number = 0
        self._timeout_s = 0.0

    @property
    def is_under_way(self) -> bool:
        """Whether a copy was begun that is neither live nor given up."""
        return self._writing is not None

    @property
    def is_written(self) -> bool:
        """Whether the copy is written, and is being followed."""
        return self._copy is not None

    def begin(self) -> bool:
        """Begin to write the copy in a thread, and return True; False if another process holds the replay lock."""
        assert self._live.number is not None
        is_held = self._held.enter_context(self._lock.hold_if_free())
        try:
            if not (is_held and self._live.is_live()):
                self._held.close()
                return False
            self._number = self._generations.begin()
            source, into = self._live.number, self._number

            def write(should_go_on: Callable[[], bool]) -> None:
                self._generations.copy(source, into, should_go_on=should_go_on)

            self._writing, self._timeout_s = _Writing(write, self._should_go_on), _MOMENT_S
        except BaseException:
            self._held.close()
            raise
        return True

    def step(self, *, is_waiting: bool) -> int | None:
        """
        Go on with the copy, for a moment; return its number once it is the live generation.

        Args:
            is_waiting: whether to wait until that is so.

        Raises what writing it raised: it is given up then, and can be begun again.
        """
        assert self._writing is not None
        try:
            if not self._writing.has_ended(timeout_s=None if is_waiting else self._timeout_s):
                self._timeout_s = 0.0
                return None
            if self._copy is None:
                self._copy = self._live.projection_into(self._generations.open(self._number))
            while not self._follow(self._copy):
                if not is_waiting:
                    return None
            # What an operator asked for meanwhile.
            self._copy.ask_again(self._live.projection.due())
            self._copy.close()
            self._copy = None
            steps.reached("copy_caught_up")
            self._publish()
        except BaseException:
            self.close()
            raise
        self._writing = None
        self._held.close()
        return self._number

    def close(self) -> None:
        """Give up the copy, if there is one."""
        if self._writing is None:
            return
        self._writing.end()
        self._writing = None
        if self._copy is not None:
            self._copy.close()
            self._copy = None
        if self._generations.current() != self._number and self._generations.still_holds("replay"):
            self._generations.discard(self._number)
        self._held.close()

    def _publish(self) -> None:
        if not self._generations.still_holds("replay") or not self._live.is_live():
            raise ReadModelMissingError("the read model was removed or replaced while it was copied")
        self._generations.publish(self._number)

    def _follow(self, copy: Projection) -> bool:
        """Project some of the events that the copy lacks; return whether it lacks none."""
        until, place = self._live.projection.read_model.place(), copy.read_model.place()
        if until is None or until == place:
            return True
        batch = list[Event | DamagedLine]()
        for event in self._log.read(place):
            batch.append(event)
            if event.place == until or len(batch) == _EVENTS_PER_STEP:
                break
        copy.take(batch)
        return batch[-1:] != [] and batch[-1].place == until


class _Writing:
    """The thread that writes the copy."""

    def __init__(self, write: Callable[[Callable[[], bool]], None], should_go_on: Callable[[], bool]) -> None:
        self._error: Exception | None = None
        self._is_ending = False
        # A daemon, for the end of the process waits for no copy.
        self._thread = threading.Thread(target=self._run, args=(write, should_go_on), daemon=True)
        self._thread.start()

    def has_ended(self, *, timeout_s: float | None) -> bool:
        """Tell whether the copy is written by then; raises what the thread raised."""
        self._thread.join(timeout_s)
        if self._thread.is_alive():
            return False
        if self._error is not None:
            raise self._error
        return True

    def end(self) -> None:
        """End the thread, and wait for that."""
        self._is_ending = True
        self._thread.join()

    def _run(self, write: Callable[[Callable[[], bool]], None], should_go_on: Callable[[], bool]) -> None:
        try:
            write(lambda: should_go_on() and not self._is_ending)
        except Exception as error:  # noqa: BLE001 - raised by `has_ended`
            self._error = error
