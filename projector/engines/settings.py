"""The settings of the memory engine, which both processes read from the environment."""

from typing import Annotated

import msgspec
from msgspec import Struct

from events.process.environment import Environment
from events.process.settings.setting import Choice, Place, SecretList, Text, Whole

EMBEDDED, OPENMEMORY, OPENMEMORY_SERVER = "embedded", "openmemory", "openmemory-server"

ON, OFF, AUTO = "on", "off", "auto"
ENGINES = (EMBEDDED, OPENMEMORY, OPENMEMORY_SERVER)

_ENGINE = Choice(
    "MEMORY_ENGINE",
    "engine",
    "the memory engine ([what each keeps, loses and costs](engines.md))",
    "openmemory",
    default=EMBEDDED,
    choices=ENGINES,
    is_replaying=True,
)
_PATH = Place(
    "OPENMEMORY_DB_PATH",
    "engine",
    "OpenMemory's file, with `openmemory`",
    "/var/lib/elaoms/openmemory.db",
    more="The projector makes it; ingress must be able to write it. "
    "Needs `.venv/bin/pip install --editable '.[openmemory]'`",
    default="./data/openmemory.db",
    is_replaying=True,
)
_PORT = Text(
    "OPENMEMORY_PORT",
    "engine",
    "where the server is, with `openmemory-server`: a port of this machine, or a URL",
    "https://memory.example.com",
    default="8080",
    is_replaying=True,
)
_KEY = SecretList(
    "OPENMEMORY_KEY",
    "engine",
    "the `OM_API_KEY` of the OpenMemory server",
    "om_7c1e...",
    more="One key, in ASCII characters; not needed if the server asks for none",
)
_MEANING = Choice(
    "SEMANTIC_SEARCH",
    "engine",
    "whether `embedded` also searches [by meaning](search.md#by-meaning)",
    "off",
    more="`auto` where the model can be used; `on` is a fault where it cannot",
    default=AUTO,
    choices=(AUTO, ON, OFF),
)
_DEADLINE = Whole(
    "SEMANTIC_DEADLINE_MS",
    "searched",
    "how long a question may wait for its vector, in milliseconds; then it is answered by words alone",
    "300",
    default=150,
    low=0,
    high=60_000,
)


class EngineSettings(Struct, frozen=True, kw_only=True):
    """
    Which memory engine to use, and where it is.

    `name` is one of `ENGINES`. `location` is the absolute path of OpenMemory's file, or the base URL of its server;
    empty for the embedded engine. `key` is that server's API key; it is never shown.

    `semantic` says whether the embedded engine also searches by meaning: `on`, `off`, or `auto` for where that can be
    done. A question has `semantic_deadline_s` seconds for it; later, it is answered by words.
    """

    name: Annotated[str, _ENGINE] = EMBEDDED
    location: Annotated[str, _PATH, _PORT] = ""
    key: Annotated[str, _KEY] = ""
    semantic: Annotated[str, _MEANING] = AUTO
    semantic_deadline_s: Annotated[float, _DEADLINE] = _DEADLINE.default / 1000

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


def read_engine(env: Environment, *, is_shared: bool = False) -> EngineSettings:
    """
    Return the engine that the environment names; faults of its settings are noted in `env`.

    Args:
        is_shared: whether many machines share the memories, as with DATABASE_URL: then no file of one machine will do.
    """
    semantic = _MEANING.read(env)
    deadline_s = _DEADLINE.read(env) / 1000
    settings = _engine(env)
    if is_shared and settings.name == OPENMEMORY:
        env.fault(
            _ENGINE.name,
            f"is {OPENMEMORY}, which keeps a file on each machine: with DATABASE_URL, take {EMBEDDED} or"
            f" {OPENMEMORY_SERVER}",
        )
    if settings.is_outside:
        if semantic == ON:
            env.fault(
                _MEANING.name, f"is on, which needs MEMORY_ENGINE=embedded; {settings.name} searches in its own way"
            )
        return settings
    if semantic == ON:
        from projector.engines.meaning.e5 import try_in_a_child  # noqa: PLC0415 - only what is used is imported

        if reason := try_in_a_child():
            env.fault(
                _MEANING.name, f"is on, but {reason}; set it to auto to search by words where there is no other way"
            )
    return msgspec.structs.replace(settings, semantic=semantic, semantic_deadline_s=deadline_s)


def _engine(env: Environment) -> EngineSettings:
    match _ENGINE.read(env):
        case "openmemory":
            from projector.engines.openmemory.sdk.install import sdk_faults  # noqa: PLC0415 - only what is used is imported

            for variable, message in sdk_faults(env.variables):
                env.fault(variable, message)
            return EngineSettings(name=OPENMEMORY, location=str(_PATH.read(env).absolute()))
        case "openmemory-server":
            return _server(env)
        case _:
            return EngineSettings()


def _server(env: Environment) -> EngineSettings:
    from projector.engines.openmemory.server.address import server_url  # noqa: PLC0415 - only what is used is imported

    keys = _KEY.read(env, required=False)
    if len(keys) > 1:
        env.fault(_KEY.name, "must be one key: it is sent to the server")
    if not all(key.isascii() and key.isprintable() for key in keys):
        env.fault(_KEY.name, "holds a character that no HTTP header can carry")
    location = ""
    try:
        location = server_url(_PORT.read(env))
    except ValueError as error:
        env.fault(_PORT.name, str(error))
    return EngineSettings(name=OPENMEMORY_SERVER, location=location, key=next(iter(keys), ""))
