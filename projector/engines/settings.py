"""The settings of the memory engine, which both processes read from the environment."""

from msgspec import Struct

from events.process.environment import Environment

EMBEDDED, OPENMEMORY, OPENMEMORY_SERVER = "embedded", "openmemory", "openmemory-server"

ENGINES = (EMBEDDED, OPENMEMORY, OPENMEMORY_SERVER)


class EngineSettings(Struct, frozen=True, kw_only=True):
    """
    Which memory engine to use, and where it is.

    `name` is one of `ENGINES`. `location` is the absolute path of OpenMemory's file, or the base URL of its server;
    empty for the embedded engine. `key` is that server's API key; it is never shown.
    """

    name: str = EMBEDDED
    location: str = ""
    key: str = ""

    def __repr__(self) -> str:
        """Show everything but the key."""
        return f"EngineSettings(name={self.name!r}, location={self.location!r})"

    @property
    def is_outside(self) -> bool:
        """Whether the index is kept outside of the read model, where each change is slow and may fail."""
        return self.name != EMBEDDED


_PATH, _PORT, _KEY = "OPENMEMORY_DB_PATH", "OPENMEMORY_PORT", "OPENMEMORY_KEY"


def read_engine(env: Environment) -> EngineSettings:
    """Return the engine that the environment names; faults of its settings are noted in `env`."""
    match env.choice("MEMORY_ENGINE", "embedded", ENGINES):
        case "openmemory":
            from projector.engines.openmemory.sdk.install import sdk_faults  # noqa: PLC0415 - only what is used is imported

            for variable, message in sdk_faults(env.variables):
                env.fault(variable, message)
            return EngineSettings(name=OPENMEMORY, location=str(env.path(_PATH, "./data/openmemory.db").absolute()))
        case "openmemory-server":
            return _server(env)
        case _:
            return EngineSettings()


def _server(env: Environment) -> EngineSettings:
    from projector.engines.openmemory.server.address import server_url  # noqa: PLC0415 - only what is used is imported

    keys = env.keys(_KEY, "the OM_API_KEY of the OpenMemory server", required=False)
    if len(keys) > 1:
        env.fault(_KEY, "must be one key: it is sent to the server")
    if not all(key.isascii() and key.isprintable() for key in keys):
        env.fault(_KEY, "holds a character that no HTTP header can carry")
    location = ""
    try:
        location = server_url(env.text(_PORT, "8080"))
    except ValueError as error:
        env.fault(_PORT, str(error))
    return EngineSettings(name=OPENMEMORY_SERVER, location=location, key=next(iter(keys), ""))
