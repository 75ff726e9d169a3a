"""Opens the search by meaning of a process: its model is tried and loaded in the background, once."""

from collections.abc import Callable

from projector.engines.meaning.e5 import E5, try_in_a_child
from projector.engines.meaning.encoder import Encoder
from projector.engines.meaning.questions import Questions
from projector.engines.meaning.search import Meaning
from projector.errors import MeaningError
from projector.read_model.tables.engine_tables import VectorReader


def open_meaning(vectors: Callable[[str], VectorReader], *, deadline_s: float) -> Meaning:
    """
    Return what searches by meaning, to be prepared.

    Args:
        vectors: returns what reads the vectors of an encoder, given its fingerprint.
        deadline_s: how long a question may wait for its vector.
    """
    return Meaning(Questions(_load), vectors, deadline_s=deadline_s)


def _load() -> Encoder:
    if reason := try_in_a_child():
        raise MeaningError(reason)
    encoder = E5()
    # Not with the first question: what the installation holds may be another release's by then. They need numpy.
    import projector.engines.lexical.searching.fusing  # noqa: PLC0415
    import projector.engines.meaning.rows  # noqa: PLC0415
    import projector.engines.meaning.texts  # noqa: F401, PLC0415

    return encoder
