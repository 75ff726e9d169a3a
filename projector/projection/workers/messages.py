"""What a replay asks of a worker, and how the two tell each other: messages over pipes."""

from typing import IO

from msgspec import Struct

from events.log.receipt import Receipt

_LENGTH_BYTES = 8


class ReadTask(Struct, tag="reading", frozen=True):
    """Read calls, from files in a payload folder."""

    folder: str
    receipts: list[Receipt]


class FoldTask(Struct, tag="folding", frozen=True):
    """Fold callers, each from the calls that are kept."""

    callers: list[list[bytes]]


def write_message(pipe: IO[bytes], message: bytes) -> None:
    """Write a message, whole."""
    pipe.write(len(message).to_bytes(_LENGTH_BYTES, "big") + message)
    pipe.flush()


def read_message(pipe: IO[bytes]) -> bytes:
    """
    Return the next message.

    Raises:
        EOFError: there is none any more.
    """
    length = int.from_bytes(pipe.read(_LENGTH_BYTES), "big")
    message = pipe.read(length)
    if not length or len(message) < length:
        raise EOFError
    return message
