"""The bodies of a payload folder: each is a file, byte for byte as it was received."""

import os
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from events.disk.reading import open_descriptor, reason_of
from events.errors import DamagedEventError, UnreadEventError
from events.folder_log.blame import raise_unless_one_files
from events.log.receipt import Receipt

_CHUNK_BYTES = 256 * 1024


class FolderBodies(Struct, frozen=True):
    """Reads the bodies of the log in one folder; keeps the promises of `Bodies`."""

    folder: Path

    def part(self, receipt: Receipt, offset: int, length: int | None) -> Iterator[bytes]:
        """Yield a part of the file that a receipt names, as `Bodies.part` promises."""
        try:
            yield from self._read(receipt, offset, length)
        except FileNotFoundError as error:
            raise_unless_one_files(self.folder, error)
            raise DamagedEventError(f"{receipt.path} is missing") from error
        except OSError as error:
            raise_unless_one_files(self.folder, error)
            raise UnreadEventError(f"{receipt.path} cannot be read: {reason_of(error)}") from error

    def _read(self, receipt: Receipt, offset: int, length: int | None) -> Iterator[bytes]:
        # Without a buffer between: nearly every body is one piece, and a replay reads them all.
        fd = open_descriptor(f"{self.folder}/{receipt.path}")
        try:
            left = receipt.size if length is None else length
            while left > 0 and (chunk := os.pread(fd, min(_CHUNK_BYTES, left), offset)):
                left, offset = left - len(chunk), offset + len(chunk)
                yield chunk
            if length is None and (surplus := os.pread(fd, 1, offset)):
                yield surplus  # a longer file is another file
        finally:
            os.close(fd)
