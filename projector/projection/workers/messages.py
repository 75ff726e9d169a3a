"""The messages between a replay and its workers, over pipes."""

from typing import IO

from msgspec import Struct

from events.log.receipt import Receipt
from projector.projection.settings import ProjectionSettings
from projector.read_model.fingerprints import FilePart

_LENGTH_BYTES = 8


class Start(Struct, frozen=True):
    """The first message: what all tasks need. `location` is the log's, as `open_bodies` takes it."""

    settings: ProjectionSettings
    location: str


class ReadTask(Struct, tag="reading", frozen=True):
    """Read calls, from events of the log."""

    receipts: list[Receipt]


class FoldTask(Struct, tag="folding", frozen=True):
    """Fold callers, each from the calls that are kept."""

    callers: list[list[bytes]]


class WipeTask(Struct, tag="wiping", frozen=True):
    """Wipe a part of a filled generation; `location` is the read model's."""

    location: str
    part: FilePart


def write_message(pipe: IO[bytes], message: bytes) -> None:
    """Write a message, whole."""
    pipe.write(len(message).to_bytes(_LENGTH_BYTES, "big") + message)
    pipe.flush()


def read_message(pipe: IO[bytes]) -> bytes:
    """
    Return the next message.

    Raises:
        EOFError: the other side has closed the pipe.
    """
    length = int.from_bytes(pipe.read(_LENGTH_BYTES), "big")
    message = pipe.read(length)
    if not length or len(message) < length:
        raise EOFError
    return message
