"""What is said of the memory engine in the environment; both processes read it alike."""

from events.environment import Environment
from projector.engines import ENGINES, OPENMEMORY, OPENMEMORY_SERVER, EngineSettings

_PATH, _PORT, _KEY = "OPENMEMORY_DB_PATH", "OPENMEMORY_PORT", "OPENMEMORY_KEY"


def read_engine(env: Environment) -> EngineSettings:
    """Return the engine that the settings name; notes what is wrong with them in `env`."""
    name = env.choice("MEMORY_ENGINE", "embedded", ENGINES)
    if name == OPENMEMORY:
        from projector.engines.openmemory_sdk import faults  # noqa: PLC0415 - only what is used is imported

        for variable, words in faults():
            env.fault(variable, words)
        path = env.path(_PATH, "./data/openmemory.db").absolute()
        return EngineSettings(name=name, place=str(path))
    if name == OPENMEMORY_SERVER:
        return _server(env)
    return EngineSettings()


def _server(env: Environment) -> EngineSettings:
    from projector.engines.openmemory_server import base_url  # noqa: PLC0415 - only what is used is imported

    keys = env.keys(_KEY, "the OM_API_KEY of the OpenMemory server", required=False)
    if len(keys) > 1:
        env.fault(_KEY, "must be one key: it is what we send")
    try:
        place = base_url(env.text(_PORT, "8080"))
    except ValueError as error:
        env.fault(_PORT, str(error))
        place = ""
    return EngineSettings(name=OPENMEMORY_SERVER, place=place, key=next(iter(keys), ""))
