"""Has vectors made while a projector follows the log."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

from projector.commands.settings import Settings
from projector.engines.protocol import Changes, NoChanges
from projector.vectors.worker import VectorWorker


@contextmanager
def making_vectors(settings: Settings) -> Iterator[Changes]:
    """Have vectors made until the block ends, if they are wanted; yields who is to be told of changes."""
    if not settings.projection.engine.may_use_meaning:
        yield NoChanges()
        return
    with closing(VectorWorker(settings.memories_location, log_level=settings.log_level)) as worker:
        worker.begin()
        yield worker
