"""Progress messages of a command that waits for another projector process."""

import time
from collections.abc import Callable

from events.process.terminal import count_of
from projector.engines.open import Engines
from projector.errors import ReadModelMissingError
from projector.read_model.generations import Generations
from projector.read_model.open import open_read_model

# How long the wait may last before we look at what the other projector may be waiting for.
_LOOK_INTERVAL_S = 5.0


class WaitReporter:
    """
    Reports one wait for another projector.

    Args:
        engines: of this process; an outside engine is checked again and again during a long wait. None: no check.
        tell: is called with a line at the beginning, and with one more if the wait is long.
        why: returns what is still to be done, as text.
    """

    def __init__(self, engines: Engines | None, *, tell: Callable[[str], None], why: Callable[[], str]) -> None:
        self._engines = engines
        self._tell = tell
        self._why = why
        self._has_begun = self._has_said_why = False
        self._look_at_s = time.monotonic() + _LOOK_INTERVAL_S

    def begin(self, message: str) -> None:
        """Report that another projector does the work; only the first call reports."""
        if not self._has_begun:
            self._has_begun = True
            self._tell(message)

    def look(self) -> None:
        """
        Report once why a long wait is long. A command calls this again and again while it waits.

        Raises:
            EngineError: an outside engine cannot be used, so the wait may not end before an operator acts.
        """
        if time.monotonic() < self._look_at_s:
            return
        if self._engines is not None and self._engines.settings.is_outside:
            self._engines.store(may_create=False).check()
        if not self._has_said_why:
            self._has_said_why = True
            self._tell(f"not yet: {self._why()}")
        self._look_at_s = time.monotonic() + _LOOK_INTERVAL_S


def why_behind(generations: Generations, position: int) -> str:
    """Return, as text, what the read model still lacks of the log up to a position."""
    try:
        with open_read_model(generations) as read_model:
            place, owed, waiting = read_model.place(), read_model.owed(), read_model.waiting()
    except ReadModelMissingError as error:
        return "the read model does not exist yet" if generations.current() is None else str(error)
    folded = place.position if place is not None else 0
    if folded < position:
        return f"{folded} of {position} events are folded; the log of the following projector says what delays it"
    if waiting:
        return f"all events are taken, but {count_of(waiting, 'caller')} wait to be folded"
    if owed:
        return f"all events are folded, but the memory engine lacks the latest changes of {count_of(owed, 'caller')}"
    return "all events are folded, but for failed ones that may still be retried"
