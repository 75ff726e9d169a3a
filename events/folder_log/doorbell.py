"""The doorbell: waits until the journal has grown, or may have."""

from collections.abc import Iterator
from pathlib import Path
from threading import Event as Flag

from watchfiles import watch

from events.process.logging import get_logger

logger = get_logger("projection")
# The doorbell loses rings under load; what it loses costs one look at the journal's size.
LOOK_INTERVAL_S = 1.0


class Doorbell:
    """
    Watches a payload folder; one thread at a time waits.

    Args:
        is_watching: whether to let the operating system ring; without it, every wait ends at the next look.
    """

    def __init__(self, folder: Path, *, is_watching: bool) -> None:
        self._folder = folder
        self._is_watching = is_watching
        self._rings: Iterator[object] | None = None
        self._stop: Flag | None = None

    def wait(self, stop: Flag) -> None:
        """Wait for a ring, for the next look, or for `stop`."""
        if self._is_watching and (self._rings is None or self._stop is not stop):
            self._rings, self._stop = self._hang(stop), stop
        if self._rings is None:
            stop.wait(LOOK_INTERVAL_S)
            return
        try:
            next(self._rings, None)
        except (OSError, RuntimeError) as error:  # for instance the limit on inotify instances
            logger.warning("doorbell_broken", error=str(error), looking_every_s=LOOK_INTERVAL_S)
            self._rings = None
            stop.wait(LOOK_INTERVAL_S)

    def _hang(self, stop: Flag) -> Iterator[object]:
        # Kept between waits, so that it collects what rings while we work. Not recursive: one watch, whatever the
        # number of conversations; the journal lies in the folder itself.
        return watch(
            self._folder,
            watch_filter=None,  # what a filter leaves out would put off the next look, and others write here too
            recursive=False,
            debounce=20,
            step=10,
            rust_timeout=int(LOOK_INTERVAL_S * 1000),
            yield_on_timeout=True,
            stop_event=stop,
            raise_interrupt=False,
        )
