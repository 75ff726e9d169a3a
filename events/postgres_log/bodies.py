"""The bodies of a log in PostgreSQL: each lies in rows of 1 MiB, by the hash of the whole."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence

from events.disk import steps
from events.errors import DamagedEventError
from events.log.receipt import Receipt
from events.postgres_log.draft import PART_BYTES, PostgresDraft
from events.postgres_server.bounded import Connection
from events.postgres_server.connections import Connections

# So many rows of a long body are one transaction: the server holds none of them for long.
_PARTS_PER_COMMIT = 4
_PUT = "INSERT INTO elaoms.bodies (sha256, part, bytes) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING"

_DIGESTS = "SELECT part, sha256(bytes) FROM elaoms.bodies WHERE sha256 = %s"
_MEND = "UPDATE elaoms.bodies SET bytes = %s WHERE sha256 = %s AND part = %s"

# What this very transaction has put there need not be hashed.
_MEASURED = """
SELECT sha256, sum(octet_length(bytes))::bigint,
min(CASE WHEN since = now() THEN sha256 ELSE encode(sha256(bytes), 'hex') END) FILTER (WHERE part = 0)
FROM elaoms.bodies WHERE sha256 = ANY(%s) GROUP BY sha256
"""

# By the name as well: once it is erased, the same bytes under another name are another event's.
_PART = """
SELECT bytes FROM elaoms.bodies JOIN elaoms.files USING (sha256) WHERE path = %s AND sha256 = %s AND part = %s
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
        parameters = [receipt.path, receipt.sha256, number]
        found = self._connections.read(
            lambda connection: connection.cursor(binary=True).execute(_PART, parameters).fetchone()
        )
        return None if found is None else bytes(found[0])


def put_bodies(connection: Connection, drafts: Iterable[PostgresDraft]) -> None:
    """
    Put bodies into the database, those that are there already excepted; no event need bear them yet.

    Long ones are committed some rows at a time, without waiting for a disk: the commit of their events, which comes
    later in the server's one log, makes them durable too. In the order of their hashes, or two groups with the same
    bodies could wait for each other.

    Raises:
        OSError: a draft cannot be read.
        psycopg.Error: as psycopg raises it.
    """
    ordered = sorted({draft.sha256: draft for draft in drafts}.items())
    for sha256, draft in ordered:
        if draft.size > PART_BYTES:
            _put_long(connection, sha256, draft)
    short = [(sha256, 0, next(draft.parts())) for sha256, draft in ordered if draft.size <= PART_BYTES]
    if short:
        connection.cursor().executemany(_PUT, short)
    steps.reached("bodies_put")


def bodies_not_whole(connection: Connection, receipts: Iterable[Receipt]) -> set[str]:
    """
    Return the hashes of those bodies that are missing or damaged.

    The server hashes short ones. Of long ones it tells the length: `put_bodies` has compared their rows.
    """
    sizes = {receipt.sha256: receipt.size for receipt in receipts}
    found = connection.execute(_MEASURED, [list(sizes)])
    whole = {
        sha256 for sha256, size, digest in found if size == sizes[sha256] and (size > PART_BYTES or digest == sha256)
    }
    return sizes.keys() - whole


def remove_bodies(connection: Connection, hashes: Iterable[str]) -> None:
    """Remove what is left of bodies that are not whole: whoever appends them has the right bytes."""
    connection.execute("DELETE FROM elaoms.bodies WHERE sha256 = ANY(%s)", [list(hashes)])


def remove_nameless(connection: Connection, hashes: Sequence[str]) -> None:
    """Remove those of some bodies that no event bears; the head must be locked."""
    connection.execute(
        "DELETE FROM elaoms.bodies AS body WHERE sha256 = ANY(%s)"
        " AND NOT EXISTS (SELECT FROM elaoms.files WHERE files.sha256 = body.sha256)",
        [hashes],
    )


def sweep(connection: Connection) -> None:
    """Remove the bodies that no event bears: their writers died, a day ago or earlier."""
    connection.execute(
        "DELETE FROM elaoms.bodies AS body WHERE since < now() - interval '1 day'"
        " AND NOT EXISTS (SELECT FROM elaoms.files WHERE files.sha256 = body.sha256)"
    )


def _put_long(connection: Connection, sha256: str, draft: PostgresDraft) -> None:
    there: dict[int, bytes] = dict(connection.execute(_DIGESTS, [sha256]).fetchall())
    for number, part in enumerate(draft.parts()):
        digest = there.get(number)
        if digest is None:
            connection.execute(_PUT, [sha256, number, part])
        elif digest != hashlib.sha256(part).digest():
            connection.execute(_MEND, [part, sha256, number])
        else:
            continue
        if number % _PARTS_PER_COMMIT == _PARTS_PER_COMMIT - 1:
            connection.execute("SET LOCAL synchronous_commit = off")
            connection.commit()
            connection.renew()
            steps.reached("parts_put")
    connection.execute("SET LOCAL synchronous_commit = off")
    connection.commit()
    connection.renew()
    steps.reached("parts_put")
