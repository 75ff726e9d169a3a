"""Which engine the settings name, opened when it is needed."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path

from projector.domain.memories import Memory
from projector.engines.openmemory.store import OpenMemory
from projector.engines.protocol import Engine
from projector.engines.settings import EMBEDDED, ENGINES, OPENMEMORY, EngineSettings
from projector.errors import EngineError


def index_version(name: str) -> str:
    """Return what an engine's index was made by: with another one it must be made again. Part of the fingerprint."""
    match name:
        case "embedded":
            from projector.engines.lexical.segment import INDEX_VERSION  # noqa: PLC0415 - only what is used is imported

            return INDEX_VERSION
        case _:
            from projector.engines.openmemory.engine import ROWS_VERSION  # noqa: PLC0415 - only what is used is imported

            return ROWS_VERSION


def fingerprint_of(settings: EngineSettings) -> str:
    """Return what the index was made by, and where: with another one it must be made again."""
    return f"{settings.name} {index_version(settings.name)}{settings.location}"


def index_of(name: str, memories: Sequence[Memory], bodies: Sequence[bytes]) -> bytes | None:
    """
    Return what an engine's `put` takes, which needs no engine to be made; None for one that only can `replace`.

    Args:
        bodies: the memories, as they are encoded in the read model.
    """
    match name:
        case "embedded":
            from projector.engines.lexical.segment import build_segment  # noqa: PLC0415 - only what is used is imported

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
        from projector.engines.lexical.engine import EmbeddedEngine  # noqa: PLC0415 - only what is used is imported

        return EmbeddedEngine.create(connection) if is_new else EmbeddedEngine(connection)
    from projector.engines.openmemory.engine import OpenMemoryEngine  # noqa: PLC0415 - only what is used is imported

    make = OpenMemoryEngine.create if is_new else OpenMemoryEngine
    return make(connection, lambda: open_store(settings, may_create=is_writing), log_name)


def open_store(settings: EngineSettings, *, may_create: bool) -> OpenMemory:
    """
    Return the OpenMemory that the settings name, the same for all threads of a process.

    Raises:
        EngineError: it cannot be opened.
    """
    if not settings.location:
        raise EngineError(
            f"the memories are still those of {settings.name}, which is no longer set, until a replay has moved them"
        )
    if settings.name == OPENMEMORY:
        from projector.engines.openmemory.sdk.store import SdkStore  # noqa: PLC0415 - only what is used is imported

        return SdkStore(Path(settings.location), may_create=may_create)
    from projector.engines.openmemory.server.store import ServerStore  # noqa: PLC0415 - only what is used is imported

    return ServerStore(settings.location, settings.key or None)
