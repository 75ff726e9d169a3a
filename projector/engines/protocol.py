"""What a memory engine is: the protocol that each of them keeps."""

from collections.abc import Collection, Sequence
from typing import Protocol

from msgspec import Struct

from projector.domain.memories import Memory
from projector.errors import EngineError


class Hit(Struct, frozen=True):
    """One memory that was found: its id, and how well it fits, 0 to 1."""

    memory_id: str
    score: float


class ShortSearchError(EngineError):
    """A memory engine found less than it was given, and less than was asked for; `hits` are what it did find."""

    def __init__(self, words: str, hits: list[Hit]) -> None:
        super().__init__(words)
        self.hits = hits


class Engine(Protocol):
    """
    An index over memories.

    Every method may raise `EngineError`; all that changes the index is idempotent.
    """

    def replace(self, caller: str, conversation_id: str, memories: Sequence[Memory]) -> None:
        """Hold exactly `memories` of that conversation of that caller from now on; none, to hold nothing of it."""

    def put(self, caller: str, conversation_id: str, index: bytes) -> None:
        """Do as `replace` does, with what `index_of` made of the memories."""

    def search(
        self, caller: str, query: str, *, limit: int, agent_id: str | None, timeout_s: float | None = None
    ) -> list[Hit]:
        """
        Return what fits `query` best among the memories of `caller`, best first, `limit` at most.

        Args:
            query: what was asked, any text.
            agent_id: whom it is for: only what that agent may be told; None for all of the caller's.
            timeout_s: seconds after which to give up with `EngineError`.

        Raises:
            ShortSearchError: there should be more.
            EngineOwedError: it is still to be told of that caller.
        """

    def warm(self, caller: str) -> None:
        """Make ready for a search of that caller, who is calling just now; may do nothing."""

    def forget(self, caller: str) -> None:
        """Hold nothing of that caller any more, whoever put it."""

    def callers(self) -> set[str]:
        """Return everybody of whom anything is held outside of the read model, whoever put it; takes long."""

    def let_go(self) -> None:
        """Know nothing any more of what is held: a transaction has ended, and others may change that."""

    def wipe(self) -> None:
        """Leave no word of what was replaced or forgotten in the index's files; outside of any transaction."""

    def profile(self, caller: str) -> str:
        """Return what the engine itself says of a caller, as it was last heard; nothing for most engines."""

    def begin(self) -> None:
        """Make ready to be filled for a new generation, by a replay; what is held from before is gone on with."""

    def finish(self, callers: Collection[str]) -> None:
        """End what `begin` began: hold nothing of anybody but `callers`, and fit this generation from now on."""

    def fits(self) -> bool:
        """Tell whether the engine holds what this generation was made with: else a replay fills it anew."""

    def health(self, *, timeout_s: float) -> str:
        """Return `ok`, or in words what is wrong."""

    def check(self) -> None:
        """
        Check what the engine keeps in the read model, whole; nothing, for one that keeps its index elsewhere.

        Raises:
            ReadModelDamagedError: it is damaged, or does not fit the memories.
        """
