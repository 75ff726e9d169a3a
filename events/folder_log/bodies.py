"""The bodies of a payload folder: each is a file, byte for byte as it was received."""

from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from events.errors import DamagedEventError
from events.log.receipt import Receipt

_CHUNK_BYTES = 256 * 1024


class FolderBodies(Struct, frozen=True):
    """Reads the bodies of the log in one folder; keeps the promises of `Bodies`."""

    folder: Path

    def part(self, receipt: Receipt, offset: int, length: int | None) -> Iterator[bytes]:
        """Yield a part of the file that a receipt names, as `Bodies.part` promises."""
        try:
            file = (self.folder / receipt.path).open("rb")
        except FileNotFoundError as error:
            raise DamagedEventError(f"{receipt.path} is missing") from error
        except (IsADirectoryError, NotADirectoryError) as error:
            raise DamagedEventError(f"{receipt.path} is no file") from error
        with file:
            file.seek(offset)
            left = receipt.size if length is None else length
            while left > 0 and (chunk := file.read(min(_CHUNK_BYTES, left))):
                left -= len(chunk)
                yield chunk
            if length is None and (surplus := file.read(1)):
                yield surplus  # a longer file is another file
