"""What depends on an engine's name alone: the version of its index, the check of it, and what a worker makes for it."""

from collections.abc import Sequence

from projector.domain.memories import Memory
from projector.engines.settings import EMBEDDED, EngineSettings
from projector.read_model.engine_tables import EngineTables


def index_version(name: str) -> str:
    """Return the version of an engine's index, a part of the fingerprint: with another one a replay makes it anew."""
    match name:
        case "embedded":
            from projector.engines.lexical.segment import INDEX_VERSION  # noqa: PLC0415 - only what is used is imported

            return INDEX_VERSION
        case _:
            from projector.engines.openmemory.engine import ROWS_VERSION  # noqa: PLC0415 - only what is used is imported

            return ROWS_VERSION


def fingerprint_of(settings: EngineSettings) -> str:
    """Return what made an index, and where it is: with another fingerprint a replay makes it anew."""
    return f"{settings.name} {index_version(settings.name)}{settings.location}"


def index_of(name: str, memories: Sequence[Memory], bodies: Sequence[bytes]) -> bytes | None:
    """
    Return what `IndexedEngine.put` takes for the memories of a conversation; None for an engine that has no `put`.

    This needs no open engine: a worker process of a replay can do it.

    Args:
        bodies: the memories, encoded as the read model holds them.
    """
    match name:
        case "embedded":
            from projector.engines.lexical.segment import build_segment  # noqa: PLC0415 - only what is used is imported

            return build_segment(memories, bodies)
        case _:
            return None


def check_tables(name: str, tables: EngineTables) -> None:
    """
    Read whole what an engine keeps in the read model, and compare it with the memories.

    Raises:
        ReadModelDamagedError: it is damaged, or does not fit the memories.
    """
    if name == EMBEDDED:
        from projector.engines.lexical.engine import EmbeddedEngine  # noqa: PLC0415 - only what is used is imported

        EmbeddedEngine(tables.segments).check()
    else:
        tables.openmemory_rows.check()
