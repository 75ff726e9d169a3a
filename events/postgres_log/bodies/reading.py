"""Reads the bodies of a log in PostgreSQL."""

from collections.abc import Iterator

from events.errors import DamagedEventError
from events.log.receipt import Receipt
from events.postgres_log.bodies.keys import owner_of
from events.postgres_log.bodies.objects import OBJECT_PART, ObjectBodies
from events.postgres_log.bodies.owned import StoreAwayError
from events.postgres_log.bodies.sealing import PART_BYTES, UnsealableError, unseal
from events.postgres_server.connections import Connections

# By the name as well: once it is erased, the same bytes under another name are another event's.
_PART = """
SELECT part, sealed, (SELECT key FROM elaoms.keys WHERE owner = %(owner)s) FROM elaoms.bodies
WHERE owner = %(owner)s AND sha256 = %(sha256)s AND part IN (%(part)s, -1)
AND EXISTS (SELECT FROM elaoms.files WHERE path = %(path)s AND sha256 = %(sha256)s)
"""


class PostgresBodies:
    """
    Reads the bodies of the log in one database; keeps the promises of `Bodies`.

    Args:
        objects: the long bodies that lie in an object store; None where none is named.
    """

    def __init__(self, connections: Connections, objects: ObjectBodies | None = None) -> None:
        self._connections = connections
        self._objects = objects

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PostgresBodies) and other._identity() == self._identity()

    def __hash__(self) -> int:
        return hash(self._identity())

    def part(self, receipt: Receipt, offset: int, length: int | None) -> Iterator[bytes]:
        """Yield a part of the body that a receipt names, as `Bodies.part` promises; one part of it is in memory."""
        left = length
        number, skipped = divmod(offset, PART_BYTES)
        if left == 0:
            return
        for part in self._parts(receipt, number):
            piece = part[skipped:] if left is None else part[skipped : skipped + left]
            if piece:
                yield piece
            left = None if left is None else left - len(piece)
            if left == 0:
                return
            skipped = 0

    def _parts(self, receipt: Receipt, first: int) -> Iterator[bytes]:
        """Yield the parts of a body from one on, and check that none is missing."""
        number = first
        for part in self._opened(receipt, first):
            yield part
            number += 1
            if len(part) < PART_BYTES:
                return
        if number == 0 or number * PART_BYTES < receipt.size:
            raise DamagedEventError(f"{receipt.path} is {'cut off' if number else 'missing'}")

    def _opened(self, receipt: Receipt, first: int) -> Iterator[bytes]:
        number = first
        try:
            while (found := self._row(receipt, number)) is not None:
                part, sealed, key = found
                if key is None:
                    raise DamagedEventError(f"{receipt.path} cannot be read: its key is missing")
                if part == OBJECT_PART:
                    yield from self._from_store(receipt, bytes(key), bytes(sealed).decode(), number)
                    return
                yield unseal(bytes(key), bytes(sealed), sha256=receipt.sha256, number=number)
                number += 1
        except UnsealableError as error:
            raise DamagedEventError(f"{receipt.path} cannot be read: its bytes or its key were altered") from error

    def _from_store(self, receipt: Receipt, key: bytes, name: str, first: int) -> Iterator[bytes]:
        if self._objects is None:
            raise StoreAwayError(f"{receipt.path} lies in an object store that is not named: set BODY_STORE_URL")
        try:
            yield from self._objects.parts(key, receipt.sha256, name, first=first)
        except FileNotFoundError as error:
            self._connections.read(self._objects.check_own)
            raise DamagedEventError(f"{receipt.path} is missing from the body store") from error

    def _row(self, receipt: Receipt, number: int) -> tuple[int, bytes, bytes | None] | None:
        parameters = {
            "owner": owner_of(receipt.conversation_id, receipt.sha256),
            "sha256": receipt.sha256,
            "part": number,
            "path": receipt.path,
        }
        return self._connections.read(
            lambda connection: connection.cursor(binary=True).execute(_PART, parameters).fetchone()
        )

    def _identity(self) -> tuple[str, str]:
        return self._connections.url, "" if self._objects is None else self._objects.store.url
