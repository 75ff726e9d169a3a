"""Follow the journal: catch up, wait for the doorbell, repeat; hold the position while the world is at fault."""

import sqlite3
import time
from collections.abc import Callable
from contextlib import suppress
from threading import Event as Flag

from events.disk import steps
from events.errors import EventsError, PositionError
from events.log.protocol import EventLog
from events.log.receipt import Place
from events.process.logging import get_logger
from events.process.progress import Progress
from projector.engines.open import Engines
from projector.errors import EngineError, EngineStoppedError, ReadModelBusyError, ReplayStoppedError
from projector.follow.engine_watch import HOLDS_OTHERS, EngineEmptyError, EngineWatch
from projector.follow.live import LiveGeneration
from projector.follow.replay import batched, replay
from projector.follow.replay_lock import ReplayLock
from projector.projection.settings import ProjectionSettings
from projector.read_model.sqlite.damage import READ_ERRORS, is_damage
from projector.read_model.sqlite.generations import Generations

logger = get_logger("projection")
_EVENTS_PER_COMMIT = 200
_DAY_S = 24 * 60 * 60
_BACKOFF_S = (1, 2, 5, 10, 30)
_THE_WORLDS = (OSError, sqlite3.Error, ReadModelBusyError, EngineError, EventsError)


class Follower:
    """
    Keeps the live generation at the journal's end.

    Hold the `follow` lock while it works: two followers would only do everything twice.

    Args:
        engines: of this process; None where nothing else in it opens an engine.
        clock_s: the present in Unix seconds; only for when to try again, and for what is said once a day.
    """

    def __init__(
        self,
        payloads: EventLog,
        generations: Generations,
        settings: ProjectionSettings,
        *,
        engines: Engines | None = None,
        clock_s: Callable[[], float] = time.time,
        on_progress: Progress = lambda *_: None,
        stop: Flag | None = None,
    ) -> None:
        self._payloads = payloads
        self._generations = generations
        self._settings = settings
        self._clock_s = clock_s
        self._on_progress = on_progress
        self._stop = stop or Flag()
        self._engines = engines or Engines(settings.engine)
        self._live = LiveGeneration(
            payloads,
            generations,
            settings,
            engines=self._engines,
            clock_s=clock_s,
            should_go_on=self._should_go_on,
        )
        self._lock = ReplayLock(generations, on_waiting=_say_waiting, should_go_on=self._should_go_on)
        self._watch = EngineWatch(self._lock, clock_s)
        self._place: Place | None = None
        self._journal_bytes = -1
        self._said_reason = ""
        self._said_day = -1

    def run(self) -> None:
        """
        Follow until told to stop; whatever happens, log it, wait, and go on.

        Also ends where somebody removed the lock's file, for another one could follow then: take the lock anew.
        """
        failures = 0
        while not self._stop.is_set():
            if not self._generations.still_holds("follow"):
                logger.warning("follow_lock_lost", folder=str(self._generations.folder))
                break
            try:
                self.catch_up(is_checked_beside=True)
            except (ReplayStoppedError, EngineStoppedError):
                break
            except Exception as error:
                wait_s = _BACKOFF_S[min(failures, len(_BACKOFF_S) - 1)]
                failures += 1
                logger.warning("projection_waiting", error=str(error), retry_in_s=wait_s, failures=failures)
                if not isinstance(error, _THE_WORLDS):
                    logger.exception("projection_failed")
                if isinstance(error, EngineError) and self._live.number is not None:
                    self._wait_for_engine(wait_s)
                else:
                    self.close()
                    self._stop.wait(wait_s)
            else:
                failures = 0
                self._say_head()
                self._payloads.wait(self._stop)
        self.close()

    def _wait_for_engine(self, wait_s: float) -> None:
        """Wait, but not with what comes in: to be learned, or forgotten, it needs no engine."""
        until = time.monotonic() + wait_s
        while time.monotonic() < until and not self._stop.is_set() and self._payloads.size() == self._journal_bytes:
            self._payloads.wait(self._stop)

    def catch_up(self, *, is_checked_beside: bool = False) -> int:
        """
        Project what the journal has more than the live generation, and return how many events that were.

        Replays where there is no generation to go on from: none, one made with other settings or another fold, a
        damaged one, one of another journal, or one whose memories an engine outside does not hold any more. Such an
        engine is told nothing while somebody else replays, but owed it.

        Args:
            is_checked_beside: where the generation is to be checked, go on, and find damage at a later look; else
                check it first.
        """
        while True:
            generation = self._generations.current()
            try:
                return self._catch_up_or_replay(is_checked_beside=is_checked_beside)
            except (sqlite3.OperationalError, ReadModelBusyError):
                if self._generations.current() == generation:
                    raise
                self.close()  # a replay made another one live, and swept this one away, while we were at it

    def _catch_up_or_replay(self, *, is_checked_beside: bool) -> int:
        try:
            return self._go_on(is_checked_beside=is_checked_beside)
        except PositionError as error:
            logger.warning("journal_replaced", reason=str(error))
        except EngineEmptyError as error:
            self._say_why(str(error))
        except READ_ERRORS as error:
            if not is_damage(error):
                raise
            self._live.mark_damaged(error)
        self._replay(self._live.opened_or_live())
        return self._catch_up()

    def _go_on(self, *, is_checked_beside: bool) -> int:
        self._ensure_open()
        self._live.check(is_beside=is_checked_beside)
        return self._catch_up()

    def _catch_up(self) -> int:
        projection = self._live.projection
        taken = self._take_new()
        retried = projection.faults.due(now_s=int(self._clock_s()))
        for place in retried:
            projection.retry(self._payloads.event_at(place))
        while projection.has_appended and not self._stop.is_set():
            taken += self._take_new()  # erasures, which remove files once they are projected
        if taken:
            logger.info("journal_followed", events=taken, position=self._place.position if self._place else 0)
        if taken or retried:
            self._live.note_written()
        if not self._stop.is_set():
            self._finish()
        return taken

    def _finish(self) -> None:
        """
        Bring to its end what is true in the read model already: tell the engine outside, then finish erasures.

        Not while somebody replays: a replay may be filling the same engine, and reading what is to be wiped.
        """
        projection = self._live.projection
        requests = projection.eraser.erased.unfinished()
        sync = projection.engine_sync
        if not requests and sync is None:
            return
        with self._lock.hold_if_free() as is_held:  # with an engine outside, also to see whether somebody else replays
            if not is_held or not self._live.is_live():
                return  # the generation that becomes live has its own to finish
            if not requests and (sync is None or not self._watch.is_due(sync)):
                return
            try:
                if sync is not None:
                    self._watch.tell(sync, requests, should_go_on=self._should_go_on)
                if requests and not self._stop.is_set():
                    self._finish_erasures(requests)
            finally:
                self._live.note_written()

    def _take_new(self) -> int:
        projection = self._live.projection
        taken = 0
        size = self._payloads.size()
        projection.has_appended = False
        if size != self._journal_bytes:
            for batch in batched(self._payloads.read(self._place), _EVENTS_PER_COMMIT):
                taken += projection.take(batch)
                self._place = batch[-1].place
                if self._stop.is_set():
                    return taken
            self._journal_bytes = size
        return taken

    def _finish_erasures(self, requests: list[int]) -> None:
        """Take erased words out of the files of the database, and of a memory engine."""
        projection = self._live.projection
        self._live.put_check_off()
        if not projection.wipe():
            logger.warning("erasures_waiting", requests=requests, reason="somebody is reading the database")
            return
        self._generations.sweep()
        projection.eraser.erased.finish(requests)
        steps.reached("erasure_finished")
        logger.info("erasures_finished", requests=requests)

    def _say_head(self) -> None:
        """Say the end of the chain once a day: whoever keeps the logs elsewhere can prove what it was."""
        day = int(self._clock_s() // _DAY_S)
        if day != self._said_day and self._place is not None:
            self._said_day = day
            logger.info("journal_head", position=self._place.position, sha256=self._place.sha256)

    def close(self) -> None:
        """Close the live generation; the next `catch_up` opens it again."""
        self._live.close()

    def _ensure_open(self) -> None:
        generation = self._generations.current()
        if generation is not None and self._live.number == generation:
            if (reason := self._live.touched()) is not None:
                # Go on from the place that is in it, which need not be the one that we know.
                self._open(generation)
                self._live.ask_check(reason)
            if self._place is None and self._settings.engine.is_outside:
                self._open(generation)  # the log was empty then, and had no name
            return
        self.close()
        if (reason := self._why_not(generation)) is not None:
            self._say_why(reason)
            self._replay(generation)
            return
        self._said_reason = ""
        self._live.projection.check_erasures()
        self._live.note_written()

    def _why_not(self, generation: int | None) -> str | None:
        """Open what there is, unless it cannot be gone on with; return why."""
        if generation is None:
            return "there is no read model yet"
        if not self._generations.database(generation).exists():
            return "the read model is gone"
        was_as_left = self._live.is_as_left(generation)
        self._open(generation)
        read_model = self._live.projection.read_model
        if read_model.meta("fingerprint") != self._settings.fingerprint():
            made_with, engine = read_model.meta("engine"), self._settings.engine.name
            return "the fold or its settings have changed" if made_with == engine else f"MEMORY_ENGINE is {engine} now"
        with suppress(EngineError):  # asked again, once what came in is learned: that needs no engine
            sync = self._live.projection.engine_sync
            if sync is not None and not self._watch.fits(sync):
                return HOLDS_OTHERS
        self._live.ask_check_once_opened(was_as_left=was_as_left)
        return None

    def _open(self, generation: int) -> None:
        self._watch.begin()
        self._place = self._live.open(generation)
        self._journal_bytes = -1

    def _should_go_on(self) -> bool:
        return not self._stop.is_set()

    def _replay(self, judged: int | None) -> None:
        """Replay, or, where another generation than the one that was judged is live by our turn, look at that one."""
        self.close()
        has_replayed = replay(
            self._payloads,
            self._generations,
            self._settings,
            engines=self._engines,
            on_progress=self._on_progress,
            clock_s=self._clock_s,
            should_go_on=self._should_go_on,
            is_needed=lambda: self._generations.current() == judged,
            lock=self._lock,
        )
        if not has_replayed:
            self._ensure_open()
            return
        self._said_reason = ""
        self._watch.note_looked()
        generation = self._generations.current()
        assert generation is not None
        self._open(generation)
        self._live.note_sound()

    def _say_why(self, reason: str) -> None:
        """Say why a replay is needed; once, however often it is tried."""
        if reason != self._said_reason:
            self._said_reason = reason
            logger.info("replay_needed", reason=reason)


def _say_waiting() -> None:
    logger.warning("projector_waiting", reason="another projector replays the log")
