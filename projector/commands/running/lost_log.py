"""What a command checks before it appends: no new log must hide the one on a disk that is not mounted."""

from events.errors import JournalError
from events.log.protocol import EventLog
from projector.read_model.generations import Generations
from projector.read_model.open import has_memories


def check_log(payloads: EventLog, generations: Generations) -> None:
    """
    Check that a log without events is a new one.

    Raises:
        JournalError: there are memories that were made from its events.
    """
    if payloads.tail() is None and has_memories(generations):
        raise JournalError(
            f"the journal in {payloads} is gone, but there are memories made from it; is its disk mounted? To start"
            " afresh, remove READ_MODEL_PATH too"
        )
