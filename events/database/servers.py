"""Each server that a URL names, and whether they belong together: what a look at the primary alone does not show."""

from typing import Any

from msgspec import Struct

from events.database.look import KEPT_LITTLE, Look
from events.postgres_server.bounded import Connection
from events.postgres_server.connections import Connections
from events.postgres_server.hosts import locations_of
from events.postgres_server.location import read_location
from events.postgres_server.standbys import standbys_told

_WAIT_S = 5.0
# `copies` are the servers that replay what this one writes: who only keeps it, such as an archive, is none.
_ABOUT = """
SELECT (SELECT system_identifier FROM pg_control_system()),
(SELECT oid::bigint FROM pg_database WHERE datname = current_database()), pg_postmaster_start_time()::text,
pg_is_in_recovery(), current_setting('fsync'), current_setting('full_page_writes'), current_setting('wal_recycle'),
current_setting('wal_keep_size'),
current_setting('synchronous_standby_names'),
(SELECT count(*) FROM pg_stat_replication WHERE replay_lsn IS NOT NULL OR state = 'startup')
"""


class _Server(Struct, frozen=True):
    """What one server says of itself."""

    cluster: int
    database: int
    start: str
    is_standby: bool
    fsync: str
    full_page_writes: str
    wal_recycle: str
    wal_keep_size: str
    standby_names: str
    copies: int

    @property
    def identity(self) -> tuple[int, int]:
        """What it shares with its standbys alone."""
        return self.cluster, self.database


def look_at_servers(location: str, standbys_min: int) -> list[Look]:
    """
    Return what is to be said of each server that a location names, and of those that it does not name.

    Args:
        standbys_min: how many synchronous standbys must have an event before it is acknowledged.
    """
    looks, servers = [], dict[str, _Server]()
    for name, conninfo in locations_of(read_location(location).url):
        try:
            servers[name] = _ask(conninfo)
        except OSError as error:
            text = f"it cannot be asked, and while it is away no erasure is finished: {error}"
            looks.append(Look(f"server {name}", "away", "costs", text))
    primaries = {server.start: server for server in servers.values() if not server.is_standby}
    clusters = {server.identity for server in servers.values()}
    for name, server in servers.items():
        looks.append(_of_one(name, server, standbys_min))
    if len(clusters) > 1:
        text = "they are not each other's standbys: take out of DATABASE_URL what does not belong there"
        looks.append(Look("servers", f"{len(clusters)} clusters", "wrong", text))
    elif len(primaries) > 1:
        text = "the one that was replaced must not run: stop it, and make it a standby of the other one anew"
        looks.append(Look("servers", f"{len(primaries)} primaries", "wrong", text))
    named = len({server.start for server in servers.values()}) - 1
    for primary in primaries.values():
        if primary.copies > named:
            text = "they take all that is written, and no erasure is finished: name every server in DATABASE_URL"
            looks.append(Look("servers", f"{primary.copies - named} more that are not named", "costs", text))
    return looks


def look_at_read_url(location: str, read_url: str) -> Look:
    """Return whether callers are looked up in the database that the log is in, or in a standby of it."""
    name = "DATABASE_READ_URL"
    try:
        there, here = _ask(read_url), _ask(read_location(location).url)
    except OSError as error:
        return Look(name, "away", "wrong", f"no caller is known while it is: {error}")
    if there.identity != here.identity:
        return Look(
            name, "another", "wrong", "it leads to another database than DATABASE_URL, where no caller is known"
        )
    kind = "a standby" if there.is_standby else "the primary"
    return Look(name, kind, "ok", "callers are looked up there")


def _ask(url: str) -> _Server:
    def ask(connection: Connection) -> tuple[Any, ...]:
        row = connection.execute(_ABOUT).fetchone()
        assert row is not None
        return row

    return _Server(*Connections(url, wait_s=_WAIT_S, only_reads=True).read(ask))


def _of_one(name: str, server: _Server, standbys_min: int) -> Look:
    kind = "standby" if server.is_standby else "primary"
    lacking = [word for word in ("fsync", "full_page_writes") if getattr(server, word) != "on"]
    if lacking:
        text = f"{' and '.join(lacking)} off: a power cut there undoes or damages what it said it had"
        return Look(f"server {name}", kind, "wrong", text)
    if server.wal_recycle != "off":
        text = "wal_recycle is on: an erasure waits until old files of its log are overwritten"
        return Look(f"server {name}", kind, "costs", text)
    if server.wal_keep_size not in KEPT_LITTLE:
        text = f"wal_keep_size is {server.wal_keep_size}: an erasure waits until that much more has been written"
        return Look(f"server {name}", kind, "costs", text)
    told = standbys_told(server.standby_names, "on")
    if server.is_standby and told < standbys_min:
        text = (
            f"as a primary it would wait for {told} standbys, and acknowledge nothing, until synchronous_standby_names"
            " is set. Patroni does that when it promotes; without a manager, set it now"
        )
        return Look(f"server {name}", kind, "ok", text)
    return Look(f"server {name}", kind, "ok", "it keeps what it is told")
