"""Finishes outside of the read model what is true in it already: empties the outbox, and wipes erased words."""

from collections.abc import Callable

from events.disk import steps
from events.process.logging import get_logger
from projector.follow.engine_watch import EngineWatch
from projector.follow.live import LiveGeneration
from projector.follow.replay_lock import ReplayLock
from projector.read_model.protocol import Generations

logger = get_logger("projection")
# Long enough to restart ingress after the projector, also for who upgrades on one day and restarts on the next.
FORMER_KEPT_S = 24 * 60 * 60
_ALWAYS_S = 2**62


class Finisher:
    """
    Works on the live generation once everything in the log is projected.

    Args:
        should_go_on: asked again and again; False ends a delivery.
    """

    def __init__(
        self,
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

    def finish(self) -> None:
        """
        Deliver what is in the outbox, then finish erasures.

        Not while another process replays: it may be filling the same engine, and reading what is to be wiped.

        Raises as `EngineWatch.deliver` and `Projection.wipe` do.
        """
        projection = self._live.projection
        has_erasures = projection.read_model.unfinished_erasures(requested_until_s=_ALWAYS_S) > 0
        # What readers of another release answer from knows nothing of an erasure.
        self._generations.drop_former(kept_for_s=0 if has_erasures else FORMER_KEPT_S)
        requests, sync = projection.unfinished_erasures(), projection.engine_sync
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
                if requests and self._should_go_on():
                    self._finish_erasures(requests)
            finally:
                self._live.note_written()

    def _finish_erasures(self, requests: list[int]) -> None:
        """Take erased words out of the files of the read model, and of a memory engine."""
        projection = self._live.projection
        self._live.put_check_off()
        if not projection.wipe():
            logger.warning("erasures_waiting", requests=requests, reason="somebody is reading the database")
            return
        self._generations.sweep()
        projection.finish_erasures(requests)
        steps.reached("erasure_finished")
        logger.info("erasures_finished", requests=requests)
