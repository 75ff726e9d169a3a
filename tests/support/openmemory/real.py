"""A real OpenMemory server, if one is named for the tests, which empty it."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import gettempdir
from urllib.parse import quote

from projector.engines.openmemory.server.address import server_url
from projector.engines.settings import OPENMEMORY_SERVER, EngineSettings

URL, KEY = "OPENMEMORY_TEST_URL", "OPENMEMORY_TEST_KEY"


def why_not() -> str:
    """Return why there is none; empty if there is one."""
    return "" if os.environ.get(URL) else f"{URL} (and {KEY}) must name a running OpenMemory server of v1.3.0"


@contextmanager
def real_server() -> Iterator[EngineSettings]:
    """Wait for a turn at the server: of two tests at the same time one would remove the other's rows."""
    place = server_url(os.environ[URL])
    with (Path(gettempdir()) / f"elaoms-{quote(place, safe='')}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield EngineSettings(name=OPENMEMORY_SERVER, location=place, key=os.environ.get(KEY, ""))
