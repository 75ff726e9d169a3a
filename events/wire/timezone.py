"""
Time zones: reads the IANA name by which ElevenLabs, or an operator, says in which zone somebody lives.

The zones come from the package `tzdata`, never from the machine: two machines that fold the same log must count the
same days.
"""

from functools import cache, lru_cache
from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo

UTC_NAME = "UTC"
_NAME_CHARS_MAX = 64


def timezone_of(raw: Any) -> str | None:
    """
    Return the IANA name of a time zone as IANA spells it, such as `Europe/Berlin`; None if `raw` names none.

    Args:
        raw: what was sent; only text is read, without regard to case and to spaces around it.
    """
    if not isinstance(raw, str) or len(raw) > _NAME_CHARS_MAX:
        return None
    return _names().get(raw.strip().casefold())


@cache
def zone_of(name: str) -> ZoneInfo:
    """Return the zone of a name that `timezone_of` returned."""
    with resources.files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as file:
        return ZoneInfo.from_file(file, key=name)


def zones_version() -> str:
    """Return the version of the zones: with another one, a moment may be on another day."""
    from importlib import metadata  # noqa: PLC0415 - slow, and a worker of a replay never asks

    return metadata.version("tzdata")


@lru_cache
def _names() -> dict[str, str]:
    names = resources.files("tzdata").joinpath("zones").read_text(encoding="ascii").split()
    return {name.casefold(): name for name in names}
