"""Erasure in a log in PostgreSQL: the key that names callers, and the removal of bodies."""

import secrets

from events.disk import steps
from events.errors import JournalError
from events.log.erasure import Erasure
from events.log.filing import ERASURE_REQUEST, is_stray_path
from events.postgres_log.bodies import remove_nameless
from events.postgres_log.schema import read_head
from events.postgres_server.bounded import Connection
from events.postgres_server.connections import commit
from events.wire.webhooks import is_conversation_id

_KEY_BYTES = 32

# What an operator calls the key.
KEY_NAME = "erasure_key in the table elaoms.log"

_REMOVE_NAMES = """
DELETE FROM elaoms.files WHERE conversation_id = ANY(%s) OR (conversation_id IS NULL AND path = ANY(%s))
RETURNING sha256
"""


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
    connection.execute("UPDATE elaoms.log SET erasure_key = %s WHERE erasure_key IS NULL", [key])
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
        connection.execute("UPDATE elaoms.log SET erasure_key = %s", [secrets.token_bytes(_KEY_BYTES)])
        commit(connection)
    return read_key(connection)


def remove_erased(connection: Connection, erasure: Erasure) -> None:
    """
    Remove the bodies that an erasure lists, and all of its conversations, as `EventLog.remove` promises.

    What the server keeps of removed rows until it is vacuumed is not touched.
    """
    late = {event.conversation_id for event in erasure.events if event.conversation_id is not None}
    conversations = [each for each in late.union(erasure.conversations) if is_conversation_id(each)]
    strays = [event.path for event in erasure.events if is_stray_path(event.path)]
    # Under the lock that appends share: none of them can name a body that goes.
    read_head(connection, is_locked=True)
    removed = connection.execute(_REMOVE_NAMES, [conversations, strays]).fetchall()
    steps.reached("erased_names_removed")
    remove_nameless(connection, [sha256 for (sha256,) in removed])
    connection.execute("UPDATE elaoms.log SET settled = settled + 1")
    steps.reached("erased_bodies_removed")
    commit(connection)
