"""Whether the store of long bodies would take one, and is the one in which this log's bodies lie."""

from events.database.look import Look
from events.postgres_log.bodies.look import StoreLook
from events.postgres_log.bodies.objects import open_objects
from events.postgres_log.schema import is_there
from events.postgres_server.connections import Connections

_NAME = "BODY_STORE_URL"


def look_at_body_store(connections: Connections) -> list[Look]:
    """
    Return what is to be said of the store that a location names; nothing where it names none.

    Raises:
        UnusableStoreError: it is no store's URL.
    """
    if (objects := open_objects(connections.location.body_store)) is None:
        return []
    store = StoreLook(connections, objects)
    if fault := store.fault(is_begun=connections.read(is_there)):
        return [Look(_NAME, str(store), "wrong", fault)]
    return [Look(_NAME, str(store), "ok", "it answers, and the long bodies of this log lie there, or will")]
