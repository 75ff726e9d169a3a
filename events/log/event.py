"""One event of the payload log, as its readers get it: the receipt, the place, and the bytes."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from events.errors import DamagedEventError
from events.log.receipt import Place, Receipt

_CHUNK_BYTES = 256 * 1024


class Event(Struct, frozen=True):
    """One stored webhook: its receipt, where the journal has it, and its bytes as they were received."""

    receipt: Receipt
    place: Place
    is_chained: bool
    path: Path

    def chunks(self) -> Iterator[bytes]:
        """
        Yield the body piece by piece.

        Raises:
            DamagedEventError: after the last piece: these are not the bytes of the receipt; or the file is missing.
        """
        digest = hashlib.sha256()
        for chunk in self.part(0, None):
            digest.update(chunk)
            yield chunk
        if digest.hexdigest() != self.receipt.sha256:
            raise DamagedEventError(f"{self.receipt.path} does not match its receipt")

    def body(self) -> bytes:
        """Return the whole body; raises as `chunks` does."""
        return b"".join(self.chunks())

    def part(self, offset: int, length: int | None) -> Iterator[bytes]:
        """Yield `length` bytes of the body from `offset` on (None: the rest), unchecked."""
        try:
            file = self.path.open("rb")
        except FileNotFoundError as error:
            raise DamagedEventError(f"{self.receipt.path} is missing") from error
        except (IsADirectoryError, NotADirectoryError) as error:
            raise DamagedEventError(f"{self.receipt.path} is no file") from error
        with file:
            file.seek(offset)
            left = self.receipt.size if length is None else length
            while left > 0 and (chunk := file.read(min(_CHUNK_BYTES, left))):
                left -= len(chunk)
                yield chunk
            if length is None and (surplus := file.read(1)):
                yield surplus  # a longer file is another file


class DamagedLine(Struct, frozen=True):
    """A line of the journal that is no receipt."""

    place: Place
