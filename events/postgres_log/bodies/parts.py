"""The rows of bodies: each lies in parts of 1 MiB, sealed, under its owner and the hash of the whole."""

from collections.abc import Collection, Iterable, Sequence
from itertools import islice

from msgspec import Struct

from events.disk import steps
from events.postgres_log.bodies.keys import are_current, holds, keys_of
from events.postgres_log.bodies.objects import OBJECT_PART, ObjectBodies
from events.postgres_log.bodies.owned import KeyGoneError, Name, OwnedDraft, StoreAwayError
from events.postgres_log.bodies.sealing import UnsealableError, seal, unseal
from events.postgres_server.bounded import Connection

# So many rows of a long body are one transaction: the server holds none of them for long.
_PARTS_PER_COMMIT = 4

_PUT = """
INSERT INTO elaoms.bodies (owner, sha256, part, sealed) VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING RETURNING part
"""
_MEND = "UPDATE elaoms.bodies SET sealed = %s WHERE owner = %s AND sha256 = %s AND part = %s"
_NUMBERS = "SELECT part FROM elaoms.bodies WHERE owner = %s AND sha256 = %s"
_IS_OBJECT = "SELECT FROM elaoms.bodies WHERE owner = %s AND sha256 = %s AND part = -1"
_PART = "SELECT sealed FROM elaoms.bodies WHERE owner = %s AND sha256 = %s AND part = %s"
_SHORT = """
SELECT owner, sha256, sealed FROM elaoms.bodies
JOIN unnest(%s::text[], %s::text[]) AS wanted (owner, sha256) USING (owner, sha256) WHERE part = 0
"""


class StoredBodies(Struct):
    """
    The bodies of a group once they were put there, as far as others may have removed them since.

    `keys` and `rows` leave out what this very transaction made: nobody else sees it. `rows` says how many each body
    has, and `objects` under which name it lies in the object store, if it does. `damaged` are bodies whose bytes there
    are not theirs.
    """

    keys: dict[str, bytes]
    rows: dict[Name, int] = {}
    objects: dict[Name, str] = {}
    damaged: set[Name] = set()

    def lacking(self, connection: Connection) -> set[Name]:
        """
        Return the bodies that are missing or damaged; the head must be locked.

        Raises:
            KeyGoneError: a key is another one by now. Undo the transaction.
        """
        if self.keys and not are_current(connection, self.keys):
            raise KeyGoneError
        if not self.rows:
            return self.damaged
        found = connection.execute(
            "SELECT owner, sha256, count(*), min(CASE WHEN part = -1 THEN convert_from(sealed, 'UTF8') END)"
            " FROM elaoms.bodies"
            " JOIN unnest(%s::text[], %s::text[]) AS wanted (owner, sha256) USING (owner, sha256)"
            " GROUP BY owner, sha256",
            _columns(self.rows),
        )
        there = {(owner, sha256): (count, object_name) for owner, sha256, count, object_name in found}
        wanted = {name: (rows, self.objects.get(name)) for name, rows in self.rows.items()}
        return self.damaged | {name for name, stored in wanted.items() if there.get(name) != stored}


def put_bodies(
    connection: Connection, drafts: Iterable[OwnedDraft], objects: ObjectBodies | None = None
) -> StoredBodies:
    """
    Put bodies into the database, those that are there already excepted; no event need bear them yet.

    Long ones go into the object store, where there is one, and are durable there.

    Long ones are committed some rows at a time, without waiting for a disk: the commit of their events, which comes
    later in the server's one log, makes them durable too. First the keys, then the bodies, each in their order, or two
    groups with the same ones could wait for each other.

    A row that is committed is sealed with its owner's key of that moment: the key of a long body is held meanwhile;
    short ones are committed with their events, once `StoredBodies.lacking` has looked.

    Raises:
        StoreAwayError: the object store cannot be used.
        OSError: a draft cannot be read.
        KeyGoneError: an erasure came between.
        psycopg.Error: as psycopg raises it.
    """
    ordered = [body for _, body in sorted({body.name: body for body in drafts}.items())]
    if objects is not None and any(body.is_long for body in ordered):
        objects.check_own(connection, may_begin=True)
    keys, own = keys_of(connection, [body.owner for body in ordered])
    if any(body.owner not in keys for body in ordered):
        raise KeyGoneError
    stored = StoredBodies({owner: key for owner, key in keys.items() if owner not in own})
    for body in filter(lambda body: body.is_long, ordered):
        name = objects.put(connection, keys[body.owner], body) if objects is not None else None
        if name is None:
            _put_long(connection, keys[body.owner], body)
            stored.rows[body.name] = body.rows()
        else:
            stored.rows[body.name], stored.objects[body.name] = 1, name
        # Whatever this transaction has made before, a commit has shown to others.
        stored.keys = keys
    short = [body for body in ordered if not body.is_long]
    if known := _put_short(connection, keys, short):
        stored.rows |= {body.name: 1 for body in known}
        stored.damaged = _other_than(connection, keys, known)
    steps.reached("bodies_put")
    return stored


def remove_bodies(connection: Connection, names: Collection[Name]) -> None:
    """Remove what is left of bodies that are not whole: whoever appends them has the right bytes."""
    _remove(
        connection,
        "DELETE FROM elaoms.bodies AS body USING unnest(%s::text[], %s::text[]) AS lacking (owner, sha256)"
        " WHERE body.owner = lacking.owner AND body.sha256 = lacking.sha256",
        _columns(names),
    )


def remove_nameless_bodies(connection: Connection, owners: Sequence[str]) -> None:
    """Remove those bodies of some owners that no event bears; the head must be locked."""
    _remove(
        connection,
        "DELETE FROM elaoms.bodies AS body WHERE owner = ANY(%s) AND NOT EXISTS"
        " (SELECT FROM elaoms.files WHERE files.owner = body.owner AND files.sha256 = body.sha256)",
        [list(owners)],
    )


def sweep_bodies(connection: Connection) -> None:
    """Remove the bodies that no event bears: their writers died, a day ago or earlier."""
    _remove(
        connection,
        "DELETE FROM elaoms.bodies AS body WHERE since < now() - interval '1 day' AND NOT EXISTS"
        " (SELECT FROM elaoms.files WHERE files.owner = body.owner AND files.sha256 = body.sha256)",
        [],
    )


def _remove(connection: Connection, deletion: str, values: Sequence[object]) -> None:
    """Remove rows of bodies, and note the objects that they name: once this is committed, they are nobody's."""
    connection.execute(
        f"WITH removed AS ({deletion} RETURNING body.part, body.sealed)"  # noqa: S608 - our words
        " INSERT INTO elaoms.removed_objects (name)"
        " SELECT convert_from(sealed, 'UTF8') FROM removed WHERE part = -1",
        values,
    )


def _put_short(connection: Connection, keys: dict[str, bytes], bodies: Sequence[OwnedDraft]) -> list[OwnedDraft]:
    """Put bodies of one row there, and return those that are there already."""
    if not bodies:
        return []
    rows = [(*body.name, 0, _sealed(keys[body.owner], body, 0, next(body.draft.parts()))) for body in bodies]
    cursor = connection.cursor()
    cursor.executemany(_PUT, rows, returning=True)
    known = []
    for body in bodies:
        if not cursor.rowcount:
            known.append(body)
        cursor.nextset()
    return known


def _other_than(connection: Connection, keys: dict[str, bytes], bodies: Sequence[OwnedDraft]) -> set[Name]:
    """Return the names of those short bodies under which other bytes lie."""
    found = connection.cursor(binary=True).execute(_SHORT, _columns([body.name for body in bodies])).fetchall()
    there = {(owner, sha256): bytes(sealed) for owner, sha256, sealed in found}
    return {
        body.name
        for body in bodies
        if not _is(keys[body.owner], there.get(body.name), body, 0, next(body.draft.parts()))
    }


def _put_long(connection: Connection, key: bytes, body: OwnedDraft) -> None:
    numbers = {number for (number,) in connection.execute(_NUMBERS, body.name)}
    if OBJECT_PART in numbers:
        raise StoreAwayError("a body lies in an object store that is not named: set BODY_STORE_URL")
    parts = enumerate(body.draft.parts())
    while some := list(islice(parts, _PARTS_PER_COMMIT)):
        if not holds(connection, body.owner, key) or connection.execute(_IS_OBJECT, body.name).fetchone():
            raise KeyGoneError
        for number, part in some:
            _put_part(connection, key, body, number, part, is_known=number in numbers)
        connection.execute("SET LOCAL synchronous_commit = off")
        connection.commit()
        connection.renew()
        steps.reached("parts_put")


def _put_part(
    connection: Connection, key: bytes, body: OwnedDraft, number: int, part: bytes, *, is_known: bool
) -> None:
    if is_known and _is_there(connection, key, body, number, part):
        return
    sealed = _sealed(key, body, number, part)
    if not is_known:
        if connection.execute(_PUT, [*body.name, number, sealed]).rowcount:
            return
        if _is_there(connection, key, body, number, part):  # another writer of the same bytes was faster
            return
    connection.execute(_MEND, [sealed, *body.name, number])


def _is_there(connection: Connection, key: bytes, body: OwnedDraft, number: int, part: bytes) -> bool:
    """Return whether what is stored as a part of a body is that part."""
    found = connection.cursor(binary=True).execute(_PART, [*body.name, number]).fetchone()
    return _is(key, bytes(found[0]) if found else None, body, number, part)


def _is(key: bytes, sealed: bytes | None, body: OwnedDraft, number: int, part: bytes) -> bool:
    """Return whether sealed bytes are a part of a body; None are not."""
    try:
        return sealed is not None and unseal(key, sealed, sha256=body.draft.sha256, number=number) == part
    except UnsealableError:
        return False


def _sealed(key: bytes, body: OwnedDraft, number: int, part: bytes) -> bytes:
    return seal(key, part, sha256=body.draft.sha256, number=number)


def _columns(names: Iterable[Name]) -> list[list[str]]:
    ordered = sorted(names)
    return [[owner for owner, _ in ordered], [sha256 for _, sha256 in ordered]]
