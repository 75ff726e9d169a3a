"""Puts the application together from all its parts."""

import gc
import multiprocessing
import os
import signal
import threading
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial
from importlib.metadata import version

from litestar import Litestar
from litestar.config.app import AppConfig
from litestar.config.cors import CORSConfig
from litestar.plugins import PluginProtocol
from litestar.plugins.core import MsgspecDIPlugin
from litestar.types import ASGIApp
from prometheus_client import CollectorRegistry, disable_created_metrics

from events.errors import EventsError
from events.log.protocol import EventLog
from events.open_log import open_log
from events.process import logging
from events.process.audit import AuditTrail
from events.process.environment import read_environment
from events.tracing.tracer import FLUSH_S, open_tracer
from ingress.http.auditing import Auditor
from ingress.http.backpressure import WebhookLimit, with_limit
from ingress.http.errors import answer_error
from ingress.http.openapi import add_bodies, openapi_config
from ingress.http.pages.documentation import redoc_handler
from ingress.http.pages.scripts import script_handlers
from ingress.http.patience import with_patience
from ingress.http.requests import with_request_id
from ingress.http.shortcut import with_shortcut
from ingress.lookups.call_starts import CallStarts
from ingress.lookups.engine_health import EngineHealth
from ingress.lookups.read_pool import ReadPool
from ingress.metrics.counting import Metrics, with_metrics
from ingress.metrics.traces import with_traces
from ingress.operating.callers.correction_request import CorrectionRequest
from ingress.operating.callers.handlers import callers_guards, callers_handlers
from ingress.operating.checkup.health import HealthCheck
from ingress.operating.checkup.status import status_handlers
from ingress.operating.metrics import metrics_handler
from ingress.searching.questions.weeks import load_weeks
from ingress.settings import Settings
from ingress.webhooks.appending import Appender
from ingress.webhooks.client_data import client_data_handler
from ingress.webhooks.post_call import post_call_handler
from ingress.webhooks.search_data import search_data_handler
from projector.engines.meaning.search import Meaning
from projector.engines.open import Engines
from projector.engines.open_meaning import open_meaning
from projector.engines.shutdown import Shutdown
from projector.read_model.open import vector_reader
from projector.read_side.loading import load_before_work
from projector.read_side.reader import ReadModelReader

# New objects between two garbage collections. A request makes few that need one.
_GARBAGE_MAX = 10_000


class _Application(Litestar):
    """An application of the framework, which loads nothing of OpenTelemetry, see `events.tracing`, nor of Pydantic."""

    @staticmethod
    def _patch_opentelemetry_middleware(config: AppConfig) -> AppConfig:
        # The framework looks here for a plugin of its own, and for that imports OpenTelemetry wherever it is installed.
        return config

    @staticmethod
    def _get_default_plugins(plugins: list[PluginProtocol]) -> list[PluginProtocol]:
        # Beside this one the framework has plugins for models of Pydantic, which is there with a vendor's SDK, and of
        # attrs. We have none; to import them takes a quarter of a start, and memory.
        return [*plugins, MsgspecDIPlugin()]


# From when no request is waited for any longer to the end of the process. With the server's own grace before it, a stop
# takes less than 4 seconds.
_END_S = 1.0


def create_app(settings: Settings, *, on_stopping: Callable[[], None] = lambda: None) -> ASGIApp:
    """
    Return the application, over the folders that the settings name.

    Args:
        on_stopping: is called once no request is waited for any longer, before the threads are ended.
    """
    logging.configure(level=settings.log_level)
    release = version("elaoms")
    # First of all: it reads the environment, which no other thread may do at that moment.
    tracer = open_tracer(settings.tracing, process="ingress")
    load_before_work(settings.engine.name)
    load_weeks()
    payloads = open_log(settings.log_location, log_keys=settings.log_keys, body_bytes_max=settings.body_bytes_max)
    appender = Appender(payloads)
    shutdown = Shutdown()
    meaning = _meaning(settings)
    engines = Engines(settings.engine, shutdown, meaning)
    reader = ReadModelReader(settings.callers_location, engines)
    reading, engine_health = ReadPool(reader), EngineHealth(reader, engines)
    auditor, starts = Auditor(AuditTrail(settings.audit_path)), CallStarts()
    # Else each counter and histogram has a second series, of which nobody makes use.
    disable_created_metrics()  # type: ignore[no-untyped-call]
    metrics = Metrics(CollectorRegistry())
    limit = WebhookLimit(settings.post_calls_max, on_refused=metrics.note_refused)

    @asynccontextmanager
    async def lifespan(_: Litestar) -> AsyncGenerator[None, None]:
        _recover(appender)
        _log_start(settings, payloads)
        _freeze_long_lived_objects()
        engine_health.prepare()
        if meaning is not None:
            meaning.questions.prepare()
        yield
        on_stopping()
        shutdown.set()  # otherwise threads that wait for a memory engine would hold up the end
        appender.close()
        reading.close()
        engine_health.close()
        if meaning is not None:
            meaning.close()
        auditor.close()
        if tracer is not None:
            tracer.close(within_s=FLUSH_S)

    health_check = HealthCheck(
        settings, appender, limit, reading, auditor, engine_health=engine_health, meaning=meaning
    )
    app = _Application(
        route_handlers=[
            post_call_handler(settings, appender, metrics),
            client_data_handler(settings, reading, auditor, starts),
            search_data_handler(settings, reading, auditor, starts, metrics),
            *callers_handlers(settings, appender.payloads, reading, auditor),
            *status_handlers(health_check, version=release, is_debug=settings.is_debug),
            metrics_handler(health_check, metrics),
            redoc_handler(),
            *script_handlers(),
        ],
        exception_handlers={Exception: answer_error},
        lifespan=[lifespan],
        openapi_config=openapi_config(release),
        cors_config=CORSConfig(allow_origins=list(settings.cors_allow_origins))
        if settings.cors_allow_origins
        else None,
        logging_config=None,
    )
    add_bodies(app.openapi_schema, *([CorrectionRequest] if settings.admin_keys else []))
    quick = with_shortcut(app, has_cors=bool(settings.cors_allow_origins), guards=callers_guards(settings))
    answering = with_request_id(with_patience(quick, idle_s=settings.body_idle_timeout_s))
    if tracer is not None:
        answering = with_traces(answering, tracer)
    return with_limit(with_metrics(answering, metrics), limit)


def _meaning(settings: Settings) -> Meaning | None:
    """Return what searches by meaning; None where the settings ask for words alone."""
    if not settings.engine.may_use_meaning:
        return None
    vectors = partial(vector_reader, settings.callers_location)
    return open_meaning(vectors, deadline_s=settings.engine.semantic_deadline_s)


def create_worker_app() -> ASGIApp:
    """Return the application of one worker process. The worker ends when the process that started it ends."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    return create_app(Settings.from_env(read_environment()), on_stopping=end_soon)


def end_soon() -> None:
    """End this process within the grace period, also where a thread waits for a lock or a disk that hangs."""
    # What such a thread appends was not acknowledged: the process may be killed at any moment.
    timer = threading.Timer(_END_S, os._exit, args=(0,))
    timer.daemon = True
    timer.start()


def _end_with(parent: multiprocessing.process.BaseProcess) -> None:
    # A worker whose supervisor was killed would keep the port, and answer in place of the next ingress.
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)


def _freeze_long_lived_objects() -> None:
    # Modules and the application live as long as the process. Each garbage collection that walked through them took up
    # to 0.2 s, in which no request was answered.
    gc.collect()
    gc.freeze()
    gc.set_threshold(_GARBAGE_MAX, 20, 20)


def _recover(appender: Appender) -> None:
    logger = logging.get_logger("webhook")
    try:
        recovered = appender.payloads.recover()
    except (EventsError, OSError):
        logger.exception("recovery_failed", consequence="drafts stay until the next start")
    else:
        if recovered:
            logger.info("drafts_recovered", events=recovered)


def _log_start(settings: Settings, payloads: EventLog) -> None:
    logger = logging.get_logger("webhook")
    logger.info(
        "ingress_started",
        host=settings.host,
        port=settings.port,
        payloads=str(payloads),
        engine=settings.engine.name,
    )
    if settings.first_message_override:
        logger.info(
            "first_message_override_sent",
            needs="the agent's Security tab > Overrides > First message; or set FIRST_MESSAGE_OVERRIDE=false",
        )
    with suppress(EventsError, OSError):  # said again by each request to forget a caller
        if (complaint := payloads.proofs.complaint()) is not None:
            logger.warning("log_key_wrong", reason=complaint, consequence="no caller can be forgotten through ingress")
    if settings.is_debug:
        logger.warning("echo_is_open", consequence="anybody who reaches this port gets back what they send")
    if settings.allow_unauthenticated_search:
        logger.warning("search_is_open", consequence="anybody who reaches this port can read what callers said")
