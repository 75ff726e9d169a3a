"""What is told of a caller for a question, before it is put into words."""

from msgspec import Struct

from projector.domain.memories import CallerView, Memory
from projector.errors import EngineError

# Each word of a fact is one by which somebody asks, so that it scores more than a turn that says the same; so does a
# summary, which names the caller as a question does. And of a
# caller of whom facts are known, a turn that fits somewhat is less often the answer. The threshold to this power is
# theirs: chosen so that few questions that nothing answers get a certain memory, docs/search.md.
_FACT_POWER, _BESIDE_FACTS_POWER = 0.54, 0.74


class Ranked(Struct, frozen=True):
    """
    A memory that is told, and its score, 0 to 1.

    `is_certain` is None where the score decides how certain it is. It is true for what is of a time that was asked
    about, and false for what merely fills the answer. `proof` is, of a fact that was found by the turn that proves it,
    that turn: it may hold the answer where the fact does not.
    """

    memory: Memory
    score: float = 0.0
    is_certain: bool | None = None
    proof: Memory | None = None


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

    def sure(self, threshold: float) -> list[bool]:
        """
        Return for each memory whether it answers the question for certain.

        Args:
            threshold: from which score on a turn does, of a caller of whom no facts are known.
        """
        kinds = {each.memory.kind for each in self.memories}
        powers = dict.fromkeys(("fact", "summary"), _FACT_POWER) if "fact" in kinds else {}
        other = _BESIDE_FACTS_POWER if powers else 1.0
        return [
            each.score >= threshold ** powers.get(each.memory.kind, other)
            if each.is_certain is None
            else each.is_certain
            for each in self.memories
        ]
