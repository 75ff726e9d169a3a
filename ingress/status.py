"""How the service is: whether an event can be appended, and what is degraded."""

import asyncio
import shutil
from typing import Annotated, Any

import msgspec
from litestar import MediaType, Request, Response, get, post
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.plugins import RedocRenderPlugin
from msgspec import Meta, Struct

from events.errors import EventsError
from events.receipt import Place
from ingress.post_call import Appending
from ingress.reading import Reading
from ingress.requests import request_id

_READ_TIMEOUT_S = 1.0
_redoc = RedocRenderPlugin(path="/redoc", google_fonts=False)


class LogHealth(Struct, kw_only=True):
    """The payload log."""

    writable: Annotated[bool, Meta(description="Whether a byte could be written and fsynced just now.")]
    events: Annotated[int, Meta(description="How many events there are.")] = 0
    head: Annotated[str | None, Meta(description="SHA-256 of the journal's last line: the chain's end.")] = None
    free_bytes: Annotated[int, Meta(description="Free room on the log's disk.")] = 0
    error: Annotated[str | None, Meta(description="What is wrong.")] = None


class ReadModelHealth(Struct, kw_only=True):
    """The read model, which the projector writes."""

    generation: Annotated[int | None, Meta(description="Which one is live.")] = None
    position: Annotated[int, Meta(description="How far the log has been folded.")] = 0
    behind: Annotated[int, Meta(description="How many events are still to be folded.")] = 0
    failures: Annotated[int, Meta(description="Events that could not be folded: `projector failures`.")] = 0
    engine: Annotated[str, Meta(description="`ok`, or what is wrong with the memory engine.")] = "unknown"
    error: Annotated[str | None, Meta(description="What is wrong.")] = None


class WorkerCounts(Struct, kw_only=True):
    """What this worker has done since it started."""

    appended: Annotated[int, Meta(description="Webhooks that it made durable.")]
    unreadable: Annotated[int, Meta(description="Of these, signed ones that could not be read; they are kept.")]
    read_failures: Annotated[int, Meta(description="Questions that the read model could not answer.")]


class Health(Struct, kw_only=True):
    """The whole."""

    status: Annotated[str, Meta(description="`ok`, `degraded` (events are taken), or `unavailable`.")]
    degraded: Annotated[list[str], Meta(description="What is not as it should be.")]
    log: LogHealth
    read_model: ReadModelHealth
    worker: WorkerCounts


class Welcome(Struct, kw_only=True):
    """What this is."""

    name: str
    version: str
    docs: str
    health: str


class Echo(Struct, kw_only=True):
    """What was sent."""

    request_id: str
    headers: dict[str, str]
    body: Any


def status_handlers(appending: Appending, reading: Reading, *, version: str, is_debug: bool) -> list[HTTPRouteHandler]:
    """Return the handlers of `/`, `/health`, `/redoc`, and of `/echo` when debugging."""

    @get("/", summary="Say what this is")
    async def welcome() -> Welcome:
        return Welcome(name="ELAOMS", version=version, docs="/docs", health="/health")

    @get("/health", summary="Say how the service is", description="200 as long as an event can be appended.")
    async def health() -> Response[Health]:
        log = await asyncio.to_thread(_log_health, appending)
        read_model = await reading.ask(
            lambda model, engine: (model.place(), len(model.faults()), engine.health()), timeout_s=_READ_TIMEOUT_S
        )
        answer = _health(log, read_model, appending, reading)
        return Response(answer, status_code=200 if log.writable else 503)

    @get("/redoc", media_type=MediaType.HTML, include_in_schema=False)
    async def redoc(request: Request[Any, Any, Any]) -> bytes:
        return _redoc.render(request, request.app.openapi_schema.to_schema())

    @post("/echo", status_code=200, summary="Answer with what was sent; only when DEBUG is on")
    async def echo(request: Request[Any, Any, Any]) -> Echo:
        body = await request.body()
        try:
            decoded = msgspec.json.decode(body)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            decoded = body.decode("utf-8", "replace")
        return Echo(request_id=request_id(), headers=dict(request.headers), body=decoded)

    return [welcome, health, redoc, *([echo] if is_debug else [])]


def _log_health(appending: Appending) -> LogHealth:
    payloads = appending.payloads
    try:
        payloads.check_writable()
        tail = payloads.tail()
        free_bytes = shutil.disk_usage(payloads.folder).free
    except (EventsError, OSError) as error:
        return LogHealth(writable=False, error=str(error))
    return LogHealth(
        writable=True,
        events=tail.position if tail else 0,
        head=tail.sha256 if tail else None,
        free_bytes=free_bytes,
    )


def _health(
    log: LogHealth, answered: tuple[Place | None, int, str] | None, appending: Appending, reading: Reading
) -> Health:
    read_model = ReadModelHealth(generation=reading.reader.generation())
    degraded = []
    if answered is None:
        read_model.error = "there is none, or it cannot be read; is the projector running?"
        degraded.append("read_model")
    else:
        place, read_model.failures, read_model.engine = answered
        read_model.position = place.position if place else 0
        read_model.behind = max(0, log.events - read_model.position)
        if read_model.failures:
            degraded.append("failures")
        if read_model.engine != "ok":
            degraded.append("engine")
    if not log.writable:
        degraded.append("log")
    status = "unavailable" if not log.writable else "degraded" if degraded else "ok"
    return Health(
        status=status,
        degraded=degraded,
        log=log,
        read_model=read_model,
        worker=WorkerCounts(
            appended=appending.appended, unreadable=appending.unreadable, read_failures=reading.failures
        ),
    )
