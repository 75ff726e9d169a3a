"""What a memory engine is: one protocol for its readers, and one for each of the two ways to keep its index."""

from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from msgspec import Struct

from projector.domain.memories import Memory
from projector.errors import EngineError


class Hit(Struct, frozen=True):
    """One memory that a search found: its id, and how well it fits the question, 0 to 1."""

    memory_id: str
    score: float


class ShortSearchError(EngineError):
    """A search found fewer memories than asked for, although the engine was given more; `hits` are the ones found."""

    def __init__(self, message: str, hits: list[Hit]) -> None:
        super().__init__(message)
        self.hits = hits


class Engine(Protocol):
    """
    An index over memories, as a reader sees it.

    Every method may raise `EngineError`.
    """

    def search(
        self,
        caller: str,
        query: str,
        *,
        keywords: Sequence[str] = (),
        limit: int,
        agent_id: str | None,
        names: Collection[str] = (),
        timeout_s: float | None = None,
        pause: Callable[[], None] = lambda: None,
    ) -> list[Hit]:
        """
        Return the memories of `caller` that fit `query` best, best first, `limit` at most.

        Args:
            query: the question, any text.
            keywords: other words for what the question asks about. One that somebody said finds memories that `query`
                does not; one that nobody said lowers no score.
            agent_id: the agent that asks: memories meant for other agents are left out; None for all memories.
            names: of the caller: in the question they say nothing, for every memory is the caller's.
            timeout_s: seconds after which to give up with `EngineError`.
            pause: an engine that computes in this process calls it at least once a millisecond: it may wait, so that
                others get the processor, and it may raise.

        Raises:
            ShortSearchError: there should be more.
            EngineBehindError: changes of that caller's memories have not been delivered to the engine yet.
        """

    def warm(self, caller: str) -> None:
        """Prepare for a search of that caller, whose call has just begun. An engine may do nothing."""

    def profile(self, caller: str) -> str:
        """Return what the engine itself says of a caller, as it was last heard; empty for most engines."""

    def health(self, *, timeout_s: float) -> str:
        """Return `ok`, or what is wrong, in words for an operator."""


class IndexedEngine(Engine, Protocol):
    """
    An engine whose index is part of the read model: each change joins the transaction that changes the memories.

    Every change is idempotent.
    """

    @property
    def changed(self) -> Collection[tuple[str, str | None]]:
        """What the last `changes` changed: pairs of a caller and a conversation, None for all of the caller."""

    def changes(self) -> AbstractContextManager[None]:
        """Change the index in the block as cheaply as can be: it is whole at the block's end, before the commit."""

    def replace(self, caller: str, conversation_id: str, memories: Sequence[Memory]) -> None:
        """Hold exactly `memories` of that conversation of that caller; nothing of it where there are none."""

    def put_new(self, caller: str, indexes: Sequence[tuple[str, bytes]]) -> None:
        """
        Hold conversations of a caller who is new to this engine, just as `replace` holds one.

        Args:
            indexes: conversations, each with what `index_of` made of its memories.
        """

    def forget(self, caller: str) -> None:
        """Hold nothing of that caller any more."""

    def begin_forgetting(self, caller: str) -> None:
        """Take note that a caller is being forgotten: no search MUST find anything; the next change is a `forget`."""

    def forget_some(self, caller: str) -> bool:
        """Remove a part of what is held of a caller who is being forgotten; return whether anything was removed."""

    def check(self) -> None:
        """
        Read the whole index, and compare it with the memories.

        Raises:
            ReadModelDamagedError: the index is damaged, or does not fit the memories.
        """


class Changes(Protocol):
    """Whoever is told which memories have changed, once that is committed; MUST NOT keep the teller waiting."""

    def note(self, changed: Iterable[tuple[str, str | None]]) -> None:
        """Take note of conversations that have changed: pairs of a caller and a conversation, None for all."""

    def compare(self) -> None:
        """Take note that anything may have changed: another generation is live."""


class NoChanges:
    """Takes note of nothing."""

    def note(self, changed: Iterable[tuple[str, str | None]]) -> None:
        """Do nothing."""

    def compare(self) -> None:
        """Do nothing."""


class OutsideEngine(Engine, Protocol):
    """
    An outside engine: changes wait in the outbox, and are delivered after the commit.

    Every change is idempotent.
    """

    def replace(self, caller: str, conversation_id: str, memories: Sequence[Memory]) -> None:
        """
        Hold exactly `memories` of that conversation of that caller; nothing of it where there are none.

        The engine may remember between two calls what it holds of a caller; `let_go` ends that.
        """

    def let_go(self) -> None:
        """Drop what is remembered of the engine's state, at the end of a delivery: others may change it from now on."""

    def forget(self, caller: str) -> None:
        """Hold nothing of that caller any more, not even rows that other programs added."""

    def callers(self) -> set[str]:
        """Return every caller for whom the engine holds a row, including rows that other programs added. Slow."""

    def begin(self) -> None:
        """Prepare to be filled by a replay, which reuses what is held. Until `finish` the engine fits no generation."""

    def finish(self, callers: Collection[str]) -> None:
        """End what `begin` began: hold nothing of callers other than `callers`, and fit this generation from now on."""

    def fits(self) -> bool:
        """Tell whether the engine still holds what it was filled with for this generation; if not, a replay is due."""

    def wipe(self) -> None:
        """Remove from the engine's files every trace of rows that were replaced or forgotten."""
