"""Long bodies as objects: each lies, sealed in parts, under a name of its own, which a row in the database says."""

import hashlib
import secrets
from collections.abc import Iterable, Iterator
from itertools import zip_longest
from typing import TYPE_CHECKING

from events.disk import steps
from events.postgres_log.bodies.keys import held_alone
from events.postgres_log.bodies.owned import AnotherStoreError, KeyGoneError, OwnedDraft
from events.postgres_log.bodies.refusals import Refusals
from events.postgres_log.bodies.sealing import PART_BYTES, UnsealableError, seal, unseal
from events.postgres_server.bounded import Connection
from events.postgres_server.connections import commit

if TYPE_CHECKING:  # its library is installed only where there is a store
    from events.postgres_log.bodies.store import BodyStore

# The number of the row that says under which name a body lies in the store; it is the only row of that body.
OBJECT_PART = -1

_LOOK = """
SELECT part, CASE WHEN part = -1 THEN sealed END FROM elaoms.bodies WHERE owner = %s AND sha256 = %s
ORDER BY part LIMIT 1
"""
_NAME = "INSERT INTO elaoms.bodies (owner, sha256, part, sealed) VALUES (%s, %s, -1, %s)"
_LOG_ID = "SELECT id FROM elaoms.body_store"
HAS_OBJECTS = "SELECT FROM elaoms.bodies JOIN elaoms.files USING (owner, sha256) WHERE part = -1 LIMIT 1"

# In an object, the length of each sealed part stands before it.
_LENGTH_BYTES = 4
_SEALED_BYTES_MAX = 2 * PART_BYTES

# What the store holds of each log beside its bodies: or a wrong store would pass for one whose objects are gone.
_SIGN = b"The objects beside this one are sealed bodies of a log in PostgreSQL. Only that log removes them.\n"


class ObjectBodies:
    """
    The bodies of one log that lie in an object store.

    A name is used for one body under one key, and never again once its row is gone. So a writer that was slow replaces
    nothing but what it would put there itself, and what is to be removed from the store is nobody's any more.

    `refusals` say whether the store took what was put of late.
    """

    def __init__(self, store: "BodyStore") -> None:
        self.store = store
        self.refusals = Refusals()
        self._log_id = ""

    def __str__(self) -> str:
        return str(self.store)

    def put(self, connection: Connection, key: bytes, body: OwnedDraft) -> str | None:
        """
        Put a long body into the store, unless it is there, and return its name; it is durable then.

        `check_own` comes before. No transaction is open while the store is waited for.

        Its row is committed first: where an append dies, the row says what is to be swept. None for a body that an
        earlier append has begun to put into rows.

        Raises:
            KeyGoneError: an erasure came between.
            StoreAwayError: the store cannot be used.
            OSError: the draft cannot be read.
            psycopg.Error: as psycopg raises it.
        """
        name = self._named(connection, key, body)
        if name is not None:
            if self._has(key, body, name):
                self.store.settle(name)
            else:
                with self.refusals.noted():
                    self.store.put(name, _framed(key, body))
            connection.renew()
            steps.reached("object_put")
        return name

    def parts(self, key: bytes, sha256: str, name: str, *, first: int = 0) -> Iterator[bytes]:
        """
        Yield the parts of a body, from one on; those before it are read, and not opened.

        Raises:
            FileNotFoundError: the object is missing.
            UnsealableError: it is not this body.
            StoreAwayError: the store cannot be used.
        """
        for number, sealed in enumerate(_frames(self.store.pieces(name))):
            if number >= first:
                yield unseal(key, sealed, sha256=sha256, number=number)

    def check_own(self, connection: Connection, *, may_begin: bool = False) -> None:
        """
        Check that the store is the one in which this log's bodies lie.

        Args:
            may_begin: whether a log that has none yet may begin to put them there.

        Raises:
            AnotherStoreError: it is another one, or it lost more than bodies.
            StoreAwayError: it cannot be asked.
        """
        sign = self.sign(connection)
        connection.rollback()  # nobody is to wait for a transaction that waits for the store
        # Each time: a folder may have been unmounted since.
        if self.store.has(sign):
            return
        has_objects = self.has_any(connection)
        connection.rollback()
        if not may_begin or has_objects:
            raise self.is_another(sign)
        with self.refusals.noted():
            self.store.put(sign, [_SIGN])

    def sign(self, connection: Connection) -> str:
        """Return the name of the object that says whose bodies lie beside it."""
        if not self._log_id:
            ((self._log_id,),) = connection.execute(_LOG_ID).fetchall()
        return f"{self._log_id}/log"

    def has_any(self, connection: Connection) -> bool:
        """Return whether the body of any event lies in the store, or should."""
        return connection.execute(HAS_OBJECTS).fetchone() is not None

    def is_another(self, sign: str) -> AnotherStoreError:
        """Return the error where the sign is missing."""
        return AnotherStoreError(
            f"{self.store} is not where the bodies of this log lie, for {sign} is missing there: set BODY_STORE_URL"
            " to where they lie, or restore that store"
        )

    def _named(self, connection: Connection, key: bytes, body: OwnedDraft) -> str | None:
        # Whoever puts rows holds the key meanwhile, so the two do not meet. And an erasure removes both, or neither: a
        # row that is there is of this very key.
        if not held_alone(connection, body.owner, key):
            raise KeyGoneError
        found = connection.execute(_LOOK, body.name).fetchone()
        if found is None:
            owner = hashlib.sha256(body.owner.encode()).hexdigest()
            name = f"{self._log_id}/{owner}/{body.draft.sha256}.{secrets.token_hex(8)}"
            connection.execute(_NAME, [*body.name, name.encode()])
        else:
            name = bytes(found[1]).decode() if found[0] == OBJECT_PART else ""
        commit(connection)
        connection.renew()
        steps.reached("object_named")
        return name or None

    def _has(self, key: bytes, body: OwnedDraft, name: str) -> bool:
        try:
            there = self.parts(key, body.draft.sha256, name)
            return all(one == other for one, other in zip_longest(there, body.draft.parts()))
        except (FileNotFoundError, UnsealableError):
            return False


def open_objects(url: str) -> ObjectBodies | None:
    """
    Return the bodies that lie in the object store at a URL; None for an empty one.

    Raises:
        UnusableStoreError: it is no URL of a store.
        ImportError: what such a store takes is not installed.
    """
    if not url:
        return None
    from events.postgres_log.bodies.store import BodyStore  # noqa: PLC0415 - see above

    return ObjectBodies(BodyStore(url))


def _framed(key: bytes, body: OwnedDraft) -> Iterator[bytes]:
    for number, part in enumerate(body.draft.parts()):
        sealed = seal(key, part, sha256=body.draft.sha256, number=number)
        yield len(sealed).to_bytes(_LENGTH_BYTES) + sealed


def _frames(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the sealed parts in the pieces of an object; UnsealableError where it is none of ours, or is cut off."""
    buffer = bytearray()
    for piece in pieces:
        buffer += piece
        while len(buffer) >= _LENGTH_BYTES:
            length = int.from_bytes(buffer[:_LENGTH_BYTES])
            if length > _SEALED_BYTES_MAX:
                raise UnsealableError
            end = _LENGTH_BYTES + length
            if len(buffer) < end:
                break
            yield bytes(buffer[_LENGTH_BYTES:end])
            del buffer[:end]
    if buffer:
        raise UnsealableError
