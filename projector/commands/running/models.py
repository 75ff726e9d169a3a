"""Has models asked while a projector follows, if anybody is set to be asked."""

from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress

from projector.commands.settings import Settings
from projector.extracting.messages import Start
from projector.extracting.worker import ExtractionWorker
from projector.read_side.learning import Learning, write_learning


def start_of(settings: Settings) -> Start | None:
    """Return what is needed to ask models; None where nobody is set to be asked."""
    if settings.models is None:
        return None
    return Start(
        payloads=str(settings.payload_folder.absolute()),
        read_model=str(settings.read_model_folder.absolute()),
        log_keys=list(settings.log_keys or ()),
        models=settings.models,
        asking=settings.asking,
        fold=settings.projection.fold,
        region=settings.projection.region,
        log_level=settings.log_level,
    )


@contextmanager
def asking(settings: Settings) -> Iterator[None]:
    """Have models asked until the block ends; without any, note for who looks that nobody is asked."""
    start = start_of(settings)
    if start is None:
        with suppress(OSError):
            write_learning(settings.read_model_folder, Learning())
        yield
        return
    with closing(ExtractionWorker(start)) as worker:
        worker.begin()
        yield
