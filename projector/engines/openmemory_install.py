"""Whether OpenMemory's SDK can be used in this process, found out without importing it, which takes seconds."""

from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path

# The SDK imports the last two and does not declare them: our extra does.
_MODULES = ("openmemory", "dotenv", "yaml")
INSTALL = ".venv/bin/pip install --editable '.[openmemory]'"
# Read in the folder in which a process runs; there it outdoes the environment.
SDK_SETTINGS_FILE = Path("openmemory.toml")
# What would send words of callers, or what is computed of them, to another machine; and what does not.
_KEPT_HERE = {"OM_EMBED_KIND": "synthetic", "OPENMEMORY_VECTOR_STORE": "sqlite"}


def missing_modules() -> list[str]:
    """Return the modules that the SDK needs and that are not installed."""
    return [name for name in _MODULES if find_spec(name) is None]


def sdk_faults(variables: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """
    Yield what keeps the SDK from being used as we must: pairs of a variable and words, for `Environment.fault`.

    Args:
        variables: the environment and what fills it in. The SDK itself reads the environment alone.
    """
    if missing := missing_modules():
        yield "MEMORY_ENGINE", f"openmemory needs {', '.join(missing)}, which is not installed yet: {INSTALL}"
    if SDK_SETTINGS_FILE.exists():
        words = f"would be outdone by {SDK_SETTINGS_FILE.absolute()}, which OpenMemory reads: remove it"
        yield "OPENMEMORY_DB_PATH", words
    for name, only in _KEPT_HERE.items():
        if variables.get(name, "").strip() not in {"", only}:
            yield name, f"must be {only} or not set: else what callers said leaves this machine"
