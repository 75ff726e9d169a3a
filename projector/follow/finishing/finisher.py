"""Finishes outside of the read model what is true in it already: empties the outbox, and leaves no erased word."""

import time
from collections.abc import Callable, Sequence

from events.disk import steps
from events.log.protocol import EventLog
from events.process.logging import get_logger
from projector.errors import EngineError, ReadModelBusyError
from projector.follow.finishing.engine_watch import EngineWatch
from projector.follow.finishing.log_wiper import LogWiper
from projector.follow.live import LiveGeneration
from projector.follow.replay_lock import ReplayLock
from projector.read_model.generations import Generations
from projector.vectors.cleaner import Cleaner

logger = get_logger("projection")
# Long enough to restart ingress after the projector, also for who upgrades on one day and restarts on the next.
FORMER_KEPT_S = 24 * 60 * 60
_ALWAYS_S = 2**62
# How long to wait after a wipe that failed, as on a full disk, or an engine: meanwhile calls are learned.
_RETRY_S = 30.0
# Questions are answered in milliseconds. One who follows asks again soon, and others wait for it.
_PATIENCE_S, _PATIENCE_BESIDE_S = 5.0, 0.01


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
        self._vectors = Cleaner(generations, should_go_on=should_go_on)
        self._log = LogWiper(log)
        self._removals: tuple[object, int] = (None, 0)
        self._retry_at_s = self._ask_at_s = 0.0

    def close(self) -> None:
        """Give up a cleaning of the vectors that is under way."""
        self._vectors.close()

    def finish(self, *, is_following: bool) -> None:
        """
        Deliver what is in the outbox, then finish erasures.

        Not while another process replays: it may be filling the same engine, and holds what it read before.

        Args:
            is_following: whether to be called again soon, and so to wait for nobody.

        Raises as `EngineWatch.deliver` does; and `LogRemainsError`, where it waits, if the log is not wiped yet.
        """
        projection = self._live.projection
        if (removals := (projection.erasure_work, projection.erasure_work.removals)) != self._removals:
            self._removals = removals
            self._log.forget()  # a call that came late is removed while no request is being carried out
        has_erasures = projection.read_model.unfinished_erasures(requested_until_s=_ALWAYS_S) > 0
        # What readers of another release answer from knows nothing of an erasure.
        self._generations.drop_former(kept_for_s=0 if has_erasures else FORMER_KEPT_S)
        if not projection.erasure_work.is_carrying_out():
            requests = projection.erasure_work.unfinished()
            if is_following and not requests:
                self._log.is_wiped(is_waiting=False)  # a replay, or a copy, may have removed what nobody waits for
            self._finish(requests, is_following=is_following)
        # Others wait for what is in the outbox, but an engine that is down holds up no erasure.
        else:
            self._log.forget()
            self._deliver(is_following=is_following)

    def _deliver(self, *, is_following: bool) -> None:
        if is_following and time.monotonic() >= self._ask_at_s:
            try:
                self._finish([], is_following=True)
            except EngineError:
                self._ask_at_s = time.monotonic() + _RETRY_S

    def _finish(self, requests: Sequence[int], *, is_following: bool) -> None:
        sync = self._live.projection.engine_sync
        if not requests and sync is None:
            return
        with self._lock.hold_if_free() as is_held:  # with an outside engine, also to see whether another one replays
            if not is_held or not self._live.is_live():
                return  # the generation that becomes live has its own to finish
            if not requests and sync is not None and not self._watch.is_due(sync):
                return
            try:
                if sync is not None:
                    self._watch.deliver(sync, requests, should_go_on=self._should_go_on)
                requests = self._without_vectors(requests, is_waiting=not is_following)
                if requests and self._should_go_on() and self._log.is_wiped(is_waiting=not is_following):
                    self._leave_nothing(requests, is_following=is_following)
            finally:
                self._live.note_written()

    def _without_vectors(self, requests: Sequence[int], *, is_waiting: bool) -> Sequence[int]:
        """Return those of some requests of which no vector is left; the others have their turn again."""
        if not (requests and self._should_go_on()):
            return []
        assert self._live.number is not None
        removed = {request: self._live.projection.erasure_work.removed(request) for request in requests}
        return self._vectors.cleaned(self._live.number, removed, is_waiting=is_waiting)

    def _leave_nothing(self, requests: Sequence[int], *, is_following: bool) -> None:
        """Take erased words out of all files, and note that these requests are finished."""
        if is_following and time.monotonic() < self._retry_at_s:
            return
        projection = self._live.projection
        if projection.engine_sync is not None:
            projection.engine_sync.wipe()
        try:
            is_done = self._live.leave_nothing(patience_s=_PATIENCE_BESIDE_S if is_following else _PATIENCE_S)
        except ReadModelBusyError as error:  # not after a wipe that failed: nothing may be written then
            if not is_following:
                raise
            self._retry_at_s = time.monotonic() + _RETRY_S
            logger.warning("erasures_waiting", requests=requests, reason=str(error), retry_in_s=_RETRY_S)
            return
        if not is_done:
            return
        steps.reached("read_model_wiped")
        self._generations.sweep()
        projection.erasure_work.finish(requests)
        steps.reached("erasure_finished")
        logger.info("erasures_finished", requests=requests)
