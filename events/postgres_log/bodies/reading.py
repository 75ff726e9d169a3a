"""Reads the bodies of a log in PostgreSQL."""

from collections.abc import Iterator

from events.errors import DamagedEventError
from events.log.receipt import Receipt
from events.postgres_log.bodies.keys import owner_of
from events.postgres_log.bodies.sealing import PART_BYTES, UnsealableError, unseal
from events.postgres_server.connections import Connections

# By the name as well: once it is erased, the same bytes under another name are another event's.
_PART = """
SELECT sealed, (SELECT key FROM elaoms.keys WHERE owner = %(owner)s) FROM elaoms.bodies
WHERE owner = %(owner)s AND sha256 = %(sha256)s AND part = %(part)s
AND EXISTS (SELECT FROM elaoms.files WHERE path = %(path)s AND sha256 = %(sha256)s)
"""


class PostgresBodies:
    """Reads the bodies of the log in one database; keeps the promises of `Bodies`."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PostgresBodies) and other._connections.url == self._connections.url

    def __hash__(self) -> int:
        return hash(self._connections.url)

    def part(self, receipt: Receipt, offset: int, length: int | None) -> Iterator[bytes]:
        """Yield a part of the body that a receipt names, as `Bodies.part` promises; one row at a time is in memory."""
        left = length
        number, skipped = divmod(offset, PART_BYTES)
        while left is None or left > 0:
            part = self._row(receipt, number)
            if part is None:
                if number == 0 or number * PART_BYTES < receipt.size:
                    raise DamagedEventError(f"{receipt.path} is {'cut off' if number else 'missing'}")
                return
            piece = part[skipped:] if left is None else part[skipped : skipped + left]
            if piece:
                yield piece
            if len(part) < PART_BYTES:
                return
            left = None if left is None else left - len(piece)
            number, skipped = number + 1, 0

    def _row(self, receipt: Receipt, number: int) -> bytes | None:
        parameters = {
            "owner": owner_of(receipt.conversation_id, receipt.sha256),
            "sha256": receipt.sha256,
            "part": number,
            "path": receipt.path,
        }
        found = self._connections.read(
            lambda connection: connection.cursor(binary=True).execute(_PART, parameters).fetchone()
        )
        if found is None:
            return None
        sealed, key = found
        if key is None:
            raise DamagedEventError(f"{receipt.path} cannot be read: its key is missing")
        try:
            return unseal(bytes(key), bytes(sealed), sha256=receipt.sha256, number=number)
        except UnsealableError as error:
            raise DamagedEventError(f"{receipt.path} cannot be read: its bytes or its key were altered") from error
