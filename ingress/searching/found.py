"""What is told of a caller for a question, before it is put into words."""

from msgspec import Struct

from projector.domain.memories import CallerView, Memory
from projector.errors import EngineError


class Ranked(Struct, frozen=True):
    """
    A memory that is told, and its score, 0 to 1.

    `is_certain` is None where the score decides how certain it is. It is true for what is of a time that was asked
    about, and false for what merely fills the answer.
    """

    memory: Memory
    score: float = 0.0
    is_certain: bool | None = None

    def is_sure(self, threshold: float) -> bool:
        """Tell whether it answers the question for certain, given the score from which on one does."""
        return self.score >= threshold if self.is_certain is None else self.is_certain


class Found(Struct):
    """
    The memories that fit a question, best first, and then what else there is room for.

    `view` is None for a caller of whom nothing is held. `sensitive` are all sensitive facts of the caller, told or not.
    `degraded` is true if not all could be searched: `fault` says why. `asks_before` tells whether the question asks
    what was before. `is_searched` is true if an engine was asked.
    """

    caller: str | None = None
    view: CallerView | None = None
    memories: list[Ranked] = []
    sensitive: list[Memory] = []
    asks_before: bool = False
    is_searched: bool = False
    degraded: bool = False
    fault: EngineError | None = None
