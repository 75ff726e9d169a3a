"""The model that searches by meaning, in this process: tried and loaded in the background, once."""

from functools import partial
from pathlib import Path

from projector.engines.meaning.e5 import E5, try_in_a_child
from projector.engines.meaning.encoder import Encoder
from projector.engines.meaning.questions import Questions
from projector.engines.meaning.search import Meaning
from projector.engines.settings import EngineSettings
from projector.errors import MeaningError
from projector.read_model.open import vector_reader


def meaning_of(settings: EngineSettings, read_model_folder: Path) -> Meaning | None:
    """Return what searches by meaning, to be prepared; None where the settings ask for words alone."""
    if not settings.may_use_meaning:
        return None
    vectors = partial(vector_reader, read_model_folder)
    return Meaning(Questions(_load), vectors, deadline_s=settings.semantic_deadline_s)


def _load() -> Encoder:
    if reason := try_in_a_child():
        raise MeaningError(reason)
    encoder = E5()
    # Not with the first question: what the installation holds may be another release's by then. They need numpy.
    import projector.engines.meaning.rows  # noqa: PLC0415
    import projector.engines.meaning.texts  # noqa: F401, PLC0415

    return encoder
