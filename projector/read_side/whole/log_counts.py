"""What has come into a log: how much of which kind, when the last of it, and how much within the last minute."""

import time
from collections import Counter, deque
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

from events.errors import EventsError, PositionError
from events.log.event import Event
from events.log.protocol import EventLog
from events.log.receipt import Place

_MINUTE_S = 60.0


class LogCounts:
    """
    Counts the events of a log, by their receipts alone. Each look reads only what came in since the last one.

    `by_kind_and_source` has a count for each pair, `body_bytes` is the size of all bodies as they came in, erased ones
    included, `last_at` the time of the last event.

    Args:
        clock_s: the present in Unix seconds.
    """

    def __init__(self, *, clock_s: Callable[[], float] = time.time) -> None:
        self._clock_s = clock_s
        self._begin()

    def look(self, log: EventLog) -> None:
        """
        Count what came into a log since the last look; it is the same log each time.

        Raises:
            JournalError: the journal is gone, or of an unknown format.
            OSError: the log cannot be read.
        """
        try:
            self._read_on(log)
        except PositionError:  # the log was restored: count it from its beginning
            self._begin()
            self._read_on(log)

    def in_last_minute(self) -> int:
        """Return how many events came in within the last minute, as of the last look."""
        return len(self._lately)

    def _begin(self) -> None:
        self._place: Place | None = None
        self._lately: deque[float] = deque()
        self.by_kind_and_source: Counter[tuple[str, str]] = Counter()
        self.body_bytes = 0
        self.last_at: datetime | None = None

    def _read_on(self, log: EventLog) -> None:
        since_s = self._clock_s() - _MINUTE_S
        for event in log.read(self._place):
            self._place = event.place
            if not isinstance(event, Event):
                continue
            receipt = event.receipt
            self.by_kind_and_source[receipt.kind, receipt.source] += 1
            self.body_bytes += receipt.size
            self.last_at = receipt.received_at
            if (at_s := receipt.received_at.timestamp()) > since_s:
                self._lately.append(at_s)
        while self._lately and self._lately[0] <= since_s:
            self._lately.popleft()


def oldest_age_s(log: EventLog, after: Place | None) -> float:
    """Return how long the first event behind a place has been in the log, in seconds; 0 if there is none."""
    with suppress(EventsError, OSError):
        for event in log.read(after):
            if isinstance(event, Event):
                return max(0.0, (datetime.now(UTC) - event.receipt.received_at).total_seconds())
    return 0.0
