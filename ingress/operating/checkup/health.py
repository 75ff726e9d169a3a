"""The health of the service: what is degraded, and whether webhooks are taken at all."""

import asyncio
import time
from datetime import UTC, datetime
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from events.log.receipt import Place
from ingress.http.auditing import Auditor
from ingress.http.backpressure import WebhookLimit
from ingress.lookups.engine_health import EngineHealth
from ingress.lookups.read_pool import ReadPool
from ingress.operating.checkup.body_store_health import BodyStoreWatch
from ingress.operating.checkup.learning_health import NOBODY, LearningHealth, learning_health
from ingress.operating.checkup.log_health import LogHealth, RoomLimits, ServersHealth, log_health, shortage_apart
from ingress.operating.checkup.meaning_health import MeaningHealth, meaning_health
from ingress.operating.checkup.projector_health import ProjectorHealth, ProjectorWatch
from ingress.operating.checkup.read_model_health import ReadModelHealth, read_model_health
from ingress.operating.checkup.shared_look import SharedLook
from ingress.settings import Settings
from ingress.webhooks.appending import Appender
from projector.engines.meaning.search import Meaning
from projector.read_model.open import DAMAGED_MESSAGE
from projector.read_side.whole.log_counts import oldest_age_s

_READ_TIMEOUT_S = 1.0
# A disk or a network share that hangs would hold up whoever asks for the health, and so hide itself.
_LOOK_TIMEOUT_S = 5.0
_BEHIND_S = 30.0
# All that `degraded` may name.
DEGRADED = (
    "log",
    "disk",
    "clock",
    "overload",
    "replication",
    "body_store",
    "read_model",
    "projector",
    "journal",
    "failures",
    "unreadable",
    "erasure",
    "engine",
    "audit",
)
_MISSING_MESSAGE = "there is none, or it cannot be read; is the projector running?"


class WorkerCounts(Struct, kw_only=True):
    """What this worker process has done since it started."""

    appended: Annotated[int, Meta(description="Webhooks that it made durable.")]
    unreadable: Annotated[int, Meta(description="Of these, signed ones that we cannot read; they are kept.")]
    coming_in: Annotated[int, Meta(description="Webhooks whose bodies are coming in just now.")]
    under_way: Annotated[int, Meta(description="Whole webhooks that are being made durable just now.")]
    refused: Annotated[int, Meta(description="Webhooks answered 503 at once, because too many were under way.")]
    refused_signatures: Annotated[
        int, Meta(description="Webhooks answered 401, because their signature is missing, wrong, too old or too new.")
    ]
    refused_signatures_reason: Annotated[
        str | None,
        Meta(
            description="The likely reason, until the next webhook is taken: the clock or the secret, and what to do."
        ),
    ]
    read_failures: Annotated[int, Meta(description="Questions that the read model could not answer.")]
    audit_failures: Annotated[int, Meta(description="Lines of the audit trail that could not be written.")]


class Health(Struct, kw_only=True):
    """The health of the service."""

    status: Annotated[str, Meta(description="`ok`, `degraded` (events are still appended), or `unavailable`.")]
    degraded: Annotated[list[str], Meta(description="The names of what is degraded: docs/running.md.")]
    looked_at: Annotated[
        datetime | None,
        Meta(description="When the look began that saw `log` and `read_model`: one a second at most, for all who ask."),
    ]
    log: Annotated[LogHealth, Meta(description="The payload log.")]
    read_model: Annotated[ReadModelHealth, Meta(description="What the projector has written.")]
    projector: Annotated[ProjectorHealth, Meta(description="The projector.")]
    worker: Annotated[WorkerCounts, Meta(description="The worker that answers.")]
    meaning: Annotated[MeaningHealth, Meta(description="The search by meaning of the worker that answers.")]
    learning: Annotated[LearningHealth, Meta(description="What models are asked; whatever it is, nothing is degraded.")]


class _Seen(Struct):
    """What one look saw, and when it began."""

    log: LogHealth
    read_model: ReadModelHealth
    projector: ProjectorHealth
    learning: LearningHealth
    looked_at: datetime | None = None


class HealthCheck:
    """
    Looks at the log, the read model and the memory engine, one after the other, once a second at most.

    Args:
        settings: how much room the disks must have, and where the read model is.
        meaning: what searches by meaning; None if that is switched off.
    """

    def __init__(
        self,
        settings: Settings,
        appender: Appender,
        limit: WebhookLimit,
        reading: ReadPool,
        auditor: Auditor,
        *,
        engine_health: EngineHealth,
        meaning: Meaning | None = None,
    ) -> None:
        self._appender = appender
        self._limit = limit
        self._reading = reading
        self._auditor = auditor
        self._engine_health = engine_health
        self._room_limits = RoomLimits(bytes_min=settings.free_disk_bytes_min, files_min=settings.free_files_min)
        self._is_shared = settings.database is not None
        self._read_model_folder = settings.read_model_folder
        self._projector = ProjectorWatch(settings.read_model_folder)
        self._meaning = meaning
        self._patience = _Patience()
        self._shared = SharedLook(self._look, patience_s=_LOOK_TIMEOUT_S)
        self._body_store = BodyStoreWatch(appender.payloads.body_store)

    async def health(self) -> Health:
        """Return the health of the service: what the last look saw, and this worker's counts as they are now."""
        result, body_store = await asyncio.gather(self._shared.result(), self._body_store.health())
        seen = result or _hanging(is_shared=self._is_shared)
        log = msgspec.structs.replace(seen.log, body_store=body_store)
        read_model, projector = seen.read_model, seen.projector
        counts = WorkerCounts(
            appended=self._appender.appended,
            unreadable=self._appender.unreadable,
            coming_in=self._limit.coming_in,
            under_way=self._limit.under_way,
            refused=self._limit.refused,
            refused_signatures=self._appender.refused_signatures.count,
            refused_signatures_reason=self._appender.refused_signatures.reason(),
            read_failures=self._reading.failures,
            audit_failures=self._auditor.failures,
        )
        degraded = self._degraded(log, read_model, projector, counts)
        return Health(
            status="unavailable" if not log.writable else "degraded" if degraded else "ok",
            degraded=degraded,
            looked_at=seen.looked_at,
            log=log,
            read_model=read_model,
            projector=projector,
            worker=counts,
            meaning=meaning_health(self._meaning),
            learning=seen.learning,
        )

    async def _look(self) -> _Seen:
        looked_at = datetime.now(UTC)
        log = await asyncio.to_thread(log_health, self._appender.payloads, self._room_limits)
        read_model, place = await self._look_at_read_model()
        if read_model.error is None and log.is_known:
            read_model.behind = log.events - read_model.position
            if read_model.behind > 0:
                read_model.oldest_waiting_s = await asyncio.to_thread(oldest_age_s, self._appender.payloads, place)
        if read_model.error != DAMAGED_MESSAGE and self._reading.reader.gap() is None:
            read_model.engine = await self._engine_health.ask()
        projector = await asyncio.to_thread(self._projector.look)
        shortage = None
        if not self._is_shared:
            shortage = await asyncio.to_thread(shortage_apart, self._read_model_folder, log, self._room_limits)
        read_model.low_disk, read_model.error = shortage is not None, read_model.error or shortage
        learning = await asyncio.to_thread(learning_health, self._read_model_folder)
        return _Seen(log, read_model, projector, learning, looked_at)

    async def _look_at_read_model(self) -> tuple[ReadModelHealth, Place | None]:
        reading = self._reading
        seen = await reading.look(lambda model, _: read_model_health(model, reading), timeout_s=_READ_TIMEOUT_S)
        if (gap := reading.reader.gap()) is not None:
            return ReadModelHealth(error=gap), None
        if seen is not None:
            return seen
        is_damaged = await reading.is_damaged(timeout_s=_READ_TIMEOUT_S)
        return ReadModelHealth(error=DAMAGED_MESSAGE if is_damaged else _MISSING_MESSAGE), None

    def _degraded(
        self, log: LogHealth, read_model: ReadModelHealth, projector: ProjectorHealth, counts: WorkerCounts
    ) -> list[str]:
        degraded = _degraded_in(read_model, projector, self._patience)
        if counts.audit_failures:
            degraded.append("audit")
        if self._appender.refused_signatures.is_clock_wrong():
            degraded.append("clock")
        if self._limit.is_shedding():
            degraded.append("overload")
        if log.low_disk or read_model.low_disk:
            degraded.append("disk")
        if log.servers is not None and log.servers.error is not None:
            degraded.append("replication")
        if log.body_store is not None and log.body_store.error is not None:
            degraded.append("body_store")
        if not log.writable:
            degraded.append("log")
        return degraded


class _Patience:
    """Measures how long the projector has been behind: one that does not run stays behind."""

    def __init__(self) -> None:
        self._since: float | None = None

    def is_over(self, *, is_behind: bool) -> bool:
        """Return whether the projector has been behind for too long. Call it at each health check."""
        now = time.monotonic()
        self._since = (self._since or now) if is_behind else None
        return self._since is not None and now - self._since > _BEHIND_S


def _hanging(*, is_shared: bool) -> _Seen:
    who = "the database" if is_shared else "the disk, or who keeps the journal's lock,"
    error = f"{who} has not answered for {_LOOK_TIMEOUT_S:.0f} seconds"
    return _Seen(
        LogHealth(writable=False, error=error, servers=ServersHealth(error=error) if is_shared else None),
        ReadModelHealth(error=_MISSING_MESSAGE),
        ProjectorHealth(running=False),
        LearningHealth(status=NOBODY),
    )


def _degraded_in(read_model: ReadModelHealth, projector: ProjectorHealth, patience: _Patience) -> list[str]:
    ailing = ["projector"] if projector.error is not None else []
    if read_model.generation is None:
        return ["read_model", *ailing]
    degraded = []
    if read_model.behind < 0:
        degraded.append("journal")
    if patience.is_over(is_behind=read_model.behind > 0 or read_model.waiting + read_model.owed > 0) or ailing:
        degraded.append("projector")
    if read_model.unfinished_erasures:
        degraded.append("erasure")
    if read_model.failures:
        degraded.append("failures")
    if read_model.unreadable_lately:
        degraded.append("unreadable")
    if read_model.engine != "ok":
        degraded.append("engine")
    return degraded
