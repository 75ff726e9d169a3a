"""Who may be asked now: nobody who refuses all questions, or who is down, or once a day's tokens are spent."""

from collections.abc import Callable
from datetime import UTC, datetime

from msgspec import Struct

from events.process.logging import get_logger
from projector.read_model.asked import Held
from projector.read_model.tables.learning_tables import Questions

logger = get_logger("projection")
# One question in half an hour shows whether a provider that refused all of them takes them again.
PROBE_EVERY_S = 1800
# One that is down for all calls is left alone for so long, so that not every call uses up its tries meanwhile.
_PAUSES_S = (60.0, 300.0, 1800.0)
_PAUSE_S_MAX = 60 * 60.0


class Respondent(Struct, frozen=True):
    """
    A provider, as far as it decides when it may be asked.

    `role` is `first` or `fallback`, `name` what a log calls it, `settings` a digest of how it is asked. One that
    `answers_for_each` call by itself may lack some answers, and is not down for that.
    """

    role: str
    name: str
    settings: str
    answers_for_each: bool = False


class _Pause:
    """How long a provider that has no answer for anybody is left alone."""

    def __init__(self, failures_max: int) -> None:
        self._failures_max = failures_max
        self._failures = 0
        self.until_s = 0.0

    def end(self) -> None:
        self._failures, self.until_s = 0, 0.0

    def extend(self, now_s: float, retry_after_s: float | None, *, is_for_all: bool) -> None:
        self._failures += 1
        over = self._failures - self._failures_max
        pause_s = _PAUSES_S[min(over, len(_PAUSES_S) - 1)] if over >= 0 and is_for_all else 0.0
        self.until_s = max(self.until_s, now_s + max(pause_s, min(retry_after_s or 0.0, _PAUSE_S_MAX)))


class Limits:
    """
    Decides whether a provider may be asked; what must outlive the process is on disk.

    Args:
        tokens_per_day_max: how many tokens may be spent on a day (UTC), in and out; None for any number.
        failures_max: after so many failures in a row a provider counts as down.
        clock_s: the present in Unix seconds.
    """

    def __init__(
        self,
        questions: Questions,
        providers: list[Respondent],
        *,
        tokens_per_day_max: int | None,
        failures_max: int,
        clock_s: Callable[[], float],
    ) -> None:
        self._questions = questions
        self._providers = {provider.role: provider for provider in providers}
        self._tokens_max = tokens_per_day_max
        self._clock_s = clock_s
        self._pauses = {role: _Pause(failures_max) for role in self._providers}
        self._said_day = ""
        # Until a provider has answered once, it gets one question at a time: its key may be wrong.
        self._has_answered = set[str]()
        for role, provider in self._providers.items():
            held = questions.held(role)
            if held is not None and held.settings != provider.settings:
                self._release(role)

    def may_ask(self, role: str, *, reserved: int, under_way: int) -> bool:
        """
        Tell whether a provider may be asked one more question now.

        Args:
            reserved: how many tokens the questions that are under way may cost.
            under_way: how many those are. Whoever is held gets one at a time.
        """
        now_s = self._clock_s()
        if self.is_spent(reserved):
            return False
        held = self._questions.held(role)
        if held is not None:
            return not under_way and now_s >= held.probe_at_s
        if under_way and role not in self._has_answered:
            return False
        return now_s >= self._pauses[role].until_s

    def is_spent(self, reserved: int = 0) -> bool:
        """Tell whether the tokens of today are spent; said once a day."""
        day = self.day()
        if self._tokens_max is None or self._questions.spent(day) + reserved < self._tokens_max:
            return False
        if self._questions.spent(day) >= self._tokens_max and day != self._said_day:
            self._said_day = day
            logger.warning("extraction_tokens_spent", day=day, tokens_max=self._tokens_max, waits_until="midnight, UTC")
        return True

    def day(self) -> str:
        """Return today, in UTC."""
        return datetime.fromtimestamp(self._clock_s(), UTC).date().isoformat()

    def note_answer(self, role: str) -> None:
        """Note that a provider answered: it is neither held nor down."""
        self._has_answered.add(role)
        self._pauses[role].end()
        if self._questions.held(role) is not None:
            self._release(role)

    def note_no_answer(self, role: str, retry_after_s: float | None) -> None:
        """Note that a provider had no answer to one question."""
        for_all = not self._providers[role].answers_for_each
        self._pauses[role].extend(self._clock_s(), retry_after_s, is_for_all=for_all)
        held = self._questions.held(role)
        if held is not None:  # it did not refuse this time; whether it still would is not known
            self._hold(role, held, held.reason)

    def note_refused(self, role: str, reason: str) -> None:
        """Note that a provider refuses all questions: it is an alarm when it begins, and quiet from then on."""
        held = self._questions.held(role)
        if held is None:
            name = self._providers[role].name
            logger.error("extraction_held", provider=name, reason=reason, then="all calls wait; see docs/learning.md")
        self._hold(role, held, reason)

    def paused_until_s(self) -> float:
        """Return until when whoever may be asked soonest is left alone, Unix seconds; in the past for nobody."""
        return min((pause.until_s for pause in self._pauses.values()), default=0.0)

    def probe_at_s(self, role: str) -> int:
        """Return when a provider that is held gets its next question, Unix seconds; 0 for one that is not."""
        held = self._questions.held(role)
        return 0 if held is None else held.probe_at_s

    def _hold(self, role: str, held: Held | None, reason: str) -> None:
        now_s = int(self._clock_s())
        since_s = now_s if held is None else held.since_s
        self._questions.hold(role, Held(since_s, now_s + PROBE_EVERY_S, self._providers[role].settings, reason))

    def _release(self, role: str) -> None:
        self._questions.hold(role, None)
        logger.info("extraction_goes_on", provider=self._providers[role].name)
