"""What the likeness of meaning adds to the scores of one caller's memories."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from projector.engines.meaning.encoder import Usual

if TYPE_CHECKING:
    from numpy import float32
    from numpy.typing import NDArray

# How much a standard deviation of likeness adds to the score of a memory of full weight. Chosen on public
# conversations alone, leaving one out in turn, and used for phone calls as they are: docs/adr/0027.
_IN_CALL_WEIGHT, _OWN_WEIGHT = 0.08, 0.03
# So much of what a memory owes to its being like any question is taken from it before memories are put in order. As
# above: from .5 to .8 as much is found.
_USUAL_SHARE = 0.7
# So many memories like all others count beside the caller's own: of few memories one is always the most alike.
_USUAL_COUNT = 10


class Added(NamedTuple):
    """
    What likeness adds to the score of each of some memories, if it has full weight.

    `among_own` says how alike a memory is among all of its caller's, and puts them in order. `among_all` says how alike
    it is among all memories there are, and so can be compared between callers.
    """

    among_own: "NDArray[float32]"
    among_all: "NDArray[float32]"


def added_scores(asked: "NDArray[float32]", usually: "NDArray[float32]", usual: Usual) -> Added:
    """
    Return what is added to the scores of a caller's memories, all of those that have vectors.

    Args:
        asked: for each memory the cosine of the question with its text in the call, and with its own text.
        usually: the same with what all questions have in common in place of the question.
    """
    columns = asked - _USUAL_SHARE * (usually - usual.mean)
    count = len(columns)
    share = _USUAL_COUNT / (count + _USUAL_COUNT)
    mean = (1 - share) * columns.sum(axis=0) / max(count, 1) + share * usual.mean
    spread = np.square(columns - mean).sum(axis=0) / max(count, 1)
    deviation = np.sqrt((1 - share) * spread + share * usual.deviation**2)
    return Added(_weighed((columns - mean) / deviation), _weighed((asked - usual.mean) / usual.deviation))


def _weighed(deviations: "NDArray[float32]") -> "NDArray[float32]":
    weights = np.array([_IN_CALL_WEIGHT, _OWN_WEIGHT], np.float32)
    weighed: NDArray[float32] = (np.maximum(deviations, 0) @ weights).astype(np.float32)
    return weighed
