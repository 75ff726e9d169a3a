"""Traces: real processes, and a collector that decodes what they export."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("opentelemetry.sdk", reason="the extra `tracing` is not installed")

from events.tracing.attributes import NAMES
from events.tracing.identity import identity_of
from tests.support.collector import Collector, Span, collecting
from tests.support.samples import AGENT, MARTA, audio, transcription
from tests.support.servers import (
    CLIENT_DATA_KEY,
    POST_CALL_KEY,
    SEARCH_DATA_KEY,
    Site,
    free_port,
    loopback_client,
    signed,
)

pytestmark = [pytest.mark.slow, pytest.mark.server]

THEIRS = "00-" + "ab" * 16 + "-" + "cd" * 8 + "-01"
WORDS = "My daughter Ottilie is allergic to walnuts."
# Runs one of our commands as `python -m` does, and prints at its end what it has imported.
_TELLING = """
import atexit, runpy, sys
prefixes = ("opentelemetry", "google", "requests", "events.tracing.exporting", "pydantic")
atexit.register(lambda: print("IMPORTED", [name for name in sys.modules if name.startswith(prefixes)], flush=True))
command = sys.argv[2]
sys.argv = sys.argv[2:]
runpy.run_module(command, run_name="__main__", alter_sys=True)
"""


@pytest.fixture
def collector() -> Iterator[Collector]:
    """A collector that takes everything."""
    with collecting() as collector:
        yield collector


def traced(folder: Path, url: str, **settings: str) -> Site:
    """Return an installation that exports its spans to an address, soon."""
    return Site(folder, OTEL_EXPORTER_OTLP_ENDPOINT=url, **({"OTEL_BSP_SCHEDULE_DELAY": "50"} | settings))


def in_trace(collector: Collector, trace: str) -> list[Span]:
    """Return the spans of a trace, in the order of their beginnings."""
    return sorted((span for span in collector.spans if span.trace == trace), key=lambda span: span.began_ns)


def check_whole(spans: list[Span], *, service: str = "elaoms-ingress") -> Span:
    """Check that a trace has one beginning, from which all else follows, and return that."""
    (root,) = [span for span in spans if not span.parent]
    ids = [span.id for span in spans]
    assert len(set(ids)) == len(ids)
    assert {span.parent for span in spans} <= {*ids, ""}
    assert all(span.began_ns <= span.ended_ns for span in spans)
    assert root.service == service
    return root


def test_one_trace_leads_from_the_webhook_to_the_memory(tmp_path: Path, collector: Collector) -> None:
    """The post and its fsyncs in ingress, and the fold in the projector, are one trace, whose id the receipt gives."""
    site = traced(tmp_path, collector.url)
    with site.ingress(), site.projector():
        site.wait_until(lambda: "replay_finished" in site.log("projector"))
        for number in range(3):
            site.post_call(transcription(f"conv_{number}", WORDS))
        site.post_call(audio("conv_1"))
        site.post_call(b"\xff no JSON")
        site.wait_until_folded(5)
    traces = {span.trace for span in collector.named("project")}
    assert traces == {f"{identity_of(event.receipt).trace_id:032x}" for event in site.events()}
    for trace in traces:
        spans = in_trace(collector, trace)
        root = check_whole(spans)
        named = {span.name: span for span in spans}
        assert root.name == "POST /webhook/post-call"
        assert root.kind == "server"
        assert root.attributes["http.response.status_code"] == 200
        steps = {span.name for span in spans if span.parent == named["append"].id}
        assert steps == {"queue", "write", "fsync", "link", "commit"}
        assert named["append"].parent == root.id
        assert named["fsync"].parent == named["append"].id
        assert root.began_ns <= named["append"].began_ns <= named["fsync"].began_ns
        assert named["fsync"].ended_ns <= named["append"].ended_ns <= root.ended_ns
        project = named["project"]
        assert (project.service, project.kind, project.parent) == ("elaoms-projector", "consumer", root.id)
        assert {span.name for span in spans if span.parent == project.id} == {"take_in", "fold", "commit"}
        assert project.attributes["elaoms.position"] == root.attributes["elaoms.position"]
        assert not any(span.has_failed for span in spans)
    kinds = [span.attributes["elaoms.kind"] for span in collector.named("project")]
    assert sorted(map(str, kinds)) == ["audio", *["transcription"] * 3, "unreadable"]


def test_same_bytes_again_are_a_part_of_their_trace(tmp_path: Path, collector: Collector) -> None:
    """A webhook that is sent again is seen in the trace of its event, below its first post."""
    site = traced(tmp_path, collector.url)
    with site.ingress():
        for _ in range(3):
            site.post_call(transcription("conv_1", WORDS))
    (trace,) = {span.trace for span in collector.spans}
    root = check_whole(in_trace(collector, trace))
    posts = collector.named("POST /webhook/post-call")
    assert [(post.parent, post.attributes["elaoms.is_duplicate"]) for post in posts] == [
        ("", False),
        (root.id, True),
        (root.id, True),
    ]


def test_long_body_is_traced_like_a_short_one(tmp_path: Path, collector: Collector) -> None:
    """A recording, which comes in pieces and joins no group, has its append and its fsync."""
    site = traced(tmp_path, collector.url)
    with site.ingress():
        site.post_call(audio("conv_1", b"\xff\xfb" + b"\0" * 600_000))
    (trace,) = {span.trace for span in collector.spans}
    spans = in_trace(collector, trace)
    assert check_whole(spans).attributes["elaoms.size_bytes"] == len(site.events()[0].body()) > 600_000
    assert {"append", "fsync", "commit"} <= {span.name for span in spans}


def test_one_shot_projector_joins_the_trace(tmp_path: Path, collector: Collector) -> None:
    """`projector --once` exports as well, where it makes the first read model and where it goes on."""
    site = traced(tmp_path, collector.url)
    with site.ingress():
        for number in (1, 2):
            site.post_call(transcription(f"conv_{number}", WORDS))
            site.run("projector", "--once")
    posts = {span.trace: span.id for span in collector.named("POST /webhook/post-call")}
    assert {span.trace: span.parent for span in collector.named("project")} == posts
    assert len(posts) == len(collector.named("project")) == 2


def test_greeting_and_search_have_traces_with_their_engine(tmp_path: Path, collector: Collector) -> None:
    """Each question is a trace of its own, down to the engine; who called by `traceparent` is linked."""
    site = traced(tmp_path, collector.url)
    with site.ingress(), site.projector():
        site.post_call(transcription("conv_1", WORDS))
        site.wait_until_folded(1)
        header = {"traceparent": THEIRS}
        for path, key, body in (
            ("/webhook/client-data", CLIENT_DATA_KEY, {"caller_id": MARTA, "agent_id": AGENT}),
            ("/webhook/search-data", SEARCH_DATA_KEY, {"caller_id": MARTA, "query": "walnuts"}),
            ("/webhook/search-memory", SEARCH_DATA_KEY, {"caller_id": MARTA, "query": "walnuts"}),
        ):
            assert site.post(path, json=body, headers={"x-api-key": key} | header).status_code == 200
        webhook = transcription("conv_2", WORDS)
        site.post("/webhook/post-call", content=webhook, headers=signed(webhook) | header)
    for path in ("/webhook/client-data", "/webhook/search-data", "/webhook/search-memory", "/webhook/post-call"):
        post = collector.named(f"POST {path}")[-1]
        assert post.links == [("ab" * 16, "cd" * 8)]
        assert (post.parent, post.kind) == ("", "server")
        assert post.attributes["http.route"] == path
        if path != "/webhook/post-call":
            spans = in_trace(collector, post.trace)
            check_whole(spans)
            engine = next(span for span in spans if span.name == "engine")
            assert engine.attributes["elaoms.engine"] == "embedded"
            assert post.began_ns <= engine.began_ns <= engine.ended_ns <= post.ended_ns
    search = collector.named("POST /webhook/search-data")[0]
    assert search.attributes["elaoms.found"] == search.attributes["elaoms.confident"] == 1


def test_nothing_leaves_but_what_is_listed(tmp_path: Path, collector: Collector) -> None:
    """No word of a call, no number, no id of a caller, a call or an agent, and no secret is in what is exported."""
    site = traced(tmp_path, collector.url, DEBUG="true", LOG_KEY="log-key-of-a-test", ADMIN_KEY="admin-key-of-a-test")
    with site.ingress(), site.projector():
        site.post_call(transcription("conv_ottilie", WORDS, user_name="Marta Lindqvist"))
        site.post_call(json.dumps({"type": "walnuts for +12025550143", "data": {"conversation_id": "conv_2"}}).encode())
        site.wait_until_folded(2)
        site.call_start(MARTA, agent_id=AGENT, called_number="+12025550100", call_sid="CA0123")
        site.search("walnuts", MARTA, agent_id=AGENT, conversation_id="conv_ottilie")
        site.search(7, ["no number"])
    sent = b"".join(collector.bodies).lower()
    for word in (
        "walnut",
        "ottilie",
        "lindqvist",
        "2025550143",
        "0143",
        "conv_",
        AGENT,
        "CA0123",
        POST_CALL_KEY,
        CLIENT_DATA_KEY,
        SEARCH_DATA_KEY,
        "-of-a-test",
        str(tmp_path),
    ):
        assert word.lower().encode() not in sent, word
    assert collector.spans
    assert {name for span in collector.spans for name in span.attributes} <= NAMES


def test_strangers_leave_no_span(tmp_path: Path, collector: Collector) -> None:
    """Whoever shows neither a signature nor a key cannot crowd out the spans of others."""
    site = traced(tmp_path, collector.url)
    body = transcription("conv_1", WORDS)
    with site.ingress():
        for headers in ({}, signed(body, secret="another"), signed(body, age_s=7200)):
            assert site.post("/webhook/post-call", content=body, headers=headers).status_code == 401
        for path in ("/webhook/client-data", "/webhook/search-data"):
            assert site.post(path, json={}, headers={"x-api-key": "another"}).status_code == 401
        site.get("/health")
        site.post("/nowhere")
        site.call_start(MARTA)
    assert {span.name for span in collector.spans if not span.parent} == {"POST /webhook/client-data"}


def test_each_worker_exports(tmp_path: Path, collector: Collector) -> None:
    """With several workers, the spans of all of them come in, each worker under a name of its own."""
    site = traced(tmp_path, collector.url, INGRESS_WORKERS="3")
    posted = 0
    with site.ingress():

        def have_two_exported() -> bool:
            nonlocal posted
            clients = [loopback_client() for _ in range(8)]
            for client in clients:
                site.post_call(transcription(f"conv_{posted}", WORDS), client=client)
                posted += 1
            for client in clients:
                client.close()
            return len({span.instance for span in collector.spans}) >= 2

        site.wait_until(have_two_exported, "ingress")
    posts = collector.named("POST /webhook/post-call")
    assert len({post.trace for post in posts}) == len(posts) == posted


def test_end_exports_what_is_queued(tmp_path: Path, collector: Collector) -> None:
    """Nothing was exported yet, and all of it is once both processes have ended."""
    site = traced(tmp_path, collector.url, OTEL_BSP_SCHEDULE_DELAY="3600000")
    with site.ingress(), site.projector():
        site.wait_until(lambda: "replay_finished" in site.log("projector"))
        site.post_call(transcription("conv_1", WORDS))
        site.wait_until_folded(1)
        assert collector.bodies == []
    (trace,) = {span.trace for span in collector.spans}
    check_whole(in_trace(collector, trace))
    assert {span.service for span in collector.spans} == {"elaoms-ingress", "elaoms-projector"}


@pytest.mark.parametrize("fault", ["dead", "slow", "refusing"])
def test_collector_fails_alone(tmp_path: Path, collector: Collector, fault: str) -> None:
    """With a collector that is away, answers nothing or refuses all, all else goes on as ever."""
    url = f"http://127.0.0.1:{free_port()}" if fault == "dead" else collector.url
    if fault == "slow":
        collector.is_slow.set()
    collector.status = 503
    limits = {"OTEL_BSP_MAX_QUEUE_SIZE": "10", "OTEL_BSP_MAX_EXPORT_BATCH_SIZE": "5"}
    site = traced(tmp_path, url, OTEL_EXPORTER_OTLP_TIMEOUT="3600", **limits)
    with site.ingress() as ingress, site.projector() as projector:
        with site.client() as client:
            for number in range(30):
                assert site.post_call(transcription(f"conv_{number}", WORDS), client=client).status_code == 200
        site.wait_until_folded(30)
        assert site.call_start(MARTA)["dynamic_variables"]["call_count"] == 30
        assert site.search("walnuts", MARTA)["memories"]
        assert site.health()["status"] == "ok"
        for process in (ingress, projector):
            process.terminate()
        # The exporter itself would wait for an hour, and the SDK's own end takes 30 seconds.
        assert [process.wait(25) for process in (ingress, projector)] == [0, 0]
    assert "Traceback" not in site.log("ingress") + site.log("projector")
    assert bool(collector.bodies) == (fault != "dead")


@pytest.mark.parametrize(
    ("settings", "is_on"),
    [
        ({}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9", "OTEL_SDK_DISABLED": "true"}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9", "OTEL_TRACES_EXPORTER": "none"}, False),
        ({"OTEL_TRACES_EXPORTER": "otlp"}, True),
    ],
)
def test_off_nothing_of_it_is_imported(
    tmp_path: Path, collector: Collector, settings: dict[str, str], *, is_on: bool
) -> None:
    """
    Unless traces are asked for, neither process has loaded OpenTelemetry, or what it needs, by its end; nor Pydantic.

    The framework of ingress would import both wherever they are installed.
    """
    (tmp_path / "telling.py").write_text(_TELLING)
    if is_on:  # whatever else a test may meet on the standard's port
        settings = settings | {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url}
    site = Site(tmp_path, **settings)
    by = (sys.executable, str(tmp_path / "telling.py"))
    with site.process("ingress", by=by) as ingress, site.process("projector", by=by):
        site.wait_for_ingress(ingress)
        site.post_call(transcription("conv_1", WORDS))
        site.wait_until_folded(1)
        site.call_start(MARTA)
        site.search("walnuts", MARTA)
    for command in ("ingress", "projector"):
        (line,) = [line for line in site.log(command).splitlines() if line.startswith("IMPORTED")]
        assert (line != "IMPORTED []") == is_on
        assert ("opentelemetry.sdk.trace" in line) == is_on


def test_settings_of_the_file_count(tmp_path: Path, collector: Collector) -> None:
    """What stands in `.env` alone switches traces on, also in the workers, with the header that the collector needs."""
    site = Site(tmp_path, INGRESS_WORKERS="2")
    (tmp_path / ".env").write_text(
        f'OTEL_EXPORTER_OTLP_ENDPOINT="{collector.url}"\n'
        'OTEL_EXPORTER_OTLP_HEADERS="api-key=hunter2"\n'
        'OTEL_RESOURCE_ATTRIBUTES="deployment.environment.name=test"\n'
    )
    with site.ingress():
        site.post_call(transcription("conv_1", WORDS))
    assert len(collector.named("POST /webhook/post-call")) == 1
    assert {headers["api-key"] for headers in collector.headers} == {"hunter2"}
    assert b"deployment.environment.name" in collector.bodies[0]
    assert "hunter2" not in site.log("ingress")


def test_doubtful_variables_are_said_and_stop_nothing(tmp_path: Path) -> None:
    """A protocol that is not spoken here, set for all programs of a machine, is a warning, and ingress starts."""
    site = Site(tmp_path, OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:9", OTEL_EXPORTER_OTLP_TRACES_PROTOCOL="grpc")
    with site.ingress():
        assert site.post_call(transcription("conv_1", WORDS)).status_code == 200
    doubts = [line for line in site.log("ingress").splitlines() if "setting_doubtful" in line]
    assert any("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL" in line for line in doubts)
