"""The counters and clocks of one worker, and the wrapper that counts its answers."""

import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

Scope = MutableMapping[str, Any]
Application = Callable[[Any, Any, Any], Awaitable[None]]
WEBHOOKS = {
    "/webhook/post-call": "post_call",
    "/webhook/client-data": "client_data",
    "/webhook/search-data": "search_data",
    "/webhook/search-memory": "search_data",
}
OUTCOMES = ("ok", "probe", "unauthorized", "rejected", "unavailable", "error")
# A handler sets it in the scope of a request that only looked whether requests get through.
PROBE = "elaoms.is_probe"
KINDS = ("transcription", "audio", "failure", "unreadable", "other")
ANSWERS = ("confident", "unsure", "empty", "degraded")
FAULTS = ("no_json", "no_caller_id", "literal_variable")
# From a greeting within a millisecond to the deadline of a search, and beyond that an upload of a long recording.
_BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Metrics:
    """
    What one worker counts.

    All series are there from the start: a rate of a counter that appears with its first event misses that event.

    Args:
        registry: of this worker.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self.registry = registry
        self._answers = Counter("elaoms_webhooks", "Webhooks answered.", ["webhook", "outcome"], registry=registry)
        self._seconds = _histogram(registry, "elaoms_webhook_seconds", "From the head to the answer.", "webhook")
        self._succeeded_at_s = Gauge(
            "elaoms_webhook_last_success_timestamp_seconds",
            "When a webhook was last answered 200, Unix seconds; 0 if none was since the start.",
            ["webhook"],
            multiprocess_mode="max",
            registry=registry,
        )
        self._refused = Counter("elaoms_webhooks_overloaded", "503 above POST_CALLS_MAX.", registry=registry)
        self._events = Counter("elaoms_events_appended", "Events made durable.", ["kind"], registry=registry)
        self._bytes = Counter("elaoms_appended_bytes", "Bytes of the bodies that were appended.", registry=registry)
        self._duplicates = Counter("elaoms_duplicates", "Webhooks that the log held already.", registry=registry)
        self._searches = Counter("elaoms_searches", "Searches, by their answers.", ["answer"], registry=registry)
        self._engine_seconds = _histogram(registry, "elaoms_engine_seconds", "How long a search in the engine took.")
        self._engine_errors = Counter("elaoms_engine_errors", "Searches that could not be made.", registry=registry)
        self._tool_faults = Counter(
            "elaoms_search_tool_faults", "Questions of tools that are set up wrongly.", ["fault"], registry=registry
        )
        self._tool_fault_at_s = Gauge(
            "elaoms_search_tool_last_fault_timestamp_seconds",
            "When a question was last asked so, Unix seconds; 0 if none was since the start.",
            ["fault"],
            multiprocess_mode="max",
            registry=registry,
        )
        self._begin()

    def note_answer(self, webhook: str, status: int, seconds: float, *, is_probe: bool = False) -> None:
        """Note the answer to a webhook, one of the values of `WEBHOOKS`."""
        # A probe that is answered 200 is no sign that ElevenLabs' webhooks come in.
        outcome = "probe" if is_probe and status == 200 else _outcome(status)
        self._answers.labels(webhook, outcome).inc()
        self._seconds.labels(webhook).observe(seconds)
        if outcome == "ok":
            self._succeeded_at_s.labels(webhook).set(time.time())

    def note_refused(self) -> None:
        """Note a webhook that was refused because too many are under way."""
        self._refused.inc()

    def note_appended(self, kind: str, size: int, *, is_duplicate: bool) -> None:
        """Note an event that is durable."""
        if is_duplicate:
            self._duplicates.inc()
            return
        self._events.labels(kind if kind in KINDS else "other").inc()
        self._bytes.inc(size)

    def note_search(self, *, is_degraded: bool, found: int, confident: int) -> None:
        """Note how a search was answered."""
        self._searches.labels(
            "degraded" if is_degraded else "confident" if confident else "unsure" if found else "empty"
        ).inc()

    def note_engine(self, seconds: float) -> None:
        """Note how long a search took, in any thread."""
        self._engine_seconds.observe(seconds)

    def note_engine_error(self) -> None:
        """Note a search that could not be made."""
        self._engine_errors.inc()

    def note_tool_fault(self, fault: str) -> None:
        """Note a question of a search tool that is set up wrongly."""
        self._tool_faults.labels(fault).inc()
        self._tool_fault_at_s.labels(fault).set(time.time())

    def _begin(self) -> None:
        for webhook in dict.fromkeys(WEBHOOKS.values()):
            self._seconds.labels(webhook)
            self._succeeded_at_s.labels(webhook).set(0)
            for outcome in OUTCOMES:
                self._answers.labels(webhook, outcome)
        for counter, labels in ((self._events, KINDS), (self._searches, ANSWERS), (self._tool_faults, FAULTS)):
            for label in labels:
                counter.labels(label)
        for fault in FAULTS:
            self._tool_fault_at_s.labels(fault).set(0)


def _histogram(registry: CollectorRegistry, name: str, words: str, *labels: str) -> Histogram:
    return Histogram(name, words, labels, buckets=_BUCKETS_S, registry=registry)


def with_metrics(app: Application, metrics: Metrics) -> Application:
    """Wrap an application: count and time the answer to each webhook."""

    async def answer(scope: Scope, receive: Any, send: Any) -> None:
        webhook = WEBHOOKS.get(scope["path"].rstrip("/")) if scope["type"] == "http" else None
        if webhook is None or scope["method"] != "POST":
            await app(scope, receive, send)
            return
        began, status = time.perf_counter(), 500

        async def send_noting(message: MutableMapping[str, Any]) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await app(scope, receive, send_noting)
        finally:
            seconds = time.perf_counter() - began
            metrics.note_answer(webhook, status, seconds, is_probe=bool(scope.get(PROBE)))

    return answer


def _outcome(status: int) -> str:
    if status == 200:
        return "ok"
    if status == 401:
        return "unauthorized"
    if status == 503:
        return "unavailable"
    return "error" if status >= 500 else "rejected"
