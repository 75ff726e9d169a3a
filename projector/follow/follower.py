"""Follows the log: catches up, waits for the next event, repeats; holds the position while the world is at fault."""

import time
from collections.abc import Callable
from contextlib import suppress
from threading import Event as Flag

from events.errors import EventsError, PositionError
from events.log.protocol import EventLog
from events.log.receipt import Place
from events.process.logging import get_logger
from events.process.screen.progress import Progress
from projector.engines.open import Engines
from projector.engines.protocol import Changes
from projector.errors import (
    EngineError,
    EngineStoppedError,
    ProjectionStoppedError,
    ReadModelBusyError,
    ReadModelDamagedError,
    ReplayStoppedError,
)
from projector.follow.finishing.engine_watch import HOLDS_OTHERS, EngineEmptyError, EngineWatch
from projector.follow.finishing.finisher import Finisher
from projector.follow.live import LiveGeneration
from projector.follow.read_ahead import batched, up_to
from projector.follow.replay import Replay
from projector.follow.replay_lock import ReplayLock, log_waiting
from projector.follow.sealing import DailyHead, seal_log
from projector.follow.traces import Untraced
from projector.projection.settings import ProjectionSettings
from projector.read_model.generations import Generations
from projector.read_side.signs.heartbeat import Pulse

logger = get_logger("projection")
# One who follows projects so many batches before other work has its turn, for events may come in without end. While
# erasures wait it is one.
_EVENTS_PER_COMMIT, _BATCHES = 200, 5
_BACKOFF_S = (1, 2, 5, 10, 30)
_THE_WORLDS = (OSError, EngineError, EventsError, ReadModelBusyError, ReadModelDamagedError)


class Follower:
    """
    Keeps the live generation at the end of the log.

    Hold the `follow` lock while it works: two followers would only do everything twice.

    Args:
        engines: opens the memory engine.
        clock_s: the present in Unix seconds, for when to try again and what is said once a day.
        on_progress: receives how far a replay is.
        stop: ends what is under way once it is set.
        pulse: is told that the work goes on, or what it waits for.
        changes: see `LiveGeneration`.
        traces: hands the events on to the projection.
    """

    def __init__(
        self,
        log: EventLog,
        generations: Generations,
        settings: ProjectionSettings,
        engines: Engines | None = None,
        *,
        clock_s: Callable[[], float] = time.time,
        on_progress: Progress = lambda *_: None,
        stop: Flag | None = None,
        pulse: Pulse | None = None,
        changes: Changes | None = None,
        traces: Untraced | None = None,
    ) -> None:
        self._log = log
        self._generations = generations
        self._settings = settings
        self._head = DailyHead(log, clock_s)
        self._stop = stop or Flag()
        self._pulse = pulse or Pulse()
        self._traces = traces or Untraced()
        engines, go_on = engines or Engines(settings.engine), self._should_go_on
        self._live = LiveGeneration(
            log, generations, settings, engines, clock_s=clock_s, should_go_on=go_on, changes=changes
        )
        lock = self._lock = ReplayLock(generations, on_waiting=log_waiting, should_go_on=go_on)
        self._replaying = Replay(
            log, generations, settings, engines, on_progress=on_progress, clock_s=clock_s, should_go_on=go_on, lock=lock
        )
        self._watch = EngineWatch(self._lock, clock_s)
        self._finisher = Finisher(log, self._live, generations, self._lock, self._watch, should_go_on=go_on)
        self._place: Place | None = None
        self._made: int | None = None
        self._log_size = -1
        self._is_erasing = self._is_folding = False
        self._said_reason = ""

    def run(self) -> None:
        """
        Follow until told to stop; log every fault, wait, and go on.

        Also ends if the lock's file was removed, because another process could then follow too: take the lock anew.
        """
        failures = 0
        while not self._stop.is_set():
            if not self._generations.still_holds("follow"):
                logger.warning("follow_lock_lost", folder=str(self._generations))
                break
            try:
                self.catch_up(is_following=True)
            except (ReplayStoppedError, ProjectionStoppedError, EngineStoppedError):
                break
            except Exception as error:
                wait_s = _BACKOFF_S[min(failures, len(_BACKOFF_S) - 1)]
                failures += 1
                logger.warning("projection_waiting", error=str(error), retry_in_s=wait_s, failures=failures)
                if not isinstance(error, _THE_WORLDS):
                    logger.exception("projection_failed")
                # What an engine holds up is the engine's health: learning and greeting go on.
                self._pulse.wait_for(None if isinstance(error, EngineError) else str(error))
                if isinstance(error, EngineError) and self._live.number is not None:
                    self._wait_for_engine(wait_s)
                else:
                    self.close()
                    self._stop.wait(wait_s)
                continue
            failures = 0
            self._pulse.wait_for(None)
            if self._place is not None:
                self._head.say(self._place)
            if not (self._is_erasing or self._is_folding) and self._log.size() == self._log_size:
                self._log.wait(self._stop)
        self.close()

    def _wait_for_engine(self, wait_s: float) -> None:
        """Wait, unless an event comes in: learning and forgetting need no engine."""
        until = time.monotonic() + wait_s
        while time.monotonic() < until and not self._stop.is_set() and self._log.size() == self._log_size:
            self._log.wait(self._stop)

    def catch_up(self, *, is_following: bool = False) -> int:
        """
        Project the events that the live generation lacks by now, and return how many those were.

        Replays where no generation can be continued: there is none, or it was made with other settings or another
        fold, or it is damaged, or of another journal, or an outside engine no longer holds its memories. While another
        process replays, changes for such an engine stay in the outbox.

        Args:
            is_following: True for one who calls this again and again. Then a check is made beside, and finds damage
                later, and what was erased is removed piece by piece.
        """
        while True:
            generation = self._generations.current()
            try:
                return self._catch_up_or_replay(is_following=is_following)
            except ReadModelBusyError:
                if self._generations.current() == generation:
                    raise
            except ReadModelDamagedError:
                # One that we have just made is damaged itself: to replay again at once would never end.
                if self._generations.current() in {generation, self._made}:
                    raise
            self.close()  # a replay made another one live, and swept this one away, while we were at it

    def _catch_up_or_replay(self, *, is_following: bool) -> int:
        try:
            return self._go_on(is_following=is_following)
        except PositionError as error:
            logger.warning("journal_replaced", reason=str(error))
        except EngineEmptyError as error:
            self._say_why(str(error))
        except ReadModelDamagedError as error:
            self._live.mark_damaged(error)
        self._replay(self._live.opened_or_live())
        return self._catch_up(is_following=is_following)

    def _go_on(self, *, is_following: bool) -> int:
        self._ensure_open()
        if not (is_following and self._is_erasing and self._live.put_off_check()):
            self._live.check(is_beside=is_following)
        if self._place is None or self._log.size():  # else the journal is gone
            seal_log(self._log)
        return self._catch_up(is_following=is_following)

    def _catch_up(self, *, is_following: bool) -> int:
        projection, taken = self._live.projection, self._take_new(is_following=is_following)
        retried = projection.due()
        for place in retried:
            self._traces.retry(projection, self._log.event_at(place))
        self._is_folding = self._live.fold_waiting(is_waiting=not is_following)
        taken += self._erase(is_following=is_following)
        if taken or retried:
            self._live.note_written()
        if taken and self._place is not None:
            logger.info("journal_followed", events=taken, position=self._place.position)
        return taken

    def _erase(self, *, is_following: bool) -> int:
        """Remove what was erased, and finish that: one slice, or all; return how many events were projected then."""
        taken = 0
        while not self._stop.is_set():
            work = self._live.projection.erasure_work
            self._is_erasing = work.step(is_waiting=not is_following)
            if self._is_erasing:
                self._live.note_written()
            with self._traces.delivering(self._live.projection):
                self._finisher.finish(is_following=is_following)
            has_more = self._log.size() != self._log_size and self._live.projection.erasure_work.is_carrying_out()
            if is_following or not (self._is_erasing or has_more):
                break  # the next event may be there by now, and others wait for it
            taken += self._take_new(is_following=False)
            self._live.fold_waiting(is_waiting=True)
        return taken

    def _take_new(self, *, is_following: bool) -> int:
        """Project what the log has more by now, or a part of it, and return how many events that was."""
        if (size := self._log.size()) == self._log_size:
            return 0
        taken, most = 0, 1 if self._is_erasing else _BATCHES
        events = self._log.read(self._place)
        if not is_following and (tail := self._log.tail()) is not None:
            events = up_to(tail, events)
        for number, batch in enumerate(batched(events, _EVENTS_PER_COMMIT), 1):
            with self._pulse.batch(batch[-1].place.position, len(batch)):
                taken += self._traces.take(self._live.projection, batch)
            self._place = batch[-1].place
            if self._stop.is_set() or (is_following and number == most):
                return taken
        self._log_size = size
        return taken

    def close(self) -> None:
        """Close the live generation; the next `catch_up` opens it again."""
        self._finisher.close()
        self._live.close()

    def _ensure_open(self) -> None:
        generation = self._generations.current()
        if generation is not None and self._live.number == generation:
            if (reason := self._live.touched()) is not None:
                # Go on from the place that is in it, which need not be the one that we know.
                self._open(generation)
                self._live.ask_check(reason)
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
        """Open what there is; return why it cannot be continued, None where it can."""
        if generation is None:
            return "there is no read model yet"
        if not self._generations.has(generation):
            return "the read model is gone"
        self._open(generation)
        read_model = self._live.projection.read_model
        if read_model.fingerprint() != self._settings.fingerprint():
            made_with, engine = read_model.engine(), self._settings.engine.name
            return "the fold or its settings have changed" if made_with == engine else f"MEMORY_ENGINE is {engine} now"
        sync = self._live.projection.engine_sync
        with suppress(EngineError):  # asked again, once what came in is learned: that needs no engine
            if sync is not None and not self._watch.fits(sync):
                return HOLDS_OTHERS
        self._live.ask_check_once_opened()
        return None

    def _open(self, generation: int) -> None:
        self._watch.begin()
        self._place = self._live.open(generation)
        self._log_size = -1

    def _should_go_on(self) -> bool:
        self._pulse.move()
        return not self._stop.is_set()

    def _replay(self, judged: int | None) -> None:
        """Replay; if another generation than the judged one has become live by our turn, look at that one instead."""
        self.close()
        before, began_ns = self._place, time.time_ns()
        if not self._replaying.run(is_needed=lambda: self._generations.current() == judged):
            self._ensure_open()
            return
        self._said_reason = ""
        self._watch.note_looked()
        generation = self._made = self._generations.current()
        assert generation is not None
        self._open(generation)
        self._live.note_sound()
        self._traces.replayed(self._log, before, self._place, began_ns=began_ns)

    def _say_why(self, reason: str) -> None:
        """Say why a replay is needed; once, however often it is tried."""
        if reason != self._said_reason:
            self._said_reason = reason
            logger.info("replay_needed", reason=reason)
