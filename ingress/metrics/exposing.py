"""The text that Prometheus reads: what all workers counted, added up, and how the service is just now."""

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector

MEDIA_TYPE = "text/plain; version=0.0.4"
# The variable by which the client library of each worker finds where it shares its counters.
# Source: prometheus_client, "Multiprocess Mode".
_SHARED_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
_MEMORY = Path("/dev/shm")  # noqa: S108 - a private folder is made in it


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
    folder = os.environ.get(_SHARED_FOLDER)
    if folder is not None:
        counted = CollectorRegistry()
        MultiProcessCollector(counted, path=folder)  # type: ignore[no-untyped-call]
    moment = CollectorRegistry()
    moment.register(now)
    return generate_latest(counted) + generate_latest(moment)


@contextmanager
def shared_counters() -> Iterator[None]:
    """Have the worker processes that are started in the block share their counters, in a folder that goes with it."""
    # In memory where there is some: what is counted must not wait for a disk, nor fail on a full one.
    folder = tempfile.mkdtemp(prefix="elaoms-metrics-", dir=_MEMORY if os.access(_MEMORY, os.W_OK) else None)
    os.environ[_SHARED_FOLDER] = folder
    try:
        yield
    finally:
        os.environ.pop(_SHARED_FOLDER, None)
        shutil.rmtree(folder, ignore_errors=True)
