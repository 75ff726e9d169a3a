"""The settings of the memory engine, which both processes read from the environment."""

import msgspec
from msgspec import Struct

from events.process.environment import Environment

EMBEDDED, OPENMEMORY, OPENMEMORY_SERVER = "embedded", "openmemory", "openmemory-server"

ON, OFF, AUTO = "on", "off", "auto"
ENGINES = (EMBEDDED, OPENMEMORY, OPENMEMORY_SERVER)


class EngineSettings(Struct, frozen=True, kw_only=True):
    """
    Which memory engine to use, and where it is.

    `name` is one of `ENGINES`. `location` is the absolute path of OpenMemory's file, or the base URL of its server;
    empty for the embedded engine. `key` is that server's API key; it is never shown.

    `semantic` says whether the embedded engine also searches by meaning: `on`, `off`, or `auto` for where that can be
    done. A question has `semantic_deadline_s` seconds for it; later, it is answered by words.
    """

    name: str = EMBEDDED
    location: str = ""
    key: str = ""
    semantic: str = AUTO
    semantic_deadline_s: float = 0.15

    def __repr__(self) -> str:
        """Show everything but the key."""
        return f"EngineSettings(name={self.name!r}, location={self.location!r}, semantic={self.semantic!r})"

    @property
    def is_outside(self) -> bool:
        """Whether the index is kept outside of the read model, where each change is slow and may fail."""
        return self.name != EMBEDDED

    @property
    def may_use_meaning(self) -> bool:
        """Whether to search by meaning, if a model can be used here."""
        return not self.is_outside and self.semantic != OFF


_PATH, _PORT, _KEY = "OPENMEMORY_DB_PATH", "OPENMEMORY_PORT", "OPENMEMORY_KEY"
_SEMANTIC, _SEMANTIC_DEADLINE = "SEMANTIC_SEARCH", "SEMANTIC_DEADLINE_MS"


def read_engine(env: Environment) -> EngineSettings:
    """Return the engine that the environment names; faults of its settings are noted in `env`."""
    semantic = env.choice(_SEMANTIC, AUTO, (AUTO, ON, OFF))
    deadline_s = env.whole(_SEMANTIC_DEADLINE, 150, low=0, high=60_000) / 1000
    settings = _engine(env)
    if settings.is_outside:
        if semantic == ON:
            env.fault(_SEMANTIC, f"is on, which needs MEMORY_ENGINE=embedded; {settings.name} searches in its own way")
        return settings
    if semantic == ON:
        from projector.engines.meaning.e5 import try_in_a_child  # noqa: PLC0415 - only what is used is imported

        if reason := try_in_a_child():
            env.fault(_SEMANTIC, f"is on, but {reason}; set it to auto to search by words where there is no other way")
    return msgspec.structs.replace(settings, semantic=semantic, semantic_deadline_s=deadline_s)


def _engine(env: Environment) -> EngineSettings:
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
