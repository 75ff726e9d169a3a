"""Beside the projection: traces of it, if they are wanted."""

from collections.abc import Iterator
from contextlib import contextmanager

from events.tracing.tracer import tracing
from projector.commands.settings import Settings
from projector.follow.traces import Traced, Untraced


@contextmanager
def recording_traces(settings: Settings) -> Iterator[Untraced]:
    """Yield what records the projection of events until the block ends, if traces are wanted."""
    with tracing(settings.tracing, process="projector") as tracer:
        yield Untraced() if tracer is None else Traced(tracer, engine=settings.projection.engine.name)
