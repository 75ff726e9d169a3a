"""Follow the journal: catch up, wait for the doorbell, repeat; hold the position while the world is at fault."""

import sqlite3
import time
from collections.abc import Callable
from threading import Event as Flag

from events import steps
from events.errors import EventsError, PositionError
from events.log import PayloadLog
from events.logging import get_logger
from events.receipt import Place
from projector.checking import Checking
from projector.damage import READ_ERRORS, Footprint, SharedIndex, in_words, is_damage
from projector.doorbell import Doorbell
from projector.engine_watch import HOLDS_OTHERS, EngineEmptyError, EngineWatch
from projector.errors import EngineError, EngineStoppedError, ReadModelDamagedError, ReplayStoppedError
from projector.generations import Generations
from projector.projection import Projection
from projector.replay import Progress, batched, replay
from projector.replay_lock import ReplayLock
from projector.settings import ProjectionSettings

log = get_logger("projection")
_EVENTS_PER_COMMIT = 200
_DAY_S = 24 * 60 * 60
_BACKOFF_S = (1, 2, 5, 10, 30)
_REPORTED = "who reads it reported damage"
_THE_WORLDS = (OSError, sqlite3.Error, EngineError, EventsError)


class Follower:
    """
    Keeps the live generation at the journal's end.

    Hold the `follow` lock while it works: two followers would only do everything twice.

    Args:
        clock_s: the present in Unix seconds; only for when to try again, and for what is said once a day.
    """

    def __init__(
        self,
        payloads: PayloadLog,
        generations: Generations,
        settings: ProjectionSettings,
        *,
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
        self._projection: Projection | None = None
        self._opened: int | None = None
        # How the files looked when we last wrote, and, while it is closed, which generation we left so.
        self._footprint: Footprint | None = None
        self._left: int | None = None
        self._shared_index: SharedIndex | None = None
        self._checking = Checking(settings.engine, should_go_on=self._should_go_on)
        self._lock = ReplayLock(generations, on_waiting=_say_waiting, should_go_on=self._should_go_on)
        self._watch = EngineWatch(self._lock, clock_s)
        self._check_at_s = 0.0
        self._place: Place | None = None
        self._journal_bytes = -1
        self._said_day = -1

    def run(self, *, is_watching: bool = True) -> None:
        """
        Follow until told to stop; whatever happens, log it, wait, and go on.

        Also ends where somebody removed the lock's file, for another one could follow then: take the lock anew.
        """
        failures = 0
        doorbell = Doorbell(self._payloads.folder, is_watching=is_watching, stop=self._stop)
        while not self._stop.is_set():
            if not self._generations.still_holds("follow"):
                log.warning("follow_lock_lost", folder=str(self._generations.folder))
                break
            try:
                self.catch_up(is_checked_beside=True)
            except (ReplayStoppedError, EngineStoppedError):
                break
            except Exception as error:
                wait_s = _BACKOFF_S[min(failures, len(_BACKOFF_S) - 1)]
                failures += 1
                log.warning("projection_waiting", error=str(error), retry_in_s=wait_s, failures=failures)
                if not isinstance(error, _THE_WORLDS):
                    log.exception("projection_failed")
                if isinstance(error, EngineError) and self._projection is not None:
                    self._wait_for_engine(doorbell, wait_s)
                else:
                    self.close()
                    self._stop.wait(wait_s)
            else:
                failures = 0
                self._say_head()
                doorbell.wait()
        self.close()

    def _wait_for_engine(self, doorbell: Doorbell, wait_s: float) -> None:
        """Wait, but not with what comes in: to be learned, or forgotten, it needs no engine."""
        until = time.monotonic() + wait_s
        while time.monotonic() < until and not self._stop.is_set() and self._payloads.size() == self._journal_bytes:
            doorbell.wait()

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
            except sqlite3.OperationalError:
                if self._generations.current() == generation:
                    raise
                self.close()  # a replay made another one live, and swept this one away, while we were at it

    def _catch_up_or_replay(self, *, is_checked_beside: bool) -> int:
        try:
            return self._go_on(is_checked_beside=is_checked_beside)
        except PositionError as error:
            log.warning("journal_replaced", reason=str(error))
        except EngineEmptyError as error:
            log.info("replay_needed", reason=str(error))
        except READ_ERRORS as error:
            if not is_damage(error):
                raise
            self._condemn(error)
        self._replay(self._generation())
        return self._catch_up()

    def _go_on(self, *, is_checked_beside: bool) -> int:
        self._ensure_open()
        if is_checked_beside:
            self._check_beside()
        else:
            self._check()
        return self._catch_up()

    def _catch_up(self) -> int:
        assert self._projection is not None
        taken = self._take_new()
        retried = self._projection.faults.due(now_s=int(self._clock_s()))
        for place in retried:
            self._projection.retry(self._payloads.event_at(place))
        while self._projection.has_appended and not self._stop.is_set():
            taken += self._take_new()  # erasures, which remove files once they are projected
        if taken:
            log.info("journal_followed", events=taken, position=self._place.position if self._place else 0)
        if taken or retried:
            self._footprint = self._look_outside()
        if not self._stop.is_set():
            self._finish()
        return taken

    def _finish(self) -> None:
        """
        Bring to its end what is true in the read model already: tell the engine outside, then finish erasures.

        Not while somebody replays: a replay may be filling the same engine, and reading what is to be wiped.
        """
        assert self._projection is not None
        requests = self._projection.erasing.erased.unfinished()
        is_outside = self._settings.engine.is_outside
        if not (requests or is_outside):
            return
        with self._lock.hold_if_free() as is_held:  # with an engine outside, also to see whether somebody else replays
            if not is_held or self._generations.current() != self._opened:
                return  # the generation that becomes live has its own to finish
            if not (requests or self._watch.is_due(self._projection)):
                return
            try:
                if is_outside:
                    self._watch.tell(self._projection, requests, should_go_on=self._should_go_on)
                if requests and not self._stop.is_set():
                    self._finish_erasures(requests)
            finally:
                self._footprint = self._look_outside()

    def _take_new(self) -> int:
        assert self._projection is not None
        taken = 0
        size = self._payloads.size()
        self._projection.has_appended = False
        if size != self._journal_bytes:
            for batch in batched(self._payloads.read(self._place), _EVENTS_PER_COMMIT):
                taken += self._projection.take(batch)
                self._place = batch[-1].place
                if self._stop.is_set():
                    return taken
            self._journal_bytes = size
        return taken

    def _finish_erasures(self, requests: list[int]) -> None:
        """Take erased words out of the files of the database, and of a memory engine."""
        assert self._projection is not None
        if (reason := self._checking.end()) is not None:
            self._checking.ask(reason)  # later: for as long as a check reads, the words stay in the database's log
        if not self._projection.wipe():
            log.warning("erasures_waiting", requests=requests, reason="somebody is reading the database")
            return
        self._generations.sweep()
        self._projection.erasing.erased.finish(requests)
        steps.reached("erasure_finished")
        log.info("erasures_finished", requests=requests)

    def _say_head(self) -> None:
        """Say the end of the chain once a day: whoever keeps the logs elsewhere can prove what it was."""
        day = int(self._clock_s() // _DAY_S)
        if day != self._said_day and self._place is not None:
            self._said_day = day
            log.info("journal_head", position=self._place.position, sha256=self._place.sha256)

    def close(self) -> None:
        """Close the live generation; the next `catch_up` opens it again."""
        if self._projection is None:
            return
        self._left = None
        is_unchecked = self._checking.end() is not None
        try:
            was_touched = is_unchecked or self._look_outside() != self._footprint
            self._projection.close()
            self._footprint = self._look_outside()
            self._left = None if was_touched else self._opened
        except OSError as error:
            log.warning("read_model_not_seen", error=str(error), consequence="it is checked when it is opened again")
        finally:
            self._projection = self._opened = None

    def _ensure_open(self) -> None:
        generation = self._generations.current()
        if generation is not None and self._opened == generation:
            self._look(generation)
            if self._place is None and self._settings.engine.is_outside:
                self._open(generation)  # the log was empty then, and had no name
            return
        self.close()
        reason = self._why_not(generation)
        if reason is not None:
            log.info("replay_needed", reason=reason)
            self._replay(generation)
            return
        assert self._projection is not None
        self._projection.check_erasures()
        self._footprint = self._look_outside()

    def _why_not(self, generation: int | None) -> str | None:
        """Open what there is, unless it cannot be gone on with; return why."""
        if generation is None:
            return "there is no read model yet"
        if not self._generations.database(generation).exists():
            return "the read model is gone"
        is_as_we_left_it = self._left == generation and self._footprint == Footprint.of(
            self._generations.database(generation)
        )
        self._open(generation)
        assert self._projection is not None
        if self._projection.read_model.meta("fingerprint") != self._settings.fingerprint():
            made_with, engine = self._projection.read_model.meta("engine"), self._settings.engine.name
            return "the fold or its settings have changed" if made_with == engine else f"MEMORY_ENGINE is {engine} now"
        try:
            if not self._watch.fits(self._projection):
                return HOLDS_OTHERS
        except EngineError as error:
            # Asked again, once what came in is learned: that needs no engine.
            log.info("engine_not_asked", error=str(error))
        if self._generations.is_marked_damaged(generation):
            self._checking.ask(_REPORTED)
        elif not is_as_we_left_it:
            self._checking.ask("nobody watched it since it was closed")
        return None

    def _look(self, generation: int) -> None:
        """Have what is open checked, if anybody touched or reported it since we did, or if it is time."""
        assert self._shared_index is not None
        self._shared_index.check()
        now = self._look_outside()
        if now != self._footprint:
            if self._footprint is None or now is None or not now.is_same_files(self._footprint):
                raise ReadModelDamagedError("its files were removed or replaced")
            reason = "somebody wrote into it"
        elif self._generations.is_marked_damaged(generation) and self._checking.reason != _REPORTED:
            reason = _REPORTED
        elif self._checking.reason is None and self._clock_s() >= self._check_at_s:
            reason = "once a day"
        else:
            return
        # Go on from the place that is in it, which need not be the one that we know.
        self._open(generation)
        self._checking.ask(reason)

    def _check(self) -> None:
        """Check what is open, if that is asked for."""
        assert self._opened is not None
        reason = self._checking.run(self._generations.database(self._opened))
        if reason is not None:
            self._note_sound(reason)

    def _check_beside(self) -> None:
        """Begin the check that is asked for, or take note of one that has ended."""
        assert self._opened is not None
        reason = self._checking.run_beside(self._generations.database(self._opened))
        if reason is not None:
            self._note_sound(reason)

    def _note_sound(self, reason: str) -> None:
        assert self._projection is not None
        assert self._opened is not None
        self._generations.clear_mark(self._opened)
        self._check_at_s = self._clock_s() + _DAY_S
        if self._look_outside() == self._footprint:
            self._projection.checkpoint()
            self._footprint = self._look_outside()
        log.info("read_model_sound", reason=reason)

    def _condemn(self, error: Exception) -> None:
        log.warning("read_model_damaged", reason=in_words(error))
        generation = self._generation()
        if generation is not None and generation == self._generations.current():
            self._generations.mark_damaged(generation)

    def _open(self, generation: int) -> None:
        self.close()
        path = self._generations.database(generation)
        self._watch.begin()
        self._projection = Projection.open(path, self._settings, self._payloads, clock_s=self._clock_s)
        self._place = self._projection.read_model.place()
        self._opened = generation
        self._shared_index = SharedIndex(path)
        self._shared_index.check()
        self._footprint = self._look_outside()
        self._journal_bytes = -1

    def _look_outside(self) -> Footprint | None:
        return Footprint.of(self._generations.database(self._opened)) if self._opened is not None else None

    def _generation(self) -> int | None:
        """Return the generation that we have before us: not the live one, for a replay may have flipped meanwhile."""
        return self._opened if self._opened is not None else self._generations.current()

    def _should_go_on(self) -> bool:
        return not self._stop.is_set()

    def _replay(self, judged: int | None) -> None:
        """Replay, or, where another generation than the one that was judged is live by our turn, look at that one."""
        self.close()
        has_replayed = replay(
            self._payloads,
            self._generations,
            self._settings,
            on_progress=self._on_progress,
            clock_s=self._clock_s,
            should_go_on=self._should_go_on,
            is_needed=lambda: self._generations.current() == judged,
            lock=self._lock,
        )
        if not has_replayed:
            self._ensure_open()
            return
        self._watch.note_looked()
        generation = self._generations.current()
        assert generation is not None
        self._open(generation)
        self._check_at_s = self._clock_s() + _DAY_S


def _say_waiting() -> None:
    log.warning("projector_waiting", reason="another projector replays the log")
