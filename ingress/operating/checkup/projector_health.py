"""The health of the projector: whether one follows the log, and what it waits for."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from msgspec import Meta, Struct

from ingress.lookups.engine_health import without_location
from projector.read_side.heartbeat import Heartbeat, read_heartbeat

# A projector beats every two seconds. A restart takes less than this, and is no alarm.
_SILENT_S = 10.0
# What keeps a projector from getting on is said in the log at once, and is an alarm once it has tried again.
_WAITING_S = 10.0
# Everything that takes long asks again and again whether it is to go on; the rest takes seconds.
_STUCK_S = 60.0


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
            is_missed = now_s - self._began_s > _SILENT_S
            error = "no projector has given a sign of life in READ_MODEL_PATH: start one" if is_missed else None
            return ProjectorHealth(running=False, error=error)
        return ProjectorHealth(
            running=now_s - beat.at_s <= _SILENT_S and not beat.is_ended,
            last_seen_at=_moment(beat.at_s),
            process=beat.process,
            error=_error(beat, now_s),
        )


def _error(beat: Heartbeat, now_s: float) -> str | None:
    who, silent_s = f"the projector (process {beat.process})", now_s - beat.at_s
    if silent_s > _SILENT_S:
        when = f"{_moment(beat.at_s):%Y-%m-%dT%H:%M:%SZ}"
        if beat.is_ended:
            return f"{who} was stopped at {when}: start it"
        return f"{who} gave its last sign of life at {when}, and was killed, or hangs: look in its log, and start it"
    if beat.is_ended:
        return None  # it may be about to start again
    if beat.waits_for is not None and now_s - (beat.waits_since_s or now_s) > _WAITING_S:
        return without_location(f"{who} waits: {beat.waits_for}", "")
    if now_s - beat.moved_at_s > _STUCK_S:
        return f"{who} has not got on for {now_s - beat.moved_at_s:.0f} seconds: look in its log, and start it again"
    return None


def _moment(at_s: float) -> datetime:
    return datetime.fromtimestamp(round(at_s), UTC)
