"""The text that Prometheus reads: what all workers counted, added up, and how the service is just now."""

import os
from collections.abc import Iterable, Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector

from ingress.metrics.sharing import SHARED_FOLDER

MEDIA_TYPE = "text/plain; version=0.0.4"


class Snapshot:
    """Values of the moment, as Prometheus' client library collects them: name, help, and value by label."""

    def __init__(self, gauges: Iterable[tuple[str, str, float | None]], degraded: dict[str, bool]) -> None:
        self._gauges = gauges
        self._degraded = degraded

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield each value that is known."""
        for name, words, value in self._gauges:
            if value is not None:
                yield GaugeMetricFamily(name, words, value=value)
        family = GaugeMetricFamily("elaoms_degraded", "Whether /health names it in `degraded`.", labels=["what"])
        for what, is_so in self._degraded.items():
            family.add_metric([what], float(is_so))
        yield family


def exposition(counted: CollectorRegistry, now: Snapshot) -> bytes:
    """Return the text: what was counted, by all workers where there are several, and the values of the moment."""
    folder = os.environ.get(SHARED_FOLDER)
    if folder is not None:
        counted = CollectorRegistry()
        MultiProcessCollector(counted, path=folder)  # type: ignore[no-untyped-call]
    moment = CollectorRegistry()
    moment.register(now)
    return generate_latest(counted) + generate_latest(moment)
