"""The metrics of a following projector, which Prometheus reads on a port of their own."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics, start_http_server
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from events.process.logging import get_logger
from projector.errors import ProjectorError
from projector.read_model.open import open_generations, open_read_model
from projector.read_side.signs.heartbeat import read_heartbeat
from projector.read_side.signs.learning import FAILURES, OUTCOMES, Learning, read_learning

logger = get_logger("projection")
_BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 60.0)


class ProjectorMetrics:
    """What a projector counts."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._seconds = Histogram(
            "elaoms_projection_seconds", "How long a batch of events took.", buckets=_BUCKETS_S, registry=self.registry
        )
        self._events = Counter("elaoms_events_projected", "Events that were projected.", registry=self.registry)
        self._position = Gauge(
            "elaoms_projector_position", "The last position that was projected since the start.", registry=self.registry
        )

    def note_batch(self, position: int, events: int, seconds: float) -> None:
        """Note a batch that was projected, up to a position."""
        self._seconds.observe(seconds)
        self._events.inc(events)
        self._position.set(position)


class _Moment:
    """What the heartbeat and the read model say just now."""

    def __init__(self, folder: Path, memories: str | Path) -> None:
        self._folder, self._memories = folder, memories

    def collect(self) -> Iterator[Metric]:
        """Yield whether the projector waits, when it last got on, and how models are asked."""
        beat = read_heartbeat(self._folder)
        if beat is not None:
            waits = float(beat.waits_for is not None)
            yield GaugeMetricFamily("elaoms_projector_waiting", "Whether it waits for the world.", value=waits)
            words = "When it last got on with anything, Unix seconds."
            yield GaugeMetricFamily("elaoms_projector_moved_timestamp_seconds", words, value=beat.moved_at_s)
        if (learning := read_learning(self._folder)) is not None and learning.provider:
            yield from _learning(learning)
        # Of what cannot be read there is no value: a zero would say that nothing is known.
        with suppress(ProjectorError, OSError), open_read_model(open_generations(self._memories)) as read_model:
            counts = read_model.counts()
            yield GaugeMetricFamily("elaoms_facts", "Facts that are so now.", value=counts["facts"])
            words = "Corrections that persons made, undone ones too."
            yield GaugeMetricFamily("elaoms_corrections", words, value=counts["corrections"])


def _learning(learning: Learning) -> Iterator[Metric]:
    totals = learning.totals
    tokens = CounterMetricFamily("elaoms_extraction_tokens", "Tokens that models read and wrote.", labels=["direction"])
    for direction, count in (("in", totals.tokens_in), ("cached", totals.tokens_cached), ("out", totals.tokens_out)):
        tokens.add_metric([direction], count)
    yield tokens
    answers = CounterMetricFamily("elaoms_extraction_answers", "Answers, by what they are.", labels=["outcome"])
    for outcome in OUTCOMES:
        answers.add_metric([outcome], totals.answers.get(outcome, 0))
    yield answers
    failures = CounterMetricFamily(
        "elaoms_extraction_failures", "Questions without an answer of use.", labels=["reason"]
    )
    for reason in FAILURES:
        failures.add_metric([reason], totals.failures.get(reason, 0))
    yield failures
    if learning.cost is not None:
        yield CounterMetricFamily("elaoms_extraction_cost", "What the tokens cost by LLM_PRICE_*.", value=learning.cost)
    now = {
        "waiting": ("Calls that no model has read yet.", learning.waiting),
        "under_way": ("Calls that a model is asked about.", learning.under_way),
        "in_batch": ("Calls that a batch at the vendor asks about.", learning.in_batch),
        "failed": ("Calls that are not asked about any more.", learning.failed),
        "held": ("Whether the provider refuses all questions.", bool(learning.held)),
        "tokens_today": ("Tokens that were spent today (UTC).", learning.tokens_today),
    }
    for name, (words, value) in now.items():
        yield GaugeMetricFamily(f"elaoms_extraction_{name}", words, value=float(value))


@contextmanager
def serving(
    host: str, port: int | None, folder: Path, memories: str | Path
) -> Iterator[Callable[[int, int, float], None]]:
    """
    Serve metrics at `/metrics` of an address until the block ends; yields what is to be told of each batch.

    A port that is taken is said in the log: learning is worth more than its metrics.

    Args:
        port: None to serve nothing.
        folder: `READ_MODEL_PATH`, where the heartbeat is.
        memories: where the read model is.
    """
    if port is None:
        yield lambda *_: None
        return
    # Else each counter and histogram has a second series, of which nobody makes use.
    disable_created_metrics()  # type: ignore[no-untyped-call]
    metrics = ProjectorMetrics()
    metrics.registry.register(_Moment(folder, memories))
    try:
        server, thread = start_http_server(port, addr=host, registry=metrics.registry)
    except OSError as error:
        logger.warning("metrics_not_served", host=host, port=port, reason=str(error))
        yield metrics.note_batch
        return
    logger.info("metrics_served", host=host, port=port)
    try:
        yield metrics.note_batch
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
