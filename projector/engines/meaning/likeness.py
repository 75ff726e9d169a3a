"""What the likeness of meaning adds to the scores of one caller's memories."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from projector.engines.meaning.encoder import Usual

if TYPE_CHECKING:
    from numpy import float32
    from numpy.typing import NDArray

# How much a standard deviation of likeness adds to the score of a memory of full weight. Chosen on public
# conversations alone, leaving one out in turn, and used for phone calls as they are: docs/adr/0027.
_IN_CALL_WEIGHT, _OWN_WEIGHT = 0.08, 0.03
# So many memories like all others count beside the caller's own: of few memories one is always the most alike.
_USUAL_COUNT = 10


class Cosines(NamedTuple):
    """How alike a question and a memory are: the memory with the agent's turn before it, and by itself."""

    in_call: float
    own: float


def added_scores(cosines: Sequence[Cosines], usual: Usual) -> "NDArray[float32]":
    """
    Return what is added to the score of each of the memories, if it has full weight.

    A cosine counts by how far it is above the mean of the caller's memories, in standard deviations.
    """
    if not cosines:
        return np.zeros(0, np.float32)
    columns = np.array(cosines, np.float32)
    count = len(cosines)
    share = _USUAL_COUNT / (count + _USUAL_COUNT)
    mean = (1 - share) * columns.mean(axis=0) + share * usual.mean
    variance = (1 - share) * np.square(columns - mean).mean(axis=0) + share * usual.deviation**2
    above = np.maximum((columns - mean) / np.sqrt(variance), 0)
    added: NDArray[float32] = (above @ np.array([_IN_CALL_WEIGHT, _OWN_WEIGHT])).astype(np.float32)
    return added
