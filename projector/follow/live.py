"""The live generation, opened for writing: detects outside changes to its files and schedules checks."""

import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from events.log.protocol import EventLog
from events.log.receipt import Place
from events.process.logging import get_logger
from projector.engines.open import Engines
from projector.engines.protocol import Changes, NoChanges
from projector.engines.registry import check_tables
from projector.errors import ReadModelBusyError, ReadModelDamagedError
from projector.follow.background_check import BackgroundCheck, Check
from projector.projection.projection import Projection
from projector.projection.settings import ProjectionSettings
from projector.read_model.fingerprints import Footprint
from projector.read_model.generations import Generations

logger = get_logger("projection")
_DAY_S = 24 * 60 * 60
_PAUSE_S = 0.005
_REPORTED = "who reads it reported damage"


class LiveGeneration:
    """
    One generation at a time; `number` says which is open, None for none.

    Args:
        engines: opens the memory engine.
        clock_s: the present in Unix seconds.
        should_go_on: asked again and again by the projection and by a check; False ends them.
        changes: is told what changes in the memories of the live generation.
    """

    def __init__(
        self,
        log: EventLog,
        generations: Generations,
        settings: ProjectionSettings,
        engines: Engines,
        *,
        clock_s: Callable[[], float],
        should_go_on: Callable[[], bool],
        changes: Changes | None = None,
    ) -> None:
        self._log = log
        self._generations = generations
        self._settings = settings
        self._engines = engines
        self._clock_s = clock_s
        self._should_go_on = should_go_on
        self._changes = changes or NoChanges()
        self._projection: Projection | None = None
        self._was_as_left = False
        self.number: int | None = None
        # How the files looked when we last wrote.
        self._footprint: Footprint | None = None
        self._background_check = BackgroundCheck(should_go_on=should_go_on)
        self._check_at_s = 0.0

    @property
    def projection(self) -> Projection:
        """The projection into what is open."""
        assert self._projection is not None
        return self._projection

    def open(self, number: int) -> Place | None:
        """Open a generation, and return how far it has read."""
        self.close()
        writer = self._generations.open(number)
        self._was_as_left = writer.was_as_left
        self._projection = Projection(
            writer,
            self._engines,
            self._settings,
            self._log,
            clock_s=self._clock_s,
            should_go_on=self._should_go_on,
            changes=self._changes,
        )
        self.number, self._footprint = number, None
        place = self._projection.read_model.place()
        self._projection.check_files()
        self.note_written()
        self._changes.compare()
        return place

    def close(self) -> None:
        """Close what is open, if anything is."""
        if self._projection is None:
            return
        assert self.number is not None
        is_unchecked = self._background_check.end() is not None
        try:
            try:
                was_touched = is_unchecked or self._look_outside() != self._footprint
            finally:
                self._projection.close()
            if not was_touched:
                self._generations.note_left(self.number)
        except (OSError, ReadModelBusyError) as error:
            logger.warning("read_model_not_seen", error=str(error), consequence="it is checked when it is opened again")
        finally:
            self._projection = self.number = None

    def is_live(self) -> bool:
        """Tell whether what is open is what is read: a replay may have made another one live."""
        return self.number == self._generations.current()

    def note_written(self) -> None:
        """Note how the files look: what there is to be seen of them was written by us."""
        self._footprint = self._look_outside()

    def touched(self) -> str | None:
        """
        Return why what is open must be opened anew and checked: another process touched or reported it, or it is time.

        Raises:
            ReadModelDamagedError: its files are not those any more that we have open.
        """
        assert self.number is not None
        self.projection.check_files()
        now = self._look_outside()
        if now != self._footprint:
            if self._footprint is None or now is None or not now.is_same_files(self._footprint):
                raise ReadModelDamagedError("its files were removed or replaced")
            return "somebody wrote into it"
        if self._generations.is_marked_damaged(self.number) and self._background_check.reason != _REPORTED:
            return _REPORTED
        if self._background_check.reason is None and self._clock_s() >= self._check_at_s:
            return "once a day"
        return None

    def ask_check(self, reason: str) -> None:
        """Have what is open checked."""
        self._background_check.ask(reason)

    def ask_check_once_opened(self) -> None:
        """Have what was just opened checked, unless we left it so and no reader has complained of it."""
        assert self.number is not None
        if self._generations.is_marked_damaged(self.number):
            self._background_check.ask(_REPORTED)
        elif not self._was_as_left:
            self._background_check.ask("nobody watched it since it was closed")

    def check(self, *, is_beside: bool) -> None:
        """
        Check what is open, if that was asked for.

        Args:
            is_beside: only begin the check in a thread, or take note of one that has ended.

        Raises as `Generations.check` does.
        """
        assert self.number is not None
        run = self._background_check.run_beside if is_beside else self._background_check.run
        reason = run(self._check_of(self.number))
        if reason is None:
            return
        self._generations.clear_mark(self.number)
        self.note_sound()
        if self._look_outside() == self._footprint:
            # A damaged header would cut the write-ahead log off at the next start.
            with suppress(ReadModelBusyError):
                self.projection.checkpoint()
            self.note_written()
        logger.info("read_model_sound", reason=reason)

    def fold_waiting(self, *, is_waiting: bool) -> bool:
        """
        Fold whom earlier events left to be folded; return whether there may be more at once.

        Args:
            is_waiting: whether to fold until nobody waits, also for whom others fold; else a few.
        """
        shared = self.projection.shared
        while shared is not None and self._should_go_on() and shared.is_waiting():
            is_any = shared.fold_some() > 0
            if not is_waiting:
                return is_any  # else others fold the rest: there is time until the next look
            if not is_any:
                time.sleep(_PAUSE_S)
        if shared is not None and shared.were_left():
            self._changes.compare()  # others may have folded them, and tell nobody here
        return False

    def put_off_check(self) -> bool:
        """
        End the check that is under way, to be made anew later; return False if readers wait for it.

        While a check reads its snapshot, nothing of the write-ahead log can be moved.
        """
        reason = self._background_check.reason
        if reason == _REPORTED:
            return False
        if reason is not None:
            self._background_check.ask(reason)
        return True

    def leave_nothing(self, *, patience_s: float) -> bool:
        """
        Leave no byte of what was removed in the files; return False if a reader is in the way.

        A check that is under way is one: it is ended, and made anew, unless readers wait for it.

        Args:
            patience_s: how long to try, in seconds.
        """
        until_s = time.monotonic() + patience_s
        while not self.projection.checkpoint():
            self.put_off_check()
            if time.monotonic() >= until_s:
                return self.projection.checkpoint()
            time.sleep(_PAUSE_S)
        return True

    def note_sound(self) -> None:
        """Note that what is open was checked or made just now."""
        self._check_at_s = self._clock_s() + _DAY_S

    def mark_damaged(self, error: ReadModelDamagedError) -> None:
        """Note that the generation at hand is damaged, so that no reader answers from it."""
        logger.warning("read_model_damaged", reason=str(error))
        number = self.opened_or_live()
        if number is not None and number == self._generations.current():
            self._generations.mark_damaged(number)

    def opened_or_live(self) -> int | None:
        """Return the generation that is open, else the live one: a replay may have flipped `CURRENT` meanwhile."""
        return self.number if self.number is not None else self._generations.current()

    def _check_of(self, number: int) -> Check:
        engine = self._settings.engine
        return partial(
            self._generations.check,
            number,
            lambda read_model: check_tables(engine.name, read_model.engine_tables),
            is_outside=engine.is_outside,
        )

    def _look_outside(self) -> Footprint | None:
        return self._generations.footprint(self.number) if self.number is not None else None
