"""Exports recordings by OpenTelemetry's SDK, over OTLP; the only module that imports it."""

import logging
import os
import re
import threading
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.metadata import version

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.sdk.trace.sampling import Decision
from opentelemetry.trace import (
    Link,
    NonRecordingSpan,
    Span,
    SpanContext,
    SpanKind,
    StatusCode,
    TraceFlags,
    set_span_in_context,
)

from events.process.logging import get_logger
from events.tracing.attributes import allowed
from events.tracing.identity import Identity
from events.tracing.recording import CLIENT, CONSUMER, INTERNAL, SERVER, Recording
from events.tracing.settings import TracingSettings

logger = get_logger("tracing")
_KINDS = {
    SERVER: SpanKind.SERVER,
    CONSUMER: SpanKind.CONSUMER,
    CLIENT: SpanKind.CLIENT,
    INTERNAL: SpanKind.INTERNAL,
}
# Source: W3C Trace Context, 3.2. A later version may go on behind the flags.
_TRACEPARENT = re.compile(r"(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?")
_NOTHING = Context()
_SDK, _EXPORTERS = "opentelemetry", "opentelemetry.exporter"


class OtlpTracer:
    """
    Exports what was recorded, in batches, by a thread of the SDK; keeps the promises of `Tracer`.

    The SDK's queue is bounded (`OTEL_BSP_MAX_QUEUE_SIZE`, 2048 spans); what does not fit is dropped.
    """

    def __init__(self, provider: TracerProvider, ids: "_Ids") -> None:
        self._provider = provider
        self._ids = ids
        self._tracer = provider.get_tracer("elaoms", version("elaoms"))

    def export(self, recording: Recording) -> None:
        """Make spans of a recording, and hand them to the SDK's queue."""
        try:
            self._export(recording)
        except Exception:
            logger.warning("trace_not_made", name=recording.name, exc_info=True)

    def _export(self, recording: Recording) -> None:
        links = [Link(of)] if (of := _context_of(recording.traceparent)) is not None else []
        identity = recording.identity
        if identity is None:
            self._spans(recording, _NOTHING, links)
        elif recording.is_first:
            with self._ids.chosen(identity):
                span = self._start(recording, _NOTHING, links)
            self._finish(span, recording)
        else:
            self._spans(recording, self._within(identity), links)

    def close(self, *, within_s: float) -> None:
        """Export what is queued, as far as that goes in time; what is left then is lost."""
        # The SDK's own shutdown takes up to 30 seconds, and no argument that says otherwise.
        closing = threading.Thread(target=self._provider.shutdown, name="tracing-end", daemon=True)
        closing.start()
        closing.join(within_s)
        if closing.is_alive():
            logger.warning("traces_not_exported", reason="the collector did not take them in time", at="the end")

    def _spans(self, recording: Recording, within: Context, links: Sequence[Link] = ()) -> None:
        self._finish(self._start(recording, within, links), recording)

    def _start(self, recording: Recording, within: Context, links: Sequence[Link]) -> Span:
        return self._tracer.start_span(
            recording.name,
            context=within,
            kind=_KINDS[recording.kind],
            attributes=allowed(recording.attributes),
            links=links,
            start_time=recording.began_ns,
        )

    def _finish(self, span: Span, recording: Recording) -> None:
        if not span.is_recording():
            return  # the sampler left the trace out
        for step in list(recording.steps):  # a thread that is late may still add one
            self._spans(step, set_span_in_context(span, _NOTHING))
        error = recording.error or ("unfinished" if recording.ended_ns is None else "")
        if error:
            span.set_attributes(allowed({"error.type": error}))
            span.set_status(StatusCode.ERROR)
        span.end(recording.ended_ns)

    def _within(self, identity: Identity) -> Context:
        """Return the context of the first span of a trace, which this process or another one exports."""
        # Both processes ask the same sampler of the same trace id, so that they keep or leave out the same traces.
        decision = self._provider.sampler.should_sample(_NOTHING, identity.trace_id, "").decision
        flags = TraceFlags(TraceFlags.SAMPLED if decision is Decision.RECORD_AND_SAMPLE else TraceFlags.DEFAULT)
        of = SpanContext(identity.trace_id, identity.span_id, is_remote=True, trace_flags=flags)
        return set_span_in_context(NonRecordingSpan(of), _NOTHING)


def open_otlp(settings: TracingSettings, *, process: str) -> OtlpTracer:
    """
    Return an exporter as OpenTelemetry's variables ask for it.

    Raises:
        Exception: whatever the SDK raises for values that it cannot use.
    """
    sdk, sdk_log = logging.getLogger(_SDK), _SdkLog()
    sdk.handlers, sdk.propagate = [sdk_log], False
    sdk.setLevel(logging.WARNING)  # whatever LOG_LEVEL is: `reason` is taken from it
    with _in_environment(settings.variables):
        ids, exporter = _Ids(), _ToldExporter(OTLPSpanExporter(), settings.collector, sdk_log)
        provider = TracerProvider(resource=_resource(process), id_generator=ids, shutdown_on_exit=False)
        provider.add_span_processor(BatchSpanProcessor(exporter))
    return OtlpTracer(provider, ids)


class _Ids(RandomIdGenerator):
    """Makes up ids, but for the span whose ids a thread has chosen."""

    def __init__(self) -> None:
        self._chosen = threading.local()

    @contextmanager
    def chosen(self, identity: Identity) -> Iterator[None]:
        """Give the span that this thread starts in the block the ids of a trace and of its first span."""
        self._chosen.identity = identity
        try:
            yield
        finally:
            self._chosen.identity = None

    def generate_trace_id(self) -> int:
        identity: Identity | None = getattr(self._chosen, "identity", None)
        return super().generate_trace_id() if identity is None else identity.trace_id

    def generate_span_id(self) -> int:
        identity: Identity | None = getattr(self._chosen, "identity", None)
        return super().generate_span_id() if identity is None else identity.span_id


class _SdkLog(logging.Handler):
    """
    Logs what the SDK warns about, each text once, and without the values in it, which may hold keys.

    `reason` says why the last export failed: a status, or the kind of an error. `_ToldExporter` logs it.
    """

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.reason = "it does not answer"
        self._said = set[str]()

    def emit(self, record: logging.LogRecord) -> None:
        """Take one warning of the SDK."""
        if record.name.startswith(_EXPORTERS):
            self.reason = _reason_of(record) or self.reason
        elif record.msg not in self._said:
            self._said.add(record.msg)
            logger.warning("tracing_warned", by=record.name, reason=str(record.msg))


class _ToldExporter(SpanExporter):
    """Exports as another one does, and says once when the collector takes nothing any more, and once when it does."""

    def __init__(self, exporter: SpanExporter, collector: str, sdk_log: _SdkLog) -> None:
        self._exporter = exporter
        self._collector = collector
        self._sdk_log = sdk_log
        self._lost = 0

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Export a batch."""
        result = self._exporter.export(spans)
        if result is not SpanExportResult.SUCCESS:
            if not self._lost:
                logger.warning(
                    "traces_not_exported",
                    collector=self._collector,
                    reason=self._sdk_log.reason,
                    consequence="spans are lost until the collector takes them, and nothing else is",
                )
            self._lost += len(spans)
        elif self._lost:
            logger.info("traces_exported_again", collector=self._collector, lost=self._lost)
            self._lost = 0
        return result

    def shutdown(self) -> None:
        """End the export that is under way."""
        self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Return whether nothing is held back."""
        return self._exporter.force_flush(timeout_millis)


def _reason_of(record: logging.LogRecord) -> str:
    """Return the status or the kind of error that a warning of an exporter is about; empty if it tells none."""
    for value in record.args if isinstance(record.args, tuple) else ():
        if isinstance(value, int):
            return f"status {value}"
        if isinstance(value, BaseException):
            return type(value).__name__
    return ""


def _resource(process: str) -> Resource:
    ours = {
        "service.name": f"elaoms-{process}",
        "service.version": version("elaoms"),
        "service.instance.id": str(uuid.uuid4()),
    }
    # What the operator says of the resource comes last, and wins.
    return Resource.create(dict(Resource(ours).merge(OTELResourceDetector().detect()).attributes))


@contextmanager
def _in_environment(variables: Mapping[str, str]) -> Iterator[None]:
    """Put variables that only `.env` holds into the environment for the block: the SDK looks nowhere else."""
    added = {name: value for name, value in variables.items() if name not in os.environ}
    os.environ.update(added)
    try:
        yield
    finally:
        for name in added:
            del os.environ[name]


def _context_of(traceparent: str | None) -> SpanContext | None:
    """Return the span that a `traceparent` header names; None where it names none."""
    match = _TRACEPARENT.fullmatch(traceparent or "")
    if match is None or (match[0].startswith("00") and match.end(3) != match.end()):
        return None
    of = SpanContext(int(match[1], 16), int(match[2], 16), is_remote=True, trace_flags=TraceFlags(int(match[3], 16)))
    return of if of.is_valid else None
