"""A collector of traces on the loopback: takes OTLP over HTTP, and decodes what came with OpenTelemetry's own types."""

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span as OtlpSpan
from opentelemetry.proto.trace.v1.trace_pb2 import Status

Value = str | bool | int | float


class Span(NamedTuple):
    """One span that came in; ids are hexadecimal, `parent` is empty for the first one of a trace."""

    service: str
    instance: str
    name: str
    kind: str
    trace: str
    id: str
    parent: str
    began_ns: int
    ended_ns: int
    attributes: dict[str, Value]
    links: list[tuple[str, str]]
    has_failed: bool


class Collector:
    """
    Takes spans until the block around `collecting` ends.

    `status` is what it answers. While `is_slow` is set it answers nothing. `bodies` are the requests as they came,
    unpacked, and `headers` those of each.
    """

    def __init__(self) -> None:
        self.url = ""
        self.status = 200
        self.bodies: list[bytes] = []
        self.headers: list[dict[str, str]] = []
        self.paths: list[str] = []
        self.is_slow = threading.Event()
        self.may_answer = threading.Event()

    def take(self, path: str, headers: dict[str, str], body: bytes) -> int:
        """Take a request, and return the status of its answer."""
        self.bodies.append(gzip.decompress(body) if headers.get("content-encoding") == "gzip" else body)
        self.headers.append(headers)
        self.paths.append(path)
        if self.is_slow.is_set():
            self.may_answer.wait()
        return self.status

    @property
    def spans(self) -> list[Span]:
        """Return all spans that came in so far."""
        return [
            _span_of(span, {each.key: each.value.string_value for each in resource.resource.attributes})
            for body in list(self.bodies)
            for resource in ExportTraceServiceRequest.FromString(body).resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]

    def named(self, name: str) -> list[Span]:
        """Return the spans of a name."""
        return [span for span in self.spans if span.name == name]


def _span_of(span: OtlpSpan, resource: dict[str, str]) -> Span:
    return Span(
        service=resource["service.name"],
        instance=resource["service.instance.id"],
        name=span.name,
        kind=OtlpSpan.SpanKind.Name(span.kind).removeprefix("SPAN_KIND_").lower(),
        trace=span.trace_id.hex(),
        id=span.span_id.hex(),
        parent=span.parent_span_id.hex(),
        began_ns=span.start_time_unix_nano,
        ended_ns=span.end_time_unix_nano,
        attributes={each.key: _value_of(each) for each in span.attributes},
        links=[(link.trace_id.hex(), link.span_id.hex()) for link in span.links],
        has_failed=span.status.code == Status.STATUS_CODE_ERROR,
    )


def _value_of(attribute: KeyValue) -> Value:
    value: Value = getattr(attribute.value, attribute.value.WhichOneof("value") or "string_value")
    return value


@contextmanager
def collecting() -> Iterator[Collector]:
    """Serve a collector until the block ends."""
    collector = Collector()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            status = collector.take(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
            self.send_response(status)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    collector.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield collector
    finally:
        collector.may_answer.set()
        server.shutdown()
        server.server_close()
        thread.join()
