"""Whose fault an error is while models are asked, and where one of ours was raised."""

import traceback
from pathlib import Path

from events.errors import EventsError
from projector.errors import ProjectorError

# What the disk, the log and the memories may raise, and what passes.
THE_WORLDS = (EventsError, ProjectorError, OSError)


def where_raised(error: Exception) -> str:
    """Return the file and the line that raised an error: what it says itself may hold words of a call."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{Path(frame.filename).name}:{frame.lineno}"
