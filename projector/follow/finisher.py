"""Finishes outside of the read model what is true in it already: empties the outbox, and leaves no erased word."""

import time
from collections.abc import Callable, Sequence

from events.disk import steps
from events.errors import EventsError
from events.log.protocol import EventLog
from events.process.logging import get_logger
from projector.errors import EngineError, ProjectionStoppedError, ProjectorError, ReplayStoppedError
from projector.follow.clean_copy import CleanCopy
from projector.follow.engine_watch import EngineWatch
from projector.follow.live import LiveGeneration
from projector.follow.replay_lock import ReplayLock
from projector.read_model.protocol import Generations
from projector.vectors.cleaner import Cleaner

logger = get_logger("projection")
# Long enough to restart ingress after the projector, also for who upgrades on one day and restarts on the next.
FORMER_KEPT_S = 24 * 60 * 60
_ALWAYS_S = 2**62
# How long to wait after a copy that failed, as on a full disk, or an engine: meanwhile calls are learned.
_RETRY_S = 30.0


class Finisher:
    """
    Works on the live generation once everything in the log is projected.

    Args:
        should_go_on: asked again and again; False ends a delivery.
    """

    def __init__(
        self,
        log: EventLog,
        live: LiveGeneration,
        generations: Generations,
        lock: ReplayLock,
        watch: EngineWatch,
        *,
        should_go_on: Callable[[], bool],
    ) -> None:
        self._live = live
        self._generations = generations
        self._lock = lock
        self._watch = watch
        self._should_go_on = should_go_on
        self._copy = CleanCopy(log, generations, live, lock, should_go_on=should_go_on)
        self._vectors = Cleaner(generations, should_go_on=should_go_on)
        self._finishing: list[int] = []
        self._retry_at_s = self._ask_at_s = 0.0

    @property
    def is_copying(self) -> bool:
        """Whether the live generation is being copied: only new events may change it."""
        return self._copy.is_under_way

    @property
    def has_copied(self) -> bool:
        """Whether a copy is written that is not live yet, because it lacks the newest events: it needs a turn."""
        return self._copy.is_written

    def close(self) -> None:
        """Give up what is under way: a copy, or a cleaning of the vectors."""
        self._copy.close()
        self._vectors.close()

    def finish(self, *, is_following: bool) -> int | None:
        """
        Deliver what is in the outbox, then finish erasures; return the clean copy that is live now, if one is.

        Not while another process replays: it may be filling the same engine, and holds what it read before.

        Args:
            is_following: whether to be called again soon, and so to do only a part of what takes long.

        Raises as `EngineWatch.deliver` and `CleanCopy.step` do.
        """
        if self.is_copying:
            return self._go_on_copying(is_following=is_following)
        projection = self._live.projection
        has_erasures = projection.read_model.unfinished_erasures(requested_until_s=_ALWAYS_S) > 0
        # What readers of another release answer from knows nothing of an erasure.
        self._generations.drop_former(kept_for_s=0 if has_erasures else FORMER_KEPT_S)
        if not projection.erasure_work.is_carrying_out():
            return self._finish(projection.erasure_work.unfinished(), is_following=is_following)
        # Others wait for what is in the outbox, but an engine that is down holds up no erasure.
        if is_following and time.monotonic() >= self._ask_at_s:
            try:
                self._finish([], is_following=True)
            except EngineError:
                self._ask_at_s = time.monotonic() + _RETRY_S
        return None

    def _finish(self, requests: list[int], *, is_following: bool) -> int | None:
        sync = self._live.projection.engine_sync
        if not requests and sync is None:
            return None
        with self._lock.hold_if_free() as is_held:  # with an outside engine, also to see whether another one replays
            if not is_held or not self._live.is_live():
                return None  # the generation that becomes live has its own to finish
            if not requests and sync is not None and not self._watch.is_due(sync):
                return None
            try:
                if sync is not None:
                    self._watch.deliver(sync, requests, should_go_on=self._should_go_on)
                requests = self._without_vectors(requests, is_waiting=not is_following)
                needs_copy = bool(requests) and self._should_go_on() and not self._finish_without_copy(requests)
            finally:
                self._live.note_written()
        if not needs_copy or (is_following and time.monotonic() < self._retry_at_s) or not self._copy.begin():
            return None
        self._finishing = requests
        return self._go_on_copying(is_following=is_following)

    def note_switched(self) -> None:
        """Note that the copy is open now: the requests for which it was made are finished."""
        self._generations.sweep()
        self._note_finished(self._finishing)
        self._live.note_written()

    def _without_vectors(self, requests: Sequence[int], *, is_waiting: bool) -> list[int]:
        """Return those of some requests of which no vector is left; the others have their turn again."""
        if not (requests and self._should_go_on()):
            return []
        assert self._live.number is not None
        removed = {request: self._live.projection.erasure_work.removed(request) for request in requests}
        return self._vectors.cleaned(self._live.number, removed, is_waiting=is_waiting)

    def _finish_without_copy(self, requests: list[int]) -> bool:
        """Take erased words out of the files of a memory engine; return whether that was all."""
        projection = self._live.projection
        if projection.engine_sync is not None:
            projection.engine_sync.wipe()
        if projection.erasure_work.has_words(requests):
            return False
        self._generations.sweep()
        self._note_finished(requests)
        return True

    def _go_on_copying(self, *, is_following: bool) -> int | None:
        try:
            return self._copy.step(is_waiting=not is_following)
        except (ReplayStoppedError, ProjectionStoppedError):
            raise
        except (OSError, ProjectorError, EventsError) as error:
            if not is_following:
                raise
            self._retry_at_s = time.monotonic() + _RETRY_S
            logger.warning("erasures_waiting", requests=self._finishing, reason=str(error), retry_in_s=_RETRY_S)
            return None

    def _note_finished(self, requests: list[int]) -> None:
        self._live.projection.erasure_work.finish(requests)
        steps.reached("erasure_finished")
        logger.info("erasures_finished", requests=requests)
