"""The health of the projector: whether one follows the log, and what it waits for."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from msgspec import Meta, Struct

from ingress.lookups.engine_health import without_location
from projector.read_side.signs.heartbeat import SILENT_S, is_running, read_heartbeat, what_is_wrong


class ProjectorHealth(Struct, kw_only=True):
    """The projector that follows the log."""

    running: Annotated[bool, Meta(description="Whether one has given a sign of life within the last 10 seconds.")]
    last_seen_at: Annotated[datetime | None, Meta(description="When one last gave a sign of life.")] = None
    process: Annotated[int | None, Meta(description="Its process id, on its machine or in its container.")] = None
    error: Annotated[str | None, Meta(description="What is wrong: it ended, hangs, or waits for something.")] = None


class ProjectorWatch:
    """
    Looks at the heartbeat.

    Args:
        folder: `READ_MODEL_PATH`.
        clock_s: the present in Unix seconds.
    """

    def __init__(self, folder: Path, *, clock_s: Callable[[], float] = time.time) -> None:
        self._folder = folder
        self._clock_s = clock_s
        self._began_s = clock_s()

    def look(self) -> ProjectorHealth:
        """Return how the projector is."""
        now_s, beat = self._clock_s(), read_heartbeat(self._folder)
        if beat is None:
            is_missed = now_s - self._began_s > SILENT_S
            error = "no projector has given a sign of life in READ_MODEL_PATH: start one" if is_missed else None
            return ProjectorHealth(running=False, error=error)
        return ProjectorHealth(
            running=is_running(beat, now_s),
            last_seen_at=_moment(beat.at_s),
            process=beat.process,
            error=_without_location(what_is_wrong(beat, now_s)),
        )


def _without_location(error: str | None) -> str | None:
    return None if error is None else without_location(error, "")


def _moment(at_s: float) -> datetime:
    return datetime.fromtimestamp(round(at_s), UTC)
