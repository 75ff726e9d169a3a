"""Stories of greetings: the events of a `learned` story, and what callers then hear, by agent, time and setting."""

from pathlib import Path

import msgspec
from msgspec import Struct

_FOLDER = Path(__file__).parent / "learned"


class Heard(Struct, frozen=True, forbid_unknown_fields=True):
    """
    What a caller hears: `why` says what of the story decides it.

    `at` is when the caller calls, RFC 3339; `detail` is `GREETING_DETAIL`, and `sensitive` is `SENSITIVE`.
    """

    why: str
    caller: str
    agent: str
    at: str
    greeting: str
    detail: str = "topic"
    sensitive: str = "tell"


GREETED = tuple(sorted(path.parent for path in _FOLDER.glob("*/greetings.json")))


def heard_in(story: Path) -> list[Heard]:
    """Return what the callers of a story hear."""
    return msgspec.json.decode((story / "greetings.json").read_bytes(), type=list[Heard])
