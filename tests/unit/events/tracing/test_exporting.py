"""The exporter of spans, against a collector that decodes what really came."""

import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from structlog.testing import CapturingLogger

pytest.importorskip("opentelemetry.sdk", reason="the extra `tracing` is not installed")

from events.log.receipt import Receipt
from events.process.environment import Environment
from events.tracing import exporting
from events.tracing import tracer as tracer_module
from events.tracing.identity import Identity, identity_of
from events.tracing.recording import SERVER, Recording
from events.tracing.settings import TracingSettings, read_tracing
from events.tracing.tracer import Tracer, open_tracer, tracing
from tests.support.collector import Collector, collecting
from tests.support.servers import free_port
from tests.support.waiting import wait_until

OF = Identity(0x1234, 0x56)
TRACE, FIRST = f"{0x1234:032x}", f"{0x56:016x}"
THEIRS = "00-" + "ab" * 16 + "-" + "cd" * 8 + "-01"


@pytest.fixture
def collector() -> Iterator[Collector]:
    """A collector that takes everything."""
    with collecting() as collector:
        yield collector


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> CapturingLogger:
    """What the log says."""
    said = CapturingLogger()
    monkeypatch.setattr(tracer_module, "logger", said)
    monkeypatch.setattr(exporting, "logger", said)
    return said


def settings_of(url: str, **variables: str) -> TracingSettings:
    """Return the settings with which spans go to an address."""
    settings, _ = read_tracing(Environment({"OTEL_EXPORTER_OTLP_ENDPOINT": url} | variables))
    assert settings is not None
    return settings


@contextmanager
def opened(url: str, **variables: str) -> Iterator[Tracer]:
    """Open a tracer until the block ends; what was recorded is exported by then."""
    with tracing(settings_of(url, **variables), process="ingress") as tracer:
        assert tracer is not None
        yield tracer


def recorded(name: str = "one", *, within: Identity | None = None, is_first: bool = False) -> Recording:
    """Return a recording that has ended."""
    recording = Recording(name, kind=SERVER)
    recording.identity, recording.is_first = within, is_first
    recording.end()
    return recording


def test_steps_are_spans_within_their_recording(collector: Collector) -> None:
    """Each step is a span with its own times, below the one that it is a step of; one that failed says so."""
    with opened(collector.url) as tracer:
        recording = Recording("POST /webhook/post-call", kind=SERVER, began_ns=1_000, position=7, secret="x")
        inner = recording.add("append", 2_000, 5_000, events=2)
        inner.add("fsync", 3_000, 4_000)
        with pytest.raises(KeyError), recording.step("find"):
            raise KeyError
        recording.add("engine", 2_500, None)
        recording.ended_ns = 9_000
        tracer.export(recording)
    spans = {span.name: span for span in collector.spans}
    root, append, fsync = spans["POST /webhook/post-call"], spans["append"], spans["fsync"]
    assert (root.kind, root.parent, root.service) == ("server", "", "elaoms-ingress")
    assert (append.parent, fsync.parent) == (root.id, append.id)
    assert {span.trace for span in spans.values()} == {root.trace}
    assert [(span.began_ns, span.ended_ns) for span in (root, append, fsync)] == [
        (1_000, 9_000),
        (2_000, 5_000),
        (3_000, 4_000),
    ]
    assert root.attributes == {"elaoms.position": 7}
    assert append.attributes == {"elaoms.events": 2}
    assert {name: span.attributes.get("error.type") for name, span in spans.items() if span.has_failed} == {
        "find": "failed",
        "engine": "unfinished",
    }


def test_trace_of_an_event_is_put_together_from_two_processes(collector: Collector) -> None:
    """The first span has the ids of the event, whichever process comes first; all others are below it."""
    for process in ("projector", "ingress"):
        with tracing(settings_of(collector.url), process=process) as tracer:
            assert tracer is not None
            tracer.export(recorded(process, within=OF, is_first=process == "ingress"))
    later, first = collector.spans
    assert (first.trace, first.id, first.parent) == (TRACE, FIRST, "")
    assert (later.trace, later.parent) == (TRACE, FIRST)
    assert later.id != FIRST
    assert (first.service, later.service) == ("elaoms-ingress", "elaoms-projector")


def test_ids_are_of_one_span_alone(collector: Collector) -> None:
    """Before, after and beside the first span of an event, ids are made up: also where threads export at once."""
    with opened(collector.url, OTEL_BSP_MAX_QUEUE_SIZE="10000") as tracer:

        def export(number: int) -> None:
            tracer.export(recorded("event", within=Identity(number, number), is_first=True))
            tracer.export(recorded("question"))

        threads = [threading.Thread(target=export, args=(number,)) for number in range(1, 41)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert {int(span.trace, 16) for span in collector.named("event")} == set(range(1, 41))
    questions = collector.named("question")
    assert len({span.trace for span in questions}) == len({span.id for span in questions}) == 40
    assert not {int(span.trace, 16) for span in questions} & set(range(1, 41))


@pytest.mark.parametrize("name", ["traceidratio", "parentbased_traceidratio"])
def test_both_processes_keep_the_same_traces(collector: Collector, name: str) -> None:
    """A sampler that keeps a share of the traces keeps them whole: it is asked the same trace id by both."""
    given = {"OTEL_TRACES_SAMPLER": name, "OTEL_TRACES_SAMPLER_ARG": "0.5"}
    receipts = [
        Receipt(position=n, received_at=None, kind="", conversation_id=None, path="", sha256="", size=0, source="")  # type: ignore[arg-type]
        for n in range(1, 41)
    ]
    for process in ("ingress", "projector"):
        with tracing(settings_of(collector.url, **given), process=process) as tracer:
            assert tracer is not None
            for receipt in receipts:
                tracer.export(recorded(process, within=identity_of(receipt), is_first=process == "ingress"))
    first, later = ({span.trace for span in collector.named(name)} for name in ("ingress", "projector"))
    assert first == later
    assert 0 < len(first) < 40


@pytest.mark.parametrize(
    ("header", "is_link"),
    [
        (THEIRS, True),
        (THEIRS[:-2] + "00", True),
        ("cc" + THEIRS[2:] + "-what-a-later-version-adds", True),
        (None, False),
        ("", False),
        ("ff" + THEIRS[2:], False),
        (THEIRS + "-more", False),
        (THEIRS.upper(), False),
        ("00-" + "0" * 32 + THEIRS[35:], False),
        (THEIRS[:36] + "0" * 16 + "-01", False),
        ("My son is 3.", False),
        (THEIRS.replace("a", "ä"), False),
    ],
)
def test_traceparent_becomes_a_link(collector: Collector, header: str | None, *, is_link: bool) -> None:
    """The span of who called is linked, and never the parent: a stranger must not choose the trace. Garbage is not."""
    with opened(collector.url) as tracer:
        recording = recorded()
        recording.traceparent = header
        tracer.export(recording)
    (span,) = collector.spans
    assert span.links == ([("ab" * 16, "cd" * 8)] if is_link else [])
    assert span.parent == ""
    assert span.trace != "ab" * 16


def test_variables_count_that_are_not_in_the_environment(collector: Collector, monkeypatch: pytest.MonkeyPatch) -> None:
    """What only `.env` holds counts as well, headers and all, and is not left in the environment."""
    monkeypatch.delenv("OTEL_SERVICE_NAME", raising=False)
    given = {
        "OTEL_EXPORTER_OTLP_HEADERS": "api-key=0123",
        "OTEL_EXPORTER_OTLP_COMPRESSION": "gzip",
        "OTEL_SERVICE_NAME": "clinic",
    }
    with opened(collector.url, **given) as tracer:
        assert not any(name.startswith("OTEL_") for name in os.environ)
        tracer.export(recorded())
    assert collector.headers[0]["api-key"] == "0123"
    assert collector.headers[0]["content-encoding"] == "gzip"
    assert collector.paths == ["/v1/traces"]
    assert [span.service for span in collector.spans] == ["clinic"]


def test_slow_collector_holds_nobody_up_and_fills_no_memory(collector: Collector) -> None:
    """While the collector does not answer, export returns, and what the queue does not take is lost."""
    collector.is_slow.set()
    with opened(collector.url, OTEL_BSP_MAX_QUEUE_SIZE="20", OTEL_BSP_MAX_EXPORT_BATCH_SIZE="5") as tracer:
        for number in range(5):
            tracer.export(recorded(str(number)))
        wait_until(lambda: collector.bodies)  # the exporting thread waits for an answer from now on
        for number in range(5, 1000):
            tracer.export(recorded(str(number)))
        collector.is_slow.clear()
        collector.may_answer.set()
    assert 20 <= len(collector.spans) <= 25


def test_end_is_not_held_up_by_a_collector(collector: Collector) -> None:
    """Closing gives up after its time, although the exporter itself would wait for an hour."""
    collector.is_slow.set()
    tracer = open_tracer(settings_of(collector.url, OTEL_EXPORTER_OTLP_TIMEOUT="3600"), process="ingress")
    assert tracer is not None
    tracer.export(recorded())
    began_s = time.monotonic()
    tracer.close(within_s=0.2)
    assert 0.2 <= time.monotonic() - began_s < 20
    tracer.export(recorded())  # a request that ends after that fails for nobody


@pytest.mark.parametrize("status", [0, 400, 401, 404, 500])
def test_collector_that_takes_nothing_is_said_once(collector: Collector, said: CapturingLogger, status: int) -> None:
    """Where nothing listens or all is refused, the log says so once, without a key that the address or headers hold."""
    url = collector.url.replace("//", "//user:hunter2@") if status else f"http://127.0.0.1:{free_port()}"
    collector.status = status
    given = {"OTEL_EXPORTER_OTLP_HEADERS": "api-key=hunter3,hunter4", "OTEL_EXPORTER_OTLP_TIMEOUT": "0.2"}
    with opened(url + "/hunter5", OTEL_BSP_MAX_EXPORT_BATCH_SIZE="1", **given) as tracer:
        for number in range(3):
            tracer.export(recorded(str(number)))
    lost = [call for call in said.calls if call.args == ("traces_not_exported",)]
    assert len(lost) == 1
    assert lost[0].kwargs["reason"] == (f"status {status}" if status else "it does not answer")
    assert "hunter" not in repr(said.calls)


def test_collector_that_is_back_is_said(collector: Collector, said: CapturingLogger) -> None:
    """Once the collector takes spans again, the log says so, and how many were lost."""
    collector.status = 404
    with opened(collector.url, OTEL_BSP_MAX_EXPORT_BATCH_SIZE="1") as tracer:
        tracer.export(recorded())
        wait_until(lambda: any(call.args == ("traces_not_exported",) for call in said.calls))
        collector.status = 200
        tracer.export(recorded())
    assert said.calls[-1].args == ("traces_exported_again",)
    assert said.calls[-1].kwargs["lost"] == 1


@pytest.mark.parametrize(
    "missing", ["opentelemetry.sdk.trace", "opentelemetry.exporter.otlp.proto.http.trace_exporter"]
)
def test_missing_packages_stop_nobody(monkeypatch: pytest.MonkeyPatch, said: CapturingLogger, missing: str) -> None:
    """Where the extra is not installed, the log says what to install, and the process goes on."""
    monkeypatch.delitem(sys.modules, "events.tracing.exporting")
    monkeypatch.setitem(sys.modules, missing, None)
    assert open_tracer(settings_of("http://127.0.0.1:4318"), process="ingress") is None
    (line,) = said.calls
    assert line.args == ("tracing_off",)
    assert "elaoms[tracing]" in line.kwargs["reason"]


def test_values_that_the_sdk_refuses_stop_nobody(said: CapturingLogger) -> None:
    """A queue that is smaller than a batch, or a sampler that is none, is said in the log, and the process goes on."""
    small = {"OTEL_BSP_MAX_QUEUE_SIZE": "1", "OTEL_BSP_MAX_EXPORT_BATCH_SIZE": "9"}
    assert open_tracer(settings_of("http://127.0.0.1:4318", **small), process="ingress") is None
    with opened("http://127.0.0.1:4318", OTEL_TRACES_SAMPLER="sometimes"):
        pass
    assert [call.args[0] for call in said.calls] == ["tracing_off", "tracing_warned", "tracing_on"]
