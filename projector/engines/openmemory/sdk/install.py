"""Whether OpenMemory's SDK can be used here, without importing it: that takes seconds."""

import shlex
import sys
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path

# The packages of our extra `openmemory`, by module: name and versions. The SDK imports the last two without declaring
# them as dependencies.
_PACKAGES = {
    "openmemory": ("openmemory-py", ">=1.3.2,<1.4"),
    "dotenv": ("python-dotenv", ">=1.0,<2"),
    "yaml": ("pyyaml", ">=6.0,<7"),
}
# Names the packages instead of our extra: for the extra, pip would have to know where our own code is.
INSTALL = shlex.join([sys.executable, "-m", "pip", "install", *map("".join, _PACKAGES.values())])
# The SDK reads this file in the current folder of a process, and prefers it to the environment.
SDK_SETTINGS_FILE = Path("openmemory.toml")
# These settings of the SDK could send callers' words, or vectors of them, to another machine; these values do not.
_KEPT_HERE = {"OM_EMBED_KIND": "synthetic", "OPENMEMORY_VECTOR_STORE": "sqlite"}


def missing_modules() -> list[str]:
    """Return the modules that the SDK needs and that are not installed."""
    return [name for name in _PACKAGES if find_spec(name) is None]


def sdk_faults(variables: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """
    Yield what keeps the SDK from being used as we must use it: pairs of a variable and a message.

    Args:
        variables: the environment, and what `.env` adds to it. The SDK itself reads the environment alone.
    """
    if missing := missing_modules():
        names = ", ".join(_PACKAGES[module][0] for module in missing)
        else_ = "not every package index has openmemory-py: where pip finds none, set another engine"
        yield "MEMORY_ENGINE", f"openmemory needs {names}, which is not installed yet ({else_}): {INSTALL}"
    if SDK_SETTINGS_FILE.exists():
        message = f"would be overridden by {SDK_SETTINGS_FILE.absolute()}, which OpenMemory reads: remove that file"
        yield "OPENMEMORY_DB_PATH", message
    for name, only in _KEPT_HERE.items():
        if variables.get(name, "").strip() not in {"", only}:
            yield name, f"must be {only} or not set: otherwise what callers said would leave this machine"
