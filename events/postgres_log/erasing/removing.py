"""Erasure in a log in PostgreSQL: the key that names callers, and the removal of bodies with their keys."""

from collections.abc import Sequence

from events.disk import steps
from events.errors import JournalError
from events.log.erasure import Erasure
from events.log.filing import ERASURE_REQUEST, is_stray_path
from events.postgres_log.bodies.keys import RANDOM_KEY, lock_keys, remove_nameless_keys, sweep_keys
from events.postgres_log.bodies.parts import remove_nameless_bodies, sweep_bodies
from events.postgres_log.erasing.remnants import note_remnants
from events.postgres_log.schema import read_head
from events.postgres_server.bounded import Connection
from events.postgres_server.connections import commit
from events.wire.webhooks import is_conversation_id

_KEY_BYTES = 32

# What an operator calls the key.
KEY_NAME = "erasure_key in the table elaoms.log"

_REMOVE_NAMES = """
DELETE FROM elaoms.files WHERE owner = ANY(%s) OR (owner = ANY(%s) AND path = ANY(%s))
"""
_OWNERS = "SELECT owner FROM elaoms.files WHERE path = ANY(%s) AND left(owner, 1) = '_'"


def read_key(connection: Connection) -> bytes:
    """
    Return the log's key.

    Raises:
        JournalError: there is none, or it is no key.
    """
    key = key_if_any(connection)
    if key is None:
        raise JournalError(f"{KEY_NAME} is gone; restore it from the backup")
    if len(key) != _KEY_BYTES:
        raise JournalError(f"{KEY_NAME} holds no key; restore it from the backup")
    return key


def key_if_any(connection: Connection) -> bytes | None:
    """Return what stands in the log's head as its key; None where there is none."""
    row = connection.execute("SELECT erasure_key FROM elaoms.log").fetchone()
    return bytes(row[0]) if row and row[0] is not None else None


def take_key(connection: Connection, key: bytes) -> None:
    """
    Keep the key of the log that is copied.

    Raises:
        JournalError: there is another one.
    """
    read_head(connection, is_locked=True)
    # As data: a server that logs statements logs their parameters.
    connection.execute("CREATE TEMPORARY TABLE taken_key (key bytea) ON COMMIT DROP")
    with connection.cursor().copy("COPY pg_temp.taken_key FROM STDIN (FORMAT binary)") as copy:
        copy.set_types(["bytea"])
        copy.write_row([key])
    connection.execute(
        "UPDATE elaoms.log SET erasure_key = (SELECT key FROM pg_temp.taken_key) WHERE erasure_key IS NULL"
    )
    commit(connection)
    if key_if_any(connection) != key:
        raise JournalError(f"{KEY_NAME} is another log's: copy into an empty database")


def read_or_make_key(connection: Connection) -> bytes:
    """
    Return the log's key; makes it for the log's first request.

    Raises:
        JournalError: it is gone although there are requests that were made with it, or it is no key.
    """
    read_head(connection, is_locked=True)
    row = connection.execute("SELECT erasure_key IS NULL FROM elaoms.log").fetchone()
    if row and row[0]:
        sql = "SELECT FROM elaoms.events WHERE source <> 'webhook' AND kind = %s LIMIT 1"
        if connection.execute(sql, [ERASURE_REQUEST]).fetchone() is not None:
            words = "restore it from the backup; only if there is none, write 32 new random bytes into it"
            raise JournalError(f"{KEY_NAME}, which earlier requests were made with, is gone: {words}")
        connection.execute(f"UPDATE elaoms.log SET erasure_key = {RANDOM_KEY}")  # noqa: S608 - our words
        commit(connection)
    return read_key(connection)


def remove_erased(connection: Connection, erasure: Erasure) -> None:
    """
    Remove the bodies that an erasure lists, and all of its conversations, as `EventLog.remove` promises.

    Their keys go in the same commit. What the servers keep of removed keys until they are rewritten is noted, for
    `wiping` to remove.
    """
    late = {event.conversation_id for event in erasure.events if event.conversation_id is not None}
    conversations = [each for each in late.union(erasure.conversations) if is_conversation_id(each)]
    paths = [event.path for event in erasure.events if is_stray_path(event.path)]
    strays = [owner for (owner,) in connection.execute(_OWNERS, [paths])]
    owners = sorted({*conversations, *strays})
    lock_keys(connection, owners)
    # Under the lock that appends share: none of them can name a body that goes.
    read_head(connection, is_locked=True)
    connection.execute(_REMOVE_NAMES, [conversations, strays, paths])
    steps.reached("erased_names_removed")
    remove_nameless(connection, owners)
    connection.execute("UPDATE elaoms.log SET settled = settled + 1")
    steps.reached("erased_bodies_removed")
    commit(connection)


def remove_nameless(connection: Connection, owners: Sequence[str]) -> None:
    """Remove those bodies of some owners that no event bears, and the keys of who has no other; the head is locked."""
    # The keys first: who holds one is putting rows there, which are to be seen then.
    note_remnants(connection, remove_nameless_keys(connection, owners))
    steps.reached("erased_keys_removed")
    remove_nameless_bodies(connection, owners)


def sweep(connection: Connection) -> None:
    """Remove the bodies that no event bears, and their keys: their writers died, a day ago or earlier."""
    sweep_bodies(connection)
    note_remnants(connection, sweep_keys(connection))
