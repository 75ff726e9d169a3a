"""Looks whether an object store would take a long body, and says what to do where it would not."""

import time

from events.log.servers import unusable
from events.postgres_log.bodies.objects import ObjectBodies
from events.postgres_log.bodies.owned import AnotherStoreError, StoreAwayError
from events.postgres_server.bounded import Connection
from events.postgres_server.connections import Connections

_ANSWER_S = 3
# The database is asked one question, and only where the store has no sign of the log.
_DATABASE_S = 2.0


class StoreLook:
    """
    Looks at the object store of the log in one database; keeps the promises of `BodyStore`.

    A look costs one request, and one more as long as nothing long has come in.

    Args:
        objects: the long bodies of the log; what it could not put of late counts as well.
    """

    def __init__(self, connections: Connections, objects: ObjectBodies) -> None:
        self._connections = connections
        self._objects = objects
        self._store = objects.store.brief(_ANSWER_S)
        self._sign = ""

    def __str__(self) -> str:
        return str(self._store)

    def identify(self, connection: Connection) -> None:
        """Note whose store it is: then it can be looked at while the database is away."""
        self._sign = self._objects.sign(connection)

    def fault(self, *, is_begun: bool = True) -> str:
        """
        Return why the store takes no long body now, and what to do; empty if it would take one.

        Args:
            is_begun: whether the database has the tables of a log.
        """
        began_s = time.monotonic()
        try:
            if is_begun:
                self._check_own()
            else:
                self._store.check_bucket()
        except AnotherStoreError as error:
            return str(error)
        except StoreAwayError as error:
            waited_s = time.monotonic() - began_s
            if waited_s >= _ANSWER_S:
                return unusable(self, f"has not answered for {waited_s:.0f} seconds")
            return unusable(self, f"cannot be used ({self._said(error)})")
        except OSError as error:
            return f"nobody can say whether {self} is where the bodies of this log lie: {error}"
        if (refusal := self._objects.refusals.latest()) is not None:
            return unusable(self, f"did not take a body within this minute ({self._said(refusal)})")
        return ""

    def _check_own(self) -> None:
        if not self._sign:
            self._connections.read(self.identify, until_s=time.monotonic() + _DATABASE_S)
        if self._store.has(self._sign):
            return
        if self._connections.read(self._objects.has_any, until_s=time.monotonic() + _DATABASE_S):
            raise self._objects.is_another(self._sign)
        self._store.check_bucket()

    def _said(self, error: StoreAwayError) -> str:
        """Return what the store said, without where it was asked, how long that took, and a page that it sent."""
        said = str(error).removeprefix(f"the body store {self}: ").rpartition(" - ")[2]
        return said.partition(": <")[0].strip(": ")
