"""The keys of bodies: one for each conversation, and one for each body that belongs to none."""

from collections.abc import Iterable, Mapping, Sequence

from events.postgres_server.bounded import Connection

# The server makes the key, so it is no parameter: a server that logs statements logs their parameters. Each of the two
# numbers has 122 bits of the server's own strong randomness.
RANDOM_KEY = "sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()))"
_MAKE = f"""
INSERT INTO elaoms.keys (owner, key)
SELECT owner, {RANDOM_KEY} FROM unnest(%s::text[]) AS owner
ON CONFLICT DO NOTHING RETURNING owner, key
"""  # noqa: S608 - our words
_READ = "SELECT owner, key FROM elaoms.keys WHERE owner = ANY(%s)"

# Both tell the partition that a row was in: it keeps the row until it is rewritten.
_REMOVE = """
DELETE FROM elaoms.keys
WHERE owner = ANY(%s) AND NOT EXISTS (SELECT FROM elaoms.files WHERE files.owner = keys.owner)
RETURNING (SELECT relname FROM pg_class WHERE oid = keys.tableoid)
"""
_SWEEP = """
DELETE FROM elaoms.keys WHERE owner IN (
    SELECT owner FROM elaoms.keys WHERE since < now() - interval '1 day'
    AND NOT EXISTS (SELECT FROM elaoms.files WHERE files.owner = keys.owner)
    AND NOT EXISTS (SELECT FROM elaoms.bodies WHERE bodies.owner = keys.owner)
    FOR UPDATE SKIP LOCKED
)
RETURNING (SELECT relname FROM pg_class WHERE oid = keys.tableoid)
"""


def owner_of(conversation_id: str | None, sha256: str) -> str:
    """Return whose key seals a body: its conversation's; a stray's is its own, and no conversation's id begins so."""
    return f"_{sha256}" if conversation_id is None else conversation_id


def keys_of(connection: Connection, owners: Iterable[str]) -> tuple[dict[str, bytes], set[str]]:
    """
    Return the keys of some owners, and whose this transaction has made, because they were missing.

    A key that somebody removes just now may be left out. In the order of the owners, or two groups with the same ones
    could wait for each other.
    """
    ordered = sorted(set(owners))
    made = dict(connection.execute(_MAKE, [ordered]).fetchall())
    keys = dict(made)
    if known := [owner for owner in ordered if owner not in made]:
        keys |= dict(connection.execute(_READ, [known]).fetchall())
    return {owner: bytes(key) for owner, key in keys.items()}, set(made)


def are_current(connection: Connection, keys: Mapping[str, bytes]) -> bool:
    """Return whether these still are the keys; under the lock of the head, they then stay so until it is let go."""
    found = connection.execute(_READ, [list(keys)]).fetchall()
    return {owner: bytes(key) for owner, key in found} == dict(keys)


def holds(connection: Connection, owner: str, key: bytes) -> bool:
    """Return whether this still is an owner's key, which nobody removes then until the transaction ends."""
    sql = "SELECT key FROM elaoms.keys WHERE owner = %s FOR KEY SHARE"
    found = connection.execute(sql, [owner]).fetchone()
    return found is not None and bytes(found[0]) == key


def held_alone(connection: Connection, owner: str, key: bytes) -> bool:
    """Return whether this still is an owner's key, which nobody removes or holds then until the transaction ends."""
    sql = "SELECT key FROM elaoms.keys WHERE owner = %s FOR UPDATE"
    found = connection.execute(sql, [owner]).fetchone()
    return found is not None and bytes(found[0]) == key


def lock_keys(connection: Connection, owners: Sequence[str]) -> None:
    """
    Wait until nobody holds the keys of some owners, and keep others from holding them until the transaction ends.

    Before the lock of the head, or all appends would wait for one writer of a long body.
    """
    sql = "SELECT FROM elaoms.keys WHERE owner = ANY(%s) ORDER BY owner FOR UPDATE"
    connection.execute(sql, [list(owners)])


def remove_nameless_keys(connection: Connection, owners: Sequence[str]) -> list[str]:
    """
    Remove the keys of owners without events. Return the partitions that these keys were in.

    The head must be locked, and so must the keys.
    """
    found = connection.execute(_REMOVE, [list(owners)])
    return sorted({partition for (partition,) in found})


def sweep_keys(connection: Connection) -> list[str]:
    """Remove keys that are a day old and seal nothing, and return the partitions that they were in."""
    return sorted({partition for (partition,) in connection.execute(_SWEEP)})
