"""`/metrics`: what was counted, and the health of the service, as Prometheus reads them."""

import asyncio

from litestar import get
from litestar.handlers import HTTPRouteHandler

from ingress.metrics.counting import Metrics
from ingress.metrics.exposing import MEDIA_TYPE, Snapshot, exposition
from ingress.operating.checkup.health import DEGRADED, Health, HealthCheck
from ingress.operating.checkup.shared_look import SharedLook

_PATIENCE_S = 10.0


def metrics_handler(health_check: HealthCheck, metrics: Metrics) -> HTTPRouteHandler:
    """Return the handler of `/metrics`. It looks once a second at most, for all who ask."""

    async def look() -> bytes:
        health = await health_check.health()
        return await asyncio.to_thread(exposition, metrics.registry, _snapshot(health))

    shared = SharedLook(look, patience_s=_PATIENCE_S)

    @get("/metrics", media_type=MEDIA_TYPE, include_in_schema=False)
    async def answer_metrics() -> bytes:
        return await shared.result() or b""

    return answer_metrics


def _snapshot(health: Health) -> Snapshot:
    log, read_model, projector = health.log, health.read_model, health.projector
    is_known = read_model.generation is not None
    seen = projector.last_seen_at
    servers = log.servers
    gauges = (
        ("elaoms_log_writable", "Whether an event can be appended.", float(log.writable)),
        ("elaoms_log_events", "Events in the log.", log.events),
        ("elaoms_log_free_bytes", "Free bytes on the log's disk.", log.free_bytes),
        ("elaoms_log_free_files", "How many more files the log's disk takes.", log.free_files),
        *(
            (
                ("elaoms_log_standbys_in_sync", "Synchronous standbys that follow.", servers.standbys),
                ("elaoms_log_connections", "Connections of the log's database.", servers.connections),
                ("elaoms_log_longest_append_seconds", "The slowest append of a minute.", servers.longest_append_s),
            )
            if servers is not None
            else ()
        ),
        ("elaoms_projected_position", "Up to which position the log is folded.", read_model.position),
        ("elaoms_unprojected_events", "Events that are not folded yet.", read_model.behind),
        (
            "elaoms_oldest_unprojected_age_seconds",
            "How long the oldest event that is not folded has been in the log; 0 if all are.",
            read_model.oldest_waiting_s,
        ),
        ("elaoms_failures", "Events that could not be folded.", read_model.failures),
        ("elaoms_unreadable_events", "Signed bodies that cannot be read; they are kept.", read_model.unreadable),
        ("elaoms_unfinished_erasures", "Erasures that are not done after a minute.", read_model.unfinished_erasures),
        ("elaoms_engine_owed_callers", "Callers whose changes the engine lacks.", read_model.owed),
    )
    # Of what could not be looked at there is no value: a zero would say that all is well.
    known = [gauge for gauge in gauges if is_known or gauge[0].startswith("elaoms_log_")]
    always = [
        ("elaoms_projector_running", "Whether a projector beat within 10 seconds.", float(projector.running)),
        (
            "elaoms_projector_last_seen_timestamp_seconds",
            "When a projector last beat, Unix seconds; 0 if none did.",
            seen.timestamp() if seen is not None else 0.0,
        ),
    ]
    return Snapshot([*known, *always], {what: what in health.degraded for what in DEGRADED})
