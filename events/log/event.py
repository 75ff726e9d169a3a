"""One event of a log, as a reader gets it: its receipt, its place, and the bytes that were received."""

import hashlib
from collections.abc import Iterator
from typing import Protocol

from msgspec import Struct

from events.errors import DamagedEventError
from events.log.receipt import Place, Receipt


class Bodies(Protocol):
    """
    Where a log keeps the bodies of its events.

    A log gives the same one to all its events: so an event costs no more than its receipt until it is read. Threads
    MAY share it. Two of them MUST be equal if they read the same log.
    """

    def part(self, receipt: Receipt, offset: int, length: int | None) -> Iterator[bytes]:
        """
        Yield `length` bytes of a body from `offset` on (None: the rest), piece by piece, unchecked.

        It MUST yield the stored bytes in their order, and MUST NOT hold a long body in memory. With `length` None, if
        more is stored than the receipt says, it MUST yield some of the surplus, by which `Event.chunks` notices it.

        Raises:
            DamagedEventError: the body is gone; UnreadEventError: this body cannot be read, though the log can. A
                reader MUST be able to go on with other events.
            OSError: no body can be read now: the disk is gone, or the machine lacks what it takes. A retry is safe.
        """


class Event(Struct, frozen=True):
    """
    One stored webhook.

    `is_chained` is False where the receipt does not follow the one before it: a line was changed, removed or slipped
    in. `bodies` belongs to the log; read the body by the methods of the event.
    """

    receipt: Receipt
    place: Place
    is_chained: bool
    bodies: Bodies

    def chunks(self) -> Iterator[bytes]:
        """
        Yield the body piece by piece.

        Raises:
            DamagedEventError: the body is gone; or, after the last piece, these were not the bytes of the receipt.
            UnreadEventError, OSError: as `Bodies.part` raises them.
        """
        digest = hashlib.sha256()
        for chunk in self.part(0, None):
            digest.update(chunk)
            yield chunk
        self._check(digest.hexdigest())

    def body(self) -> bytes:
        """Return the whole body; raises as `chunks` does."""
        body = b"".join(self.part(0, None))
        self._check(hashlib.sha256(body).hexdigest())
        return body

    def part(self, offset: int, length: int | None) -> Iterator[bytes]:
        """Yield a part of the body, unchecked, as `Bodies.part` does."""
        return self.bodies.part(self.receipt, offset, length)

    def _check(self, sha256: str) -> None:
        if sha256 != self.receipt.sha256:
            raise DamagedEventError(f"{self.receipt.path} does not match its receipt")


class DamagedLine(Struct, frozen=True):
    """A line of the journal that is no receipt."""

    place: Place
