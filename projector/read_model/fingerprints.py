"""What tells a generation from another: the release and settings that made it, and how its files look from outside."""

from typing import Any, Protocol

import msgspec
from msgspec import Struct

_decoder: msgspec.json.Decoder[tuple[str, dict[str, Any]]] = msgspec.json.Decoder(tuple[str, dict[str, Any]])


def fingerprint_of(release: str, settings: dict[str, Any]) -> str:
    """
    Return the fingerprint of a release and settings.

    Args:
        release: the versions of all that shapes what is stored.
        settings: by their names; what msgspec can encode, always in the same order.
    """
    return msgspec.json.encode((release, settings)).decode()


def release_in(fingerprint: str | None) -> str | None:
    """Return the release in a fingerprint; None where a release made it that wrote other fingerprints."""
    parts = _parts(fingerprint)
    return parts[0] if parts else None


def is_of_same_settings(one: str | None, other: str | None) -> bool:
    """Tell whether two fingerprints are of the same settings, as far as both releases have them; False if unsure."""
    parts, others = _parts(one), _parts(other)
    return parts is not None and others is not None and _agree(parts[1], others[1])


def _agree(one: Any, other: Any) -> bool:
    if isinstance(one, dict) and isinstance(other, dict):
        return all(_agree(one[name], other[name]) for name in one.keys() & other.keys())
    return bool(one == other)


def _parts(fingerprint: str | None) -> tuple[str, dict[str, Any]] | None:
    try:
        return _decoder.decode(fingerprint or "")
    except msgspec.MsgspecError:
        return None


class Footprint(Protocol):
    """How the files of a generation look from outside; equal where nobody has written."""

    def is_same_files(self, other: object) -> bool:
        """Tell whether all files are there, and are those of `other`, whatever was written into them."""


class FilePart(Struct, frozen=True):
    """
    One of so many parts of the file of a filled generation; the first is 0.

    `file` tells that file from another one of its name. A process that wipes the part may come late: its replay has
    ended, and the next one fills a new file.
    """

    generation: int
    file: tuple[int, ...]
    part: int
    of: int
