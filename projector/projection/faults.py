"""Whose fault an error is: the world's, for which the projector waits, or ours, which is listed with its event."""

from events.errors import LogClosedError
from projector.errors import EngineError, ReadModelBusyError, ReadModelDamagedError

# The position is held, and the same events are projected again later.
THE_WORLDS = (OSError, EngineError, LogClosedError, ReadModelBusyError, ReadModelDamagedError)


def describe_our_fault(error: Exception) -> str:
    """Return what the list of faults says of an event that our own code failed on: no word of the error itself."""
    return f"{type(error).__name__} in our own code, see the log; a later release may fold it"
