"""Opens the memory engine that the settings name, for readers and for the projector, over any generation."""

from collections.abc import Callable
from functools import cached_property
from pathlib import Path

from projector.engines.meaning.search import Meaning
from projector.engines.openmemory.store import OpenMemory
from projector.engines.protocol import Engine, IndexedEngine, OutsideEngine
from projector.engines.settings import EMBEDDED, ENGINES, OPENMEMORY, EngineSettings
from projector.engines.shutdown import Shutdown
from projector.errors import EngineError
from projector.read_model.tables.engine_tables import EngineTables


class Engines:
    """
    The memory engines of one process.

    Made once, at the start of a process, and passed to all that open an engine. So they share the connections to a
    server, and OpenMemory's SDK, of which a process can have only one.

    Args:
        shutdown: once it is set, requests to an outside engine end; None where signals end the process at once.
        meaning: what the embedded engine searches with besides words; None where nothing is searched, or by words.
    """

    def __init__(
        self, settings: EngineSettings, shutdown: Shutdown | None = None, meaning: Meaning | None = None
    ) -> None:
        self.settings = settings
        self.shutdown = shutdown or Shutdown()
        self.meaning = meaning
        if settings.name == OPENMEMORY:
            from projector.engines.openmemory.sdk.process import SdkProcess  # noqa: PLC0415 - only what is used is imported

            self._sdk = SdkProcess(self.shutdown)

    def read(self, name: str, tables: EngineTables) -> Engine:
        """
        Return the engine that a generation was made with, to search it.

        Args:
            name: that engine's name. Where the settings name another one by now, the tables still answer, and
                whatever needs the engine itself raises `EngineError`.
            tables: the generation's.

        Raises:
            EngineError: there is no such engine.
        """
        if name not in ENGINES:
            raise EngineError(f"there is no memory engine {name!r}")
        if name == EMBEDDED:
            return self.indexed(tables)
        from projector.engines.openmemory.engine import OpenMemoryEngine  # noqa: PLC0415 - only what is used is imported

        def open_store() -> OpenMemory:
            if name != self.settings.name:
                raise _not_set(name)
            return self.store(may_create=False)

        return OpenMemoryEngine(tables.openmemory_rows, open_store)

    def indexed(self, tables: EngineTables) -> IndexedEngine:
        """Return the indexed engine of the generation that the tables belong to."""
        from projector.engines.lexical.engine import EmbeddedEngine  # noqa: PLC0415 - only what is used is imported

        return EmbeddedEngine(tables, self.meaning)

    def outside(self, tables: EngineTables, name_log: Callable[[], str]) -> OutsideEngine:
        """
        Return the outside engine that the settings name, to be filled for the generation that the tables belong to.

        Args:
            name_log: returns the name of the log whose memories it is filled with; empty for an empty log: then
                nothing can be put.
        """
        from projector.engines.openmemory.engine import OpenMemoryEngine  # noqa: PLC0415 - only what is used is imported

        return OpenMemoryEngine(tables.openmemory_rows, lambda: self.store(may_create=True), name_log)

    def store(self, *, may_create: bool) -> OpenMemory:
        """
        Return the OpenMemory that the settings name; any thread may use it.

        Args:
            may_create: whether to make the SDK's file where there is none, as the projector does.

        Raises:
            EngineError: it cannot be opened.
        """
        if not self.settings.location:
            raise _not_set(self.settings.name)
        if self.settings.name == OPENMEMORY:
            from projector.engines.openmemory.sdk.store import SdkStore  # noqa: PLC0415 - only what is used is imported

            return SdkStore(Path(self.settings.location), self._sdk, may_create=may_create)
        return self._server

    @cached_property
    def _server(self) -> OpenMemory:
        from projector.engines.openmemory.server.store import ServerStore  # noqa: PLC0415 - only what is used is imported

        return ServerStore(self.settings.location, self.settings.key or None, shutdown=self.shutdown)


def _not_set(name: str) -> EngineError:
    return EngineError(
        f"the memories still come from {name}, which is no longer set; `projector replay` moves them to the engine"
        " that is set now"
    )
