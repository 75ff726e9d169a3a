"""Removes from the object store what no event bears any more, and looks whether it is gone."""

from collections.abc import Sequence

from msgspec import Struct

from events.disk import steps
from events.postgres_log.bodies.objects import ObjectBodies
from events.postgres_server.bounded import Connection
from events.postgres_server.connections import Connections, commit

_NOTED = """
SELECT name, coalesce(version, '') FROM elaoms.removed_objects WHERE gone_at IS NULL AND name > %s
ORDER BY name LIMIT 500
"""
_COUNT = "SELECT count(*) FROM elaoms.removed_objects WHERE gone_at IS NULL"
_VERSION = "UPDATE elaoms.removed_objects SET version = %s WHERE name = %s"
_GONE = "UPDATE elaoms.removed_objects SET gone_at = now() WHERE name = ANY(%s)"
_OLD = """
SELECT name, coalesce(version, '') FROM elaoms.removed_objects WHERE gone_at < now() - interval '1 day' AND name > %s
ORDER BY name LIMIT 500
"""
_FORGET = "DELETE FROM elaoms.removed_objects WHERE name = ANY(%s)"


class _Noted(Struct, frozen=True):
    """An object that is to go; `version` is the one that a bucket kept when we removed it, or empty."""

    name: str
    version: str


class ObjectEraser:
    """
    Removes the objects of one log that are noted as nobody's.

    An object is noted in the very transaction that removes its row. It may still come: from a writer that was held up.
    So it is remembered for a day, and removed once more.
    """

    def __init__(self, connections: Connections, objects: ObjectBodies | None) -> None:
        self._connections = connections
        self._objects = objects

    def erase(self) -> str:
        """
        Remove what is noted, and return what of it may still be there, for an operator; empty if nothing is.

        Raises:
            OSError: the database, or the store, cannot be asked. A retry is safe.
        """
        ((count,),) = self._connections.read(lambda connection: connection.execute(_COUNT).fetchall())
        if not count:
            return ""
        if self._objects is None:
            return f"{count} objects lie in an object store that is not named: set BODY_STORE_URL"
        # Otherwise a wrong store would say of everything that it is gone.
        self._connections.read(self._objects.check_own)
        hidden, shown, last = 0, 0, ""
        while noted := self._page(_NOTED, last):
            gone = []
            for each in noted:
                version = each.version or self._noted_version(each.name)
                self._objects.store.remove([each.name])
                steps.reached("object_removed")
                if self._objects.store.has(each.name):
                    shown += 1
                elif version and self._objects.store.has_version(each.name, version):
                    hidden += 1
                else:
                    gone.append(each.name)
            self._write(_GONE, [gone])
            last = noted[-1].name
        reasons = []
        if shown:
            reasons.append(f"{self._objects} still shows {shown} objects that were removed")
        if hidden:
            reasons.append(
                f"{self._objects} keeps older versions, of {hidden} objects that were removed: their keys are gone, and"
                " a rule of the bucket must expire versions that are not current"
            )
        return "; ".join(reasons)

    def sweep(self) -> None:
        """
        Remove once more what was removed a day ago, and forget it; raises as `erase` does.

        A bucket that keeps versions may have to hide it anew.
        """
        if self._objects is None:
            return
        last = ""
        while noted := self._page(_OLD, last):
            names = [each.name for each in noted]
            self._connections.read(self._objects.check_own)
            self._objects.store.remove(names)
            self._write(_FORGET, [names])
            last = names[-1]

    def _noted_version(self, name: str) -> str:
        """Note which version of an object there is before it is hidden: afterwards no store says so."""
        assert self._objects is not None
        try:
            version = self._objects.store.version(name)
        except FileNotFoundError:
            return ""
        if version:
            self._write(_VERSION, [version, name])
        return version

    def _page(self, sql: str, after: str) -> list[_Noted]:
        found = self._connections.read(lambda connection: connection.execute(sql, [after]).fetchall())
        return [_Noted(*row) for row in found]

    def _write(self, sql: str, values: Sequence[object]) -> None:
        def work(connection: Connection) -> None:
            connection.execute(sql, values)
            commit(connection)

        self._connections.read(work)
