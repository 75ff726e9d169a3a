"""An installation over the tests' OpenMemory server: some calls, their memories, and the server's rows."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.support.openmemory.server import KEY, OpenMemoryServer
from tests.support.samples import MARTA, transcription
from tests.support.servers import Site

BEN = "+12025550199"


def site_of(folder: Path, server: OpenMemoryServer, **settings: str) -> Site:
    """Return an installation that keeps its memories on that server."""
    return Site(folder, MEMORY_ENGINE="openmemory-server", OPENMEMORY_PORT=server.url, OPENMEMORY_KEY=KEY, **settings)


def calls() -> Iterator[bytes]:
    """Yield some calls of two callers, some with the same words."""
    for number in range(4):
        for caller, name in ((MARTA, "Marta"), (BEN, "Ben")):
            said = ["I would like to order the blue one.", f"My son is {number} years old.", "Yes."]
            yield transcription(
                f"conv_{name}_{number}", *said, caller=caller, at_s=1_762_948_800 + number, user_name=name
            )


def held(server: OpenMemoryServer) -> Counter[tuple[str, str]]:
    """Return how many rows each memory has, by caller."""
    rows = list(server.held.rows.values())
    return Counter(
        (row["user_id"], row["metadata"]["memory_id"]) for row in rows if not row["user_id"].startswith("elaoms-")
    )


def remembered(site: Site) -> Counter[tuple[str, str]]:
    """Return the memories of the dump, by caller."""
    return Counter((m["caller"], m["id"]) for m in json.loads(site.dump())["memories"])
