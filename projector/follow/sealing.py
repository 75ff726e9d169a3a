"""Seals a log when the projector first meets it with a key, and says what of it can be believed, and proven later."""

from collections.abc import Callable
from datetime import UTC, datetime

import msgspec

from events.errors import EventsError
from events.log.ours.seal import seal_if_first
from events.log.proof.head import head_at
from events.log.protocol import EventLog
from events.log.receipt import Place
from events.process.logging import get_logger

logger = get_logger("projection")
_DAY_S = 24 * 60 * 60


def seal_log(log: EventLog) -> None:
    """
    Seal a log that has a key and no seal yet, as `seal_if_first` does.

    Do not call it where the journal may be gone: a new one would hide that.
    """
    sealed = seal_if_first(log)
    if sealed is not None:
        # An operator who did not expect own events in the log must look at them now.
        logger.info("log_sealed", position=sealed.receipt.position, vouches_for=sealed.sources)


def say_if_key_is_wrong(log: EventLog) -> None:
    """Say that events which this process appends, or reads, are not believed; the journal may be gone."""
    try:
        complaint = log.proofs.complaint()
    except (EventsError, OSError):  # said when the log is followed
        return
    if complaint is not None:
        logger.warning("log_key_wrong", reason=complaint)


class DailyHead:
    """
    Logs the end of the chain once a day: an operator who keeps the logs elsewhere can prove what it was.

    Args:
        clock_s: the present in Unix seconds.
    """

    def __init__(self, log: EventLog, clock_s: Callable[[], float]) -> None:
        self._log = log
        self._clock_s = clock_s
        self._said_day = -1

    def say(self, place: Place) -> None:
        """Log the chain up to this place, if no head was logged today."""
        now_s = int(self._clock_s())
        if now_s // _DAY_S == self._said_day:
            return
        self._said_day = now_s // _DAY_S
        now = datetime.fromtimestamp(now_s, UTC)
        head = head_at(place, log=self._log.name(), at=now, keys=self._log.proofs.keys)
        logger.info("journal_head", **msgspec.to_builtins(head))
