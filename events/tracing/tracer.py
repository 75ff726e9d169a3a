"""Opens what exports spans, and closes it within a bounded time."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from events.process.logging import get_logger
from events.tracing.recording import Recording
from events.tracing.settings import TracingSettings

logger = get_logger("tracing")
# From the end of the work to that of the process. Both processes must end within seconds, with traces or without.
FLUSH_S = 1.0
_INSTALL = "install elaoms[tracing], or set OTEL_SDK_DISABLED=true"


class Tracer(Protocol):
    """Exports what was recorded. It never raises, and never waits: what the collector does not take in time is lost."""

    def export(self, recording: Recording) -> None:
        """Have a recording exported with all its steps; any thread may call this."""

    def close(self, *, within_s: float) -> None:
        """Export what is still to be exported, as far as that goes within some seconds, and end."""


def open_tracer(settings: TracingSettings | None, *, process: str) -> Tracer | None:
    """
    Return what exports the spans of this process; None where none are wanted, or where it cannot be opened.

    The latter is said in the log: learning and greeting are worth more than traces.

    Args:
        process: `ingress` or `projector`.
    """
    if settings is None:
        return None
    try:
        # Imported only now: who wants no traces pays nothing for them, and need not have the packages.
        from events.tracing.exporting import open_otlp  # noqa: PLC0415

        tracer = open_otlp(settings, process=process)
    except ImportError as error:
        logger.warning("tracing_off", reason=f"the package {error.name} is missing: {_INSTALL}")
        return None
    except Exception as error:  # noqa: BLE001 - whatever the SDK finds wrong with its variables must stop nobody
        logger.warning("tracing_off", reason=f"{type(error).__name__}: {error}")
        return None
    logger.info("tracing_on", collector=settings.collector)
    return tracer


@contextmanager
def tracing(settings: TracingSettings | None, *, process: str) -> Iterator[Tracer | None]:
    """Open what exports spans as `open_tracer` does, and close it at the end of the block."""
    tracer = open_tracer(settings, process=process)
    try:
        yield tracer
    finally:
        if tracer is not None:
            tracer.close(within_s=FLUSH_S)
