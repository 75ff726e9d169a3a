"""
Memory engines: indexes over memories, behind one protocol.

An engine is given memories and returns our ids. The words are read from the read model, by caller, so that no
engine can make one caller hear another's past.
"""

import sqlite3
from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

from projector.errors import EngineError
from projector.memories import Memory

ENGINES = ("embedded",)


class Hit(Struct, frozen=True):
    """One memory that was found: its id, and how well it fits, 0 to 1."""

    memory_id: str
    score: float


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
        """

    def warm(self, caller: str) -> None:
        """Make ready for a search of that caller, who is calling just now; may do nothing."""

    def forget(self, caller: str) -> None:
        """Hold nothing of that caller any more."""

    def wipe(self) -> None:
        """Leave no word of what was replaced or forgotten in the index's files; outside of any transaction."""

    def health(self) -> str:
        """Return `ok`, or in words what is wrong."""

    def check(self) -> None:
        """
        Check what the engine keeps in the read model, whole; nothing, for one that keeps its index elsewhere.

        Raises:
            ReadModelDamagedError: it is damaged, or does not fit the memories.
        """


def index_version(name: str) -> str:
    """Return what an engine's index was made by: with another one it must be made again. Part of the fingerprint."""
    match name:
        case "embedded":
            from projector.engines.segment import INDEX_VERSION  # noqa: PLC0415 - only what is used is imported

            return INDEX_VERSION
        case _:
            return ""


def index_of(name: str, memories: Sequence[Memory]) -> bytes | None:
    """Return what an engine's `put` takes, which needs no engine to be made; None for one that only can `replace`."""
    match name:
        case "embedded":
            from projector.engines.segment import build_segment  # noqa: PLC0415 - only what is used is imported

            return build_segment(memories)
        case _:
            return None


def open_engine(name: str, connection: sqlite3.Connection, *, is_new: bool = False) -> Engine:
    """
    Return the engine that `MEMORY_ENGINE` names, over an open generation of the read model.

    Args:
        name: one of `ENGINES`.
        connection: the generation's database; the embedded engine keeps its index there.
        is_new: whether the generation was just made, and the engine's part of it is still missing.
    """
    match name:
        case "embedded":
            from projector.engines.embedded import EmbeddedEngine  # noqa: PLC0415 - only what is used is imported

            return EmbeddedEngine.create(connection) if is_new else EmbeddedEngine(connection)
        case _:
            raise EngineError(f"there is no memory engine {name!r}")
