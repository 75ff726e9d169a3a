"""What depends on an engine's name alone: versions, the check of its index, and what a worker makes for it."""

from collections.abc import Sequence

from events.wire.timezone import zones_version
from projector.domain.fold import FOLD_VERSION
from projector.domain.memories import Memory
from projector.engines.settings import EMBEDDED, OPENMEMORY
from projector.read_model.records import SCHEMA_VERSION
from projector.read_model.tables.engine_tables import EngineTables


def index_version(name: str) -> str:
    """Return the version of an engine's index, a part of the fingerprint: with another one a replay makes it anew."""
    match name:
        case "embedded":
            from projector.engines.lexical.segment import INDEX_VERSION  # noqa: PLC0415 - only what is used is imported

            return INDEX_VERSION
        case _:
            from projector.engines.openmemory.engine import ROWS_VERSION  # noqa: PLC0415 - only what is used is imported

            return ROWS_VERSION


def load(name: str) -> None:
    """Import now all that an engine imports while it works, and read its tables; an SDK loads when it is opened."""
    if name == EMBEDDED:
        import projector.engines.lexical.engine  # noqa: PLC0415 - only what is used is imported
        from projector.engines.lexical.segment import load_calendars  # noqa: PLC0415 - as above

        load_calendars()
        return
    import projector.engines.openmemory.engine  # noqa: PLC0415 - as above

    if name == OPENMEMORY:
        import projector.engines.openmemory.sdk.store  # noqa: PLC0415 - as above
    else:
        import projector.engines.openmemory.server.store  # noqa: F401, PLC0415 - as above


def load_index(name: str) -> None:
    """Import what `index_of` needs."""
    if name == EMBEDDED:
        import projector.engines.lexical.segment  # noqa: F401, PLC0415 - only what is used is imported


def release_of(name: str) -> str:
    """
    Return the versions of all that shapes what is stored for an engine, apart from the settings.

    Where another release wrote a row, a row that cannot be read is no sign of damage.
    """
    return f"schema {SCHEMA_VERSION}, fold {FOLD_VERSION}, zones {zones_version()}, {name} {index_version(name)}"


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

        EmbeddedEngine(tables).check()
    else:
        tables.openmemory_rows.check()
