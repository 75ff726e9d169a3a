"""Whether OpenMemory's SDK can be used in this process, found out without importing it, which takes seconds."""

import shlex
import sys
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path

# The packages of our extra by their modules: name and versions. The SDK imports the last two and does not declare them.
_PACKAGES = {
    "openmemory": ("openmemory-py", ">=1.3.2,<1.4"),
    "dotenv": ("python-dotenv", ">=1.0,<2"),
    "yaml": ("pyyaml", ">=6.0,<7"),
}
# Into the Python that runs, in whatever folder: of the extra pip would have to know where our own code is.
INSTALL = shlex.join([sys.executable, "-m", "pip", "install", *map("".join, _PACKAGES.values())])
# Read in the folder in which a process runs; there it outdoes the environment.
SDK_SETTINGS_FILE = Path("openmemory.toml")
# What would send words of callers, or what is computed of them, to another machine; and what does not.
_KEPT_HERE = {"OM_EMBED_KIND": "synthetic", "OPENMEMORY_VECTOR_STORE": "sqlite"}


def missing_modules() -> list[str]:
    """Return the modules that the SDK needs and that are not installed."""
    return [name for name in _PACKAGES if find_spec(name) is None]


def sdk_faults(variables: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """
    Yield what keeps the SDK from being used as we must: pairs of a variable and words, for `Environment.fault`.

    Args:
        variables: the environment and what fills it in. The SDK itself reads the environment alone.
    """
    if missing := missing_modules():
        names = ", ".join(_PACKAGES[module][0] for module in missing)
        else_ = "not every registry has openmemory-py: where pip finds none, set another engine"
        yield "MEMORY_ENGINE", f"openmemory needs {names}, which is not installed yet ({else_}): {INSTALL}"
    if SDK_SETTINGS_FILE.exists():
        words = f"would be outdone by {SDK_SETTINGS_FILE.absolute()}, which OpenMemory reads: remove it"
        yield "OPENMEMORY_DB_PATH", words
    for name, only in _KEPT_HERE.items():
        if variables.get(name, "").strip() not in {"", only}:
            yield name, f"must be {only} or not set: else what callers said leaves this machine"
