"""How the log, the projector and the memories stand at a moment."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from msgspec import Struct

from events.errors import EventsError
from events.log.protocol import EventLog
from projector.errors import ProjectorError
from projector.read_model.generations import Generations
from projector.read_model.open import open_read_model
from projector.read_model.protocol import ReadModel
from projector.read_side.signs.heartbeat import Heartbeat, is_running, read_heartbeat, what_is_wrong
from projector.read_side.signs.learning import Learning, read_learning
from projector.read_side.whole.log_counts import LogCounts, oldest_age_s

# A request that was just made is no fault: `/health` counts in the same way.
_ERASURE_S = 60


class EventCount(Struct, frozen=True):
    """How many events of a kind came from a source."""

    kind: str
    source: str
    count: int


class LogStatus(Struct, frozen=True, kw_only=True):
    """
    The log. `body_bytes` is the size of all bodies as they came in, erased ones included. `last_event_at` is RFC 3339
    in UTC. `error` says why it cannot be read; then the rest is what was known before.
    """

    events: int
    body_bytes: int
    last_event_at: datetime | None
    by_kind_and_source: list[EventCount]
    in_last_minute: int
    error: str | None = None


class ProjectorStatus(Struct, frozen=True, kw_only=True):
    """
    The projector that follows the log. `is_running` is whether it gave a sign of life within ten seconds,
    `in_last_minute` how many events it projected, `error` what is wrong with it, in words.
    """

    is_running: bool
    process: int | None = None
    in_last_minute: int = 0
    error: str | None = None


class MemoryStatus(Struct, frozen=True, kw_only=True):
    """
    What is remembered: up to which position of the log, how many events behind it, and how long the oldest of these
    waits. `facts` counts those that are so now, `corrections` all that persons made, undone ones too. `agents` counts
    those that had a call, `known_agents` those of them whose profile is known. `failures` counts events that could not
    be folded, `partly_read` those that were not read whole. `unfinished_erasures` counts requests that are not done
    after a minute, `waiting_callers` those whose calls are kept and not folded yet, `owed_callers` those of whom an
    outside engine lacks something. `error` says why the memories cannot be read; then all else is zero.
    """

    generation: int | None = None
    position: int = 0
    behind: int = 0
    oldest_waiting_s: float = 0.0
    callers: int = 0
    calls: int = 0
    memories: int = 0
    by_sector: dict[str, int] = {}
    facts: int = 0
    corrections: int = 0
    agents: int = 0
    known_agents: int = 0
    failures: int = 0
    partly_read: int = 0
    unfinished_erasures: int = 0
    waiting_callers: int = 0
    owed_callers: int = 0
    error: str | None = None


class Status(Struct, frozen=True, kw_only=True):
    """
    All of it, as of `at`. `is_well` is False where something asks for an operator.

    `learning` is what models are asked; None where nobody ever was.
    """

    at: datetime
    is_well: bool
    log: LogStatus
    projector: ProjectorStatus
    memories: MemoryStatus
    learning: Learning | None = None


class StatusWatch:
    """
    Looks, again and again: each look reads only what the log got since the last one.

    Args:
        open_log: opens the log; asked again where it cannot.
        folder: `READ_MODEL_PATH`, where the heartbeat is.
        clock_s: the present in Unix seconds.
    """

    def __init__(
        self,
        open_log: Callable[[], EventLog],
        generations: Generations,
        folder: Path,
        *,
        clock_s: Callable[[], float] = time.time,
    ) -> None:
        self._open_log = open_log
        self._log: EventLog | None = None
        self._generations = generations
        self._folder = folder
        self._clock_s = clock_s
        self._counts = LogCounts(clock_s=clock_s)
        # To count them reads every memory, so not again while nothing has changed.
        self._sectors: tuple[object, dict[str, int]] = (None, {})

    def look(self) -> Status:
        """Return how everything stands now."""
        now_s = self._clock_s()
        log = self._look_at_log()
        projector = _projector(read_heartbeat(self._folder), now_s)
        memories = self._look_at_memories(log.events)
        if log.error is None and memories.position > log.events:
            cut = (
                f"it ends at event {log.events}, and memories were made of {memories.position}: was it cut or replaced?"
            )
            log = msgspec.structs.replace(log, error=cut)
        errors = (log.error, projector.error, memories.error)
        learning = read_learning(self._folder)
        is_read = learning is None or not (learning.held or learning.failed)
        is_well = is_read and not (any(errors) or memories.failures or memories.unfinished_erasures)
        return Status(
            at=datetime.fromtimestamp(now_s, UTC),
            is_well=is_well,
            log=log,
            projector=projector,
            memories=memories,
            learning=learning,
        )

    def _look_at_log(self) -> LogStatus:
        error = None
        try:
            self._log = self._log or self._open_log()
            self._counts.look(self._log)
        except (EventsError, OSError) as failed:
            error = str(failed)
        counts = self._counts
        return LogStatus(
            events=counts.by_kind_and_source.total(),
            body_bytes=counts.body_bytes,
            last_event_at=counts.last_at,
            by_kind_and_source=[EventCount(*of, count) for of, count in counts.by_kind_and_source.most_common()],
            in_last_minute=counts.in_last_minute(),
            error=error,
        )

    def _look_at_memories(self, events: int) -> MemoryStatus:
        try:
            with open_read_model(self._generations) as read_model:
                place, counts, agents = read_model.place(), read_model.counts(), read_model.agents()
                position = place.position if place else 0
                behind = max(0, events - position)
                return MemoryStatus(
                    generation=self._generations.current(),
                    position=position,
                    behind=behind,
                    oldest_waiting_s=round(oldest_age_s(self._log, place), 1) if behind and self._log else 0.0,
                    callers=counts["callers"],
                    calls=counts["calls"],
                    memories=counts["memories"],
                    by_sector=self._by_sector(read_model, (position, counts["memories"])),
                    facts=counts["facts"],
                    corrections=counts["corrections"],
                    agents=len(agents),
                    known_agents=sum(read_model.agent_profile(each.agent_id) is not None for each in agents),
                    failures=counts["faults"],
                    partly_read=len(read_model.partly_read.all()),
                    unfinished_erasures=read_model.unfinished_erasures(
                        requested_until_s=int(self._clock_s()) - _ERASURE_S
                    ),
                    waiting_callers=read_model.waiting(),
                    owed_callers=read_model.owed(),
                )
        except (ProjectorError, OSError) as error:
            return MemoryStatus(error=str(error), behind=events)

    def _by_sector(self, read_model: ReadModel, state: tuple[int, int]) -> dict[str, int]:
        known_of, sectors = self._sectors
        now_of = (self._generations.current(), *state)
        if known_of != now_of:
            sectors = read_model.sectors()
            self._sectors = now_of, sectors
        return sectors


def _projector(beat: Heartbeat | None, now_s: float) -> ProjectorStatus:
    if beat is None:
        return ProjectorStatus(is_running=False, error="no projector has run here yet: start one")
    runs = is_running(beat, now_s)
    error = what_is_wrong(beat, now_s)
    if error is None and not runs:
        error = f"the projector (process {beat.process}) was stopped a moment ago: start it"
    return ProjectorStatus(
        is_running=runs,
        process=beat.process,
        in_last_minute=beat.projected_last_minute if runs else 0,
        error=error,
    )
