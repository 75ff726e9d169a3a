"""What is said while another projector does the work that a command waits for: that it does, and what keeps it."""

import time
from collections.abc import Callable
from pathlib import Path

from projector.engines.registry import open_store
from projector.engines.settings import EngineSettings
from projector.errors import ReadModelMissingError
from projector.read_model.sqlite.reading import open_read_model

# How long it may take before it is looked what it may be waiting for.
_LOOK_INTERVAL_S = 5.0


class WaitReporter:
    """
    One wait for another projector.

    Args:
        engine: one outside is looked at again and again, where it takes long.
        tell: is given a line at the beginning, and one more where it takes long.
        why: says in words what is still to be done.
    """

    def __init__(self, engine: EngineSettings, *, tell: Callable[[str], None], why: Callable[[], str]) -> None:
        self._engine = engine
        self._tell = tell
        self._why = why
        self._has_begun = self._has_said_why = False
        self._look_at_s = time.monotonic() + _LOOK_INTERVAL_S

    def begin(self, words: str) -> None:
        """Say that it does the work; only the first time."""
        if not self._has_begun:
            self._has_begun = True
            self._tell(words)

    def look(self) -> None:
        """
        Say why it takes long, where it does; only once, though this is called again and again.

        Raises:
            EngineError: a memory engine outside cannot be used: that may take until somebody has mended it.
        """
        if time.monotonic() < self._look_at_s:
            return
        if self._engine.is_outside:
            open_store(self._engine, may_create=False).check()
        if not self._has_said_why:
            self._has_said_why = True
            self._tell(f"not yet: {self._why()}")
        self._look_at_s = time.monotonic() + _LOOK_INTERVAL_S


def why_behind(folder: Path, position: int) -> str:
    """Return what the read model in a folder still lacks of the log up to a position, in words."""
    try:
        with open_read_model(folder) as read_model:
            place, owed = read_model.place(), read_model.owed()
    except ReadModelMissingError:
        return "the read model is still to be made"
    folded = place.position if place is not None else 0
    if folded < position:
        return f"{folded} of {position} events are folded; what keeps the projector that follows is in its log"
    if owed:
        return f"all is learned, and the memory engine is still to be told of {owed} caller{'s' * (owed > 1)}"
    return "all is learned; what was set aside may still be tried again"
