"""Seals a log when the projector first meets it with a key, and says what of it is believed."""

from events.errors import EventsError
from events.log.protocol import EventLog
from events.log.seal import seal_if_first
from events.process.logging import get_logger

logger = get_logger("projection")


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
