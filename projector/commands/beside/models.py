"""Has models asked while a projector follows, if anybody is set to be asked."""

from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from typing import TYPE_CHECKING

from events.open_log import absolute
from events.process import logging
from projector.commands.settings import Settings
from projector.read_side.signs.learning import Learning, write_learning

if TYPE_CHECKING:
    from projector.extracting.messages import Start


def start_of(settings: Settings) -> "Start | None":
    """Return what is needed to ask models; None where nobody is set to be asked."""
    if settings.models is None:
        return None
    from projector.extracting.messages import Start  # noqa: PLC0415 - only where a model is asked

    return Start(
        payloads=absolute(settings.log_location),
        read_model=absolute(settings.memories_location),
        notes=str(settings.read_model_folder.absolute()),
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
    start = _start_that_counts(settings)
    if start is None:
        with suppress(OSError):
            write_learning(settings.read_model_folder, Learning())
        yield
        return
    from projector.extracting.worker import ExtractionWorker  # noqa: PLC0415 - as above

    with closing(ExtractionWorker(start)) as worker:
        worker.begin()
        yield


def _start_that_counts(settings: Settings) -> "Start | None":
    start = start_of(settings)
    if start is None:
        return None
    from projector.extracting.opening import version_of  # noqa: PLC0415 - as above

    if version_of(start) is None:
        reason = "EXTRACTION_PROMPT_MAX lets no answer count"
        logging.get_logger("projection").info("models_not_asked", reason=reason)
        return None
    return start
