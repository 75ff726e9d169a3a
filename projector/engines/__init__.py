"""
Memory engines: indexes over memories, behind one protocol.

An engine is given memories and returns our ids. The words are read from the read model, by caller, so that no
engine can make one caller hear another's past.
"""

import sqlite3
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Protocol

from msgspec import Struct

from projector.engines.openmemory_store import Store
from projector.errors import EngineError
from projector.memories import Memory

EMBEDDED, OPENMEMORY, OPENMEMORY_SERVER = "embedded", "openmemory", "openmemory-server"
ENGINES = (EMBEDDED, OPENMEMORY, OPENMEMORY_SERVER)


class EngineSettings(Struct, frozen=True, kw_only=True):
    """
    Which memory engine there is, and where.

    `name` is one of `ENGINES`. `place` is the absolute path of OpenMemory's file, or the base URL of its server; `key`
    opens that server, and is in no text that is made of this.
    """

    name: str = EMBEDDED
    place: str = ""
    key: str = ""

    def __repr__(self) -> str:
        """Return it without the key."""
        return f"EngineSettings(name={self.name!r}, place={self.place!r})"

    @property
    def is_outside(self) -> bool:
        """Whether the index is kept outside of the read model: each change takes its time, and may fail."""
        return self.name != EMBEDDED

    def fingerprint(self) -> str:
        """Return what the index was made by, and where: with another one it must be made again."""
        return f"{self.name} {index_version(self.name)}{self.place}"


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


def index_version(name: str) -> str:
    """Return what an engine's index was made by: with another one it must be made again. Part of the fingerprint."""
    match name:
        case "embedded":
            from projector.engines.segment import INDEX_VERSION  # noqa: PLC0415 - only what is used is imported

            return INDEX_VERSION
        case _:
            from projector.engines.openmemory import ROWS_VERSION  # noqa: PLC0415 - only what is used is imported

            return ROWS_VERSION


def index_of(name: str, memories: Sequence[Memory], bodies: Sequence[bytes]) -> bytes | None:
    """
    Return what an engine's `put` takes, which needs no engine to be made; None for one that only can `replace`.

    Args:
        bodies: the memories, as they are encoded in the read model.
    """
    match name:
        case "embedded":
            from projector.engines.segment import build_segment  # noqa: PLC0415 - only what is used is imported

            return build_segment(memories, bodies)
        case _:
            return None


def open_engine(
    settings: EngineSettings,
    connection: sqlite3.Connection,
    *,
    is_new: bool = False,
    is_writing: bool = False,
    log_name: str = "",
) -> Engine:
    """
    Return the engine that `MEMORY_ENGINE` names, over an open generation of the read model.

    Args:
        connection: the generation's database; the embedded engine keeps its index there, the others which of our
            memories are which of theirs.
        is_new: whether the generation was just made, and the engine's part of it is still missing.
        is_writing: whether memories will be put, by the projector; who only searches makes no files.
        log_name: of the log whose memories will be put; without one none can be.
    """
    if settings.name not in ENGINES:
        raise EngineError(f"there is no memory engine {settings.name!r}")
    if settings.name == EMBEDDED:
        from projector.engines.embedded import EmbeddedEngine  # noqa: PLC0415 - only what is used is imported

        return EmbeddedEngine.create(connection) if is_new else EmbeddedEngine(connection)
    from projector.engines.openmemory import OpenMemoryEngine  # noqa: PLC0415 - only what is used is imported

    make = OpenMemoryEngine.create if is_new else OpenMemoryEngine
    return make(connection, lambda: open_store(settings, may_create=is_writing), log_name)


def open_store(settings: EngineSettings, *, may_create: bool) -> Store:
    """
    Return the OpenMemory that the settings name, the same for all threads of a process.

    Raises:
        EngineError: it cannot be opened.
    """
    if not settings.place:
        raise EngineError(
            f"the memories are still those of {settings.name}, which is no longer set, until a replay has moved them"
        )
    if settings.name == OPENMEMORY:
        from projector.engines.openmemory_sdk import SdkStore  # noqa: PLC0415 - only what is used is imported

        return SdkStore(Path(settings.place), may_create=may_create)
    from projector.engines.openmemory_server import ServerStore  # noqa: PLC0415 - only what is used is imported

    return ServerStore(settings.place, settings.key or None)
